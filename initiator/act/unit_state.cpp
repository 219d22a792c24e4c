#include "initiator/act/unit_state.hpp"

#include "common/node/child.hpp"

#include <csignal>

namespace galera::act {

namespace {

/// How the last main process ended, and what systemd makes of it where that says more.
std::string last_end(const UnitState& state) {
    node::ChildEnd end;
    if (state.exit_code == CLD_EXITED)
        end.exit_code = state.exit_status;
    else if (state.exit_code == CLD_KILLED || state.exit_code == CLD_DUMPED)
        end.signal = state.exit_status;
    const bool told = state.result.empty() || state.result == "success" ||
                      state.result == "exit-code" || state.result == "signal" ||
                      state.result == "core-dump";
    const auto text = state.exit_code == 0 ? std::string{"did not run"} : end.text();
    return told ? text : text + "; systemd says: " + state.result;
}

std::optional<Objection> objection_to_load(const std::string& unit, const std::string& state) {
    if (state == "loaded")
        return std::nullopt;
    if (state == "masked")
        return Objection{Objection::Kind::lasting, unit + " is masked; run systemctl unmask " +
                                                       unit +
                                                       ", or set unit to the one of the database"};
    if (state == "not-found")
        return Objection{Objection::Kind::lasting,
                         "there is no unit " + unit +
                             "; set unit to the one of the database, or backend to another"};
    return Objection{Objection::Kind::lasting,
                     unit + " is not loaded (" + state + "); look at systemctl status " + unit};
}

} // namespace

std::optional<Objection> objection_to_start(const std::string& unit, const UnitState& state) {
    if (auto objection = objection_to_load(unit, state.load_state))
        return objection;
    const auto passing = [&](const std::string& text) {
        return Objection{Objection::Kind::passing, unit + text};
    };
    if (state.sub_state == "auto-restart")
        return passing(" is about to be started again by systemd; if that does not end, run "
                       "systemctl stop " +
                       unit);
    if (state.active_state == "activating")
        return passing(" is being started by somebody else");
    if (state.active_state == "deactivating")
        return passing(" is being stopped");
    if (state.active_state == "active" || state.active_state == "reloading")
        return passing(" is active, and no server has the data directory; set unit or datadir to "
                       "those that belong together, or run systemctl stop " +
                       unit);
    if (state.has_job)
        return passing(" has a job queued; look at systemctl list-jobs");
    return std::nullopt;
}

std::optional<std::string> end_of(const UnitState& state, pid_t pid) {
    const bool is_down = state.active_state == "failed" || state.active_state == "inactive";
    if (is_down && !state.has_job)
        return last_end(state);
    const bool is_another = pid != 0 && state.main_pid != 0 && state.main_pid != pid;
    if (is_another || state.sub_state == "auto-restart")
        return last_end(state) + "; systemd starts it again by itself";
    return std::nullopt;
}

bool is_starting(const UnitState& state) {
    return state.active_state == "activating";
}

} // namespace galera::act
