// What a run tells: one line of the log a change, the same through the local agent, the same as
// JSON.
#include "initiator/run/account.hpp"
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

    [[nodiscard]] std::optional<InitiatorPhase> phase() const {
        return node::read_initiator_phase(scratch.path()).value();
    }
    [[nodiscard]] std::optional<InitiatorDecision> decision() const {
        return node::read_last_decision(scratch.path()).value();
    }
    [[nodiscard]] std::vector<nlohmann::json> objects() const {
        std::vector<nlohmann::json> all;
        std::istringstream lines{json.str()};
        for (std::string line; std::getline(lines, line);)
            all.push_back(nlohmann::json::parse(line));
        return all;
    }
    /// What n3 decides.
    static bool tell(Account& account, const std::string& cluster) {
        auto scenario = scenario::parse(cluster).value();
        scenario.survey.local = 2;
        const auto verdict = decide(scenario.survey, scenario.rules, false);
        return account.tell_verdict(verdict, scenario.survey, scenario.rules);
    }
};

const std::string both_silent = "n1 silent\nn2 silent\nn3 stopped A:6 view=n1,n2,n3@3\n";
const std::string n1_ahead = "n1 stopped A:9\nn2 stopped A:6\nn3 stopped A:6\n";

// n3 comes up alone, waits; n1 and n2 come; an operator's Ctrl-C ends the run.
TEST_F(Told, IsEachChangeOnce) {
    {
        const auto lock = node::InitiatorLock::try_take(scratch.path()).value();
        Account account{log, &json};
        account.show_by(*lock);
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
    EXPECT_EQ(decision()->reason, Reason::elected_other) << "it outlives the run";
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

// The phase is the claim: telling something else must neither make nor drop it.
TEST_F(Told, IsWithThePhaseThatWasPublishedLast) {
    const auto lock = node::InitiatorLock::try_take(scratch.path()).value();
    Account account{log, nullptr};
    account.show_by(*lock);
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
        const auto lock = node::InitiatorLock::try_take(scratch.path()).value();
        ASSERT_TRUE(lock->publish(InitiatorPhase::bootstrapping, last));
    }
    const auto lock = node::InitiatorLock::try_take(scratch.path()).value();
    Account account{log, nullptr};
    account.show_by(*lock);
    account.say("interrupted by signal 2");
    account.leave();
    EXPECT_EQ(decision(), last);
    EXPECT_EQ(phase(), InitiatorPhase::surveying);
}

// What another initiator shows is not ours to change.
TEST_F(Told, WithoutTheLockGoesToTheLogOnly) {
    const auto other = node::InitiatorLock::try_take(scratch.path()).value();
    ASSERT_TRUE(other->publish(InitiatorPhase::claiming, std::nullopt));
    Account account{log, &json};
    account.say("another galera-initiator runs");
    account.publish_again();
    account.leave();
    account.end(ExitStatus::another_runs, 6);
    EXPECT_EQ(phase(), InitiatorPhase::claiming);
    ASSERT_EQ(objects().size(), 1U);
    EXPECT_EQ(objects()[0].at("end"), "another_runs");
}

TEST_F(Told, ThatCannotBeShownIsSaid) {
    const auto lock = node::InitiatorLock::try_take(scratch.path()).value();
    Account account{log, nullptr};
    account.show_by(*lock);
    tell(account, both_silent);
    std::filesystem::create_directories(scratch / "initiator.state" / "in the way");
    account.publish_again();
    EXPECT_THAT(log.str(), testing::HasSubstr("the agent does not show the last decision"));
}

} // namespace
} // namespace galera::run
