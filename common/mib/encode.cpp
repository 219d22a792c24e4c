// The walk over the table that an agent needs: a report to bindings.
#include "common/mib/columns.hpp"
#include "common/mib/instances.hpp"
#include "common/mib/syntax.hpp"
#include "mibs/oids.hpp"

#include <algorithm>
#include <cstddef>

namespace galera::mib {
namespace {

bool is_below(Arcs group, Arcs oid) {
    return oid.size() > group.size() && std::ranges::equal(group, oid.first(group.size()));
}

template <typename Row>
void encode_rows(std::span<const Column<Row>> columns, const std::vector<Row>& rows,
                 std::vector<Binding>& bindings) {
    for (const auto& column : columns)
        for (std::size_t row = 0; row < rows.size(); ++row)
            bindings.push_back({instance(column.oid, row_index(row)), column.encode(rows[row])});
}

/// Indexed by InetAddressType and InetAddress; the length of the latter is an arc too, as it is of
/// no fixed size (RFC 2578, section 7.7).
Oid peer_instance(Arcs column, const Address& address) {
    const auto octets = inet_octets(address);
    Oid result;
    result.reserve(column.size() + 2 + octets.size());
    result.assign(column.begin(), column.end());
    result.push_back(static_cast<std::uint32_t>(inet_type(address.family)));
    result.push_back(static_cast<std::uint32_t>(octets.size()));
    result.insert(result.end(), octets.begin(), octets.end());
    return result;
}

/// Rows by address are rows by index: IPv4 comes before IPv6, and octets are compared as arcs are.
void encode_peers(const std::vector<PeerReport>& peers, std::vector<Binding>& bindings) {
    for (const auto& column : peer_columns())
        for (const auto& peer : peers)
            if (auto value = column.encode(peer))
                bindings.push_back({peer_instance(column.oid, peer.address), *std::move(value)});
}

} // namespace

std::vector<Binding> encode(const NodeReport& report) {
    std::vector<Binding> bindings;
    const bool known = report.agent.snapshot_id != 0;
    for (const auto& scalar : scalars()) {
        if (!known && !is_below(oid::galeraAgent, scalar.oid))
            continue; // nothing is known yet, not even what has values by default
        if (auto value = scalar.encode(report))
            bindings.push_back({instance(scalar.oid, 0), std::move(*value)});
    }
    if (!known)
        return bindings;
    const auto tables = static_cast<std::ptrdiff_t>(bindings.size());
    if (const auto* view = publishable_view(report))
        encode_rows(member_columns(), view->members, bindings);
    if (const auto* lineage = publishable_lineage(report))
        encode_rows(era_columns(), *lineage, bindings);
    encode_rows(past_view_columns(), publishable_views(report), bindings);
    encode_peers(report.peers.nodes, bindings);
    // The tables lie between scalars, both by themselves in order.
    std::ranges::inplace_merge(bindings, bindings.begin() + tables, {}, &Binding::oid);
    return bindings;
}

} // namespace galera::mib
