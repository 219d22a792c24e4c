// What an initiator writes for its agent comes back the same; what is damaged says nothing at all.
#include "common/galera/address_text.hpp"
#include "common/galera/initiator_record.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace galera {
namespace {

const std::string holder = "4711 0123456789abcdef";

InitiatorDecision decision() {
    return {.reason = Reason::closure_open,
            .proof = Proof::none,
            .elected = parse_address("10.0.0.2"),
            .missing = "db2 (10.0.0.2) does not answer SNMP",
            .decided_unix_seconds = 1'795'428'000,
            .sentence = "wait: closure_open; db2 (10.0.0.2) does not answer SNMP",
            .run = {1'795'427'990, 12, 1, "--assume-lost 10.0.0.3 --discard-local-data"}};
}

InitiatorState state() {
    return {holder, InitiatorPhase::claiming, 1'795'428'001, decision()};
}

PeerReport answering(const std::string& address, std::int64_t seqno) {
    const Position position{*Uuid::parse("8f3a91c2-5d7e-11ef-8a3b-9f1c2d3e4f50"),
                            *Seqno::from(seqno)};
    return {.address = *parse_address(address),
            .name = "db 1",
            .reachability = Reachability::answers,
            .condition = PeerCondition{NodeStatus::running, ClusterStatus::non_primary,
                                       NodeState::initialized, SeqnoState::known, position},
            .last_seen = PeerSighting{1'795'428'000, std::chrono::microseconds{812}}};
}

// One of each kind.
PeersRecord survey() {
    auto undefined = answering("10.0.0.2", 0);
    undefined.reachability = Reachability::stale;
    undefined.condition->seqno_state = SeqnoState::undefined;
    undefined.condition->position.reset();
    const PeerReport silent{.address = *parse_address("10.0.0.10"),
                            .name = "",
                            .reachability = Reachability::no_answer,
                            .condition = std::nullopt,
                            .last_seen = PeerSighting{-1, std::chrono::microseconds{0}}};
    const PeerReport never_seen{.address = *parse_address("fd00::2"),
                                .name = "-",
                                .reachability = Reachability::alive,
                                .condition = std::nullopt,
                                .last_seen = std::nullopt};
    return {holder, 17, {1'795'428'002, {answering("10.0.0.1", 7), undefined, silent, never_seen}}};
}

PeersRecord survey_of(std::size_t nodes) {
    PeersRecord record{holder, ~std::uint32_t{0}, {1'795'428'002, {}}};
    for (std::size_t node = 0; node < nodes; ++node) {
        record.peers.nodes.push_back(
            answering("10.1." + std::to_string(node / 256) + "." + std::to_string(node % 256),
                      std::numeric_limits<std::int64_t>::max()));
        record.peers.nodes.back().name = std::string(255, 'n');
    }
    return record;
}

TEST(State, ComesBackTheSame) {
    const std::vector<std::function<void(InitiatorState&)>> changes{
        [](auto&) {},
        [](auto& s) { s.decision.reset(); },
        [](auto& s) { s.claimed_unix_seconds.reset(); },
        [](auto& s) {
            s.phase = InitiatorPhase::joining;
            s.claimed_unix_seconds.reset();
        },
        [](auto& s) { s.decision->elected.reset(); },
        [](auto& s) { s.decision->elected = parse_address("fd00::2"); },
        [](auto& s) {
            s.decision->missing = s.decision->sentence = s.decision->run.overrides = "";
        },
        [](auto& s) {
            s.decision->decided_unix_seconds = s.decision->run.started_unix_seconds = -1;
        },
        [](auto& s) { s.decision->run.surveys = s.decision->run.attempts = ~std::uint32_t{0}; },
        [](auto& s) { s.decision->sentence = "end"; },
    };
    for (std::size_t number = 0; number < changes.size(); ++number) {
        auto changed = state();
        changes[number](changed);
        EXPECT_EQ(parse_initiator_state(text_of(changed)), changed) << number;
    }
    for (const auto& row : reasons()) {
        auto changed = state();
        changed.decision->reason = row.reason;
        EXPECT_EQ(parse_initiator_state(text_of(changed)), changed) << row.word;
    }
    for (int proof = 1; proof <= static_cast<int>(Proof::genesis); ++proof) {
        auto changed = state();
        changed.decision->proof = static_cast<Proof>(proof);
        EXPECT_EQ(parse_initiator_state(text_of(changed)), changed) << proof;
    }
}

TEST(State, IsKeptToItsLinesAndToItsSize) {
    auto large = state();
    large.decision->sentence = "one\nphase: joining\n\x7f" + std::string(100'000, 's');
    large.decision->missing = large.decision->run.overrides = std::string(100'000, 'm');
    const auto text = text_of(large);
    EXPECT_LT(text.size(), initiator_state_bytes_max);
    const auto read = parse_initiator_state(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->phase, InitiatorPhase::claiming);
    EXPECT_TRUE(read->decision->sentence.starts_with("one phase: joining  sss"));
    EXPECT_EQ(read->decision->missing, std::string(8192, 'm'));
}

TEST(DecisionRecord, ComesBackTheSame) {
    const DecisionRecord record{holder, decision()};
    EXPECT_EQ(parse_decision_record(text_of(record)), record);
}

TEST(PeersRecord, ComesBackTheSame) {
    EXPECT_EQ(parse_peers_record(text_of(survey())), survey());
    for (std::size_t row = 0; row < survey().peers.nodes.size(); ++row) {
        const auto read = parse_peers_record(text_of(survey()));
        EXPECT_EQ(read->peers.nodes[row].address.text, survey().peers.nodes[row].address.text);
    }
    const PeersRecord of_nobody{holder, 0, {}};
    EXPECT_EQ(parse_peers_record(text_of(of_nobody)), of_nobody);
}

TEST(PeersRecord, OfEveryWordComesBackTheSame) {
    const auto expect_same = [](const std::function<void(PeerReport&)>& change) {
        auto record = survey();
        change(record.peers.nodes.front());
        EXPECT_EQ(parse_peers_record(text_of(record)), record) << text_of(record);
    };
    for (int number = 1; number <= 9; ++number) {
        expect_same([=](PeerReport& peer) {
            peer.reachability = static_cast<Reachability>(number);
            if (peer.reachability != Reachability::answers &&
                peer.reachability != Reachability::stale)
                peer.condition.reset();
        });
        if (number <= static_cast<int>(NodeStatus::stopped))
            expect_same(
                [=](auto& peer) { peer.condition->status = static_cast<NodeStatus>(number); });
        if (number <= static_cast<int>(ClusterStatus::disconnected))
            expect_same(
                [=](auto& peer) { peer.condition->cluster = static_cast<ClusterStatus>(number); });
        if (number <= static_cast<int>(NodeState::error))
            expect_same(
                [=](auto& peer) { peer.condition->node_state = static_cast<NodeState>(number); });
        if (number > 1 && number <= static_cast<int>(SeqnoState::failed))
            expect_same([=](auto& peer) {
                peer.condition->seqno_state = static_cast<SeqnoState>(number);
                peer.condition->position.reset();
            });
    }
}

TEST(PeersRecord, OfLargeRostersFits) {
    for (const std::size_t nodes : {300U, 2000U}) {
        const auto record = survey_of(nodes);
        const auto text = text_of(record);
        EXPECT_LT(text.size(), peers_record_bytes_max) << nodes;
        EXPECT_EQ(parse_peers_record(text), record) << nodes;
    }
}

TEST(PeersRecord, KeepsANameToItsLine) {
    auto record = survey_of(1);
    record.peers.nodes[0].name = "db1\nend\n" + std::string(300, 'x');
    const auto read = parse_peers_record(text_of(record));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->peers.nodes[0].name, "db1 end " + std::string(247, 'x'));
}

// Damage. All of a text or nothing of it: also where the cut is between two lines.

void expect_nothing_of(const std::string& text) {
    EXPECT_FALSE(parse_initiator_state(text)) << text;
    EXPECT_FALSE(parse_decision_record(text)) << text;
    EXPECT_FALSE(parse_peers_record(text)) << text;
}

std::vector<std::string> good_texts() {
    auto without_decision = state();
    without_decision.decision.reset();
    return {text_of(state()), text_of(without_decision),
            text_of(DecisionRecord{holder, decision()}), text_of(survey())};
}

TEST(Damage, OfACutTextLeavesNothing) {
    for (const auto& text : good_texts())
        for (std::size_t kept = 0; kept < text.size(); ++kept)
            expect_nothing_of(text.substr(0, kept));
}

TEST(Damage, OfATextThatGoesOnLeavesNothing) {
    for (const auto& text : good_texts())
        for (const auto* const more : {"\n", " ", "end\n", "more: x\n", "\x01"})
            expect_nothing_of(text + more);
}

TEST(Damage, OfAnyLineLeavesNothing) {
    for (const auto& text : good_texts()) {
        for (std::size_t begin = 0; begin < text.size();) {
            const auto length = text.find('\n', begin) + 1 - begin;
            auto without = text;
            expect_nothing_of(without.erase(begin, length));
            auto twice = text;
            expect_nothing_of(twice.insert(begin, text.substr(begin, length)));
            begin += length;
        }
    }
}

TEST(Damage, OfAValueLeavesNothing) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> values{
        {"holder: 4711 0123456789abcdef", {"holder: ", "holder: 4711\r"}},
        {"phase: claiming", {"phase: ", "phase: crowned", "phase: surveying", "phase: 2"}},
        {"claimed: 1795428001", {"claimed: ", "claimed: soon", "claimed: 99999999999999999999"}},
        {"reason: closure_open", {"reason: ", "reason: closureOpen", "reason: of_a_later_version"}},
        {"proof: none", {"proof: ", "proof: 1", "proof: faith"}},
        {"elected: 10.0.0.2", {"elected: ", "elected: db2", "elected: 10.0.0.256"}},
        {"decided: 1795428000", {"decided: ", "decided: -", "decided: 1e9"}},
        {"started: 1795427990", {"started: ", "started: -"}},
        {"surveys: 12", {"surveys: ", "surveys: -1", "surveys: 4294967296"}},
        {"attempts: 1", {"attempts: ", "attempts: one"}},
        {"end", {"END", "end ", ""}},
    };
    for (const auto& text : {text_of(state()), text_of(DecisionRecord{holder, decision()})}) {
        for (const auto& [good, bad_ones] : values) {
            const auto place = text.find(good + "\n");
            for (const auto& bad : bad_ones) {
                if (place == std::string::npos)
                    continue; // a line of the state only
                auto damaged = text;
                expect_nothing_of(damaged.replace(place, good.size(), bad));
            }
        }
    }
}

TEST(Damage, OfAPeerLeavesNothing) {
    const std::string good = "peer: 10.0.0.1 answers running non-Primary Initialized known "
                             "8f3a91c2-5d7e-11ef-8a3b-9f1c2d3e4f50:7 1795428000 812 db 1";
    const auto text = text_of(survey());
    const auto place = text.find(good + "\n");
    ASSERT_NE(place, std::string::npos) << text;
    const std::vector<std::pair<std::string, std::string>> changes{
        {"10.0.0.1", "10.0.0.256"},
        {"10.0.0.1", "db1"},
        {"10.0.0.1", "10.0.0.2"}, // twice
        {"10.0.0.1", "10.0.0.3"}, // out of order
        {"answers", "hears"},
        {"answers", "no_answer"}, // and yet says something
        {"answers", ""},
        {"running", "run"},
        {"running", "-"},
        {"non-Primary", "primary"},
        {"Initialized", "Synced,"},
        {"known", "unknown"},
        {"known", "recovering"}, // and yet has a position
        {":7", ":-1"},
        {":7", ""},
        {"8f3a91c2-5d7e-11ef-8a3b-9f1c2d3e4f50:7", "-"}, // and yet it is known
        {"8f3a91c2", "00000000"},                        // is fine: another history
        {"8f3a91c2-5d7e-11ef-8a3b-9f1c2d3e4f50", "00000000-0000-0000-0000-000000000000"},
        {"1795428000", "-"},
        {"1795428000 812", "- -"}, // it reports: it was seen
        {"812", "-1"},
        {"812", "fast"},
        {"peer: ", "peers: "},
        {"db 1", "db\t1"},
        {"db 1", std::string(256, 'x')},
    };
    for (const auto& [from, to] : changes) {
        auto line = good;
        line.replace(line.find(from), from.size(), to);
        auto damaged = text;
        damaged.replace(place, good.size(), line);
        if (to == "00000000")
            EXPECT_TRUE(parse_peers_record(damaged));
        else
            expect_nothing_of(damaged);
    }
    for (const auto* const count : {"peers: 3\n", "peers: 5\n", "peers: -1\n", "peers: x\n",
                                    "peers: 18446744073709551615\n"}) {
        auto damaged = text;
        expect_nothing_of(damaged.replace(text.find("peers: 4\n"), 9, count));
    }
}

// Whatever it is: no crash, and what is read again gives the same text.
TEST(Damage, AtRandomIsReadAsItIsWrittenOrNotAtAll) {
    std::mt19937 random{4567}; // the same each time, so that a failure comes again
    for (const auto& text : good_texts()) {
        std::uniform_int_distribution<std::size_t> place{0, text.size() - 1};
        std::uniform_int_distribution<int> byte{0, 255};
        for (int round = 0; round < 5000; ++round) {
            auto damaged = text;
            damaged[place(random)] = static_cast<char>(byte(random));
            if (const auto read = parse_initiator_state(damaged)) {
                EXPECT_EQ(parse_initiator_state(text_of(*read)), read);
            }
            if (const auto read = parse_decision_record(damaged)) {
                EXPECT_EQ(parse_decision_record(text_of(*read)), read);
            }
            if (const auto read = parse_peers_record(damaged)) {
                EXPECT_EQ(parse_peers_record(text_of(*read)), read);
            }
        }
    }
}

} // namespace
} // namespace galera
