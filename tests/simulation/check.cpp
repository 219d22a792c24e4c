#include "tests/simulation/check.hpp"

#include <algorithm>
#include <functional>
#include <span>

namespace galera::simulation {

namespace {

void add(std::span<std::uint64_t> sums, std::span<const std::uint64_t> more) {
    std::ranges::transform(sums, more, sums.begin(), std::plus{});
}

std::string by_reason(std::span<const std::uint64_t> counts) {
    std::string text;
    for (const auto& row : decision::reasons()) {
        const auto count = counts[static_cast<std::size_t>(row.reason)];
        if (count > 0)
            text += ' ' + std::string{row.word} + ' ' + std::to_string(count);
    }
    return text.empty() ? " none" : text;
}

} // namespace

std::string_view word_of(Invariant invariant) {
    switch (invariant) {
    case Invariant::one_bootstrap:
        return "one_bootstrap";
    case Invariant::nothing_lost:
        return "nothing_lost";
    case Invariant::same_rows:
        return "same_rows";
    case Invariant::comes_up:
        return "comes_up";
    case Invariant::no_false_refusal:
        break;
    }
    return "no_false_refusal";
}

std::string_view word_of(Excuse excuse) {
    switch (excuse) {
    case Excuse::rows_after_fork:
        return "rows_after_fork";
    case Excuse::census_after_fork:
        return "census_after_fork";
    case Excuse::rows_after_hand:
        return "rows_after_hand";
    case Excuse::past_lost:
        break;
    }
    return "past_lost";
}

Tally& Tally::operator+=(const Tally& more) {
    histories += more.histories;
    starts += more.starts;
    joins += more.joins;
    polls += more.polls;
    acknowledged += more.acknowledged;
    waits_at_end += more.waits_at_end;
    forks_by_galera += more.forks_by_galera;
    add(excused, more.excused);
    add(bootstraps, more.bootstraps);
    add(refusals, more.refusals);
    add(waits, more.waits);
    return *this;
}

std::string text_of(const Tally& tally) {
    using decision::Proof;
    std::string text = std::to_string(tally.histories) + " histories; " +
                       std::to_string(tally.acknowledged) + " write sets acknowledged; " +
                       std::to_string(tally.polls) + " surveys; " + std::to_string(tally.starts) +
                       " starts; bootstraps by";
    for (const auto proof : {Proof::census, Proof::closure, Proof::last_to_leave, Proof::genesis}) {
        text += ' ' + std::string{word_of(proof)} + ' ' +
                std::to_string(tally.bootstraps[static_cast<std::size_t>(proof)]);
    }
    std::string excused;
    for (const auto excuse : {Excuse::rows_after_fork, Excuse::census_after_fork,
                              Excuse::rows_after_hand, Excuse::past_lost})
        excused += ' ' + std::string{word_of(excuse)} + ' ' +
                   std::to_string(tally.excused[static_cast<std::size_t>(excuse)]);
    return text + "; joins " + std::to_string(tally.joins) + "; refusals" +
           by_reason(tally.refusals) + "; waits at the end " + std::to_string(tally.waits_at_end) +
           ", for" + by_reason(tally.waits) + "; forks by Galera itself " +
           std::to_string(tally.forks_by_galera) + "; excused" + excused;
}

} // namespace galera::simulation
