// The end on SIGTERM and SIGINT: in order where possible, in time always.
#pragma once

#include "agentx/wakeup.hpp"
#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <functional>
#include <thread>

namespace galera::agentx {

/// Makes a file descriptor readable when SIGTERM or SIGINT comes, and ends the process with
/// status 0 if it has not ended by itself within half a second: net-snmp waits seconds for a snmpd
/// that is stuck, and SQL for a server. One in a process.
class Termination {
public:
    /// `on_request` is called once the signal came, whatever the other threads are at, on a thread
    /// of its own. Call it before there are threads; see signals_to_read().
    static Result<Termination> on_signals(std::function<void()> on_request);

    Termination(Termination&&) noexcept = default;
    Termination& operator=(Termination&&) = delete;
    Termination(const Termination&) = delete;
    Termination& operator=(const Termination&) = delete;
    /// The process ends by itself: nothing more to watch for.
    ~Termination();

    /// Readable, and never read, once the signal came.
    [[nodiscard]] int requested_fd() const { return signals_.get(); }

private:
    Termination(node::UniqueFd signals, Wakeup ended, std::thread watch)
        : signals_{std::move(signals)}, ended_{std::move(ended)}, watch_{std::move(watch)} {}

    node::UniqueFd signals_;
    Wakeup ended_;
    std::thread watch_;
};

} // namespace galera::agentx
