// What people read of a survey: a row a node, whatever the node said.
#include "initiator/run/peers.hpp"
#include "tests/scenarios/scenario.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace galera::run {
namespace {

/// What the initiator of n1 saw.
PeersReport seen(const std::string& cluster, const PeersReport& before = {},
                 std::int64_t unix_seconds = 1000) {
    auto scenario = scenario::parse(cluster).value();
    for (auto& answer : scenario.survey.answers)
        answer.round_trip = std::chrono::microseconds{500};
    return peers_of(scenario.survey, scenario.rules, before, unix_seconds);
}

TEST(Peers, AreSeenAsTheySayTheyAre) {
    const auto peers = seen("n1 initiating A:9\nn2 primary A:10\nn3 initiating -\nn4 recovering\n");
    EXPECT_EQ(peers.surveyed_unix_seconds, 1000);
    ASSERT_EQ(peers.nodes.size(), 4U);
    for (const auto& row : peers.nodes) {
        EXPECT_EQ(row.reachability, Reachability::answers) << row.name;
        ASSERT_TRUE(row.condition) << row.name;
        EXPECT_EQ(row.last_seen, (PeerSighting{1000, std::chrono::microseconds{500}})) << row.name;
        EXPECT_EQ(row.local, row.name == "n1") << row.name;
    }
    EXPECT_EQ(peers.nodes[0].address.text, "10.0.0.1");
    EXPECT_EQ(peers.nodes[0].condition->status, NodeStatus::initiating);
    EXPECT_EQ(peers.nodes[0].condition->seqno_state, SeqnoState::known);
    EXPECT_EQ(peers.nodes[0].condition->position->seqno.value(), 9);
    EXPECT_EQ(peers.nodes[1].condition->status, NodeStatus::running);
    EXPECT_EQ(peers.nodes[1].condition->cluster, ClusterStatus::primary);
    EXPECT_EQ(peers.nodes[1].condition->node_state, NodeState::synced);
    EXPECT_EQ(peers.nodes[2].condition->seqno_state, SeqnoState::undefined);
    EXPECT_EQ(peers.nodes[2].condition->position, std::nullopt);
    EXPECT_EQ(peers.nodes[3].condition->seqno_state, SeqnoState::recovering);
}

TEST(Peers, AreSilentInTheWayThatTheyAre) {
    auto scenario = scenario::parse("n1 initiating A:9\nn2 silent\n").value();
    const std::vector<std::pair<decision::Silence, Reachability>> kinds{
        {decision::Silence::no_answer, Reachability::no_answer},
        {decision::Silence::not_authentic, Reachability::not_authentic},
        {decision::Silence::no_agent, Reachability::no_agent},
        {decision::Silence::unknown, Reachability::unreadable},
        {decision::Silence::alive, Reachability::alive},
        {decision::Silence::legacy, Reachability::legacy},
    };
    for (const auto& [silence, reachability] : kinds) {
        scenario.survey.answers[1].said = silence;
        scenario.survey.answers[1].round_trip = std::chrono::microseconds{500}; // of half a report
        const auto row = peers_of(scenario.survey, scenario.rules, {}, 1000).nodes.at(1);
        EXPECT_EQ(row.reachability, reachability);
        EXPECT_EQ(row.condition, std::nullopt);
        EXPECT_EQ(row.last_seen, std::nullopt);
    }
}

TEST(Peers, WhoseReportIsTooOldHaveReported) {
    const auto peers = seen("n1 initiating A:9\nn2 stopped A:9 stale\n");
    EXPECT_EQ(peers.nodes[1].reachability, Reachability::stale);
    EXPECT_TRUE(peers.nodes[1].condition);
    EXPECT_TRUE(peers.nodes[1].last_seen);
}

TEST(Peers, ThatFellSilentWereLastSeenWhenTheySpoke) {
    const auto first = seen("n1 initiating A:9\nn2 initiating A:9\nn3 silent\n", {}, 1000);
    const auto second = seen("n1 initiating A:9\nn2 silent\nn3 silent\n", first, 1001);
    EXPECT_EQ(second.nodes[0].last_seen->unix_seconds, 1001);
    EXPECT_EQ(second.nodes[1].reachability, Reachability::no_answer);
    EXPECT_EQ(second.nodes[1].condition, std::nullopt);
    EXPECT_EQ(second.nodes[1].last_seen, (PeerSighting{1000, std::chrono::microseconds{500}}));
    EXPECT_EQ(second.nodes[2].last_seen, std::nullopt);
}

TEST(Peers, HaveNamesThatPrint) {
    auto scenario = scenario::parse("n1 initiating A:9\nn2 silent\n").value();
    scenario.survey.answers[1].name = "n\x1b[2J2\n";
    EXPECT_EQ(peers_of(scenario.survey, scenario.rules, {}, 1000).nodes[1].name, "n?[2J2?");
}

} // namespace
} // namespace galera::run
