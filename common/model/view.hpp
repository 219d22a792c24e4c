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

/// Where a view lies in the order: ids count up by one within an era, and start again at 1 with the
/// next.
struct ViewPlace {
    std::uint64_t id{0};
    Seqno seqno;

    bool operator==(const ViewPlace&) const = default;
};

/// What tells one view from another: member UUIDs are new at each start of a server.
struct ViewMark {
    ViewPlace place;
    /// Data nodes, 256 at most. An arbitrator outlives a bootstrap: it vouches for nothing.
    std::vector<Uuid> members;

    bool operator==(const ViewMark&) const = default;
};
[[nodiscard]] ViewMark mark_of(const View& view);

/// A view that went by, in few octets.
struct PastView {
    ViewPlace place;
    std::uint64_t members{0}; // FNV-1a, 64 bit, of the member UUIDs in their order

    bool operator==(const PastView&) const = default;
};
[[nodiscard]] PastView past_of(const View& view);

/// The last views that were seen applied, oldest first, their seqnos rising. Some may be missing in
/// between: nobody looks at every moment.
using ViewLog = std::vector<PastView>;

/// So many views of a log are kept.
inline constexpr std::size_t views_kept_max = 32;

/// Adds a view, in place of those at or behind its seqno: they have been lost, or it is known.
void add_view(ViewLog& log, const PastView& view);
/// Those at or below the seqno.
[[nodiscard]] ViewLog views_up_to(const ViewLog& log, Seqno seqno);

/// Whether ids and seqnos allow that two views of one history are of one era.
[[nodiscard]] bool can_share_era(const ViewPlace& left, const ViewPlace& right);

/// Whether both views name one of the servers. If it has applied the later one, it shows of two
/// views that can share an era that they do: the cluster lived on as that server did.
[[nodiscard]] bool share_server(const ViewMark& left, const ViewMark& right);

/// More members than this in one view is garbage, not a cluster.
inline constexpr std::size_t view_members_max = 256;

} // namespace galera
