// The table of `status`: what stands in it, in which colours, how wide it is.
#include "initiator/run/status.hpp"
#include "initiator/run/table.hpp"
#include "tests/unit/run/told.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace galera::run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string story = "n1 primary A:9 view=n1,n3@3\nn2 silent\nn3 recovering\n";

TEST(Status, IsATableWithALineANode) {
    const auto told = told_of(story, 0);
    EXPECT_EQ(
        status_table(told.survey, told.rules, {}),
        "NODE  ADDRESS   REACHABILITY  STATUS               CLUSTER  STATE   POSITION      LAG  "
        "VIEW       AGE\n"
        "n1 *  10.0.0.1  answers       running              Primary  Synced  41414141..:9  0    "
        "3: n1, n3  0 ms\n"
        "n2    10.0.0.2  no answer     -                    -        -       -             -    "
        "-          -\n"
        "n3    10.0.0.3  answers       stopped, recovering  -        -       recovering    -    "
        "-          0 ms\n");
}

TEST(Status, HasColoursThatEndInTheirCell) {
    const auto told = told_of(story, 0);
    const auto lines = status_lines(told.survey, told.rules, {.colours = true});
    EXPECT_THAT(lines[0], Not(HasSubstr("\x1b")));
    EXPECT_THAT(lines[1], StartsWith("\x1b[32mn1 *\x1b[0m  10.0.0.1  \x1b[32manswers\x1b[0m "));
    EXPECT_THAT(lines[2], StartsWith("\x1b[31mn2\x1b[0m    10.0.0.2  \x1b[31mno answer\x1b[0m"));
    EXPECT_THAT(lines[3], StartsWith("\x1b[33mn3\x1b[0m "));
}

// Seqnos compare inside one history only; a stale report is none.
TEST(Lag, IsToTheHighestOfTheSameHistory) {
    auto told = told_of("n1 stopped A:9\nn2 stopped A:4\nn3 stopped B:100\nn4 silent\n", 0);
    const auto lag = [&](std::size_t node) { return lag_of(told.survey, node, told.rules); };
    EXPECT_EQ(lag(0), 0U);
    EXPECT_EQ(lag(1), 5U);
    EXPECT_EQ(lag(2), 0U);
    EXPECT_EQ(lag(3), std::nullopt);
    told.report(0).agent.snapshot_age = std::chrono::hours{1};
    EXPECT_EQ(lag(0), std::nullopt);
    EXPECT_EQ(lag(1), 0U);
}

TEST(View, OfManyNodesIsTheirCount) {
    auto told = told_of("n1 stopped A:9 view=n1,n2,n3,n4,n5@3\nn2 silent\nn3 silent\nn4 silent\n"
                        "n5 silent\nn6 silent\n",
                        0);
    EXPECT_THAT(status_table(told.survey, told.rules, {}), HasSubstr("3: n1, n2, n3, n4, n5  "));
    auto& members = told.report(0).applied_view->members;
    members.push_back(members.front());
    EXPECT_THAT(status_table(told.survey, told.rules, {}), HasSubstr("3: 6 nodes  "));
}

TEST(Transfer, SaysHowFarItHasCome) {
    struct Case {
        ReplicationReport progress;
        std::string_view text;
    };
    const auto seqno = [](std::int64_t value) { return Seqno::from(value); };
    for (const auto& [progress, text] : {
             Case{{}, ""},
             Case{{.transfer = Transfer::sst}, "SST"},
             Case{{.transfer = Transfer::sst, .sst_octets = 999}, "SST, 999 B"},
             Case{{.transfer = Transfer::sst, .sst_octets = 1'234'567'890}, "SST, 1.2 GB"},
             Case{{.transfer = Transfer::sst, .sst_octets = ~std::uint64_t{0}}, "SST, 18446.7 PB"},
             Case{{.transfer = Transfer::ist}, "IST"},
             Case{{.transfer = Transfer::ist, .ist_current = seqno(5213)}, "IST, 5213"},
             Case{{.transfer = Transfer::ist,
             .ist_first = seqno(3),
             .ist_current = seqno(5213),
             .ist_last = seqno(16007)},
                  "IST, 5213 of 3 to 16007"},
         }) {
        NodeReport report;
        report.replication = progress;
        EXPECT_EQ(transfer_of(report), text);
    }
}

// Text as a terminal shows it.

TEST(Text, IsAsWideAsATerminalShowsIt) {
    EXPECT_EQ(columns_of(""), 0U);
    EXPECT_EQ(columns_of("db1"), 3U);
    EXPECT_EQ(columns_of("gr\u00f6\u00dfe"), 5U);
    EXPECT_EQ(columns_of("\u65e5\u672c"), 4U);
    EXPECT_EQ(columns_of("\U0001F600"), 2U);
    EXPECT_EQ(columns_of("e\u0301"), 1U);
    EXPECT_EQ(columns_of("\xc3"), 1U) << "cut: printable() leaves none of these";
}

TEST(Text, IsCutBetweenItsCharacters) {
    EXPECT_EQ(cut_to("gr\u00f6\u00dfe", 3), "gr\u00f6");
    EXPECT_EQ(cut_to("\u65e5\u672c", 3), "\u65e5");
    EXPECT_EQ(cut_to("db1", 3), "db1");
    EXPECT_EQ(cut_to("db1", 0), "");
}

TEST(Lines, AreAlignedByWhatIsShown) {
    const std::vector<Row> rows{
        {{"gr\u00f6\u00dfe"}, {"1"}}, {{"\u65e5\u672c"}, {"22"}}, {{"n"}, {""}}};
    EXPECT_THAT(lines_of(rows, {}), ElementsAre("gr\u00f6\u00dfe  1", "\u65e5\u672c   22", "n"));
}

TEST(Lines, AreNoWiderThanThePaper) {
    const std::vector<Row> rows{{{"one", Tone::good}, {"two", Tone::bad}, {"three"}}};
    for (std::size_t columns = 1; columns < 20; ++columns)
        EXPECT_LE(columns_of(lines_of(rows, {.columns = columns}).front()), columns);
    EXPECT_THAT(lines_of(rows, {.columns = 6}), ElementsAre("one  t"));
    EXPECT_THAT(lines_of(rows, {.colours = true, .columns = 6}),
                ElementsAre("\x1b[32mone\x1b[0m  \x1b[31mt\x1b[0m"));
    EXPECT_THAT(lines_of(rows, {.columns = 5}), ElementsAre("one"));
    EXPECT_THAT(lines_of({}, {}), ElementsAre());
}

} // namespace
} // namespace galera::run
