#include "common/snmp/udp_socket.hpp"

#include "common/snmp/socket_address.hpp"

#include <cerrno>
#include <sys/resource.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace galera::snmp {

Result<UdpSocket> UdpSocket::open(const Address& peer, std::uint16_t port) {
    const auto to = socket_address(peer, port);
    const int fd = ::socket(to.storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return failure("cannot open a socket for SNMP to " + peer.text + ": " +
                       std::generic_category().message(errno));
    // Connected, it takes datagrams from the peer's address and port only.
    return UdpSocket{fd, ::connect(fd, to.get(), to.length) == 0};
}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)}, reachable_{other.reachable_} {}

UdpSocket::~UdpSocket() {
    if (fd_ >= 0)
        ::close(fd_);
}

void UdpSocket::send(std::string_view datagram) const {
    // An error that an earlier datagram has met with is told now, in place of sending this one.
    constexpr int tries = 2;
    for (int left = tries; left > 0; --left)
        if (::send(fd_, datagram.data(), datagram.size(), MSG_NOSIGNAL) >= 0)
            return;
}

std::optional<std::string_view> UdpSocket::receive(std::vector<char>& buffer) const {
    constexpr int errors_max = 8; // at a time; an error is told once
    for (int left = errors_max; left > 0; --left) {
        const auto count = ::recv(fd_, buffer.data(), buffer.size(), 0);
        if (count >= 0)
            return std::string_view{buffer.data(), static_cast<std::size_t>(count)};
        if (errno == EAGAIN)
            return std::nullopt;
    }
    return std::nullopt;
}

RaisedFileLimit::RaisedFileLimit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    before_ = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE,
                &limit); // where it fails, sockets cannot be opened, and that is told
}

RaisedFileLimit::~RaisedFileLimit() {
    rlimit limit{};
    if (!before_ || ::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = *before_;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace galera::snmp
