// Every form of recovered position that is known in the wild, and what must never pass for one.
#include "common/galera/recovered_position.hpp"
#include "tests/unit/galera/real_files.hpp"

#include <gmock/gmock.h>

namespace galera {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

const std::string history{real::history};
const std::string nil = "00000000-0000-0000-0000-000000000000";
const std::string note = "2026-11-23 10:01:34 0 [Note] WSREP: Recovered position: ";

std::string line(std::string_view position) {
    std::string result = note;
    result += position;
    return result += '\n';
}

Position at(std::string_view uuid, std::int64_t seqno) {
    return {Uuid::parse(uuid).value(), Seqno::from(seqno).value()};
}

std::string error_of(std::string_view log) {
    const auto recovered = parse_recovery_log(log);
    return recovered ? "no error" : recovered.error().text;
}

TEST(RecoveryLog, AfterAnOrdinaryCrash) {
    const auto recovered = parse_recovery_log(real::recovery_log);
    ASSERT_TRUE(recovered) << recovered.error().text;
    EXPECT_EQ(recovered->position, at(real::history, 5));
    EXPECT_FALSE(recovered->heuristic_rollback);
}

TEST(RecoveryLog, OfABinaryLogDoesNotTakeThePreparedForTheCommitted) {
    const auto recovered = parse_recovery_log(real::recovery_log_with_binlog);
    ASSERT_TRUE(recovered) << recovered.error().text;
    EXPECT_EQ(recovered->position, at("6fd49c3b-e725-11f1-9bee-1a3ce936a859", 3556));
    EXPECT_FALSE(recovered->heuristic_rollback);
}

TEST(RecoveryLog, OfANewNodeSaysThatThereIsNoHistory) {
    for (const auto& suffix :
         {":-1"s, ":-1,0-0-0"s, ":-1/0/0/00000000-0000-0000-0000-000000000000"s}) {
        const auto position = nil + suffix;
        const auto recovered = parse_recovery_log(line(position));
        ASSERT_TRUE(recovered) << recovered.error().text;
        EXPECT_EQ(recovered->position, std::nullopt) << position;
    }
}

TEST(RecoveryLog, IsReadInEveryKnownForm) {
    const std::string logs[] = {
        line(history + ":1210"),
        line("A4A4393A-E724-11F1-B7B0-BA805BB54006:1210"),
        line(history + ":1210,0-1-4"), // seen with wsrep_gtid_mode
        line(history + ":0-1-4,1210"),
        line(history + ":1210,-1--1-18446744073709551615"), // printed as signed numbers
        line(history + ":-1--1-4,1210"),
        line(history + ":1210/0/0/" + nil),
        line(history + ":1210/0/0/" + history),
        note + "  " + history + ":1210 \t\r\n",
        "WSREP: Recovered position:" + history + ":1210\n",
        "2026-11-23T10:01:34.000000Z 0 [Note] [MY-000000] [WSREP] Recovered position: " + history +
            ":1210\n",
    };
    for (const auto& log : logs) {
        const auto recovered = parse_recovery_log(log);
        ASSERT_TRUE(recovered) << log << recovered.error().text;
        EXPECT_EQ(recovered->position, at(real::history, 1210)) << log;
    }
}

TEST(RecoveryLog, HoldsTheLowestAndTheHighestSeqno) {
    EXPECT_EQ(parse_recovery_log(line(history + ":0")).value().position, at(history, 0));
    EXPECT_EQ(parse_recovery_log(line(history + ":9223372036854775807")).value().position,
              at(history, 9223372036854775807));
}

TEST(RecoveryLog, OfSeveralRunsTellsOfTheLast) {
    const auto older = line(history + ":9");
    const auto newer = line(history + ":10");
    EXPECT_EQ(parse_recovery_log(older + newer).value().position, at(history, 10));
    EXPECT_EQ(parse_recovery_log(newer + older).value().position, at(history, 9));
    EXPECT_THAT(error_of(older + std::string{real::recovery_log_skipped}), HasSubstr("skipped"));
    EXPECT_THAT(error_of(older + line("garbage")), HasSubstr("'garbage' cannot be read"));
}

TEST(RecoveryLog, MayHoldAnythingElse) {
    const std::string noise = "\0\xFF\x01 binary\n"s + std::string(1 << 20, 'x') + "\n\r\n";
    EXPECT_EQ(parse_recovery_log(noise + line(history + ":7") + noise).value().position,
              at(history, 7));
}

TEST(RecoveryLog, KeepsARollbackThatWasHeuristic) {
    const auto orphans = parse_recovery_log(real::recovery_log_with_orphans);
    ASSERT_TRUE(orphans) << orphans.error().text;
    EXPECT_TRUE(orphans->heuristic_rollback);
    EXPECT_EQ(orphans->position, at(real::history, 1320));

    // Older servers go on and print the position; newer ones want a second run.
    const auto second =
        parse_recovery_log(std::string{real::recovery_log_heuristic} + line(history + ":5"));
    ASSERT_TRUE(second) << second.error().text;
    EXPECT_TRUE(second->heuristic_rollback);
}

TEST(RecoveryLog, WithoutAPositionIsAnError) {
    EXPECT_THAT(error_of(""), HasSubstr("printed no recovered position"));
    EXPECT_THAT(error_of(real::recovery_log_heuristic), HasSubstr("printed no recovered position"));
    EXPECT_THAT(error_of(real::recovery_log_skipped),
                HasSubstr("skipped the recovery; set wsrep_on=ON"));
    EXPECT_THAT(error_of("[Note] WSREP: Position " + nil +
                         ":-2 given at startup, skipping position recovery\n"),
                HasSubstr("skipped the recovery"));
}

TEST(RecoveryLog, ThatStoppedAtPreparedTransactionsSaysWhatToDo) {
    const std::string stopped =
        "160129 14:47:27 [Note] Found 1 prepared transaction(s) in InnoDB\n"
        "160129 14:47:27 [ERROR] Found 1 prepared transactions! It means that mysqld was not shut "
        "down properly last time and critical recovery information (last binlog or tc.log file) "
        "was manually deleted after a crash. You have to start mysqld with --tc-heuristic-recover "
        "switch to commit or rollback pending transactions.\n";
    EXPECT_THAT(error_of(stopped), HasSubstr("--tc-heuristic-recover=rollback"));
    EXPECT_THAT(error_of(line(history + ":5") + stopped), HasSubstr("prepared transactions"));
}

TEST(RecoveryLog, OfARunningServerIsNoRecovery) {
    EXPECT_FALSE(
        parse_recovery_log("[Note] WSREP: Recovered position from storage: " + history + ":5\n"));
    EXPECT_FALSE(parse_recovery_log("mysqld_safe WSREP: Recovered position " + history + ":5\n"));
    EXPECT_FALSE(parse_recovery_log("Recovered position: " + history + ":5\n"));
}

TEST(RecoveryLog, NeverGuessesAPosition) {
    const std::string positions[] = {
        "",
        history,
        history + ":",
        history + ":x",
        history + ":12x",
        history + ":1 2",
        history + ":+5",
        history + ":-2",
        history + ":9223372036854775808",
        history + ":99999999999999999999999999",
        history + "::5",
        history + ":5:6",
        history + ":5,",
        history + ":,5",
        history + ":5,6",         // which of the two?
        history + ":0-1-4,0-1-5", // neither
        history + ":5,0-1",
        history + ":5,0-1-",
        history + ":5,0-1--4",
        history + ":5,0-1-4-5",
        history + ":5,0-1-18446744073709551616",
        history + ":5,0-1-4,6",
        history + ":5/",
        history + ":5/0/0",
        history + ":5/0/0/x",
        history + ":5/0/0/" + nil + "/0",
        history + ":5\0"s,
        history.substr(1) + ":5",
        "-" + history.substr(1) + ":5",
        nil + ":-2",
        "00000000-0000-0000-0000-00000000000:-1",
    };
    for (const auto& position : positions)
        EXPECT_THAT(error_of(line(position)), HasSubstr("cannot be read")) << position;
}

TEST(RecoveryLog, WithHalfAPositionIsAnError) {
    EXPECT_THAT(error_of(line(nil + ":5")), HasSubstr("half nil"));
    EXPECT_THAT(error_of(line(history + ":-1")), HasSubstr("half nil"));
}

TEST(RecoveryLog, CutAnywhereIsAnErrorAndNoLowerSeqno) {
    const std::string whole = line(history + ":1210");
    for (std::size_t kept = 0; kept < whole.size(); ++kept)
        EXPECT_FALSE(parse_recovery_log(whole.substr(0, kept))) << whole.substr(0, kept);
    EXPECT_THAT(error_of(whole.substr(0, whole.size() - 2)), HasSubstr("was cut off"));
}

} // namespace
} // namespace galera
