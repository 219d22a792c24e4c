// What is recorded beside the data, and how a bootstrap by hand gives itself away.
#include "common/galera/lineage_record.hpp"

#include <gtest/gtest.h>

namespace galera {
namespace {

Uuid uuid(char letter) {
    Uuid::Octets octets{};
    octets.fill(static_cast<std::uint8_t>(letter));
    return *Uuid::from(octets);
}

Seqno seqno(std::int64_t value) {
    return *Seqno::from(value);
}

View view(std::uint64_t id, std::int64_t at, char history = 'A') {
    return {uuid(history), id, seqno(at), {}};
}

LineageRecord record(Lineage eras, std::optional<ViewMark> last) {
    return {uuid('A'), true, std::move(eras), last, false};
}

TEST(LineageRecord, IsReadAsItWasWritten) {
    const std::vector<LineageRecord> records{
        {uuid('A'), true, {}, std::nullopt, false},
        {uuid('A'), false, {}, ViewMark{4, seqno(7)}, true},
        {uuid('A'),
         true,
         {{seqno(4), uuid('X')}, {seqno(8), uuid('Y')}},
         ViewMark{1, seqno(8)},
         false},
    };
    for (const auto& written : records) {
        const auto read = parse_lineage_record(text_of(written));
        ASSERT_TRUE(read) << text_of(written);
        EXPECT_EQ(*read, written);
    }
}

TEST(LineageRecord, ThatWasCutOffAnywhereIsNoRecord) {
    const auto whole = text_of(record({{seqno(4), uuid('X')}}, ViewMark{1, seqno(4)}));
    for (std::size_t length = 0; length + 1 < whole.size(); ++length)
        EXPECT_FALSE(parse_lineage_record(whole.substr(0, length))) << length;
}

TEST(LineageRecord, OfGarbageIsAnErrorThatNamesTheLine) {
    const auto history = "history " + uuid('A').text() + "\nknown yes\n";
    struct Case {
        std::string content;
        std::string error;
    };
    const std::vector<Case> cases{
        {history + "era -1 " + uuid('X').text() + "\nend\n", "line 3: "},
        {history + "era 9 " + uuid('X').text() + "\nera 9 " + uuid('Y').text() + "\nend\n",
         "line 4: "},
        {history + "view one 2\nend\n", "line 3: "},
        {history + "sleep\nend\n", "line 3: 'sleep' is not a word of this file"},
        {history + "end\nera 9 " + uuid('X').text() + "\n", "line 4: "},
        {"known yes\nend\n", "it was cut off"},
        {std::string("\0\0\0", 3), "line 1: "},
    };
    for (const auto& [content, error] : cases) {
        const auto read = parse_lineage_record(content);
        ASSERT_FALSE(read) << content;
        EXPECT_EQ(read.error().text.substr(0, error.size()), error);
    }
}

TEST(Followed, ANodeWithoutARecordIsInTheFirstEraOfItsHistory) {
    const auto next = followed(std::nullopt, view(3, 17), false, uuid('X'));
    EXPECT_EQ(next, record({}, ViewMark{3, seqno(17)}));
    const auto other =
        followed(record({{seqno(4), uuid('X')}}, std::nullopt), view(2, 30, 'B'), false, uuid('Y'));
    EXPECT_EQ(other.history, uuid('B'));
    EXPECT_TRUE(other.eras.empty());
}

TEST(Followed, ViewsOfOneEraCountUp) {
    struct Case {
        const char* what;
        LineageRecord before;
        View seen;
    };
    const std::vector<Case> cases{
        {"the next view", record({}, ViewMark{3, seqno(3)}), view(4, 7)},
        {"some views missed", record({}, ViewMark{3, seqno(3)}), view(9, 70)},
        {"the same view", record({}, ViewMark{3, seqno(3)}), view(3, 3)},
        {"the first view of an era that the initiator recorded",
         record({{seqno(8), uuid('X')}}, ViewMark{4, seqno(7)}), view(1, 8)},
        {"a later one", record({{seqno(8), uuid('X')}}, ViewMark{4, seqno(7)}), view(3, 10)},
        {"back behind a view that had not been flushed", record({}, ViewMark{4, seqno(9)}),
         view(3, 3)},
    };
    for (const auto& [what, before, seen] : cases) {
        const auto next = followed(before, seen, false, uuid('Z'));
        EXPECT_TRUE(next.known) << what;
        EXPECT_EQ(next.eras, before.eras) << what;
        EXPECT_EQ(next.last_view, (ViewMark{seen.id, seen.seqno})) << what;
    }
}

TEST(Followed, ABootstrapByHandIsNamedByTheNodeThatDidIt) {
    const auto next = followed(record({}, ViewMark{4, seqno(7)}), view(1, 8), true, uuid('X'));
    EXPECT_TRUE(next.known);
    EXPECT_EQ(next.eras, (Lineage{{seqno(8), uuid('X')}}));
    EXPECT_EQ(followed(next, view(1, 8), true, uuid('Y')), next) << "once";
    EXPECT_EQ(followed(next, view(2, 9), false, uuid('Y')).eras, next.eras);
}

TEST(Followed, ForOthersABootstrapByHandMakesTheLineageUnknown) {
    struct Case {
        const char* what;
        View seen;
    };
    const std::vector<Case> cases{
        {"it joined the new era", view(2, 9)},
        {"it saw the first view in its transfer", view(1, 8)},
        {"the same id at another seqno", view(4, 9)},
        {"more views than seqnos", view(7, 8)},
    };
    for (const auto& [what, seen] : cases) {
        const auto next = followed(record({}, ViewMark{4, seqno(7)}), seen, false, uuid('X'));
        EXPECT_FALSE(next.known) << what;
        EXPECT_FALSE(followed(next, view(9, 90), false, uuid('X')).known) << "and stays so";
    }
}

} // namespace
} // namespace galera
