// What the agent shows of its initiator: while it runs, after it has ended, after a reboot, and
// where the files are not what they should be.
#include "common/galera/address_text.hpp"
#include "common/node/initiator_report.hpp"
#include "common/node/initiator_state.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace galera::node {
namespace {

using test::Scratch;
using test::write_text;

RosterNode roster_node(const std::string& address, const std::string& name) {
    return {*parse_address(address), name};
}

InitiatorDecision decision(std::int64_t started, std::uint32_t surveys = 1) {
    return {.reason = Reason::closure_open,
            .decided_unix_seconds = started + 1,
            .sentence = "wait: closure_open",
            .run = {.started_unix_seconds = started, .surveys = surveys}};
}

PeerReport seen(const std::string& address, const std::string& name) {
    return {.address = *parse_address(address),
            .name = name,
            .reachability = Reachability::answers,
            .condition = PeerCondition{.status = NodeStatus::initiating},
            .last_seen = PeerSighting{1'795'428'000, std::chrono::microseconds{812}}};
}

struct Shown : testing::Test {
    Scratch scratch;
    InitiatorPlaces places{scratch / "run",
                           scratch / "state",
                           {roster_node("10.0.0.1", "db1.example"), roster_node("10.0.0.2", ""),
                            roster_node("10.0.0.3", "db3.example")}};
    std::vector<Error> errors;

    Shown() {
        for (const auto* const name : {"run", "state"})
            std::filesystem::create_directory(scratch / name);
    }
    NodeReport show() {
        NodeReport report;
        report.node_name = "n2";
        report.node_address = parse_address("10.0.0.2");
        errors.clear();
        show_initiator(places, report, errors);
        return report;
    }
    /// The number by which the decision is known, and whose run it is of.
    std::optional<std::int64_t> started() {
        const auto report = show();
        EXPECT_TRUE(errors.empty());
        if (!report.initiator.decision)
            return std::nullopt;
        return report.initiator.decision->run.started_unix_seconds;
    }
    [[nodiscard]] InitiatorLock lock() const {
        auto taken = InitiatorLock::try_take(scratch / "run");
        return std::move(taken.value().value());
    }
    void reboot() const {
        std::filesystem::remove_all(scratch / "run");
        std::filesystem::create_directory(scratch / "run");
    }
};

TEST_F(Shown, HasARowForEachNodeOfTheRosterBeforeAnyInitiatorHasRun) {
    const auto report = show();
    EXPECT_TRUE(errors.empty());
    EXPECT_EQ(report.initiator, InitiatorReport{});
    EXPECT_EQ(report.peers.surveyed_unix_seconds, std::nullopt);
    const std::vector<PeerReport> rows{
        {.address = *parse_address("10.0.0.1"), .name = "db1.example"},
        {.address = *parse_address("10.0.0.2"), .name = "n2", .local = true},
        {.address = *parse_address("10.0.0.3"), .name = "db3.example"},
    };
    EXPECT_EQ(report.peers.nodes, rows);
}

// The survey was of another roster: n4 has been taken out since, n3 has come.
TEST_F(Shown, HasTheRowsOfTheRosterWhateverTheLastSurveyWasOf) {
    ASSERT_TRUE(lock().publish_peers({.surveyed_unix_seconds = 1'795'428'000,
                                      .nodes = {seen("9.0.0.9", "n0"), seen("10.0.0.1", "n1"),
                                                seen("10.0.0.2", ""), seen("10.0.0.4", "n4")}},
                                     1));
    const auto report = show();
    EXPECT_EQ(report.peers.surveyed_unix_seconds, 1'795'428'000);
    auto local = seen("10.0.0.2", "n2");
    local.local = true;
    const std::vector<PeerReport> rows{
        seen("10.0.0.1", "n1"),
        local,
        {.address = *parse_address("10.0.0.3"), .name = "db3.example"},
    };
    EXPECT_EQ(report.peers.nodes, rows);
}

TEST_F(Shown, IsReadByAnybody) {
    const auto holder = lock();
    ASSERT_TRUE(holder.publish_peers({}, 1));
    ASSERT_TRUE(holder.keep(decision(1000), scratch / "state"));
    for (const auto* const name : {"run/initiator.peers", "state/decision"}) {
        const auto mode = std::filesystem::status(scratch / name).permissions();
        EXPECT_EQ(mode, std::filesystem::perms{0644}) << name;
    }
    EXPECT_EQ(test::entries_in(scratch / "state"), 1U) << "nothing is left beside it";
}

TEST_F(Shown, CountsTheSurveysOfTheRunThatDecided) {
    {
        const auto first = lock();
        ASSERT_TRUE(first.publish(InitiatorPhase::surveying, decision(1000, 1)));
        ASSERT_TRUE(first.publish_peers({}, 40));
        EXPECT_EQ(show().initiator.decision->run.surveys, 40U);
    }
    const auto second = lock();
    ASSERT_TRUE(second.publish_peers({}, 1));
    EXPECT_EQ(show().initiator.decision->run.surveys, 1U) << "what the first one wrote itself";
    ASSERT_TRUE(second.publish(InitiatorPhase::surveying, decision(1000, 1)));
    ASSERT_TRUE(second.publish_peers({}, 2));
    EXPECT_EQ(show().initiator.decision->run.surveys, 2U);
}

TEST_F(Shown, SaysSinceWhenAClaimIsHeldAndNoLongerThanItIs) {
    {
        const auto holder = lock();
        ASSERT_TRUE(holder.publish(InitiatorPhase::claiming, decision(1000), 1005));
        EXPECT_EQ(show().initiator.phase, InitiatorPhase::claiming);
        EXPECT_EQ(show().initiator.claimed_unix_seconds, 1005);
    }
    EXPECT_EQ(show().initiator.phase, std::nullopt);
    EXPECT_EQ(show().initiator.claimed_unix_seconds, std::nullopt);
}

// The last decision.

TEST_F(Shown, OutlivesAReboot) {
    {
        const auto holder = lock();
        ASSERT_TRUE(holder.publish(InitiatorPhase::claiming, decision(1000), 1005));
        ASSERT_TRUE(holder.publish_peers({1006, {seen("10.0.0.1", "n1")}}, 40));
        ASSERT_TRUE(holder.keep(decision(1000, 39), scratch / "state"));
    }
    reboot();
    const auto report = show();
    EXPECT_TRUE(errors.empty());
    EXPECT_EQ(report.initiator, (InitiatorReport{std::nullopt, std::nullopt, decision(1000, 39)}));
    EXPECT_EQ(report.peers.surveyed_unix_seconds, std::nullopt) << "what it saw does not";
    EXPECT_EQ(report.peers.nodes.front().last_seen, std::nullopt);
}

TEST_F(Shown, IsWhatTheRunWroteLast) {
    const auto holder = lock();
    ASSERT_TRUE(holder.keep(decision(1000), scratch / "state"));
    auto later = decision(1000);
    later.sentence = "starting: running, server starting";
    ASSERT_TRUE(holder.publish(InitiatorPhase::joining, later));
    EXPECT_EQ(show().initiator.decision, later) << "which is not kept line by line";
}

// run-dir was full, or is another directory than the one that the last run had.
TEST_F(Shown, IsOfTheLaterRunWhereRunDirHasAnEarlierOne) {
    ASSERT_TRUE(lock().publish(InitiatorPhase::surveying, decision(1000)));
    ASSERT_TRUE(lock().keep(decision(2000), scratch / "state"));
    EXPECT_EQ(started(), 2000);
}

// state-dir could not be written.
TEST_F(Shown, IsOfTheLaterRunWhereStateDirHasAnEarlierOne) {
    ASSERT_TRUE(lock().keep(decision(1000), scratch / "state"));
    ASSERT_TRUE(lock().publish(InitiatorPhase::surveying, decision(2000)));
    EXPECT_EQ(started(), 2000);
}

// A run that has not decided anything yet takes nothing away.
TEST_F(Shown, IsTheKeptOneWhileTheRunHasNotDecided) {
    ASSERT_TRUE(lock().keep(decision(1000), scratch / "state"));
    ASSERT_TRUE(lock().publish(InitiatorPhase::surveying, std::nullopt));
    EXPECT_EQ(started(), 1000);
}

// The clock was put back between two lines of one run.
TEST_F(Shown, IsTheRunsOwnWordWhateverTheClock) {
    const auto holder = lock();
    ASSERT_TRUE(holder.keep(decision(2000), scratch / "state"));
    ASSERT_TRUE(holder.publish(InitiatorPhase::surveying, decision(1000)));
    EXPECT_EQ(started(), 1000);
}

// Files that are not what they should be.

TEST_F(Shown, IsNothingOfAFileThatCannotBeUnderstood) {
    for (const auto* const content : {"", "end\n", "holder: 1 2\nsurveyed: soon\n", "\x01\x02"}) {
        write_text(scratch / "run" / "initiator.state", content);
        write_text(scratch / "run" / "initiator.peers", content);
        write_text(scratch / "state" / "decision", content);
        const auto report = show();
        EXPECT_TRUE(errors.empty()) << "it is no fault of the node";
        EXPECT_EQ(report.initiator, InitiatorReport{});
        ASSERT_EQ(report.peers.nodes.size(), 3U);
        EXPECT_EQ(report.peers.nodes[0].reachability, Reachability::unknown);
    }
}

TEST_F(Shown, IsWhatCanBeReadBesideWhatCannot) {
    ASSERT_TRUE(lock().publish(InitiatorPhase::surveying, decision(1000)));
    for (const auto* const name : {"run/initiator.peers", "state/decision"}) {
        std::filesystem::create_directory(scratch / name); // in the way
        const auto report = show();
        ASSERT_EQ(errors.size(), 1U);
        EXPECT_THAT(errors[0].text, testing::HasSubstr(name));
        EXPECT_EQ(report.initiator.decision, decision(1000)) << name;
        EXPECT_EQ(report.peers.nodes.size(), 3U) << name;
        std::filesystem::remove(scratch / name);
    }
}

TEST_F(Shown, IsAnInitiatorAtWorkWhereItsStateCannotBeRead) {
    ASSERT_TRUE(lock().keep(decision(1000), scratch / "state"));
    const auto holder = lock();
    write_text(scratch / "run" / "initiator.state", std::string(1U << 20U, 'x'));
    const auto report = show();
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_THAT(errors[0].text, testing::HasSubstr("initiator.state"));
    EXPECT_EQ(report.initiator.phase, InitiatorPhase::surveying);
    EXPECT_EQ(report.initiator.decision, decision(1000));
}

TEST_F(Shown, NeedsNoStateDirectory) {
    places.state_dir.clear();
    ASSERT_TRUE(lock().publish(InitiatorPhase::surveying, decision(1000)));
    EXPECT_EQ(started(), 1000);
}

} // namespace
} // namespace galera::node
