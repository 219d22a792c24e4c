#include "initiator/act/unit_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace galera::act {
namespace {

using testing::HasSubstr;

constexpr pid_t pid = 12;

UnitState state(const char* active, const char* sub) {
    return {.load_state = "loaded", .active_state = active, .sub_state = sub, .result = "success"};
}

struct Objected {
    const char* load{""};
    const char* active{""};
    const char* sub{""};
    bool has_job{false};
    std::optional<Objection::Kind> kind;
    const char* said{""};
};

TEST(AUnit, IsStartedOnlyWhereNobodyElseIsAtIt) {
    constexpr auto passing = Objection::Kind::passing;
    constexpr auto lasting = Objection::Kind::lasting;
    for (const auto& [load, active, sub, has_job, kind, said] : {
             Objected{"loaded", "inactive", "dead", false, std::nullopt, ""},
             Objected{"loaded", "failed", "failed", false, std::nullopt, ""},
             Objected{"masked", "inactive", "dead", false, lasting, "systemctl unmask m.service"},
             Objected{"not-found", "inactive", "dead", false, lasting,
                      "there is no unit m.service"},
             Objected{"bad-setting", "inactive", "dead", false, lasting, "(bad-setting)"},
             Objected{"loaded", "activating", "start-pre", true, passing, "by somebody else"},
             Objected{"loaded", "activating", "auto-restart", true, passing, "again by systemd"},
             Objected{"loaded", "deactivating", "stop-sigterm", false, passing, "being stopped"},
             Objected{"loaded", "active", "running", false, passing, "no server has the data"},
             Objected{"loaded", "reloading", "reload", false, passing, "no server has the data"},
             Objected{"loaded", "inactive", "dead", true, passing, "has a job queued"},
         }) {
        auto unit = state(active, sub);
        unit.load_state = load;
        unit.has_job = has_job;
        const auto objection = objection_to_start("m.service", unit);
        EXPECT_EQ(objection.has_value(), kind.has_value()) << load << active << sub;
        if (!objection || !kind)
            continue;
        EXPECT_EQ(objection->kind, *kind) << load << active << sub;
        EXPECT_THAT(objection->text, HasSubstr(said));
        EXPECT_THAT(objection->text, HasSubstr("m.service"));
    }
}

TEST(AUnit, IsUpUntilItIsDown) {
    for (auto unit : {state("activating", "start"), state("active", "running"),
                      state("deactivating", "stop-sigterm"), state("reloading", "reload")}) {
        unit.main_pid = pid;
        EXPECT_EQ(end_of(unit, pid), std::nullopt) << unit.sub_state;
    }
    auto queued = state("inactive", "dead");
    queued.has_job = true;
    EXPECT_EQ(end_of(queued, 0), std::nullopt);
}

TEST(AUnit, TellsHowItEnded) {
    auto unit = state("failed", "failed");
    unit.result = "exit-code";
    unit.exit_code = CLD_EXITED;
    unit.exit_status = 7;
    EXPECT_EQ(end_of(unit, pid), "exited with status 7");
    unit.result = "core-dump";
    unit.exit_code = CLD_DUMPED;
    unit.exit_status = SIGABRT;
    EXPECT_EQ(end_of(unit, pid), "was killed by signal 6 (Aborted)");
    unit.result = "timeout";
    unit.exit_code = CLD_KILLED;
    unit.exit_status = SIGTERM;
    EXPECT_EQ(end_of(unit, pid), "was killed by signal 15 (Terminated); systemd says: timeout");
    unit.result = "success";
    unit.exit_code = 0;
    EXPECT_EQ(end_of(unit, 0), "did not run");
    unit.result = "exec-condition";
    unit.exit_code = 0;
    EXPECT_EQ(end_of(unit, 0), "did not run; systemd says: exec-condition");
}

TEST(AUnit, ThatSystemdStartsAgainHasEnded) {
    auto unit = state("activating", "auto-restart");
    unit.result = "signal";
    unit.exit_code = CLD_KILLED;
    unit.exit_status = SIGKILL;
    EXPECT_EQ(end_of(unit, pid),
              "was killed by signal 9 (Killed); systemd starts it again by itself");
    unit = state("active", "running");
    unit.main_pid = pid + 1;
    EXPECT_THAT(end_of(unit, pid).value_or(""), HasSubstr("again by itself"));
    EXPECT_EQ(end_of(unit, 0), std::nullopt) << "no process of it has been seen yet";
}

} // namespace
} // namespace galera::act
