#include "agentx/dial.hpp"

#include <cerrno>
#include <chrono>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>

namespace galera::agentx {
namespace {

constexpr std::chrono::milliseconds patience{1000};
constexpr int stream = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

std::string reason(int number) {
    return std::generic_category().message(number);
}

std::string what_to_do(int number) {
    switch (number) {
    case ENOENT:
    case ECONNREFUSED:
        return "; does snmpd run, and does its snmpd.conf say 'master agentx'?";
    case EACCES:
        return "; let this user open the socket and its directory: see agentXPerms in "
               "snmpd.conf(5)";
    case EAGAIN:
        return "; snmpd takes no connections";
    default:
        return {};
    }
}

using Clock = std::chrono::steady_clock;

bool becomes_writable(int fd, Clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    pollfd one{.fd = fd, .events = POLLOUT, .revents = 0};
    return left.count() > 0 && ::poll(&one, 1, static_cast<int>(left.count())) > 0;
}

/// 0, or what went wrong.
int connect_within_patience(int fd, const sockaddr* address, socklen_t length) {
    if (::connect(fd, address, length) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (!becomes_writable(fd, Clock::now() + patience))
        return ETIMEDOUT;
    int number{0};
    socklen_t size = sizeof number;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size);
    return number;
}

Result<node::UniqueFd> dial_file(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-bounds-array-to-pointer-decay)
    if (path.copy(address.sun_path, sizeof address.sun_path - 1) < path.size())
        return failure("the name is too long for a socket");
    node::UniqueFd fd{::socket(AF_UNIX, stream, 0)};
    if (!fd)
        return failure(reason(errno));
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as POSIX wants it
    const auto* const any = reinterpret_cast<const sockaddr*>(&address);
    if (const int number = connect_within_patience(fd.get(), any, sizeof address); number != 0)
        return failure(reason(number) + what_to_do(number));
    return fd;
}

Result<node::UniqueFd> dial_host(const std::string& host, const std::string& port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found{nullptr};
    if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0)
        return failure(std::string("its address is not known: ") + ::gai_strerror(error));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all{found, ::freeaddrinfo};
    int number{EADDRNOTAVAIL};
    for (const auto* each = all.get(); each != nullptr; each = each->ai_next) {
        node::UniqueFd fd{::socket(each->ai_family, stream, each->ai_protocol)};
        if (!fd)
            continue;
        number = connect_within_patience(fd.get(), each->ai_addr, each->ai_addrlen);
        if (number == 0)
            return fd;
    }
    return failure(reason(number) + what_to_do(number));
}

} // namespace

std::optional<std::filesystem::path> socket_file(const std::string& socket) {
    if (socket.starts_with('/'))
        return std::filesystem::path{socket};
    return std::nullopt;
}

Result<node::UniqueFd> dial(const std::string& socket) {
    if (socket_file(socket))
        return dial_file(socket);
    constexpr std::string_view scheme{"tcp:"};
    const auto colon = socket.rfind(':');
    if (!socket.starts_with(scheme) || colon < scheme.size())
        return failure("this is not the name of a socket");
    auto host = socket.substr(scheme.size(), colon - scheme.size());
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    return dial_host(host, socket.substr(colon + 1));
}

bool send_all(int fd, std::string_view octets) {
    const auto until = Clock::now() + patience;
    while (!octets.empty()) {
        const auto sent = ::send(fd, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent >= 0)
            octets.remove_prefix(static_cast<std::size_t>(sent));
        else if (errno == EAGAIN ? !becomes_writable(fd, until) : errno != EINTR)
            return false;
    }
    return true;
}

} // namespace galera::agentx
