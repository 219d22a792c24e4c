#include "common/model/roster.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace galera {

Roster make_roster(std::vector<RosterNode> nodes) {
    const auto by_address = [](const RosterNode& left, const RosterNode& right) {
        return left.address < right.address;
    };
    // Stable, so that of two entries for one address the first keeps its name.
    std::ranges::stable_sort(nodes, by_address);
    // std::unique: std::ranges::unique of this library does not compile with clang++ 14.
    const auto twice =
        std::unique(nodes.begin(), nodes.end(), [](const auto& left, const auto& right) {
            return left.address == right.address;
        });
    nodes.erase(twice, nodes.end());
    return nodes;
}

std::string roster_digest(const Roster& roster) {
    constexpr std::uint64_t offset_basis = 0xcbf29ce484222325U;
    constexpr std::uint64_t prime = 0x100000001b3U;
    std::uint64_t hash = offset_basis;
    const auto add = [&](std::uint8_t octet) { hash = (hash ^ octet) * prime; };
    for (const auto& node : roster) {
        add(static_cast<std::uint8_t>(node.address.family));
        for (const auto octet : node.address.octets)
            add(octet);
    }
    constexpr std::string_view hex = "0123456789abcdef";
    std::string text;
    for (unsigned shift = 64; shift > 0; shift -= 4)
        text += hex[(hash >> (shift - 4)) & 0xFU];
    return text;
}

} // namespace galera
