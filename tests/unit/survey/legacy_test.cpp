// What the scripts of 2014 print, and what is made of it.
#include "initiator/survey/legacy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace galera::survey {
namespace {

using testing::ElementsAre;

mib::Varbind line(const mib::Oid& oid, std::string text) {
    return {oid, mib::Value{mib::OctetString{std::move(text)}}};
}

std::vector<mib::Varbind> lines(const std::string& status, const std::string& seqno) {
    const auto oids = legacy_instances();
    return {line(oids[0], status), line(oids[1], seqno)};
}

// NET-SNMP-EXTEND-MIB: nsExtendOutput1Line, and the name of the line as its index.
TEST(LegacyInstances, AreTheFirstLinesOfTheTwoExtensions) {
    const auto oids = legacy_instances();
    EXPECT_THAT(
        oids, ElementsAre(mib::Oid{1,  3,   6,   1,   4,   1,   8072, 1,   3,   2,   3,   1,   1,
                                   12, 'g', 'a', 'l', 'e', 'r', 'a',  'S', 't', 'a', 't', 'u', 's'},
                          mib::Oid{1,  3,   6,   1,   4,   1,   8072, 1,   3,   2,   3,   1,  1,
                                   11, 'g', 'a', 'l', 'e', 'r', 'a',  'S', 'e', 'q', 'n', 'o'}));
}

TEST(LegacyStatus, IsOneOfTheFiveWordsAndNothingElse) {
    const std::vector<std::pair<std::string, NodeStatus>> good{
        {"bootstrapping", NodeStatus::bootstrapping},
        {"running", NodeStatus::running},
        {"initiating", NodeStatus::initiating},
        {"locked", NodeStatus::locked},
        {"stopped", NodeStatus::stopped},
    };
    for (const auto& [word, status] : good)
        EXPECT_EQ(legacy_status(word), status) << word;
    for (const std::string bad : {"", "Running", "running ", " running", "running\n", "run", "5",
                                  "Traceback (most recent call last):", "stopped stopped"})
        EXPECT_EQ(legacy_status(bad), std::nullopt) << bad;
    EXPECT_EQ(legacy_status(std::string{"running\0", 8}), std::nullopt);
}

TEST(LegacySeqno, IsANumberThatIsNotNegativeAndNothingElse) {
    EXPECT_EQ(legacy_seqno("0"), Seqno::from(0));
    EXPECT_EQ(legacy_seqno("1210"), Seqno::from(1210));
    EXPECT_EQ(legacy_seqno("9223372036854775807"), Seqno::from(INT64_MAX));
    for (const std::string bad : {"", "-1", "-2", "+5", " 5", "5 ", "5\n", "0x5", "1e3", "12x",
                                  "1.0", "9223372036854775808", "99999999999999999999", "None"})
        EXPECT_EQ(legacy_seqno(bad), std::nullopt) << bad;
}

TEST(Legacy, IsWhatCanBeUnderstoodOfTheTwo) {
    EXPECT_EQ(decode_legacy(lines("stopped", "12")),
              (LegacyReport{NodeStatus::stopped, Seqno::from(12)}));
    EXPECT_EQ(decode_legacy(lines("running", "-1")),
              (LegacyReport{NodeStatus::running, std::nullopt}));
    EXPECT_EQ(decode_legacy(lines("what?", "12")), (LegacyReport{std::nullopt, Seqno::from(12)}));
}

TEST(Legacy, IsNothingWhereNeitherCanBe) {
    const auto oids = legacy_instances();
    EXPECT_EQ(decode_legacy({}), std::nullopt);
    EXPECT_EQ(decode_legacy(lines("", "")), std::nullopt);
    EXPECT_EQ(decode_legacy(lines("12", "stopped")), std::nullopt);
    EXPECT_EQ(decode_legacy({{oids[0], mib::Absence::no_such_object},
                             {oids[1], mib::Absence::no_such_instance}}),
              std::nullopt);
    EXPECT_EQ(decode_legacy({{oids[0], mib::Value{mib::Integer32{2}}},
                             {oids[1], mib::Value{mib::Counter64{12}}}}),
              std::nullopt)
        << "extend gives text, whatever it says";
    EXPECT_EQ(decode_legacy({line({1, 3, 6, 1}, "stopped")}), std::nullopt);
}

} // namespace
} // namespace galera::survey
