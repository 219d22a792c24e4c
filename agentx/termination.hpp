// The end on SIGTERM and SIGINT: in order where possible, in time always.
#pragma once

#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <thread>

namespace galera::agentx {

/// Makes a file descriptor readable when SIGTERM or SIGINT comes, and ends the process with
/// status 0 if it has not ended by itself within 0.8 s: net-snmp waits seconds for a snmpd that is
/// stuck, and SQL for a server. One in a process.
class Termination {
public:
    static Result<Termination> on_signals();

    Termination(Termination&&) noexcept = default;
    Termination& operator=(Termination&&) = delete;
    Termination(const Termination&) = delete;
    Termination& operator=(const Termination&) = delete;
    /// The process ends by itself: nothing more to watch for.
    ~Termination();

    /// Readable, and never read, once the signal came.
    [[nodiscard]] int requested_fd() const { return requested_.get(); }

private:
    Termination(node::UniqueFd requested, node::UniqueFd ended, std::thread watch)
        : requested_{std::move(requested)}, ended_{std::move(ended)}, watch_{std::move(watch)} {}

    node::UniqueFd requested_; // eventfds
    node::UniqueFd ended_;
    std::thread watch_;
};

} // namespace galera::agentx
