#include "agentx/reload.hpp"

#include "agentx/signals.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <utility>

namespace galera::agentx {

Result<Reload> Reload::on_signal(const node::UniqueFd& hangups, std::function<void()> reload) {
    auto stop = Wakeup::make();
    if (!stop)
        return failure(stop.error());
    std::thread thread{[signals = hangups.get(), end = stop->fd(), call = std::move(reload)] {
        std::array<pollfd, 2> both{{{.fd = signals, .events = POLLIN, .revents = 0},
                                    {.fd = end, .events = POLLIN, .revents = 0}}};
        while (::poll(both.data(), both.size(), -1) >= 0 || errno == EINTR) {
            if (both[1].revents != 0)
                return;
            if (take_signals(signals))
                call();
        }
    }};
    return Reload{*std::move(stop), std::move(thread)};
}

Reload::~Reload() {
    if (!thread_.joinable())
        return;
    stop_.wake();
    thread_.join();
}

} // namespace galera::agentx
