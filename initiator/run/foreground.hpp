// `start --foreground`: this process stands for the server that it has started, as the first
// process of a container does.
#pragma once

#include "common/node/child.hpp"
#include "common/node/unique_fd.hpp"
#include "initiator/run/start.hpp"

namespace galera::run {

/// While it lives, signals that would interrupt the run go to the server instead, so that it ends
/// in order, and the run with it.
class SignalsPassedOn {
public:
    SignalsPassedOn(const node::Child& server, Interruption& interruption);
    ~SignalsPassedOn() { interruption_.server = -1; }
    SignalsPassedOn(const SignalsPassedOn&) = delete;
    SignalsPassedOn& operator=(const SignalsPassedOn&) = delete;

private:
    node::UniqueFd pidfd_; // closed after nobody sends to it any more
    Interruption& interruption_;
};

/// What the signal handler does with a signal; async-signal-safe. SIGINT goes on as SIGTERM, since
/// MariaDB ignores it.
void take_signal(int number, Interruption& interruption);

/// Reaps what was left to this process where it is the first of its PID namespace, but for the
/// server.
void reap_orphans(const node::Child& server);

/// Waits for the server's end; how it ended.
node::ChildEnd stay_with(node::Child& server);

/// The exit status that tells of such an end: the server's own, or 128 and the signal's number.
[[nodiscard]] int exit_status_of(const node::ChildEnd& end);

} // namespace galera::run
