// One enumerator, one row, one word.
#include "initiator/decision/decide.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace galera::decision {
namespace {

TEST(Reasons, HaveEachOneRowAndOneWord) {
    std::set<Reason> seen;
    std::set<std::string_view> words;
    for (const auto& row : reasons()) {
        EXPECT_TRUE(seen.insert(row.reason).second) << row.word;
        EXPECT_TRUE(words.insert(row.word).second) << row.word;
        EXPECT_EQ(&row_of(row.reason), &row);
        EXPECT_FALSE(row.meaning.empty()) << row.word;
    }
}

TEST(Reasons, OfARefusalSayWhatToDo) {
    for (const auto& row : reasons()) {
        if (row.verdict == VerdictKind::refuse) {
            EXPECT_FALSE(row.advice.empty()) << row.word;
        }
    }
}

TEST(Reasons, StandInTheReadmeInTheOrderOfTheTable) {
    std::ifstream file{README_FILE};
    const std::string readme{std::istreambuf_iterator<char>{file}, {}};
    std::string table;
    for (const auto& row : reasons())
        table += "| " + std::string{word_of(row.verdict)} + " | `" + std::string{row.word} +
                 "` | " + std::string{row.meaning} + " |\n";
    EXPECT_NE(readme.find(table), std::string::npos) << "README.md should hold:\n" << table;
}

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
