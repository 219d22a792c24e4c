// What lets one start of a unit go as a verdict says, and no later one.
//
// Three things, all in /run:
// - UNIT.d/zz-galera-initiator-start.conf: a drop-in for the time of the start. systemd's start
//   timeout does not end a state transfer, nothing is started again behind the initiator's back,
//   and the unit's environment has the server's options: MariaDB's units pass _WSREP_NEW_CLUSTER
//   and _WSREP_START_POSITION to the server.
// - UNIT.d/galera-initiator.environment: the options, which the drop-in names, root's alone. It
// goes
//   before every other source of these variables. It counts for as long as the permit is held: the
//   drop-in's last command before the server removes it else, so the unit then starts as if nobody
//   had asked for anything. A drop-in that is left behind so grants nothing, and systemd itself
//   removes both when the start ends.
// - UNIT.d/galera-initiator.prepared: the permit. This process holds an exclusive flock(2) on it
//   from before StartUnit until the unit's server has been seen, or the start was given up. Whoever
//   guards the unit against other starts (ExecCondition=) lets it start if the lock is held, for
//   then an initiator prepared the data directory for this very start; that the file exists says
//   nothing. It holds one line, what is being started: "bootstrap UUID:SEQNO", "join UUID:SEQNO",
//   with "none" where there is no position. Nobody but root can open it, lest a lock be held by
//   somebody who prepares nothing.
#pragma once

#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"
#include "initiator/decision/decide.hpp"

#include <filesystem>
#include <string>

namespace galera::act {

/// The variables by which units of MariaDB pass options to their server.
[[nodiscard]] std::string unit_environment(const decision::Verdict& verdict);

/// The line of the permit.
[[nodiscard]] std::string permit_line(const decision::Verdict& verdict);

inline constexpr const char* runtime_units = "/run/systemd/system";

[[nodiscard]] std::filesystem::path drop_in_of(const std::string& unit,
                                               const std::filesystem::path& units = runtime_units);

class UnitGrant {
public:
    /// Takes the permit and writes the drop-in; systemd does not know it until it reads its units
    /// anew. An error if another process holds the permit.
    static Result<UnitGrant> give(const std::string& unit, const decision::Verdict& verdict,
                                  const std::filesystem::path& units = runtime_units);

    UnitGrant(UnitGrant&&) = default;
    UnitGrant& operator=(UnitGrant&&) = default;
    UnitGrant(const UnitGrant&) = delete;
    UnitGrant& operator=(const UnitGrant&) = delete;
    /// Withdraws the options. The drop-in's end is `remove_drop_in`, which systemd must hear of.
    ~UnitGrant() { withdraw_options(); }

    /// From here on the unit starts without the options and without the permit.
    void withdraw_options();
    /// Leaves of the drop-in what keeps a state transfer alive, for a start that goes on without
    /// this process; systemd removes it when the unit is ready, or has failed.
    Result<void> leave_timeout() const;

private:
    UnitGrant() = default;
    std::filesystem::path drop_in_;
    std::filesystem::path permit_path_;
    std::filesystem::path environment_;
    node::UniqueFd permit_;
};

/// Removes what a start has left there. A permit that is held stays, with its environment.
Result<void> remove_drop_in(const std::string& unit,
                            const std::filesystem::path& units = runtime_units);

} // namespace galera::act
