// A server that an init script, or another command of the configuration, starts and leaves behind.
//
// What holds for MariaDB's: `bootstrap` is `start --wsrep-new-cluster`; the words go on to
// mysqld_safe, which recovers the position by itself and passes it to the server behind all other
// words, and does not start a server with a wsrep provider again once that has ended. The script
// waits for half a minute and then fails though its server may be in the middle of a state
// transfer: so it is the server that counts, not the script, once there is one. (Debian's script
// starts another one where it finds none after that time; so it is ended when its server has.) The
// data directory's lock does not keep mysqld_safe's own recovery out; nobody else is at the
// directory meanwhile, so what it recovers is what was recovered a moment ago, and the server's
// command line shows it.
#pragma once

#include "common/config/config.hpp"
#include "common/model/result.hpp"
#include "common/node/child.hpp"
#include "common/node/unique_fd.hpp"
#include "initiator/decision/decide.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <string>

namespace galera::act {

class ScriptServer {
public:
    /// Runs the command for a bootstrap or a start, and returns when the server has been seen with
    /// the verdict's options in its command line; what the command says is appended to
    /// `output_file`. An error if the command ends and leaves no server, or the server was started
    /// otherwise, which is stopped then. If `cancelled` before there is a server, the command is
    /// given some more time: it has its task.
    static Result<ScriptServer> start(const config::Site& site, const decision::Verdict& verdict,
                                      const std::atomic<bool>& cancelled);

    /// See Server.
    std::optional<std::string> ended();
    std::string stop(std::chrono::milliseconds grace);
    [[nodiscard]] std::string name() const;

private:
    ScriptServer(node::Child command, pid_t pid, node::UniqueFd pidfd)
        : command_{std::move(command)}, pid_{pid}, pidfd_{std::move(pidfd)} {}
    bool ends_within(std::chrono::milliseconds at_most);

    node::Child command_; // may go on for as long as it likes
    pid_t pid_{0};
    node::UniqueFd pidfd_;
};

} // namespace galera::act
