#include "common/node/service_manager.hpp"

#include "common/node/file.hpp"
#include "common/node/unique_fd.hpp"

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace galera::node {
namespace {

std::string_view variable(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
    Number value{0};
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    return read.ec == std::errc{} && read.ptr == end ? std::optional{value} : std::nullopt;
}

} // namespace

Result<void> notify_service_manager(std::string_view state) {
    const auto name = variable("NOTIFY_SOCKET");
    if (name.empty())
        return {};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if ((name[0] != '/' && name[0] != '@') || name.size() >= sizeof address.sun_path)
        return failure("NOTIFY_SOCKET='" + std::string{name} +
                       "' is no socket that can be notified");
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@')
        address.sun_path[0] = '\0'; // an abstract one: unix(7)
    const UniqueFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    if (socket.get() < 0 || ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                                     reinterpret_cast<const sockaddr*>(&address), length) < 0)
        return tl::make_unexpected(system_error(name, "cannot notify", errno));
    return {};
}

std::optional<std::chrono::microseconds> watchdog_period() {
    const auto wanted = number<std::uint64_t>(variable("WATCHDOG_USEC"));
    if (!wanted || *wanted == 0)
        return std::nullopt;
    const auto of = variable("WATCHDOG_PID");
    if (!of.empty() && number<pid_t>(of) != ::getpid())
        return std::nullopt; // of a process that this one comes from
    return std::chrono::microseconds{*wanted};
}

} // namespace galera::node
