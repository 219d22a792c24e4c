#include "common/model/roster.hpp"

#include "common/model/fnv1a.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace galera {

std::vector<Address> addresses_of(const RosterNode& node) {
    std::vector<Address> addresses{node.address};
    addresses.insert(addresses.end(), node.others.begin(), node.others.end());
    return addresses;
}

namespace {

bool share_an_address(const RosterNode& left, const RosterNode& right) {
    const auto addresses = addresses_of(left);
    return std::ranges::any_of(addresses, [&](const auto& one) { return right.has(one); });
}

/// Both as one; the name and the port of the first, if it has any.
RosterNode merged(const RosterNode& first, const RosterNode& second) {
    auto addresses = addresses_of(first);
    std::ranges::copy(addresses_of(second), std::back_inserter(addresses));
    std::ranges::sort(addresses);
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    return {addresses.front(),
            first.name.empty() ? second.name : first.name,
            {addresses.begin() + 1, addresses.end()},
            first.group_port ? first.group_port : second.group_port};
}

} // namespace

Roster make_roster(std::vector<RosterNode> nodes) {
    Roster roster;
    for (auto& node : nodes) {
        // It may join several that had nothing in common before.
        for (auto known = roster.begin(); known != roster.end();) {
            if (share_an_address(*known, node)) {
                node = merged(*known, node);
                known = roster.erase(known);
            } else {
                ++known;
            }
        }
        roster.push_back(std::move(node));
    }
    std::ranges::sort(roster, {}, &RosterNode::address);
    return roster;
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
