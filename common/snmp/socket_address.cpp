#include "common/snmp/socket_address.hpp"

#include <cstring>
#include <netinet/in.h>

namespace galera::snmp {

SocketAddress socket_address(const Address& address, std::uint16_t port) {
    SocketAddress made;
    if (address.family == Address::Family::ipv4) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        std::memcpy(&to.sin_addr, address.octets.data(), sizeof to.sin_addr);
        std::memcpy(&made.storage, &to, sizeof to);
        made.length = sizeof to;
    } else {
        sockaddr_in6 to{};
        to.sin6_family = AF_INET6;
        to.sin6_port = htons(port);
        std::memcpy(&to.sin6_addr, address.octets.data(), sizeof to.sin6_addr);
        std::memcpy(&made.storage, &to, sizeof to);
        made.length = sizeof to;
    }
    return made;
}

} // namespace galera::snmp
