#include "initiator/act/passed_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace galera::act {
namespace {

using decision::Verdict;
using decision::VerdictKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* history = "8f33a0a2-0e4b-11ef-9d5c-4f3ac8e57c11";

Verdict verdict(VerdictKind kind, std::optional<std::int64_t> seqno) {
    Verdict verdict{.kind = kind};
    if (seqno)
        verdict.start_position = Position{*Uuid::parse(history), *Seqno::from(*seqno)};
    return verdict;
}

TEST(OptionsOfAVerdict, AreThePositionAndTheBootstrap) {
    const auto at = "--wsrep_start_position=" + std::string{history} + ":12";
    EXPECT_THAT(options_of(verdict(VerdictKind::bootstrap, 12)),
                ElementsAre(at, "--wsrep-new-cluster"));
    EXPECT_THAT(options_of(verdict(VerdictKind::join, 12)), ElementsAre(at));
    EXPECT_THAT(options_of(verdict(VerdictKind::bootstrap, std::nullopt)),
                ElementsAre("--wsrep-new-cluster"));
    EXPECT_THAT(options_of(verdict(VerdictKind::join, std::nullopt)), IsEmpty());
}

struct Case {
    const char* story;
    VerdictKind kind;
    std::optional<std::int64_t> seqno;
    std::vector<std::string> words;
    const char* said; // null: nothing
};

std::string at(const std::string& rest) {
    return "--wsrep_start_position=" + std::string{history} + rest;
}

TEST(Deviation, IsSaidOfWhatTheServerWasNotToldOrToldOtherwise) {
    const std::vector<Case> cases{
        {"as asked", VerdictKind::bootstrap, 12, {"--wsrep-new-cluster", at(":12")}, nullptr},
        {"to nobody",
         VerdictKind::join,
         std::nullopt,
         {"--wsrep_cluster_address=gcomm://"},
         "which is an order to bootstrap, and is to join"},
        {"to somebody",
         VerdictKind::join,
         std::nullopt,
         {"--wsrep-cluster-address=gcomm://", "--wsrep_cluster_address=gcomm://10.0.0.1"},
         nullptr},
        {"with underscores",
         VerdictKind::bootstrap,
         12,
         {"--wsrep_new_cluster", at(":12")},
         nullptr},
        {"a join as asked", VerdictKind::join, 12, {at(":12")}, nullptr},
        {"the last one counts", VerdictKind::join, 12, {at(":11"), at(":12")}, nullptr},
        {"with a GTID", VerdictKind::join, 12, {at(":12,0-1-7")}, nullptr},
        {"a fresh node is told that it has nothing",
         VerdictKind::join,
         std::nullopt,
         {"--wsrep_start_position=00000000-0000-0000-0000-000000000000:-1"},
         nullptr},
        {"no bootstrap", VerdictKind::bootstrap, 12, {at(":12")}, "without --wsrep-new-cluster"},
        {"bootstrap unasked",
         VerdictKind::join,
         12,
         {"--wsrep-new-cluster", at(":12")},
         "is to join"},
        {"bootstrap unasked of a fresh node",
         VerdictKind::join,
         std::nullopt,
         {"--wsrep-new-cluster"},
         "is to join"},
        {"no position", VerdictKind::join, 12, {}, "without --wsrep_start_position=8f33a0a2"},
        {"another position", VerdictKind::join, 12, {at(":13")}, "is to start at 8f33a0a2"},
        {"another position last", VerdictKind::join, 12, {at(":12"), at(":13")}, "is to start at"},
        {"no position at all in it", VerdictKind::join, 12, {at("")}, "is to start at"},
    };
    for (const auto& [story, kind, seqno, words, said] : cases) {
        std::vector<std::string> command_line{"/usr/sbin/mariadbd", "--user=mysql"};
        command_line.insert(command_line.end(), words.begin(), words.end());
        const auto deviates = deviation(command_line, verdict(kind, seqno));
        EXPECT_EQ(deviates.has_value(), said != nullptr) << story << deviates.value_or("");
        if (deviates && said) {
            EXPECT_THAT(*deviates, HasSubstr(said)) << story;
        }
    }
}

} // namespace
} // namespace galera::act
