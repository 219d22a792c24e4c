// The roster: the data nodes that the configuration names.
#pragma once

#include "common/model/address.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace galera {

/// A data node of the configuration.
struct RosterNode {
    Address address;
    std::string name; // the host name that the configuration gave; empty for a numeric address
    std::vector<Address> others{}; // of a name with several: those above `address`, in order
    std::optional<std::uint16_t> group_port{}; // that the configuration gave with it

    [[nodiscard]] bool has(const Address& one) const {
        return address == one || std::ranges::find(others, one) != others.end();
    }
    bool operator==(const RosterNode&) const = default;
};

/// The data nodes, by numeric address, each once.
using Roster = std::vector<RosterNode>;

/// All addresses of the node, lowest first.
[[nodiscard]] std::vector<Address> addresses_of(const RosterNode& node);

/// Sorted by address: the order of a configuration file never matters. What shares an address is
/// one node, with all addresses of either; the lowest stands for it.
[[nodiscard]] Roster make_roster(std::vector<RosterNode> nodes);

/// 16 hexadecimal digits (FNV-1a, 64 bit) of the addresses in order. Equal rosters have equal
/// digests on every machine; it finds mistakes of configuration, it is no protection against
/// malice.
[[nodiscard]] std::string roster_digest(const Roster& roster);

} // namespace galera
