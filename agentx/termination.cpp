#include "agentx/termination.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <utility>

namespace galera::agentx {
namespace {

constexpr int grace_ms = 800;

/// What the signal handler writes to: the one global, as signal handlers want it.
std::atomic<int> handler_fd{-1};
static_assert(std::atomic<int>::is_always_lock_free);

void request(int) {
    const int before = errno;
    const std::uint64_t one{1};
    [[maybe_unused]] const auto written = ::write(handler_fd, &one, sizeof one);
    errno = before;
}

/// Whether `fd` became readable before `ended` did and before the time is up (-1: never).
bool readable_first(int fd, int ended, int at_most_ms) {
    std::array<pollfd, 2> both{{{.fd = fd, .events = POLLIN, .revents = 0},
                                {.fd = ended, .events = POLLIN, .revents = 0}}};
    int ready{0};
    do
        ready = ::poll(both.data(), both.size(), at_most_ms);
    while (ready < 0 && errno == EINTR);
    return both[0].revents != 0 && both[1].revents == 0;
}

void watch(int requested, int ended) {
    if (!readable_first(requested, ended, -1))
        return;
    pollfd end{.fd = ended, .events = POLLIN, .revents = 0};
    if (::poll(&end, 1, grace_ms) == 0)
        ::_exit(0); // children that matter die with their parent
}

} // namespace

Result<Termination> Termination::on_signals() {
    node::UniqueFd requested{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    node::UniqueFd ended{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!requested || !ended)
        return failure("cannot make an eventfd: " + std::generic_category().message(errno));
    handler_fd = requested.get();
    struct sigaction action {};
    action.sa_handler = request; // NOLINT(cppcoreguidelines-pro-type-union-access)
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int number : {SIGTERM, SIGINT})
        sigaction(number, &action, nullptr); // fails only for signals that do not exist
    std::thread watching{watch, requested.get(), ended.get()};
    return Termination{std::move(requested), std::move(ended), std::move(watching)};
}

Termination::~Termination() {
    if (!watch_.joinable())
        return;
    eventfd_write(ended_.get(), 1);
    watch_.join();
}

} // namespace galera::agentx
