// Connects to the socket that snmpd listens on.
#pragma once

#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace galera::agentx {

/// Of "/var/agentx/master" that file, of "tcp:HOST:PORT" none.
[[nodiscard]] std::optional<std::filesystem::path> socket_file(const std::string& socket);

/// A connected, non-blocking stream. Takes at most a second; the look-up of a host's name can take
/// longer. An error says what to do.
[[nodiscard]] Result<node::UniqueFd> dial(const std::string& socket);

/// Sends all of it on such a stream, within a second. False: the peer is gone or does not read.
[[nodiscard]] bool send_all(int fd, std::string_view octets);

} // namespace galera::agentx
