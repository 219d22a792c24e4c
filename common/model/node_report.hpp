// All that one node says about itself at one moment.
//
// The numbers of the enumerations are those of the GALERA-INITIATOR-MIB; a test ties the two.
#pragma once

#include "common/model/address.hpp"
#include "common/model/initiator_report.hpp"
#include "common/model/lineage.hpp"
#include "common/model/position.hpp"
#include "common/model/replication_report.hpp"
#include "common/model/view.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace galera {

/// The five words of the scripts of 2014, in their precedence.
enum class NodeStatus : std::uint8_t {
    bootstrapping = 1, // the initiator decided to bootstrap and is at it
    running = 2,       // a server is in the data directory, whatever its cluster status
    initiating = 3,    // an initiator is at work and holds no claim
    locked = 4,        // an initiator holds a claim to bootstrap, or, and then before `running`,
                       // to restore a Primary component around its server
    stopped = 5,       // none of these
};

/// What goes on in the data directory.
enum class ServerState : std::uint8_t {
    stopped = 1,    // no process has it
    recovering = 2, // a process reads the position (--wsrep-recover) or the applied view
    starting = 3,   // a server has it and does not answer yet; a joiner in SST is here
    serving = 4,    // the server answers
    unreachable = 5 // the server answered before and does not now, or refuses us
};

/// Whether a position is known. Always answers, so that "not known" is never a number.
enum class SeqnoState : std::uint8_t {
    known = 1,
    undefined = 2,  // looked, and the node has no history
    recovering = 3, // being looked for
    failed = 4,     // could not be found out; the last error says why
};

/// Where the position comes from.
enum class SeqnoSource : std::uint8_t {
    none = 1,
    innodb = 2, // --wsrep-recover
    server = 3, // wsrep_last_committed of the running server
};

/// How the files of a node contradict each other.
enum class Taint : std::uint8_t {
    none = 1,
    cut = 2,                // an SST that did not end: the data may be in pieces
    nil_history = 3,        // grastate.dat has no UUID, InnoDB has a position
    foreign_history = 4,    // grastate.dat has another UUID than InnoDB
    heuristic_rollback = 5, // the server rolled back prepared transactions heuristically
};

/// Whether there are schemas other than the server's own.
enum class UserData : std::uint8_t { unknown = 1, absent = 2, present = 3 };

/// `wsrep_cluster_status`.
enum class ClusterStatus : std::uint8_t {
    unknown = 1,
    primary = 2,
    non_primary = 3,
    disconnected = 4,
};

/// `wsrep_local_state`.
enum class NodeState : std::uint8_t {
    unknown = 1,
    initialized = 2, // 0
    joining = 3,     // 1: waits for or receives state
    donor = 4,       // 2: donor or desynced
    joined = 5,      // 3
    synced = 6,      // 4
    error = 7,       // 5
};

/// How the collector gets on.
enum class CollectorState : std::uint8_t {
    starting = 1, // no sample yet
    ok = 2,
    degraded = 3, // something could not be read; the last error says what
};

/// How the agent's connection to the database server gets on.
enum class ServerConnection : std::uint8_t {
    none = 1,                 // no server is in the data directory
    ok = 2,                   // it has answered
    no_answer = 3,            // not in time, or the connection was dropped
    access_denied = 4,        // it does not know the agent's user
    too_many_connections = 5, // it has none left
    refused = 6,              // it answered with another error
};

/// The database's start guard: whether its unit starts only on the initiator's permit.
enum class StartGuard : std::uint8_t { unknown = 1, off = 2, on = 3 };

/// galeraPeerReachability: what became of the last question to a node.
enum class Reachability : std::uint8_t {
    unknown = 1,       // none was asked since the machine was started
    answers = 2,       // it reported
    stale = 3,         // it reported, from a snapshot that is too old to count
    no_answer = 4,     // nothing came back in time
    not_authentic = 5, // something came back that is not authentic
    no_agent = 6,      // its snmpd answers and the subagent is absent there
    unreadable = 7,    // its report could not be read
    alive = 8,         // silent over SNMP, and its server accepts connections of the group
    legacy = 9,        // the subagent is absent there, and the scripts of 2014 answer
};

/// What a node says of itself to the initiator of another, or of its own: as much as people read.
struct PeerCondition {
    NodeStatus status{NodeStatus::stopped};
    ClusterStatus cluster{ClusterStatus::unknown};
    NodeState node_state{NodeState::unknown};
    SeqnoState seqno_state{SeqnoState::recovering};
    std::optional<Position> position; // present exactly when seqno_state is known

    bool operator==(const PeerCondition&) const = default;
};

/// When a node last reported, and how fast.
struct PeerSighting {
    std::int64_t unix_seconds{0};
    std::chrono::microseconds round_trip{0}; // of the last GET that it answered for that

