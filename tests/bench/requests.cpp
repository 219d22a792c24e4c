// Sends the requests of several contenders in turn, A B C, B C A, C A B, so that whatever else the
// machine does meets them alike, and prints a line for each: the median, the slow ones, and how
// many times the first contender's median its own is.
#include "common/galera/text.hpp"
#include "common/mib/columns.hpp"
#include "mibs/oids.hpp"
#include "tests/bench/distribution.hpp"
#include "tests/bench/scalar.hpp"
#include "tests/bench/session.hpp"

#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using galera::failure;
using galera::Result;
using galera::bench::Access;
using galera::bench::Answer;
using galera::bench::Distribution;
using galera::bench::Microseconds;
using galera::bench::Oid;
using galera::bench::Session;

constexpr std::string_view usage =
    "usage: bench-requests COMMUNITY COUNT NAME KIND ADDRESS OIDS [NAME KIND ADDRESS OIDS]..\n"
    "\n"
    "Prints a header and a line for each contender, parted by tabs; times are in microseconds.\n"
    "\n"
    "KIND     get, walk-next or walk-bulk; of a walk, the time is that of one varbind\n"
    "OIDS     1.3.6.1.2.1.1.3.0,..; or the name of a scalar of GALERA-INITIATOR-MIB; decision: "
    "all\n"
    "         that a decision is made from, in one GET; objects: the tree of all, for a walk\n"
    "Exit status: 0 every request was answered; 1 some were not; 2 usage.\n";

constexpr int bulk_repetitions = 25;
constexpr std::size_t warm_up = 20;

enum class Kind { get, walk_next, walk_bulk };

struct Contender {
    std::string name;
    std::string kind_word;
    Kind kind{Kind::get};
    std::vector<Oid> oids;
    Session session;
    std::vector<Microseconds> times;
    std::size_t failed{0};
    std::size_t varbinds{0}; // of the last request that was answered
};

std::optional<Kind> kind_of(std::string_view word) {
    if (word == "get")
        return Kind::get;
    if (word == "walk-next")
        return Kind::walk_next;
    if (word == "walk-bulk")
        return Kind::walk_bulk;
    return std::nullopt;
}

