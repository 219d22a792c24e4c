// For tests: addresses on loopback, a real snmpd, and a UDP socket that answers as a test wants.
#pragma once

#include "common/mib/value.hpp"
#include "common/model/address.hpp"
#include "common/node/unique_fd.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace galera::loopback {

inline Address address(const std::string& text) {
    Address made;
    made.text = text;
    made.family =
        text.find(':') == std::string::npos ? Address::Family::ipv4 : Address::Family::ipv6;
    const int family = made.family == Address::Family::ipv4 ? AF_INET : AF_INET6;
    if (inet_pton(family, text.c_str(), made.octets.data()) != 1)
        throw std::invalid_argument(text);
    return made;
}

inline sockaddr_in socket_address(const std::string& host, std::uint16_t port) {
    sockaddr_in made{};
    made.sin_family = AF_INET;
    made.sin_port = htons(port);
    if (inet_pton(AF_INET, host.c_str(), &made.sin_addr) != 1)
        throw std::invalid_argument(host);
    return made;
}

/// A socket bound to `host`; port 0 draws one. Of SOCK_STREAM it listens.
class BoundSocket {
public:
    explicit BoundSocket(const std::string& host, std::uint16_t port = 0, int type = SOCK_DGRAM)
        : fd_{::socket(AF_INET, type | SOCK_CLOEXEC, 0)} {
        auto at = socket_address(host, port);
        socklen_t length = sizeof at;
        auto* const generic = reinterpret_cast<sockaddr*>(&at);
        if (::bind(fd_.get(), generic, length) != 0 ||
            ::getsockname(fd_.get(), generic, &length) != 0 ||
            (type == SOCK_STREAM && ::listen(fd_.get(), 16) != 0))
            throw std::runtime_error("cannot bind " + host + ":" + std::to_string(port));
        port_ = ntohs(at.sin_port);
    }
    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    node::UniqueFd fd_;
    std::uint16_t port_{0};
};

/// A port on which nobody listens now.
inline std::uint16_t free_port(const std::string& host) {
    return BoundSocket{host}.port();
}

using Bytes = std::vector<std::uint8_t>;

/// How long a test waits for what must come: only a broken program lets so much time pass.
constexpr std::chrono::seconds patience{60};

/// A UDP socket that hands each datagram to `answer`, which says what is sent back to whom asked.
class UdpPeer {
public:
    using AnswerWith = std::function<std::vector<Bytes>(const Bytes& request, int count)>;

    /// What `answer` returns is sent from `mouth`, if there is one, instead of the socket asked.
    UdpPeer(const std::string& host, std::uint16_t port, AnswerWith answer,
            std::optional<BoundSocket> mouth = {})
        : socket_{host, port}, mouth_{std::move(mouth)}, answer_{std::move(answer)},
          thread_{[this] { serve(); }} {}
    UdpPeer(const UdpPeer&) = delete;
    UdpPeer& operator=(const UdpPeer&) = delete;
    ~UdpPeer() {
        ended_ = true;
        thread_.join();
    }

    [[nodiscard]] std::uint16_t port() const { return socket_.port(); }
    /// Datagrams that were taken so far; those that are answered, before the answer is sent.
    [[nodiscard]] int requests() const { return requests_; }
    /// Whether so many come. One that stays without an answer may be taken after its sender has
    /// given up.
    [[nodiscard]] bool has_had(int count) const {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (requests_ < count && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        return requests_ >= count;
    }

private:
    void serve() {
        constexpr int look_at_end_ms = 10;
        constexpr std::size_t datagram_max = 65536;
        const int back = mouth_ ? mouth_->fd() : socket_.fd();
        while (!ended_) {
            pollfd waiting{socket_.fd(), POLLIN, 0};
            if (::poll(&waiting, 1, look_at_end_ms) <= 0)
                continue;
            Bytes request(datagram_max);
            sockaddr_in from{};
            socklen_t length = sizeof from;
            auto* const generic = reinterpret_cast<sockaddr*>(&from);
            const auto count =
                ::recvfrom(socket_.fd(), request.data(), request.size(), 0, generic, &length);
            if (count < 0)
                continue;
            request.resize(static_cast<std::size_t>(count));
            for (const auto& response : answer_(request, ++requests_))
                ::sendto(back, response.data(), response.size(), 0, generic, length);
        }
    }

    BoundSocket socket_;
    std::optional<BoundSocket> mouth_;
    AnswerWith answer_;
    std::atomic<int> requests_{0};
    std::atomic<bool> ended_{false};
    std::thread thread_; // last: it uses all the others
};

/// A directory that goes with the test.
class ScratchDirectory {
public:
    ScratchDirectory() {
        auto name = (std::filesystem::temp_directory_path() / "galera-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("mkdtemp");
        path_ = name;
    }
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    ~ScratchDirectory() {
        std::error_code ignored; // a leftover in the temporary directory harms nobody
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// A real snmpd without subagents, of one address and community. `more`: lines of its
/// configuration.
class Snmpd {
public:
    Snmpd(const std::string& agent_address, const std::string& community,
          const std::string& more = {}) {
        const auto configuration = (scratch_.path() / "snmpd.conf").string();
        const auto log = (scratch_.path() / "log").string();
        std::ofstream{configuration} << "agentaddress " << agent_address << "\nrocommunity "
                                     << community << "\nrocommunity6 " << community
                                     << "\nsysDescr a test's own\nsysServices 72\n"
                                     << more;
        // Its state goes to the scratch directory, also when the test is not root; and it must not
        // speak to a master agent of the machine.
        ::setenv("SNMP_PERSISTENT_DIR", scratch_.path().c_str(), 1);
        const std::vector<std::string> words{"snmpd", "-f", "-C", "-c",   configuration,
                                             "-Lf",   log,  "-I", "-smux"};
        std::vector<char*> arguments;
        arguments.reserve(words.size() + 1);
        for (const auto& word : words)
            arguments.push_back(const_cast<char*>(word.c_str())); // posix_spawn does not write
        arguments.push_back(nullptr);
        // An ordinary user's PATH has no sbin directories.
        const char* const program =
            ::access("/usr/sbin/snmpd", X_OK) == 0 ? "/usr/sbin/snmpd" : "snmpd";
        if (::posix_spawnp(&pid_, program, nullptr, nullptr, arguments.data(), environ) != 0)
            throw std::runtime_error("cannot start snmpd; install the package snmpd");
    }
    Snmpd(const Snmpd&) = delete;
    Snmpd& operator=(const Snmpd&) = delete;
    ~Snmpd() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

private:
    ScratchDirectory scratch_;
    pid_t pid_{-1};
};

} // namespace galera::loopback
