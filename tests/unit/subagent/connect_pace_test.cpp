// Tries to connect follow quickly where there is hope, then ever more slowly, and never in a rush.
#include "agentx/connect_pace.hpp"

#include <gtest/gtest.h>

namespace galera::agentx {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct ConnectPaceTest : ::testing::Test {
    ConnectPace pace;
    ConnectPace::Time now{seconds{100}};
};

TEST_F(ConnectPaceTest, LeavesItToTheIntervalWithoutHope) {
    EXPECT_FALSE(pace.due());
    pace.failed(now);
    EXPECT_FALSE(pace.due());
}

TEST_F(ConnectPaceTest, TriesAtOnceThenMoreSlowlyThenNoMore) {
    pace.hopeful(now);
    EXPECT_EQ(pace.due(), now);
    const auto began = now;
    int tries = 0;
    while (pace.due()) {
        ASSERT_GE(*pace.due(), now);
        now = *pace.due();
        pace.failed(now);
        ++tries;
    }
    EXPECT_EQ(tries, 7);
    EXPECT_LT(now - began, seconds{2});
    EXPECT_GT(now - began, seconds{1}) << "until the tries at every interval are enough";
}

TEST_F(ConnectPaceTest, IsSatisfiedOnceConnected) {
    pace.hopeful(now);
    pace.failed(now);
    pace.connected(now);
    EXPECT_FALSE(pace.due());
}

TEST_F(ConnectPaceTest, IsNotRushedByManyHopes) {
    pace.hopeful(now);
    pace.failed(now);
    for (int i = 0; i < 100; ++i)
        pace.hopeful(now);
    EXPECT_EQ(pace.due(), now + milliseconds{10});
}

TEST_F(ConnectPaceTest, HopesAnew) {
    pace.hopeful(now);
    while (pace.due())
        pace.failed(*pace.due());
    now += seconds{60};
    pace.hopeful(now);
    EXPECT_EQ(pace.due(), now);
    pace.failed(now);
    EXPECT_EQ(pace.due(), now + milliseconds{20});
}

} // namespace
} // namespace galera::agentx
