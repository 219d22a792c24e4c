// The notification protocol of service managers: sd_notify(3), "Notes", and sd_watchdog_enabled(3).
// Ten lines of it instead of libsystemd, which brings seven libraries, and a tenth of the resident
// memory of galera-agentx, for the sake of these.
#pragma once

#include "common/model/result.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace galera::node {

/// Sends "READY=1", "STATUS=..." and the like, several as lines, to the socket that NOTIFY_SOCKET
/// names. Nothing to do where it names none. Waits for nothing: an error says that the message was
/// not taken. May be called from any thread.
Result<void> notify_service_manager(std::string_view state);

/// Within what time the service manager wants each next sign of life ("WATCHDOG=1") of this
/// process: WATCHDOG_USEC and WATCHDOG_PID. Empty: it wants none.
[[nodiscard]] std::optional<std::chrono::microseconds> watchdog_period();

} // namespace galera::node
