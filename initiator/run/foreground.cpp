#include "initiator/run/foreground.hpp"

#include <cerrno>
#include <csignal>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace galera::run {

SignalsPassedOn::SignalsPassedOn(const node::Child& server, Interruption& interruption)
    : pidfd_{static_cast<int>(::syscall(SYS_pidfd_open, server.pid(), 0U))}, interruption_{
                                                                                 interruption} {
    interruption_.server = pidfd_.get(); // without it (-1) a signal interrupts the run
}

void take_signal(int number, Interruption& interruption) {
    const int error_before = errno;
    const int server = interruption.server;
    const int passed_on = number == SIGINT ? SIGTERM : number;
    const bool taken =
        server >= 0 && ::syscall(SYS_pidfd_send_signal, server, passed_on, nullptr, 0U) == 0;
    if (!taken) {
        interruption.signal = number;
        interruption.cancelled = true;
    }
    errno = error_before;
}

void reap_orphans(const node::Child& server) {
    if (::getpid() != 1)
        return;
    while (true) {
        siginfo_t ended{};
        const bool found = ::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0;
        if (!found || ended.si_pid == 0 || ended.si_pid == server.pid())
            return; // who waits for the server wants to know how it ended
        ::waitpid(ended.si_pid, nullptr, WNOHANG);
    }
}

node::ChildEnd stay_with(node::Child& server) {
    constexpr std::chrono::seconds between_reaping{1};
    while (true) {
        if (const auto end = server.wait(between_reaping))
            return *end;
        reap_orphans(server);
    }
}

int exit_status_of(const node::ChildEnd& end) {
    constexpr int of_a_signal = 128;
    if (end.signal)
        return of_a_signal + *end.signal;
    return end.exit_code.value_or(static_cast<int>(ExitStatus::internal_error));
}

} // namespace galera::run
