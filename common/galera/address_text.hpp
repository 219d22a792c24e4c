// Addresses as the database's options write them.
#pragma once

#include "common/model/address.hpp"
#include "common/model/result.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace galera {

/// A numeric IPv4 or IPv6 address without port or brackets; empty for anything else (a name, say).
/// An IPv4-mapped one, "::ffff:10.0.0.1", is the IPv4 address.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

/// A host and a port, neither looked up.
struct HostPort {
    std::string host; // a name or a numeric address, no brackets
    std::optional<std::uint16_t> port;

    bool operator==(const HostPort&) const = default;
};

/// "db1", "10.0.0.1:4567", "[fd00::1]:4567", "fd00::1". An error for an empty host, a bad port, and
/// what looks like an IPv4 address and is none ("10.0.0.256", "10.1").
Result<HostPort> parse_host_port(std::string_view text);

/// What `wsrep_cluster_address` names.
struct ClusterAddress {
    std::vector<HostPort> hosts; // empty for "gcomm://", which means: bootstrap
    /// Behind '?': "pc.ignore_sb" -> "yes". Galera puts them before wsrep_provider_options, so ask
    /// `overrides_quorum` (server_options.hpp) about both.
    std::map<std::string, std::string, std::less<>> options;

    bool operator==(const ClusterAddress&) const = default;
};

/// "gcomm://db1,10.0.0.2:4567, [fd00::3]?pc.wait_prim=no": blanks around hosts and one comma behind
/// the last are dropped. An error for another scheme, or a host or an option that cannot be read.
Result<ClusterAddress> parse_cluster_address(std::string_view text);

} // namespace galera
