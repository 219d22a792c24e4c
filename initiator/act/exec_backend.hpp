// Starts the server itself, detached, with the recovered position. No shell stands between the
// configuration and exec.
#pragma once

#include "common/config/config.hpp"
#include "common/model/result.hpp"
#include "common/node/child.hpp"
#include "initiator/decision/decide.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace galera::act {

/// Somebody else is at the data directory, or it does not hold what the verdict was made from.
struct GroundChanged {
    std::string what;
};

using StartResult = std::variant<node::Child, GroundChanged>;

/// Carries out a verdict of join or bootstrap: takes the data directory's lock, sees that no
/// server is there, recovers the position once more and compares it with the report that the
/// verdict was made from, prepares the state files, and starts the server. The lock is held until
/// the server's process can be seen by everybody.
Result<StartResult> start_server(const config::Site& site, const decision::Verdict& verdict,
                                 const NodeReport& seen, const std::atomic<bool>& cancelled);

/// Makes `run-dir` and `state-dir` where they are missing, for the user that the server and the
/// agent run as.
Result<void> prepare_directories(const config::Site& site);

/// The command of the server: `--defaults-file` first, as it must be.
[[nodiscard]] std::vector<std::string> server_command(const config::Site& site,
                                                      const decision::Verdict& verdict);

/// Where the server writes what it has to say: its log_error, else `run_dir/server.log`.
[[nodiscard]] std::filesystem::path server_log(const config::Site& site);

/// A place in the server's log, taken before a start, so that only what came after it is read.
struct LogMark {
    std::filesystem::path path;
    std::uintmax_t offset{0};
};
[[nodiscard]] LogMark mark_log(const config::Site& site);

/// The last lines behind the mark that name an error, oldest first, at most so many; if none does,
/// the last line.
[[nodiscard]] std::vector<std::string> last_errors(const LogMark& mark, std::size_t lines_max);

} // namespace galera::act
