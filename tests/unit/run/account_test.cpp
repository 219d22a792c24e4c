// What a run tells: one line of the log a change, the same through the local agent, the same as
// JSON.
#include "initiator/run/account.hpp"
#include "initiator/run/explain.hpp"
#include "tests/scenarios/scenario.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace galera::run {
namespace {

struct Told : testing::Test {
    node::test::Scratch scratch;
    std::ostringstream log;
    std::ostringstream json;

    [[nodiscard]] std::optional<node::InitiatorAtWork> at_work() const {
        return node::read_initiator_at_work(scratch.path()).value();
    }
    [[nodiscard]] std::optional<InitiatorPhase> phase() const {
        const auto initiator = at_work();
        return initiator ? std::optional{initiator->phase} : std::nullopt;
    }
    [[nodiscard]] std::optional<InitiatorDecision> decision() const {
        const auto record = node::read_published_decision(scratch.path()).value();
        return record ? std::optional{record->decision} : std::nullopt;
    }
    [[nodiscard]] std::optional<InitiatorDecision> kept() const {
        const auto record = node::read_kept_decision(scratch / "state").value();
        return record ? std::optional{record->decision} : std::nullopt;
    }
    [[nodiscard]] std::optional<PeersRecord> peers() const {
        return node::read_peers(scratch.path()).value();
    }
    [[nodiscard]] node::InitiatorLock lock() const {
        return node::InitiatorLock::try_take(scratch.path()).value().value();
    }
    /// An account of a run that holds the lock.
    Account shown(const node::InitiatorLock& lock, std::string overrides = {}) {
        Account account{log, &json};
        account.show_by(lock, scratch / "state", std::move(overrides));
        return account;
    }
    [[nodiscard]] std::size_t times_said(const std::string& part) const {
        std::size_t times = 0;
        for (auto place = log.str().find(part); place != std::string::npos;
             place = log.str().find(part, place + 1))
            ++times;
        return times;
    }
    [[nodiscard]] std::vector<nlohmann::json> objects() const {
        std::vector<nlohmann::json> all;
        std::istringstream lines{json.str()};
        for (std::string line; std::getline(lines, line);)
            all.push_back(nlohmann::json::parse(line));
        return all;
    }
    Told() { std::filesystem::create_directory(scratch / "state"); }

    /// What n3 sees.
    static scenario::Scenario seen_by_n3(const std::string& cluster) {
        auto scenario = scenario::parse(cluster).value();
        scenario.survey.local = 2;
        return scenario;
    }
    static void survey(Account& account, const std::string& cluster) {
        const auto scenario = seen_by_n3(cluster);
        account.tell_survey(scenario.survey, scenario.rules);
    }
    /// What n3 decides.
    static bool tell(Account& account, const std::string& cluster) {
        const auto scenario = seen_by_n3(cluster);
        const auto verdict = decide(scenario.survey, scenario.rules, false);
        return account.tell_verdict(verdict, scenario.survey, scenario.rules,
                                    sentence_of(verdict, scenario.survey));
    }
};

const std::string both_silent = "n1 silent\nn2 silent\nn3 stopped A:6 view=n1,n2,n3@3\n";
const std::string n1_ahead = "n1 stopped A:9\nn2 stopped A:6\nn3 stopped A:6\n";

// n3 comes up alone, waits; n1 and n2 come; an operator's Ctrl-C ends the run.
TEST_F(Told, IsEachChangeOnce) {
    {
        const auto held = lock();
        auto account = shown(held);
        EXPECT_TRUE(tell(account, both_silent));
        EXPECT_FALSE(tell(account, both_silent)) << "nothing new";
        account.publish_again();
        EXPECT_EQ(phase(), InitiatorPhase::surveying);
        ASSERT_TRUE(decision());
        EXPECT_EQ(decision()->reason, Reason::closure_open);
        EXPECT_EQ(decision()->elected, std::nullopt);
        EXPECT_GT(decision()->decided_unix_seconds, 1'700'000'000);
        EXPECT_EQ(decision()->sentence, "wait: closure_open; n1 (10.0.0.1) does not answer SNMP, "
                                        "n2 (10.0.0.2) does not answer SNMP");

        EXPECT_TRUE(tell(account, n1_ahead));
        account.publish_again();
        EXPECT_EQ(decision()->reason, Reason::elected_other);
        ASSERT_TRUE(decision()->elected);
        EXPECT_EQ(decision()->elected->text, "10.0.0.1");

        account.say("interrupted by signal 2");
        account.leave();
        account.end(ExitStatus::interrupted, 130);
    }
    EXPECT_EQ(phase(), std::nullopt);
    ASSERT_TRUE(decision()) << "it outlives the run";
    EXPECT_EQ(decision()->reason, Reason::elected_other);
    EXPECT_EQ(decision()->sentence, "interrupted by signal 2");
    EXPECT_EQ(log.str(),
              "galera-initiator: wait: closure_open; n1 (10.0.0.1) does not answer SNMP, "
              "n2 (10.0.0.2) does not answer SNMP\n"
              "galera-initiator: wait: elected_other; n1 (10.0.0.1) is to bootstrap\n"
              "galera-initiator: interrupted by signal 2\n");
    const auto lines = objects();
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].at("reason"), "closure_open");
    EXPECT_EQ(lines[0].at("nodes").size(), 3U);
    EXPECT_EQ(lines[1].at("elected"), "10.0.0.1");
    EXPECT_EQ(lines[2], (nlohmann::json{{"exit_status", 130},
                                        {"end", "interrupted"},
                                        {"sentence", "interrupted by signal 2"}}));
}

