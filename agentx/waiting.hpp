// What net-snmp waits for at one moment, and what we wait for beside.
#pragma once

#include "agentx/net_snmp.hpp"
#include "common/model/result.hpp"

#include <chrono>
#include <initializer_list>
#include <optional>
#include <poll.h>
#include <vector>

namespace galera::agentx {

/// net-snmp's sets of file descriptors, which it wants freed.
class DescriptorSet {
public:
    DescriptorSet() { netsnmp_large_fd_set_init(&set_, FD_SETSIZE); }
    ~DescriptorSet() { netsnmp_large_fd_set_cleanup(&set_); }
    DescriptorSet(const DescriptorSet&) = delete;
    DescriptorSet& operator=(const DescriptorSet&) = delete;

    [[nodiscard]] netsnmp_large_fd_set* get() { return &set_; }
    [[nodiscard]] bool has(int fd) { return NETSNMP_LARGE_FD_ISSET(fd, &set_) != 0; }
    void remove(int fd) { NETSNMP_LARGE_FD_CLR(fd, &set_); }

private:
    netsnmp_large_fd_set set_{};
};

/// Made anew each time: a new connection to snmpd takes the number of the old one.
class Waiting {
public:
    explicit Waiting(std::initializer_list<int> ours);

    /// Until something is readable, or net-snmp has something to do, or so long.
    Result<void> wait(std::chrono::milliseconds at_most);
    /// Whether ours with this place in the list is readable.
    [[nodiscard]] bool readable(std::size_t place) const { return polled_[place].revents != 0; }
    /// Lets net-snmp read what is there for it.
    void read();

private:
    DescriptorSet descriptors_;
    std::size_t ours_;
    std::vector<pollfd> polled_; // ours first
    std::optional<std::chrono::milliseconds> net_snmp_waits_;
};

} // namespace galera::agentx
