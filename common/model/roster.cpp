#include "common/model/roster.hpp"

#include "common/model/fnv1a.hpp"

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
    Fnv1a digest;
    for (const auto& node : roster) {
        digest.add(static_cast<std::uint8_t>(node.address.family));
        digest.add(node.address.octets);
    }
    constexpr std::string_view hex = "0123456789abcdef";
    std::string text;
    for (unsigned shift = 64; shift > 0; shift -= 4)
        text += hex[(digest.value() >> (shift - 4)) & 0xFU];
    return text;
}

} // namespace galera