// A joiner lets another one join first: the verdict is the same, and the words are others.
TEST_F(Told, IsInTheSameWordsInTheLogAndInJson) {
    auto account = Account{log, &json};
    const auto scenario = seen_by_n3(n1_ahead);
    const auto verdict = decide(scenario.survey, scenario.rules, false);
    for (const std::string sentence : {"join: after n1", "join: at once"})
        EXPECT_TRUE(account.tell_verdict(verdict, scenario.survey, scenario.rules, sentence));
    EXPECT_EQ(log.str(), "galera-initiator: join: after n1\ngalera-initiator: join: at once\n");
    const auto lines = objects();
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].at("sentence"), "join: after n1");
    EXPECT_EQ(lines[1].at("sentence"), "join: at once");
}

// The phase is the claim: telling something else must neither make nor drop it.
TEST_F(Told, IsWithThePhaseThatWasPublishedLast) {
    const auto held = lock();
    auto account = shown(held);
    tell(account, "n1 stopped A:6\nn2 stopped A:6\nn3 stopped A:9\n");
    account.publish_again();
    EXPECT_EQ(phase(), InitiatorPhase::surveying);
    ASSERT_TRUE(account.publish(InitiatorPhase::claiming));
    EXPECT_EQ(phase(), InitiatorPhase::claiming);
    tell(account, n1_ahead);
    account.publish_again();
    EXPECT_EQ(phase(), InitiatorPhase::claiming);
    ASSERT_TRUE(account.publish(InitiatorPhase::bootstrapping));
    EXPECT_TRUE(account.tell_progress("starting: running, server starting"));
    EXPECT_FALSE(account.tell_progress("starting: running, server starting"));
    account.publish_again();
    EXPECT_EQ(phase(), InitiatorPhase::bootstrapping);
    EXPECT_EQ(decision()->reason, Reason::elected_other) << "progress is no decision";
    EXPECT_EQ(decision()->sentence, "starting: running, server starting");
    account.leave();
    EXPECT_EQ(phase(), InitiatorPhase::surveying) << "the claim is taken back before the lock goes";
}

TEST_F(Told, BeforeAVerdictLeavesTheLastRunsDecision) {
    const InitiatorDecision last{.reason = Reason::furthest_ahead};
    {
        const auto held = lock();
        ASSERT_TRUE(held.publish(InitiatorPhase::bootstrapping, last));
    }
    const auto held = lock();
    auto account = shown(held);
    account.say("interrupted by signal 2");
    account.leave();
    EXPECT_EQ(decision(), last);
    EXPECT_EQ(phase(), InitiatorPhase::surveying);
}