    bool operator==(const PeerSighting&) const = default;
};

/// What the initiator of this node saw of a node of the roster.
struct PeerReport {
    Address address;
    std::string name; // the best that is known; may be empty
    bool local{false};
    Reachability reachability{Reachability::unknown};
    std::optional<PeerCondition> condition; // present exactly when it answers or is stale
    std::optional<PeerSighting> last_seen;  // absent: not since the machine was started

    bool operator==(const PeerReport&) const = default;
};

/// What the last survey of the initiator of this node saw. For people: no decision rests on it.
struct PeersReport {
    std::optional<std::int64_t> surveyed_unix_seconds; // absent: no survey is known
    std::vector<PeerReport> nodes; // of the roster, this one included, by address, each once

    bool operator==(const PeersReport&) const = default;
};

/// How the report came to be.
struct AgentReport {
    std::string version;
    std::uint32_t snapshot_id{0}; // counts up with each sample from a drawn number; 0: none yet
    std::int64_t snapshot_unix_seconds{0};    // wall clock, for people only
    std::chrono::milliseconds snapshot_age{}; // at the moment of answering
    CollectorState collector{CollectorState::starting};
    std::string last_error; // empty: none
    ServerConnection connection{ServerConnection::none};
    std::chrono::milliseconds sample_interval{};
    /// Since the agent was started, at the moment of answering.
    std::uint32_t notifications_sent{0};
    std::uint32_t notifications_suppressed{0};
};

/// What the server says of the cluster; every field empty or unknown while it does not answer.
struct ClusterReport {
    ClusterStatus status{ClusterStatus::unknown};
    std::optional<std::uint32_t> size;    // wsrep_cluster_size
    std::optional<std::uint64_t> conf_id; // wsrep_cluster_conf_id; absent outside a Primary
    std::optional<History> state_uuid;    // wsrep_cluster_state_uuid
    std::optional<std::uint32_t> weight;  // wsrep_cluster_weight
    NodeState node_state{NodeState::unknown};
    std::optional<bool> ready;                // wsrep_ready
    std::optional<bool> connected;            // wsrep_connected
    std::optional<bool> desynced;             // wsrep_desync
    std::optional<bool> read_only;            // read_only
    std::optional<std::uint32_t> local_index; // wsrep_local_index; absent outside a component
};

struct NodeReport {
    AgentReport agent;

    NodeStatus status{NodeStatus::stopped};
    ServerState server{ServerState::stopped};
    SeqnoState seqno_state{SeqnoState::recovering};
    SeqnoSource seqno_source{SeqnoSource::none};
    std::optional<Position> position; // present exactly when seqno_state is known
    Taint taint{Taint::none};

    /// From grastate.dat; absent when it could not be read.
    std::optional<Position> saved_position;
    std::optional<bool> safe_to_bootstrap;
    /// Whether gvwstate.dat exists. Of that file nothing else is believed.
    std::optional<bool> view_file;

    UserData user_data{UserData::unknown};
    std::string node_name; // wsrep_node_name; empty: not configured
    std::optional<Address> node_address;
    std::string cluster_name;
    std::string roster_digest;           // see roster_digest() in common/model/roster.hpp
    std::optional<bool> quorum_override; // pc.ignore_sb or pc.ignore_quorum
    std::optional<bool> durable_commit;  // innodb_flush_log_at_trx_commit = 1
    StartGuard start_guard{StartGuard::unknown};

    std::optional<View> applied_view; // absent when there is none or it could not be read
    std::optional<Lineage> lineage;   // absent when it is unknown, which proves nothing
    ViewLog views; // that the data went through, at or below the position of a stopped node

    ClusterReport cluster;
    ReplicationReport replication;
    InitiatorReport initiator;
    PeersReport peers;
};

/// Whether the node is part of a Primary component, in whatever state.
[[nodiscard]] inline bool in_primary(const NodeReport& report) {
    return report.server == ServerState::serving && report.cluster.status == ClusterStatus::primary;
}

/// Whether the server runs outside of any Primary component and says so. It has applied all that it
/// was given in the last one by then: measured, and read in Galera 4, which drains its appliers
/// before it tells the server of a view that is not Primary.
[[nodiscard]] inline bool is_outside_primary(const NodeReport& report) {
    return report.server == ServerState::serving &&
           report.cluster.status == ClusterStatus::non_primary;
}

/// Whether the node is a full member: in a Primary component, Synced, and taking queries.
[[nodiscard]] inline bool is_member(const NodeReport& report) {
    return in_primary(report) && report.cluster.node_state == NodeState::synced &&
           report.cluster.ready == true;
}

} // namespace galera
