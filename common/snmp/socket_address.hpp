// An address and a port as the sockets of the kernel take them.
#pragma once

#include "common/model/address.hpp"

#include <cstdint>
#include <sys/socket.h>

namespace galera::snmp {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length{0};

    [[nodiscard]] const sockaddr* get() const {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
};

[[nodiscard]] SocketAddress socket_address(const Address& address, std::uint16_t port);

} // namespace galera::snmp
