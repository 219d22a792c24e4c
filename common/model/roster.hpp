// The roster: the data nodes that the configuration names.
#pragma once

#include "common/model/address.hpp"

#include <string>
#include <vector>

namespace galera {

/// A data node of the configuration.
struct RosterNode {
    Address address;
    std::string name; // the host name that the configuration gave; empty for a numeric address

    bool operator==(const RosterNode&) const = default;
};

/// The data nodes, by numeric address, each once.
using Roster = std::vector<RosterNode>;

/// Sorted by address, duplicates dropped: the order of a configuration file never matters.
[[nodiscard]] Roster make_roster(std::vector<RosterNode> nodes);

/// 16 hexadecimal digits (FNV-1a, 64 bit) of the addresses in order. Equal rosters have equal
/// digests on every machine; it finds mistakes of configuration, it is no protection against
/// malice.
[[nodiscard]] std::string roster_digest(const Roster& roster);

} // namespace galera
