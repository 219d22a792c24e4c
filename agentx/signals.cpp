#include "agentx/signals.hpp"

#include <cerrno>
#include <csignal>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace galera::agentx {

Result<node::UniqueFd> signals_to_read(std::initializer_list<int> numbers) {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : numbers)
        sigaddset(&set, number);
    node::UniqueFd fd{signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
    if (!fd)
        return failure("cannot make a signalfd: " + std::generic_category().message(errno));
    pthread_sigmask(SIG_BLOCK, &set, nullptr); // fails only for a wrong first argument
    return fd;
}

bool take_signals(int fd) {
    bool any = false;
    signalfd_siginfo signal{};
    while (::read(fd, &signal, sizeof signal) > 0)
        any = true;
    return any;
}

} // namespace galera::agentx
