// `start` on the real world: executes the steps of the Loop and says what changes, a line each.
#pragma once

#include "common/config/config.hpp"
#include "common/config/exit_status.hpp"
#include "common/node/initiator_state.hpp"
#include "initiator/decision/decide.hpp"
#include "initiator/run/terminal.hpp"

#include <atomic>

namespace galera::run {

/// What the configuration adds to each decision.
[[nodiscard]] decision::Rules rules_of(const config::Site& site);

/// Set by a signal handler, the signal's number first.
struct Interruption {
    std::atomic<int> signal{0};
    std::atomic<bool> cancelled{false};
    std::atomic<int> server{-1}; // a pidfd: signals go there instead; -1: they interrupt
};

/// Of the process: 128 and the signal's number where it was interrupted, as shells have it.
[[nodiscard]] int exit_status_of(ExitStatus status, const Interruption& interruption);

/// How a run of `start` is watched.
struct Watching {
    bool json{false};      // lines of JSON on stdout
    Outlet log;            // stderr
    bool as_script{false}; // as the script galera_init did: lines on stdout, an error on stderr
};

/// Makes the local node a member, or says why not, a line a change; on a terminal with a table
/// below of what the nodes are at, unless there is JSON. Holds the initiator's lock meanwhile, so
/// that a second run on this node ends with `another_runs`. An interrupted run takes its claim
/// back; a server that it has started goes on. In the foreground it stays until the server ends.
/// Returns the exit status of the process.
int start(const config::Site& site, const Watching& watching, Interruption& interruption);

} // namespace galera::run
