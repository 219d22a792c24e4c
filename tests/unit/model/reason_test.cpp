// One enumerator, one row, one word: in the code, the README and the MIB.
#include "common/model/reason.hpp"
#include "tests/unit/mib/mib_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace galera {
namespace {

using testing::HasSubstr;

std::string text_of_file(const std::string& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string on_one_line(const std::string& text) {
    return std::regex_replace(text, std::regex{R"(\s+)"}, " ");
}

mib::MibObject mib_object(const std::string& name) {
    const auto objects = mib::mib_objects();
    const auto found = std::ranges::find(objects, name, &mib::MibObject::name);
    EXPECT_NE(found, objects.end()) << name;
    return found == objects.end() ? mib::MibObject{} : *found;
}

TEST(Reasons, HaveEachOneRowAndOneWord) {
    std::set<Reason> seen;
    std::set<std::string_view> words;
    for (const auto& row : reasons()) {
        EXPECT_TRUE(seen.insert(row.reason).second) << row.word;
        EXPECT_TRUE(words.insert(row.word).second) << row.word;
        EXPECT_EQ(&row_of(row.reason), &row);
        EXPECT_EQ(reason_of(row.word), row.reason);
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

TEST(Reasons, OfAnUnknownWordAreNone) {
    for (const auto* const word : {"", "wait", "closure", "closure_open ", "closureOpen"})
        EXPECT_EQ(reason_of(word), std::nullopt) << word;
}

// The table, the README and the MIB are three texts of one contract.

TEST(Reasons, StandInTheReadmeInTheOrderOfTheTable) {
    std::string table;
    for (const auto& row : reasons())
        table += "| " + std::string{word_of(row.verdict)} + " | `" + std::string{row.word} +
                 "` | " + std::string{row.meaning} + " |\n";
    EXPECT_THAT(text_of_file(SOURCE_TREE "/README.md"), HasSubstr("|---|---|---|\n" + table + "\n"))
        << "README.md should hold:\n"
        << table;
}

TEST(Reasons, AreTheLabelsOfTheMib) {
    std::map<int, std::string> labels;
    for (const auto& row : reasons())
        labels[static_cast<int>(row.reason)] = mib::label_of(row.word);
    EXPECT_EQ(mib_object("galeraInitiatorReason").labels, labels);
}

TEST(Reasons, MeanInTheMibWhatTheyMeanHere) {
    const auto mib = on_one_line(mib::mib_text());
    for (const auto& row : reasons())
        EXPECT_THAT(mib, HasSubstr(mib::label_of(row.word) + "(" +
                                   std::to_string(static_cast<int>(row.reason)) +
                                   "): " + std::string{row.meaning} + ". "));
}

TEST(Verdicts, AreTheLabelsOfTheMib) {
    std::map<int, std::string> labels;
    for (const auto& row : reasons())
        labels[static_cast<int>(row.verdict)] = word_of(row.verdict);
    EXPECT_EQ(mib_object("galeraInitiatorVerdict").labels, labels);
}

TEST(Proofs, AreTheLabelsOfTheMib) {
    std::map<int, std::string> labels;
    for (int number = 1; number <= static_cast<int>(Proof::genesis); ++number)
        labels[number] = mib::label_of(word_of(static_cast<Proof>(number)));
    EXPECT_EQ(mib_object("galeraInitiatorProof").labels, labels);
}

// Who watches the cluster has the numbers written down: this is the list that never changes, but
// for what is appended to it.
TEST(Reasons, KeepTheirNumbers) {
    const std::vector<std::string_view> by_number{
        "already_member",
        "primary_up",
        "data_discarded",
        "furthest_ahead",
        "fresh_cluster",
        "last_to_leave",
        "elected_other",
        "census_open",
        "closure_open",
        "lineage_unknown",
        "primary_behind",
        "peer_starting",
        "peer_alive",
        "peer_non_primary",
        "peer_claims",
        "peer_bootstraps",
        "rival_claim",
        "local_unknown",
        "local_server_up",
        "highest_is_cut",
        "two_primaries",
        "history_differs",
        "histories_differ",
        "history_forked",
        "local_data_unaccounted",
        "several_hold_data",
        "cluster_name_differs",
        "roster_differs",
        "address_differs",
        "primary_restored",
        "primary_lost",
        "restore_open",
        "legacy_ahead",
    };
    ASSERT_EQ(by_number.size(), reasons().size());
    for (std::size_t place = 0; place < by_number.size(); ++place)
        EXPECT_EQ(word_of(static_cast<Reason>(place + 1)), by_number[place]);
}

} // namespace
} // namespace galera
