// A unit of systemd as its properties tell it, and what that means for a start. Values in,
// sentences out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace galera::act {

/// In systemd's words; see org.freedesktop.systemd1(5).
struct UnitState {
    std::string load_state;   // loaded, masked, not-found, bad-setting, error
    std::string active_state; // active, inactive, failed, activating, deactivating, reloading
    std::string sub_state;    // running, start-pre, auto-restart ..
    std::string result;       // success, exit-code, signal, timeout, start-limit-hit ..
    pid_t main_pid{0};        // 0: none
    int exit_code{0};         // CLD_EXITED, CLD_KILLED, CLD_DUMPED of the last main process
    int exit_status{0};       // its status or signal
    bool has_job{false};      // is queued to be started, stopped ..
    std::vector<std::string> drop_ins; // that systemd has read, in full

    bool operator==(const UnitState&) const = default;
};

/// Why a unit cannot be started now.
struct Objection {
    enum class Kind : std::uint8_t {
        passing, // somebody else is at it; look again
        lasting, // an operator is needed
    };
    Kind kind{Kind::lasting};
    std::string text;

    bool operator==(const Objection&) const = default;
};

/// Empty: it can be started.
[[nodiscard]] std::optional<Objection> objection_to_start(const std::string& unit,
                                                          const UnitState& state);

/// How the unit's server, once started as process `pid`, ended: "exited with status 1". Empty: it
/// is up, on its way, or being stopped. `pid` 0: no process of it has been seen yet.
[[nodiscard]] std::optional<std::string> end_of(const UnitState& state, pid_t pid);

/// Whether systemd still waits for the unit to be ready, and its start timeout runs.
[[nodiscard]] bool is_starting(const UnitState& state);

} // namespace galera::act
