// Carries out a verdict: what is common to all backends stands here, and the backend exec, which
// starts the server itself. No shell stands between the configuration and exec.
#pragma once

#include "common/config/config.hpp"
#include "common/model/result.hpp"
#include "initiator/act/server.hpp"
#include "initiator/decision/decide.hpp"

#include <atomic>
#include <string>
#include <variant>
#include <vector>

namespace galera::act {

/// Somebody else is at the data directory, or it does not hold what the verdict was made from.
struct GroundChanged {
    std::string what;
};

using StartResult = std::variant<Server, GroundChanged>;

/// Carries out a verdict of join or bootstrap: takes the data directory's lock, sees that no
/// server is there, recovers the position once more and compares it with the report that the
/// verdict was made from, prepares the state files, and lets the backend start the server. The lock
/// is held until the server's process can be seen by everybody.
Result<StartResult> start_server(const config::Site& site, const decision::Verdict& verdict,
                                 const NodeReport& seen, const std::atomic<bool>& cancelled);

/// Makes `run-dir` and `state-dir` where they are missing, for the user that the server and the
/// agent run as.
Result<void> prepare(const config::Site& site);

/// Takes away what a run that was killed has left elsewhere. For who holds the initiator's lock:
/// else it is another's that runs.
Result<void> clear_away(const config::Site& site);

/// The server's command for the backend exec: `--defaults-file` first, as it must be.
[[nodiscard]] std::vector<std::string> server_command(const config::Site& site,
                                                      const decision::Verdict& verdict);

} // namespace galera::act
