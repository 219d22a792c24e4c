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

/// Each letter of `servers` is one life of one server: 'a' started again is 'A'.
View view(std::uint64_t id, std::int64_t at, const std::string& servers = "abc",
          char history = 'A') {
    View seen{uuid(history), id, seqno(at), {}};
    for (const auto server : servers)
        seen.members.push_back({uuid(server), std::string{server}, "10.0.0.1:3306"});
    return seen;
}

ViewMark mark(std::uint64_t id, std::int64_t at, const std::string& servers = "abc") {
    return mark_of(view(id, at, servers));
}

LineageRecord record(Lineage eras, std::optional<ViewMark> last) {
    return {
        .history = uuid('A'), .known = true, .eras = std::move(eras), .last_view = std::move(last)};
}

TEST(LineageRecord, IsReadAsItWasWritten) {
    const std::vector<LineageRecord> records{
        {.history = uuid('A')},
        {.history = uuid('A'),
         .known = false,
         .last_view = mark(4, 7),
         .joined_view = mark(6, 9, "BC"),
         .quorum_override = true},
        {.history = uuid('A'), .lazy_commit = true},
        {.history = uuid('A'), .joining = true},
        {.history = uuid('A'),
         .eras = {{seqno(4), uuid('X')}, {seqno(8), uuid('Y')}},
         .views = {past_of(view(3, 3)), past_of(view(1, 8))},
         .last_view = mark(1, 8),
         .stopped_at = seqno(9)},
    };
    for (const auto& written : records) {
        const auto read = parse_lineage_record(text_of(written));
        ASSERT_TRUE(read) << text_of(written);
        EXPECT_EQ(*read, written);
    }
}

TEST(LineageRecord, ThatWasCutOffAnywhereIsNoRecord) {
    const auto whole = text_of(record({{seqno(4), uuid('X')}}, mark(1, 4)));
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
        {history + "past 3 4\nend\n", "line 3: "},
        {history + "past 3 4 0x1\nend\n", "line 3: "},
        {history + "past 3 4 1\npast 4 4 1\nend\n", "line 4: "},
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
    const auto next = followed(std::nullopt, view(3, 17), "c", uuid('X'));
    EXPECT_EQ(next.eras, Lineage{});
    EXPECT_EQ(next.last_view, mark(3, 17));
    EXPECT_EQ(next.views, ViewLog{past_of(view(3, 17))});
    const auto other = followed(record({{seqno(4), uuid('X')}}, std::nullopt),
                                view(2, 30, "abc", 'B'), "c", uuid('Y'));
    EXPECT_EQ(other.history, uuid('B'));
    EXPECT_TRUE(other.eras.empty());
}

TEST(Followed, ANodeWithoutARecordDoesNotKnowWhatABootstrapBegan) {
    EXPECT_TRUE(followed(std::nullopt, view(1, 1, "c"), "c", uuid('X')).known) << "the history";
    const auto next = followed(std::nullopt, view(1, 17, "c"), "c", uuid('X'));
    EXPECT_FALSE(next.known);
    EXPECT_EQ(next.views, ViewLog{past_of(view(1, 17, "c"))});
    EXPECT_FALSE(followed(next, view(2, 18, "bc"), "c", uuid('X')).known) << "and stays so";
}

TEST(Followed, AnArbitratorOutlivesABootstrap) {
    auto before = view(3, 8, "ab");
    auto after = view(5, 15, "Ab");
    before.members.back().incoming_address.clear();
    after.members.back().incoming_address.clear();
    EXPECT_FALSE(followed(record({}, mark_of(before)), after, "A", uuid('X')).known);
}

TEST(Followed, ViewsOfOneEraCountUp) {
    struct Case {
        const char* what;
        LineageRecord before;
        View seen;
    };
    const std::vector<Case> cases{
        {"the next view", record({}, mark(3, 3)), view(4, 7)},
        {"some views missed", record({}, mark(3, 3)), view(9, 70)},
        {"all but one started again meanwhile", record({}, mark(3, 3)), view(9, 70, "ABc")},
        {"the same view", record({}, mark(3, 3)), view(3, 3)},
        {"the first view of an era that the initiator recorded",
         record({{seqno(8), uuid('X')}}, mark(4, 7)), view(1, 8)},
        {"a later one", record({{seqno(8), uuid('X')}}, mark(4, 7)), view(3, 10)},
        {"back behind a view that had not been flushed", record({}, mark(4, 9)), view(3, 3)},
    };
    for (const auto& [what, before, seen] : cases) {
        const auto next = followed(before, seen, "c", uuid('Z'));
        EXPECT_TRUE(next.known) << what;
        EXPECT_EQ(next.eras, before.eras) << what;
        EXPECT_EQ(next.last_view, mark_of(seen)) << what;
    }
}

