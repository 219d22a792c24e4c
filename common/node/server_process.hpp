// The database server of one data directory, told apart from others on the same host.
#pragma once

#include "common/model/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace galera::node {

struct ServerProcess {
    /// A server; one that only prints its position (--wsrep-recover) or, privately, its view.
    enum class Kind { server, recovery };

    pid_t pid{0}; // 0: in a namespace that this process cannot see
    Kind kind{Kind::server};

    bool operator==(const ServerProcess&) const = default;
};

/// Looks for the process that has the data directory, in this order: who holds InnoDB's or Aria's
/// file locks (F_GETLK on `ibdata1` and `aria_log_control`); who is a mariadbd, mysqld or
/// `server_binary` with that directory as its current one, as its --datadir, or with
/// `defaults_file` as its option file, and may write to it. Empty: nobody. An error if /proc or the
/// directory cannot be read: then nobody knows.
Result<std::optional<ServerProcess>> find_server(const std::filesystem::path& datadir,
                                                 const std::string& server_binary,
                                                 const std::filesystem::path& defaults_file);

/// The words of a process's command line; empty if it has gone, is going or belongs to the kernel.
[[nodiscard]] std::vector<std::string> command_line_of(pid_t pid);

} // namespace galera::node
