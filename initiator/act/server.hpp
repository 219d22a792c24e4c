// The server that a run has started, whoever its parent is: a child of this process (exec), a unit
// (systemd), or a process that an init script has left behind (sysv).
#pragma once

#include "common/node/child.hpp"
#include "initiator/act/script_server.hpp"
#include "initiator/act/unit_server.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace galera::act {

class Server {
public:
    using Kind = std::variant<node::Child, UnitServer, ScriptServer>;
    explicit Server(Kind kind) : kind_{std::move(kind)} {}

    /// How it ended, as in "exited with status 7"; empty while it is up or on its way. Waits for
    /// nothing.
    std::optional<std::string> ended();
    /// Stops it in order, and says how it ended. The grace ends by SIGKILL only where the server is
    /// a child; else whoever runs it has its own.
    std::string stop(std::chrono::milliseconds grace);
    /// The node is a member: what was set up for the start alone is taken down again, within that
    /// time if systemd still waits for the server to be ready.
    void settle(std::chrono::milliseconds at_most);
    /// "process 12", "mariadb.service, process 12".
    [[nodiscard]] std::string name() const;
    /// Null where this process is not its parent.
    [[nodiscard]] node::Child* child() { return std::get_if<node::Child>(&kind_); }

private:
    Kind kind_;
};

} // namespace galera::act
