#include "agentx/waiting.hpp"

#include <algorithm>
#include <cerrno>
#include <span>
#include <system_error>

namespace galera::agentx {

using std::chrono::milliseconds;

Waiting::Waiting(std::initializer_list<int> ours) : ours_{ours.size()} {
    for (const int fd : ours)
        polled_.push_back({.fd = fd, .events = POLLIN, .revents = 0});
    int count = 0;
    int block = 1;
    timeval timeout{};
    snmp_select_info2(&count, descriptors_.get(), &timeout, &block);
    if (block == 0)
        net_snmp_waits_ = std::chrono::ceil<milliseconds>(
            std::chrono::seconds{timeout.tv_sec} + std::chrono::microseconds{timeout.tv_usec});
    for (int fd = 0; fd < count; ++fd)
        if (descriptors_.has(fd))
            polled_.push_back({.fd = fd, .events = POLLIN, .revents = 0});
}

Result<void> Waiting::wait(milliseconds at_most) {
    const auto time =
        std::max(milliseconds{0}, std::min(at_most, net_snmp_waits_.value_or(at_most)));
    if (::poll(polled_.data(), polled_.size(), static_cast<int>(time.count())) >= 0 ||
        errno == EINTR)
        return {};
    return failure("cannot wait for snmpd: " + std::generic_category().message(errno));
}

void Waiting::read() {
    for (const auto& each : std::span{polled_}.subspan(ours_))
        if (each.revents == 0)
            descriptors_.remove(each.fd);
    snmp_read2(descriptors_.get());
}

} // namespace galera::agentx
