// What systemd is told of the agent: that it serves, how it gets on, and that it is alive.
#pragma once

#include "agentx/snapshot.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace galera::agentx {

/// How the agent gets on.
struct Health {
    std::string snmpd;  // its socket
    bool served{false}; // by snmpd: it has registered our objects
    std::shared_ptr<const Snapshot> snapshot;
};

/// One plain line.
[[nodiscard]] std::string status_line(const Health& health);

/// Whether the collector still comes along: it has looked within its interval and a minute. A look
/// takes up to a quarter of a minute where a server hangs (timeouts of SQL), and as long as the
/// disk does; a minute is beyond both. A restart may help then.
[[nodiscard]] bool collector_comes_along(Clock::time_point last_look,
                                         std::chrono::milliseconds interval, Clock::time_point now);

/// Notifies the service manager where there is one that wants it (NOTIFY_SOCKET); nothing happens
/// elsewhere. May be called from any thread.
class Service {
public:
    /// Reads from the environment how often systemd wants a sign of life (WATCHDOG_USEC).
    explicit Service(Clock::time_point started);

    /// The status line, where it has changed; that the agent is ready, once it has looked at the
    /// node; that it is alive, if the collector comes along. To be called after each pass of the
    /// loop that answers snmpd, so that it is not called when that is stuck. Gives the longest time
    /// that the next pass may wait.
    std::chrono::milliseconds tell(Health health, Clock::time_point now);

    void reloading();
    /// The configuration has been read again, or was bad and the old one stays in force.
    void reloaded();
    void stopping();

private:
    /// Whether it was taken. What was not, is sent again with a later pass.
    static bool send(const std::string& state);

    std::mutex mutex_;
    std::optional<std::chrono::microseconds> watchdog_; // empty: it wants none
    Clock::time_point started_;
    std::optional<Clock::time_point> last_sign_of_life_;
    Health known_;
    std::string status_; // of `known_`
    std::string told_status_;
    bool ready_{false}; // and told
};

} // namespace galera::agentx
