// A server that runs as a unit of systemd, from the start on.
#pragma once

#include "common/config/config.hpp"
#include "common/model/result.hpp"
#include "initiator/act/unit_bus.hpp"
#include "initiator/act/unit_grant.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace galera::act {

/// Why the configured unit cannot be started now; empty: it can.
Result<std::optional<Objection>> look_at_unit(const config::Site& site);

/// Removes what a start that was cut off has left of the drop-in. While the unit is starting, or
/// about to, it stays: it keeps a state transfer alive.
Result<void> clear_away_drop_in(const config::Site& site);

class UnitServer {
public:
    /// Starts the unit with the options of the verdict, and returns when its server has been seen
    /// with them in its command line. An error if the unit fails before, or its server was started
    /// otherwise, which is stopped then; if `cancelled` before the server runs, the unit is
    /// stopped.
    static Result<UnitServer> start(const config::Site& site, const decision::Verdict& verdict,
                                    const std::atomic<bool>& cancelled);

    UnitServer(UnitServer&&) = default;
    UnitServer& operator=(UnitServer&& other) noexcept;
    UnitServer(const UnitServer&) = delete;
    UnitServer& operator=(const UnitServer&) = delete;
    ~UnitServer();

    /// See Server. A bus that does not answer says nothing: the server counts as up.
    std::optional<std::string> ended();
    std::string stop(std::chrono::milliseconds grace);
    void settle(std::chrono::milliseconds at_most);
    [[nodiscard]] std::string name() const;

private:
    UnitServer(const config::Site& site, UnitBus bus, UnitGrant grant);
    Result<void> follow_start(const decision::Verdict& verdict, const std::atomic<bool>& cancelled);
    Result<UnitState> await_state(const std::atomic<bool>& cancelled);
    Error give_up(bool has_datadir);
    Result<std::optional<pid_t>> look_for_server();
    std::optional<std::string> failed_job(const UnitState& state);
    bool stop_for_good(std::chrono::milliseconds at_most);
    void take_down();

    const config::Site* site_;
    std::unique_ptr<UnitBus> bus_;     // null: to be connected again
    std::unique_ptr<UnitGrant> grant_; // null: taken down, or moved from
    std::string job_;
    pid_t pid_{0};
};

} // namespace galera::act
