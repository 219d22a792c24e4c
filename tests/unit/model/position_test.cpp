// Seqnos, UUIDs and positions: the field's sentinels have no value, and positions compare only
// inside one history.
#include "common/model/position.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace galera {
namespace {

constexpr const char* history_text = "a4a4393a-e724-11f1-b7b0-ba805bb54006";
constexpr const char* other_text = "6e16e07d-e725-11f1-9473-8f33c7e0662a";
constexpr const char* nil_text = "00000000-0000-0000-0000-000000000000";

Position at(const char* history, std::int64_t seqno) {
    return {Uuid::parse(history).value(), Seqno::from(seqno).value()};
}

TEST(Seqno, IsNeverNegative) {
    EXPECT_FALSE(Seqno::from(-1));
    EXPECT_FALSE(Seqno::from(std::numeric_limits<std::int64_t>::min()));
    EXPECT_EQ(Seqno::from(0).value().value(), 0);
    constexpr auto highest = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(Seqno::from(highest).value().value(), highest);
}

TEST(Seqno, IsOrderedAsANumberAndNotAsText) {
    EXPECT_LT(Seqno::from(999).value(), Seqno::from(1000).value());
}

TEST(Uuid, ReadsWhatItWritesInEitherCase) {
    EXPECT_EQ(Uuid::parse(history_text).value().text(), history_text);
    EXPECT_EQ(Uuid::parse("A4A4393A-E724-11F1-B7B0-BA805BB54006").value().text(), history_text);
    EXPECT_EQ(Uuid::parse(history_text).value().short_text(), "a4a4393a..");
}

TEST(Uuid, IsNothingElse) {
    using namespace std::string_literals;
    const std::string bad[] = {
        "",
        nil_text,
        "a4a4393a-e724-11f1-b7b0-ba805bb5400",   // a digit short
        "a4a4393a-e724-11f1-b7b0-ba805bb540066", // a digit long
        "a4a4393ae724-11f1-b7b0-ba805bb54006--", // hyphens elsewhere
        "a4a4393a-e724-11f1-b7b0-ba805bb5400g",
        " a4a4393a-e724-11f1-b7b0-ba805bb5400",
        "a4a4393a_e724_11f1_b7b0_ba805bb54006",
        "{a4a4393a-e724-11f1-b7b0-ba805bb540}",
        "a4a4393a-e724-11f1-b7b0-ba805bb5400\0"s,
        "+4a4393a-e724-11f1-b7b0-ba805bb54006",
    };
    for (const auto& text : bad)
        EXPECT_FALSE(Uuid::parse(text)) << text;
}

TEST(Uuid, NilIsTheAbsenceOfOne) {
    EXPECT_FALSE(Uuid::from({}));
    EXPECT_TRUE(is_nil_uuid(nil_text));
    EXPECT_FALSE(is_nil_uuid(history_text));
    EXPECT_FALSE(is_nil_uuid(""));
}

TEST(Position, IsPrintedAsGaleraPrintsIt) {
    EXPECT_EQ(text_of(at(history_text, 1210)), std::string(history_text) + ":1210");
    EXPECT_EQ(text_of(std::optional<Position>{}), std::string(nil_text) + ":-1");
    EXPECT_EQ(short_text_of(at(history_text, 1210)), "a4a4393a..:1210");
}

TEST(Position, ComparesInsideOneHistory) {
    const auto compared = compare_in_one_history(at(history_text, 9), at(history_text, 10));
    ASSERT_TRUE(compared);
    EXPECT_TRUE(*compared == std::strong_ordering::less);
    EXPECT_TRUE(compare_in_one_history(at(history_text, 9), at(history_text, 9)) ==
                std::strong_ordering::equal);
}

TEST(Position, OfAnotherHistoryIsNeitherAheadNorBehind) {
    EXPECT_FALSE(compare_in_one_history(at(history_text, 9), at(other_text, 10)));
    EXPECT_FALSE(compare_in_one_history(at(history_text, 9), at(other_text, 9)));
}

} // namespace
} // namespace galera