TEST(Followed, ViewsAreKeptAsFarAsTheyAreOfThisData) {
    auto kept = record({}, mark(3, 3));
    kept.views = {past_of(view(2, 2)), past_of(view(3, 3))};
    const auto next = followed(kept, view(4, 7), "c", uuid('X'));
    EXPECT_EQ(next.views, (ViewLog{past_of(view(2, 2)), past_of(view(3, 3)), past_of(view(4, 7))}));
    EXPECT_EQ(followed(next, view(4, 7), "c", uuid('X')).views, next.views) << "once";
    const auto back = followed(next, view(3, 5, "ab"), "c", uuid('X'));
    EXPECT_EQ(back.views, (ViewLog{past_of(view(2, 2)), past_of(view(3, 5, "ab"))}))
        << "in place of what was lost: there is one third view";
    const auto unknown = followed(next, view(9, 90, "ABC"), "c", uuid('X'));
    EXPECT_EQ(unknown.views, ViewLog{past_of(view(9, 90, "ABC"))}) << "whose data it may not be";
}

TEST(Followed, ABootstrapByHandIsNamedByTheNodeThatDidIt) {
    auto stopped = record({}, mark(4, 7));
    stopped.stopped_at = seqno(7);
    const auto next = followed(stopped, view(1, 8, "A"), "A", uuid('X'));
    EXPECT_TRUE(next.known);
    EXPECT_EQ(next.eras, (Lineage{{seqno(8), uuid('X')}}));
    EXPECT_EQ(followed(next, view(1, 8, "A"), "A", uuid('Y')), next) << "once";
    EXPECT_EQ(followed(next, view(2, 9, "AB"), "c", uuid('Y')).eras, next.eras);
}

TEST(Followed, ABootstrapMoreThanARecordHoldsMakesTheLineageUnknown) {
    Lineage eras;
    for (std::int64_t number = 1; number <= static_cast<std::int64_t>(eras_max); ++number)
        eras.push_back({seqno(10 * number), uuid('E')});
    auto stopped = record(eras, mark(4, 10 * static_cast<std::int64_t>(eras_max) + 3));
    stopped.stopped_at = seqno(10 * static_cast<std::int64_t>(eras_max) + 7);
    ASSERT_TRUE(parse_lineage_record(text_of(stopped)));
    const auto next =
        followed(stopped, view(1, stopped.stopped_at->value() + 1, "A"), "A", uuid('X'));
    EXPECT_FALSE(next.known);
    EXPECT_TRUE(parse_lineage_record(text_of(next))) << "it is read again";
}

TEST(Followed, WhoMissedSomeViewsKnowsItsEraAgainByAServerThatLivedOn) {
    // In the middle of a transfer it shows a view of two that were started after it had left.
    const auto open = followed(record({}, mark(3, 8)), view(5, 15, "BC"), "c", uuid('X'));
    EXPECT_FALSE(open.known);
    EXPECT_TRUE(followed(open, view(6, 19, "aBC"), "c", uuid('X')).known);
    EXPECT_FALSE(followed(open, view(2, 19, "aBC"), "c", uuid('X')).known) << "ids began again";
    const auto lost = followed(record({}, mark(3, 8)), view(2, 15, "BC"), "c", uuid('X'));
    EXPECT_FALSE(followed(lost, view(6, 19, "aBC"), "c", uuid('X')).known) << "as they had here";
}

TEST(Followed, AFirstViewAboveWhatWasSeenStoppedMayBeTheSecondBootstrap) {
    auto stopped = record({}, mark(4, 7));
    EXPECT_FALSE(followed(stopped, view(1, 9, "A"), "A", uuid('X')).known) << "never seen stopped";
    stopped.stopped_at = seqno(7);
    EXPECT_FALSE(followed(stopped, view(1, 9, "A"), "A", uuid('X')).known);
}

TEST(Followed, AJoinerKnowsThePrimaryAgainByItsMembers) {
    auto joiner = record({}, mark(3, 3));
    joiner.joined_view = mark(9, 40, "BC");
    EXPECT_TRUE(followed(joiner, view(10, 44, "BCd"), "c", uuid('X')).known);
    EXPECT_TRUE(followed(joiner, view(5, 20, "Be"), "c", uuid('X')).known) << "within its transfer";
    EXPECT_FALSE(followed(joiner, view(11, 50, "xyd"), "c", uuid('X')).known)
        << "all of them were started again";
    EXPECT_FALSE(followed(joiner, view(1, 20, "B"), "c", uuid('X')).known) << "another era began";
    EXPECT_FALSE(followed(joiner, view(10, 44, "BCd"), "c", uuid('X')).joined_view)
        << "it is there";
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
        {"the ids could follow, but every server is another one", view(9, 90, "ABC")},
        {"another view at the same seqno", view(4, 7, "ab")},
    };
    for (const auto& [what, seen] : cases) {
        const auto next = followed(record({}, mark(4, 7)), seen, "c", uuid('X'));
        EXPECT_FALSE(next.known) << what;
        EXPECT_FALSE(followed(next, view(9, 90, "ABC"), "c", uuid('X')).known) << "and stays so";
    }
}

} // namespace
} // namespace galera
