#include "tests/exhaustive/variations.hpp"

#include <algorithm>
#include <array>

namespace galera::exhaustive {

using decision::Named;
using decision::Reason;
using decision::Rules;
using decision::Silence;
using decision::Survey;
using decision::Verdict;
using decision::VerdictKind;

namespace {

/// Equal, but for what is said to be missing of that node.
bool same_but_for(Verdict left, Verdict right, std::size_t node) {
    for (auto* verdict : {&left, &right}) {
        for (auto& named : verdict->named) {
            if (named.node == node)
                named.lack = {};
        }
    }
    return left == right;
}

bool said(const decision::Answer& answer, Silence silence) {
    const auto* what = std::get_if<Silence>(&answer.said);
    return what && *what == silence;
}

Held with_other_silence(const Look& look, const Decide& decide, std::size_t node,
                        std::span<const Silence> others) {
    auto survey = look.survey;
    for (const auto silence : others) {
        survey.answers[node].said = silence;
        if (!same_but_for(decide(survey, look.rules), look.verdict, node))
            return false;
    }
    return true;
}

Held a_stale_report_proves_nothing(const Look& look, const Decide& decide) {
    Held held;
    for (std::size_t node = 0; node < look.oracle.size(); ++node) {
        const bool stale = look.survey.answers[node].report() && !look.oracle.heard(node);
        if (!stale || node == look.survey.local)
            continue;
        const bool of_life = look.oracle.may_still_run(node);
        held = with_other_silence(look, decide, node,
                                  std::array{of_life ? Silence::alive : Silence::unknown});
        if (held == false)
            return held;
    }
    return held;
}

Held kinds_of_silence_are_alike(const Look& look, const Decide& decide) {
    for (std::size_t node = 0; node < look.oracle.size(); ++node) {
        if (node != look.survey.local && said(look.survey.answers[node], Silence::no_answer))
            return with_other_silence(
                look, decide, node,
                std::array{Silence::no_agent, Silence::not_authentic, Silence::unknown});
    }
    return std::nullopt;
}

bool is_in_a_view(const Survey& survey, const std::string& name) {
    return std::ranges::any_of(survey.answers, [&](const decision::Answer& answer) {
        const auto* report = answer.report();
        return report && report->applied_view &&
               std::ranges::count(report->applied_view->members, name, &ViewMember::name) > 0;
    });
}

std::size_t without(std::size_t node, std::size_t gone) {
    return node > gone ? node - 1 : node;
}

/// A lost node that no view names might as well not be on the roster.
Held a_lost_node_is_none(const Look& look, const Decide& decide) {
    for (std::size_t gone = 0; gone < look.oracle.size(); ++gone) {
        if (!look.oracle.is_lost(gone) || gone == look.survey.local ||
            is_in_a_view(look.survey, look.survey.answers[gone].name))
            continue;
        auto survey = look.survey;
        survey.answers.erase(survey.answers.begin() + static_cast<std::ptrdiff_t>(gone));
        survey.local = without(survey.local, gone);
        auto expected = look.verdict;
        for (auto& named : expected.named)
            named.node = without(named.node, gone);
        if (expected.elected)
            expected.elected = without(*expected.elected, gone);
        return decide(survey, look.rules) == expected;
    }
    return std::nullopt;
}

/// A node that was silent and did not matter comes back with less: it still does not.
Held a_lower_node_changes_nothing(const Look& look, const Decide& decide) {
    if (look.verdict.kind != VerdictKind::bootstrap || !look.verdict.start_position)
        return std::nullopt;
    for (std::size_t node = 0; node < look.oracle.size(); ++node) {
        const auto& answer = look.survey.answers[node];
        if (!said(answer, Silence::no_answer) || look.oracle.is_lost(node))
            continue;
        auto lower = *look.here();
        lower.node_address = answer.node.address;
        lower.status = NodeStatus::stopped;
        lower.position = Position{look.verdict.start_position->history, *Seqno::from(0)};
        lower.lineage = Lineage{};
        lower.applied_view.reset();
        lower.taint = Taint::none;
        auto survey = look.survey;
        survey.answers[node].said = std::move(lower);
        const auto verdict = decide(survey, look.rules);
        // An unknown past may be the same as another's, and still cannot be compared with this one.
        if (verdict.reason == Reason::lineage_unknown)
            return std::nullopt;
        // By census, one that is as high may win the tie.
        return verdict.elected && look.oracle.is_highest(*verdict.elected);
    }
    return std::nullopt;
}

/// Evidence = census: less is proven, nothing else, and nobody else is elected.
Held census_proves_less(const Look& look, const Decide& decide) {
    auto rules = look.rules;
    rules.census_only = true;
    const auto strict = decide(look.survey, rules);
    if (strict.kind == VerdictKind::bootstrap)
        return strict == look.verdict;
    const bool by_more = look.verdict.proof == decision::Proof::closure ||
                         look.verdict.proof == decision::Proof::last_to_leave;
    if (by_more)
        return strict.reason == Reason::census_open;
    return strict.kind == look.verdict.kind &&
           (strict == look.verdict || strict.reason == Reason::census_open);
}

/// It lets the local data be overwritten by a Primary, and does nothing else.
Held discarding_only_helps_to_join(const Look& look, const Decide& decide) {
    auto rules = look.rules;
    rules.discard_local_data = true;
    const auto other = decide(look.survey, rules);
    if (other == look.verdict)
        return std::nullopt;
    constexpr std::array overcome{Reason::history_differs, Reason::history_forked,
                                  Reason::primary_behind, Reason::lineage_unknown,
                                  Reason::local_data_unaccounted};
    return other.reason == Reason::data_discarded && !other.start_position &&
           !look.oracle.in_a_primary().empty() &&
           std::ranges::find(overcome, look.verdict.reason) != overcome.end();
}

/// It lets a running server be told to be Primary, and does nothing else.
Held recovering_only_restores(const Look& look, const Decide& decide) {
    auto rules = look.rules;
    rules.recover_non_primary = !rules.recover_non_primary;
    const auto other = decide(look.survey, rules);
    if (other == look.verdict)
        return std::nullopt;
    const auto& without = rules.recover_non_primary ? look.verdict : other;
    return look.oracle.is_outside(look.survey.local) && look.oracle.in_a_primary().empty() &&
           (without.reason == Reason::local_server_up || without.reason == Reason::primary_lost);
}

constexpr std::array all{
    Variation{"a_stale_report_proves_nothing", a_stale_report_proves_nothing},
    Variation{"kinds_of_silence_are_alike", kinds_of_silence_are_alike},
    Variation{"a_lost_node_is_none", a_lost_node_is_none},
    Variation{"a_lower_node_changes_nothing", a_lower_node_changes_nothing},
    Variation{"census_proves_less", census_proves_less},
    Variation{"discarding_only_helps_to_join", discarding_only_helps_to_join},
    Variation{"recovering_only_restores", recovering_only_restores},
};

bool has_ties(const Look& look) {
    std::size_t highest = 0;
    for (std::size_t node = 0; node < look.oracle.size(); ++node)
        highest += look.oracle.is_highest(node) ? 1U : 0U;
    return highest > 1 || look.verdict.proof == decision::Proof::genesis;
}

} // namespace

std::span<const Variation> variations() {
    return all;
}

Reversed reversed(const Survey& survey, const Rules& rules) {
    Reversed other{survey, rules};
    other.rules.assume_lost.clear();
    const auto size = survey.answers.size();
    std::ranges::reverse(other.survey.answers);
    for (std::size_t place = 0; place < size; ++place) {
        auto& answer = other.survey.answers[place];
        const auto old = answer.node.address;
        answer.node.address = survey.answers[place].node.address;
        if (auto* report = std::get_if<NodeReport>(&answer.said);
            report && report->node_address == old)
            report->node_address = answer.node.address;
        if (std::ranges::count(rules.assume_lost, old) > 0)
            other.rules.assume_lost.push_back(answer.node.address);
    }
    return other;
}

Held same_reversed(const Look& look, const Reversed& other, const Decide& decide) {
    if (has_ties(look))
        return std::nullopt;
    auto survey = std::cref(other.survey).get();
    const auto last = survey.answers.size() - 1;
    survey.local = last - look.survey.local;
    auto verdict = decide(survey, other.rules);
    std::ranges::reverse(verdict.named);
    for (auto& named : verdict.named)
        named.node = last - named.node;
    const bool same_elected = verdict.kind == VerdictKind::join ||
                              (verdict.elected ? last - *verdict.elected : last + 1) ==
                                  look.verdict.elected.value_or(last + 1);
    return verdict.kind == look.verdict.kind && verdict.reason == look.verdict.reason &&
           verdict.named == look.verdict.named && same_elected &&
           verdict.start_position == look.verdict.start_position;
}

} // namespace galera::exhaustive
