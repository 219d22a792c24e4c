// The address of a node: numeric, comparable, with the text that people know it by.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>

namespace galera {

/// An IPv4 or IPv6 address. Compared numerically, IPv4 before IPv6; the text plays no part.
/// Made from text by `parse_address` in common/galera.
struct Address {
    enum class Family : std::uint8_t { ipv4, ipv6 };

    Family family{Family::ipv4};
    /// Network byte order; IPv4 uses the first four, the others are zero.
    std::array<std::uint8_t, 16> octets{};
    /// The usual form: "10.0.0.2", "fd00::2". No port, no brackets.
    std::string text;

    friend std::strong_ordering operator<=>(const Address& left, const Address& right) {
        if (const auto order = left.family <=> right.family; order != 0)
            return order;
        return left.octets <=> right.octets;
    }
    friend bool operator==(const Address& left, const Address& right) {
        return (left <=> right) == 0;
    }
};

} // namespace galera