/// "1.3.6": empty for anything else.
std::optional<Oid> parse_oid(std::string_view text) {
    Oid oid;
    while (!text.empty()) {
        const auto dot = std::min(text.find('.'), text.size());
        const auto arc = galera::text::number<std::uint32_t>(text.substr(0, dot));
        if (!arc)
            return std::nullopt;
        oid.push_back(*arc);
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return oid;
}

Result<std::vector<Oid>> oids_of(std::string_view text) {
    constexpr std::span objects{galera::oid::galeraInitiatorObjects};
    if (text == "decision")
        return galera::mib::decision_instances();
    if (text == "objects")
        return std::vector<Oid>{{objects.begin(), objects.end()}};
    if (auto scalar = galera::bench::instance_of(text))
        return std::vector<Oid>{*std::move(scalar)};
    std::vector<Oid> oids;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        auto oid = parse_oid(text.substr(0, comma));
        if (!oid || oid->empty())
            return failure("'" + std::string{text} + "' does not begin with an OID");
        oids.push_back(*std::move(oid));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return oids;
}

/// From its four words.
Result<Contender> contender_of(std::span<char*> words, const std::string& community) {
    const auto kind = kind_of(words[1]);
    if (!kind)
        return failure("'" + std::string{words[1]} + "' is no kind of request");
    auto oids = oids_of(words[3]);
    if (!oids)
        return failure(oids.error());
    if (oids->empty() || (*kind != Kind::get && oids->size() != 1))
        return failure(std::string{words[0]} + ": a walk has one OID, a get one or more");
    auto session = Session::open(Access{.address = words[2], .community = community});
    if (!session)
        return failure(session.error());
    return Contender{words[0], words[1], *kind, *std::move(oids), *std::move(session), {}, 0, 0};
}

bool is_below(const Oid& root, const Oid& oid) {
    return oid.size() > root.size() && std::equal(root.begin(), root.end(), oid.begin());
}

/// Time and count of one request, or of all that a walk takes.
struct Turn {
    bool answered{false};
    std::size_t varbinds{0};
    Microseconds took{0};
};

Turn get(Contender& contender) {
    const Answer answer = contender.session.get(contender.oids);
    return {answer.names.size() == contender.oids.size(), answer.names.size(), answer.took};
}

Turn walk(Contender& contender) {
    const Oid& root = contender.oids.front();
    Oid last = root;
    Turn turn;
    while (true) {
        const Answer answer = contender.kind == Kind::walk_next
                                  ? contender.session.get_next(last)
                                  : contender.session.get_bulk(last, bulk_repetitions);
        turn.took += answer.took;
        for (const auto& name : answer.names)
            turn.varbinds += is_below(root, name) && name > last ? 1U : 0U;
        const bool ends =
            answer.with_values < answer.names.size(); // behind it, nothing may be seen
        if (ends || answer.names.empty() || !is_below(root, answer.names.back())) {
            turn.answered = turn.varbinds > 0 && !answer.names.empty();
            return turn;
        }
        if (answer.names.back() <= last)
            return turn; // it would never end
        last = answer.names.back();
    }
}

void take_turn(Contender& contender, bool counts) {
    Turn turn = contender.kind == Kind::get ? get(contender) : walk(contender);
    if (!turn.answered) {
        ++contender.failed;
        return;
    }
    contender.varbinds = turn.varbinds;
    if (contender.kind != Kind::get)
        turn.took /= static_cast<double>(turn.varbinds);
    if (counts)
        contender.times.push_back(turn.took);
}

void print(std::vector<Contender>& contenders) {
    std::puts("name\tkind\trequests\tfailed\tvarbinds\tmedian\tp90\tp99\tmax\tratio");
    std::optional<Microseconds> first;
    for (auto& each : contenders) {
        const Distribution times{std::move(each.times)};
        const auto median = times.median();
        first = first.value_or(median);
        std::printf("%s\t%s\t%zu\t%zu\t%zu\t%.1f\t%.1f\t%.1f\t%.1f\t%.3f\n", each.name.c_str(),
                    each.kind_word.c_str(), times.count(), each.failed, each.varbinds,
                    median.count(), times.quantile(0.90).count(), times.quantile(0.99).count(),
                    times.quantile(1).count(), median / *first);
    }
}

int fail(const std::string& text) {
    std::fprintf(stderr, "bench-requests: %s\n", text.c_str());
    return 2;
}

int run(std::span<char*> words) {
    constexpr std::size_t words_each = 4;
    if (words.size() < 3 + words_each || (words.size() - 3) % words_each != 0) {
        std::fwrite(usage.data(), 1, usage.size(), stderr);
        return 2;
    }
    const auto count = galera::text::number<std::size_t>(words[2]);
    if (!count)
        return fail("'" + std::string{words[2]} + "' is no number of requests");
    std::vector<Contender> contenders;
    for (auto rest = words.subspan(3); !rest.empty(); rest = rest.subspan(words_each)) {
        auto contender = contender_of(rest.first(words_each), words[1]);
        if (!contender)
            return fail(contender.error().text);
        contenders.push_back(*std::move(contender));
    }
    for (std::size_t turn = 0; turn < warm_up + *count; ++turn)
        for (std::size_t place = 0; place < contenders.size(); ++place)
            take_turn(contenders[(turn + place) % contenders.size()], turn >= warm_up);
    const bool all_answered =
        std::ranges::all_of(contenders, [](const auto& each) { return each.failed == 0; });
    print(contenders);
    return all_answered ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    return run({argv, static_cast<std::size_t>(argc)});
}