// What another initiator shows is not ours to change.
TEST_F(Told, WithoutTheLockGoesToTheLogOnly) {
    const auto other = lock();
    ASSERT_TRUE(other.publish(InitiatorPhase::claiming, std::nullopt));
    Account account{log, &json};
    account.say("another galera-initiator runs");
    account.publish_again();
    account.leave();
    account.end(ExitStatus::another_runs, 6);
    EXPECT_EQ(phase(), InitiatorPhase::claiming);
    ASSERT_EQ(objects().size(), 1U);
    EXPECT_EQ(objects()[0].at("end"), "another_runs");
}

// What else the agent shows of a run.

const std::string all_stopped = "n1 stopped A:6\nn2 stopped A:6\nn3 stopped A:9\n";

TEST_F(Told, IsWithWhatTheRunHasDone) {
    const auto held = lock();
    auto account = shown(held, "--assume-lost 10.0.0.4");
    survey(account, both_silent);
    survey(account, both_silent);
    tell(account, both_silent);
    account.publish_again();
    ASSERT_TRUE(decision());
    EXPECT_EQ(decision()->proof, Proof::none);
    EXPECT_EQ(decision()->missing,
              "n1 (10.0.0.1) does not answer SNMP, n2 (10.0.0.2) does not answer SNMP");
    EXPECT_GT(decision()->run.started_unix_seconds, 1'700'000'000);
    EXPECT_EQ(decision()->run.surveys, 2U);
    EXPECT_EQ(decision()->run.attempts, 0U);
    EXPECT_EQ(decision()->run.overrides, "--assume-lost 10.0.0.4");

    survey(account, all_stopped);
    tell(account, all_stopped);
    account.count_attempt();
    account.publish_again();
    EXPECT_EQ(decision()->proof, Proof::census);
    EXPECT_EQ(decision()->missing, "");
    EXPECT_EQ(decision()->run.surveys, 3U);
    EXPECT_EQ(decision()->run.attempts, 1U);
}

TEST_F(Told, IsSinceWhenTheClaimIsHeld) {
    const auto held = lock();
    auto account = shown(held);
    tell(account, all_stopped);
    account.publish_again();
    EXPECT_EQ(at_work()->claimed_unix_seconds, std::nullopt);
    ASSERT_TRUE(account.publish(InitiatorPhase::claiming));
    const auto claimed = at_work()->claimed_unix_seconds;
    ASSERT_TRUE(claimed);
    EXPECT_GT(*claimed, 1'700'000'000);
    ASSERT_TRUE(account.publish(InitiatorPhase::bootstrapping));
    EXPECT_EQ(at_work()->claimed_unix_seconds, claimed) << "it is the same claim";
    ASSERT_TRUE(account.publish(InitiatorPhase::surveying));
    EXPECT_EQ(at_work()->claimed_unix_seconds, std::nullopt) << "it went back";
}

TEST_F(Told, IsWhatEachSurveySaw) {
    const auto held = lock();
    auto account = shown(held);
    survey(account, n1_ahead);
    ASSERT_TRUE(peers());
    EXPECT_EQ(peers()->surveys, 1U);
    ASSERT_EQ(peers()->peers.nodes.size(), 3U);
    EXPECT_EQ(peers()->peers.nodes[0].reachability, Reachability::answers);
    survey(account, both_silent);
    EXPECT_EQ(peers()->surveys, 2U);
    EXPECT_EQ(peers()->peers.nodes[0].reachability, Reachability::no_answer);
    EXPECT_TRUE(peers()->peers.nodes[0].last_seen) << "in the survey before";
    EXPECT_EQ(decision(), std::nullopt) << "and no more than that";
}

// n1 and n2 were there in the run before.
TEST_F(Told, RemembersWhoReportedInTheRunBefore) {
    {
        const auto held = lock();
        auto account = shown(held);
        survey(account, n1_ahead);
        account.leave();
    }
    const auto held = lock();
    auto account = shown(held);
    survey(account, both_silent);
    EXPECT_EQ(peers()->surveys, 1U) << "it is another run";
    EXPECT_TRUE(peers()->peers.nodes[0].last_seen);
    EXPECT_TRUE(peers()->peers.nodes[1].last_seen);
}

// What is kept on the disk: another decision, and the end; never another line of the log.
TEST_F(Told, IsKeptWhereItIsAnotherDecisionOrTheEnd) {
    const auto held = lock();
    auto account = shown(held);
    EXPECT_EQ(kept(), std::nullopt);
    tell(account, both_silent);
    account.publish_again();
    ASSERT_TRUE(kept());
    EXPECT_EQ(kept(), decision());

    std::filesystem::remove(scratch / "state/decision");
    tell(account, "n1 silent\nn2 recovering\nn3 stopped A:6 view=n1,n2,n3@3\n");
    account.publish_again();
    EXPECT_EQ(decision()->reason, Reason::closure_open);
    EXPECT_EQ(kept(), std::nullopt) << "n2 has come, and it changes nothing";

    tell(account, all_stopped);
    ASSERT_TRUE(account.publish(InitiatorPhase::claiming));
    EXPECT_EQ(kept(), decision());
    EXPECT_EQ(kept()->reason, Reason::furthest_ahead);

    account.tell_progress("starting: running, server starting");
    account.publish_again();
    EXPECT_NE(kept(), decision());
    account.say("member: this node is Synced");
    account.leave();
    EXPECT_EQ(kept(), decision());
    EXPECT_EQ(kept()->sentence, "member: this node is Synced");
}

// Failures: what is for people stops nothing, and is said once.

TEST_F(Told, ThatCannotBeShownIsSaidOnce) {
    const auto held = lock();
    auto account = shown(held);
    tell(account, both_silent);
    std::filesystem::create_directories(scratch / "initiator.state" / "in the way");
    account.publish_again();
    tell(account, n1_ahead);
    account.publish_again();
    EXPECT_EQ(times_said("the agent does not show the last decision"), 1U) << log.str();
}

TEST_F(Told, ThatCannotBeKeptIsSaidOnceAndShownAllTheSame) {
    std::filesystem::create_directories(scratch / "state/decision/in the way");
    const auto held = lock();
    auto account = shown(held);
    for (const auto& cluster : {both_silent, n1_ahead, all_stopped}) {
        tell(account, cluster);
        ASSERT_TRUE(account.publish(InitiatorPhase::claiming)) << "a claim is no matter of that";
    }
    EXPECT_EQ(decision()->reason, Reason::furthest_ahead);
    EXPECT_THAT(decision()->sentence, testing::StartsWith("bootstrap: "));
    account.leave();
    EXPECT_EQ(times_said("after a reboot"), 1U) << log.str();
    EXPECT_EQ(times_said("state/decision: "), 1U) << log.str();
}

TEST_F(Told, OfASurveyThatCannotBeShownIsSaidOnce) {
    std::filesystem::create_directories(scratch / "initiator.peers" / "in the way");
    const auto held = lock();
    auto account = shown(held);
    for (int time = 0; time < 3; ++time)
        survey(account, both_silent);
    tell(account, both_silent);
    survey(account, both_silent);
    account.publish_again();
    EXPECT_EQ(times_said("the agent does not show what the last survey saw"), 1U) << log.str();
    EXPECT_EQ(decision()->run.surveys, 4U);
    EXPECT_THAT(decision()->sentence, testing::StartsWith("wait: ")) << "it is not the last line";
}

// A claim that nobody can see is none: its failure is the run's.
TEST_F(Told, OfAClaimThatCannotBePublishedIsAnError) {
    const auto held = lock();
    auto account = shown(held);
    tell(account, all_stopped);
    std::filesystem::create_directories(scratch / "initiator.state" / "in the way");
    EXPECT_FALSE(account.publish(InitiatorPhase::claiming));
}

} // namespace
} // namespace galera::run
