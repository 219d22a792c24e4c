#include "tests/exhaustive/alphabet.hpp"

#include "tests/scenarios/scenario.hpp"

#include <array>
#include <stdexcept>

namespace galera::exhaustive {

namespace {

constexpr std::array three{
    // silence
    std::string_view{"silent"},
    std::string_view{"alive"},
    std::string_view{"silent lost"},
    // the old scripts
    std::string_view{"legacy stopped 4"},
    std::string_view{"legacy stopped 2"},
    std::string_view{"legacy running 2"},
    std::string_view{"legacy initiating 2"},
    std::string_view{"legacy locked 2"},
    std::string_view{"legacy bootstrapping ?"},
    std::string_view{"legacy ? 2"},
    // stopped
    std::string_view{"stopped A:1"},
    std::string_view{"stopped A:3"},
    std::string_view{"stopped A:3 safe"},
    std::string_view{"stopped A:2 view=n1,n2,n3@1"},
    std::string_view{"stopped A:3 view=n1,n2,n3@1"},
    std::string_view{"stopped A:2 view=n1,n2@2"},
    std::string_view{"stopped A:3 view=n1,n2@2"},
    std::string_view{"stopped A:3 view=n2,n3@2"},
    std::string_view{"stopped A:3 view=n1,n2@2 outsider"},
    std::string_view{"stopped A:3 view=n1,n2@2 twin"},
    std::string_view{"stopped A:1 view=n1,n2@2"},
    std::string_view{"stopped A:3 failed"},
    // alone at the end
    std::string_view{"stopped A:3 view=n1@3 safe grastate=A:3"},
    std::string_view{"stopped A:2 view=n2@2 safe grastate=A:2"},
    std::string_view{"stopped A:3 view=n1@3 safe grastate=A:3 gvw=n1"},
    std::string_view{"stopped A:3 view=n1@3 safe grastate=A:2"},
    std::string_view{"stopped A:3 view=n1@3 safe grastate=B:3"},
    std::string_view{"stopped A:3 view=n1@3 safe"},
    std::string_view{"stopped A:3 view=n1@3 grastate=A:3"},
    std::string_view{"stopped A:3 view=n1@3 safe grastate=A:3 override"},
    std::string_view{"stopped A:3 view=n1,n2@3 safe grastate=A:3"},
    std::string_view{"stopped A:3 view=n1@3 safe grastate=A:3 nil"},
    // tainted
    std::string_view{"stopped A:3 view=n1,n2@2 taint"},
    std::string_view{"stopped A:1 taint"},
    std::string_view{"stopped - taint data"},
    std::string_view{"stopped B:3 taint"},
    std::string_view{"stopped A:3 view=n1,n2@2 nil"},
    std::string_view{"stopped A:2 nil"},
    // other histories, other eras
    std::string_view{"stopped B:1"},
    std::string_view{"stopped A:3 eras=2:X"},
    std::string_view{"stopped A:3 view=n1,n2@2 eras=2:Y"},
    std::string_view{"stopped A:1 eras=2:Y"},
    std::string_view{"stopped A:3 view=n1,n2@2 eras=unknown"},
    std::string_view{"stopped A:3 eras=unknown"},
    // what makes a report worth less
    std::string_view{"stopped A:3 view=n1,n2@2 stale"},
    std::string_view{"primary A:3 stale"},
    std::string_view{"stopped A:2 view=n1,n2@2 nondurable"},
    std::string_view{"stopped A:1 nondurable override"},
    std::string_view{"stopped A:3 cluster=test"},
    std::string_view{"stopped A:3 roster=n1,n2"},
    std::string_view{"stopped A:3 misplaced"},
    // at work
    std::string_view{"locked A:3"},
    std::string_view{"locked A:3 view=n1,n2@2"},
    std::string_view{"bootstrapping A:3"},
    std::string_view{"primary"},
    std::string_view{"primary A:2"},
    std::string_view{"primary A:3 view=n1,n2@2"},
    std::string_view{"primary B:2"},
    std::string_view{"primary A:3 eras=2:X"},
    std::string_view{"primary A:3 eras=unknown"},
    std::string_view{"primary A:3 unsynced"},
    std::string_view{"nonprimary A:3"},
    std::string_view{"starting"},
    std::string_view{"recovering"},
    // no history
    std::string_view{"stopped -"},
    std::string_view{"stopped - data"},
    std::string_view{"stopped - unread"},
    std::string_view{"stopped - nil"},
};

constexpr std::array five{
    std::string_view{"silent"},
    std::string_view{"silent lost"},
    std::string_view{"stopped A:2 view=n1,n2,n3,n4,n5@1"},
    std::string_view{"stopped A:3 view=n1,n2,n3@2"},
    std::string_view{"stopped A:4 view=n1,n2,n3@2"},
    std::string_view{"stopped A:4 view=n1,n2,n3@2 nondurable"},
    std::string_view{"stopped A:4 view=n1,n2,n3@2 eras=2:X"},
    std::string_view{"stopped A:4 view=n4@4 safe grastate=A:4"},
    std::string_view{"stopped A:3 view=n1,n2,n3@2 taint"},
    std::string_view{"stopped -"},
    std::string_view{"primary A:4 view=n1,n2,n3@2"},
};

constexpr std::array restoration{
    std::string_view{"silent"},
    std::string_view{"alive"},
    std::string_view{"silent lost"},
    std::string_view{"legacy stopped 2"},
    // at rest
    std::string_view{"nonprimary A:1"},
    std::string_view{"nonprimary A:3"},
    std::string_view{"nonprimary A:3 safe"},
    std::string_view{"nonprimary A:2 view=n1,n2,n3@1"},
    std::string_view{"nonprimary A:3 view=n1,n2,n3@1"},
    std::string_view{"nonprimary A:2 view=n1,n2@2"},
    std::string_view{"nonprimary A:3 view=n1,n2@2"},
    std::string_view{"nonprimary A:3 view=n2,n3@2"},
    std::string_view{"nonprimary A:3 nondurable override"},
    std::string_view{"nonprimary A:3 claims"},
    std::string_view{"nonprimary A:3 view=n1,n2@2 claims"},
    // other histories, other eras
    std::string_view{"nonprimary B:3"},
    std::string_view{"nonprimary A:3 eras=2:X"},
    std::string_view{"nonprimary A:3 eras=unknown"},
    std::string_view{"nonprimary A:2 view=n1,n2@2 eras=unknown"},
    // what makes it worth less
    std::string_view{"nonprimary -"},
    std::string_view{"nonprimary A:3 failed"},
    std::string_view{"nonprimary A:3 stale"},
    std::string_view{"nonprimary A:3 misplaced"},
    std::string_view{"nonprimary A:3 cluster=test"},
    std::string_view{"disconnected A:3"},
    // of another kind
    std::string_view{"stopped A:3"},
    std::string_view{"stopped A:2 view=n1,n2@2"},
    std::string_view{"stopped -"},
    std::string_view{"locked A:3"},
    std::string_view{"bootstrapping A:3"},
    std::string_view{"primary"},
    std::string_view{"primary A:2"},
    std::string_view{"primary A:3 view=n1,n2@2"},
    std::string_view{"starting"},
    std::string_view{"recovering"},
};

// The words that scenarios do not know.

struct Extra {
    std::string_view word;
    void (*apply)(NodeReport&);
};

void add_member(NodeReport& report, const std::string& name, const std::string& address) {
    Uuid::Octets octets{};
    octets.fill(0xee);
    report.applied_view->members.push_back({*Uuid::from(octets), name, address});
}

constexpr std::array extras{
    Extra{" failed",
          [](NodeReport& report) {
              report.position.reset();
              report.seqno_state = SeqnoState::failed;
          }},
    Extra{" misplaced", [](NodeReport& report) { report.node_address->octets[0] = 11; }},
    Extra{" unread", [](NodeReport& report) { report.user_data = UserData::unknown; }},
    Extra{" outsider", [](NodeReport& report) { add_member(report, "n9", "n9:3306"); }},
    Extra{" twin", [](NodeReport& report) { add_member(report, "n1", "n1:3306"); }},
    Extra{" unsynced", [](NodeReport& report) { report.cluster.node_state = NodeState::donor; }},
};

State state_of(std::size_t nodes, std::size_t node, std::string_view words) {
    std::string known{words};
    const Extra* extra = nullptr;
    for (const auto& candidate : extras) {
        if (known.ends_with(candidate.word)) {
            extra = &candidate;
            known.resize(known.size() - candidate.word.size());
        }
    }
    std::string text;
    for (std::size_t other = 0; other < nodes; ++other)
        text += "n" + std::to_string(other + 1) + " " + (other == node ? known : "silent") + "\n";
    auto scenario = scenario::parse(text);
    if (!scenario)
        throw std::logic_error(std::string{words} + ": " + scenario.error().text);
    State state{std::string{words}, scenario->survey.answers[node],
                !scenario->rules.assume_lost.empty()};
    if (extra)
        extra->apply(std::get<NodeReport>(state.answer.said));
    return state;
}

} // namespace

Alphabet make_alphabet(std::size_t nodes, std::span<const std::string_view> words) {
    Alphabet alphabet(nodes);
    for (std::size_t node = 0; node < nodes; ++node) {
        for (const auto word : words)
            alphabet[node].push_back(state_of(nodes, node, word));
    }
    return alphabet;
}

decision::Rules make_rules(std::size_t nodes) {
    std::string text;
    for (std::size_t node = 0; node < nodes; ++node)
        text += "n" + std::to_string(node + 1) + " silent\n";
    return scenario::parse(text).value().rules;
}

std::span<const std::string_view> words_of_three() {
    return three;
}

std::span<const std::string_view> words_of_five() {
    return five;
}

std::span<const std::string_view> words_of_restoration() {
    return restoration;
}

} // namespace galera::exhaustive
