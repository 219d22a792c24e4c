// What a report must be to count at all.
#include "initiator/decision/decide.hpp"

#include <gtest/gtest.h>

namespace galera::decision {
namespace {

TEST(Freshness, EndsAfterThreeSamplingIntervals) {
    const Rules rules{.sample_interval = std::chrono::seconds{1}};
    NodeReport report;
    EXPECT_FALSE(is_fresh(report, rules)) << "before the first sample";
    report.agent.snapshot_id = 7;
    report.agent.snapshot_age = std::chrono::milliseconds{3000};
    EXPECT_TRUE(is_fresh(report, rules));
    report.agent.snapshot_age = std::chrono::milliseconds{3001};
    EXPECT_FALSE(is_fresh(report, rules));
}

} // namespace
} // namespace galera::decision
