#include "agentx/termination.hpp"

#include "agentx/signals.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <utility>

namespace galera::agentx {
namespace {

constexpr int grace_ms = 500;

/// Whether `fd` became readable before `ended` did.
bool readable_first(int fd, int ended) {
    std::array<pollfd, 2> both{{{.fd = fd, .events = POLLIN, .revents = 0},
                                {.fd = ended, .events = POLLIN, .revents = 0}}};
    int ready{0};
    do
        ready = ::poll(both.data(), both.size(), -1);
    while (ready < 0 && errno == EINTR);
    return both[0].revents != 0 && both[1].revents == 0;
}

void watch(int requested, int ended, const std::function<void()>& on_request) {
    if (!readable_first(requested, ended))
        return;
    on_request();
    pollfd end{.fd = ended, .events = POLLIN, .revents = 0};
    if (::poll(&end, 1, grace_ms) == 0)
        ::_exit(0); // children that matter die with their parent
}

} // namespace

Result<Termination> Termination::on_signals(std::function<void()> on_request) {
    auto ended = Wakeup::make();
    if (!ended)
        return failure(ended.error());
    auto signals = signals_to_read({SIGTERM, SIGINT});
    if (!signals)
        return failure(signals.error());
    std::thread watching{watch, signals->get(), ended->fd(), std::move(on_request)};
    return Termination{*std::move(signals), *std::move(ended), std::move(watching)};
}

Termination::~Termination() {
    if (!watch_.joinable())
        return;
    ended_.wake();
    watch_.join();
}

} // namespace galera::agentx
