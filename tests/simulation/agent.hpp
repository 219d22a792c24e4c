// The agents: each looks at its node at its own interval, recovers the position of a stopped one,
// and answers from what it saw last.
#pragma once

#include "common/model/node_report.hpp"
#include "common/node/initiator_state.hpp"
#include "tests/simulation/group.hpp"

#include <array>
#include <optional>

namespace galera::simulation {

/// What an initiator shows to the agent beside it; empty: none runs.
using Shown = std::optional<node::InitiatorPhase>;

/// What an agent saw at one moment. Small, since most are never asked for.
struct Snapshot {
    Time taken{0};
    unsigned id{0}; // 0: none yet
    NodeStatus status{NodeStatus::stopped};
    ServerState server{ServerState::stopped};
    SeqnoState seqno_state{SeqnoState::recovering};
    Taint taint{Taint::none};
    ClusterStatus cluster{ClusterStatus::unknown};
    NodeState node_state{NodeState::unknown};
    bool safe{false};
    bool view_file{false};
    bool user_data{false};
    int tip{nothing};
    int view_of{nothing}; // the entry whose applied view was read
    int saved{nothing};
    std::size_t size{0};
    std::uint64_t conf_id{0}; // in a Primary component: its view
    std::optional<Lineage> lineage;
    ViewLog views;
};

struct Agent {
    bool up{false};
    bool stuck{false}; // answers, and does not look any more
    unsigned life{0};
    Snapshot snapshot;
    unsigned recovered{0}; // of which version of the files the position is known
    unsigned recovering{0};
    Time recovery_ends{0};
};

class Agents {
public:
    Agents(Scene& scene, Group& group) : scene_{scene}, group_{group} {}

    void start(int node);
    void kill(int node);
    void set_stuck(int node, bool stuck);
    /// `ground_taken`: the initiator beside it holds the lock of the data directory.
    void sample(int node, unsigned life, const Shown& shown, bool ground_taken);

    [[nodiscard]] const Agent& at(int node) const {
        return agents_[static_cast<std::size_t>(node)];
    }
    /// Whether a recovery has the data directory.
    [[nodiscard]] bool recovers(int node) const;
    /// What it answers now.
    void answer(int node, NodeReport& report) const;
    /// What never changes in a node's reports.
    [[nodiscard]] NodeReport blank_report(int node) const;

private:
    void look_at_server(int node, Snapshot& seen);
    void look_at_stopped(int node, Snapshot& seen, bool ground_taken);
    void follow_lineage(int node, bool initiator_runs, Snapshot& seen);

    Scene& scene_;
    Group& group_;
    std::array<Agent, nodes_max> agents_;
    unsigned eras_named_{0};
};

/// The address of a node; they rise with its number.
Address address_of(int node);
/// The name of an era, never drawn twice.
Uuid era_name(int kind, unsigned number);

} // namespace galera::simulation
