// A UDP socket of one peer: it sends to that peer and hears nobody else.
#pragma once

#include "common/model/address.hpp"
#include "common/model/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace galera::snmp {

class UdpSocket {
public:
    /// An error if there is no socket to be had. A peer that there is no way to is none: see
    /// `reachable`.
    static Result<UdpSocket> open(const Address& peer, std::uint16_t port);
    UdpSocket(UdpSocket&& other) noexcept;
    UdpSocket& operator=(UdpSocket&& other) = delete;
    ~UdpSocket();

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] bool reachable() const { return reachable_; }

    /// What cannot be sent is lost, as on the way.
    void send(std::string_view datagram) const;
    /// The next datagram, as a part of `buffer`; empty: there is none now. Errors that the network
    /// reports (nobody listens on the port) are passed over.
    [[nodiscard]] std::optional<std::string_view> receive(std::vector<char>& buffer) const;

private:
    UdpSocket(int fd, bool reachable) : fd_{fd}, reachable_{reachable} {}

    int fd_;
    bool reachable_;
};

/// The limit of open files of this process, raised to the highest that it may have for as long as
/// this lives.
class RaisedFileLimit {
public:
    RaisedFileLimit();
    RaisedFileLimit(const RaisedFileLimit&) = delete;
    RaisedFileLimit& operator=(const RaisedFileLimit&) = delete;
    ~RaisedFileLimit();

private:
    std::optional<std::uint64_t> before_;
};

} // namespace galera::snmp
