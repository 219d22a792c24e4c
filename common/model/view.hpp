// The applied view: the membership that a node had applied at its position.
#pragma once

#include "common/model/position.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace galera {

/// A row of `mysql.wsrep_cluster_members`.
struct ViewMember {
    Uuid uuid;                    // `node_uuid`; new at each start of a server
    std::string name;             // `node_name`, as wsrep_node_name
    std::string incoming_address; // `node_incoming_address`, "10.0.0.2:3306"; empty: an arbitrator

    bool operator==(const ViewMember&) const = default;
};

/// The row of `mysql.wsrep_cluster` and its members, which Galera 4 keeps in step with the
/// position.
struct View {
    History history;                 // `cluster_uuid`
    std::uint64_t id{0};             // `view_id`: 1 at each bootstrap, then counted up
    Seqno seqno;                     // `view_seqno`: the position that the view itself took
    std::vector<ViewMember> members; // data nodes and arbitrators, by node_uuid

    bool operator==(const View&) const = default;
};

/// What tells one view from another: ids count up by one within an era, and start again at 1 with
/// the next; member UUIDs are new at each start of a server.
struct ViewMark {
    std::uint64_t id{0};
    Seqno seqno;
    /// Data nodes, 256 at most. An arbitrator outlives a bootstrap: it vouches for nothing.
    std::vector<Uuid> members;

    bool operator==(const ViewMark&) const = default;
};
[[nodiscard]] ViewMark mark_of(const View& view);

/// Whether ids and seqnos allow that two views of one history are of one era.
[[nodiscard]] bool can_share_era(const ViewMark& left, const ViewMark& right);

/// Whether one of the servers was in both views. Of two views that can share an era it shows that
/// they do: the cluster lived from the one to the other as that server did.
[[nodiscard]] bool share_server(const ViewMark& left, const ViewMark& right);

/// Whether two views of one history are of one era: the same, or by ids, seqnos and a server.
[[nodiscard]] bool share_era(const View& left, const View& right);

/// More members than this in one view is garbage, not a cluster.
inline constexpr std::size_t view_members_max = 256;

} // namespace galera
