#include "tests/simulation/agent.hpp"

#include <algorithm>

namespace galera::simulation {

Address address_of(int node) {
    Address address;
    address.octets = {10, 0, 0, static_cast<std::uint8_t>(node + 1)};
    address.text = "10.0.0." + std::to_string(node + 1);
    return address;
}

Uuid era_name(int kind, unsigned number) {
    Uuid::Octets octets{};
    octets[0] = 0xbb;
    octets[1] = static_cast<std::uint8_t>(kind);
    octets[2] = static_cast<std::uint8_t>(number >> 8U);
    octets[3] = static_cast<std::uint8_t>(number);
    return *Uuid::from(octets);
}

void Agents::start(int node) {
    auto& agent = agents_[static_cast<std::size_t>(node)];
    if (agent.up)
        return;
    const auto life = agent.life + 1;
    agent = Agent{.up = true, .life = life};
    scene_.schedule.add(scene_.now + scene_.random.between(10, 300), Kind::sample, node, 0, life);
}

void Agents::kill(int node) {
    auto& agent = agents_[static_cast<std::size_t>(node)];
    agent.up = false;
    ++agent.life;
}

void Agents::set_stuck(int node, bool stuck) {
    agents_[static_cast<std::size_t>(node)].stuck = stuck;
}

bool Agents::recovers(int node) const {
    const auto& agent = at(node);
    return agent.up && agent.recovering == group_.files_version(node) + 1 &&
           scene_.now < agent.recovery_ends;
}

void Agents::sample(int node, unsigned life, const Shown& shown, bool ground_taken) {
    auto& agent = agents_[static_cast<std::size_t>(node)];
    if (agent.life != life)
        return;
    // A busy machine looks later than it should.
    const auto late = scene_.random.chance(5) ? scene_.setup.sample_interval : 0;
    scene_.schedule.add(scene_.now + scene_.setup.sample_interval + late, Kind::sample, node, 0,
                        life);
    if (agent.stuck)
        return;
    auto& seen = agent.snapshot;
    const auto& disk = scene_.disk(node);
    seen.taken = scene_.now;
    ++seen.id;
    seen.cluster = ClusterStatus::unknown;
    seen.node_state = NodeState::unknown;
    seen.taint = Taint::none;
    seen.tip = seen.view_of = nothing;
    const bool up = group_.is_up(node);
    if (up)
        look_at_server(node, seen);
    else
        look_at_stopped(node, seen, ground_taken);
    seen.safe = disk.safe_to_bootstrap;
    seen.view_file = disk.view_file;
    seen.user_data = disk.user_data;
    seen.saved = disk.saved;
    follow_lineage(node, shown.has_value(), seen);
    if (shown == node::InitiatorPhase::bootstrapping)
        seen.status = NodeStatus::bootstrapping;
    else if (up)
        seen.status = NodeStatus::running;
    else if (!shown)
        seen.status = NodeStatus::stopped;
    else
        seen.status =
            shown == node::InitiatorPhase::claiming ? NodeStatus::locked : NodeStatus::initiating;
}

void Agents::look_at_server(int node, Snapshot& seen) {
    const auto& server = group_.server(node);
    if (server.paused || server.stage == Stage::stopping || !server.listening) {
        seen.server = server.listening ? ServerState::unreachable : ServerState::starting;
        seen.seqno_state = server.listening ? SeqnoState::failed : SeqnoState::recovering;
        return;
    }
    seen.server = ServerState::serving;
    const bool primary = group_.in_primary(node);
    seen.cluster = primary ? ClusterStatus::primary : ClusterStatus::non_primary;
    seen.size = group_.size_of_component(node);
    seen.conf_id = group_.view_id(node);
    if (!primary)
        seen.node_state = NodeState::initialized;
    else if (server.stage == Stage::joining)
        seen.node_state = NodeState::joining;
    else
        seen.node_state = server.synced ? NodeState::synced : NodeState::joined;
    seen.tip = seen.view_of = scene_.disk(node).tip;
    // The position is asked first, and the view a moment later.
    if (seen.tip != nothing && scene_.random.chance(10))
        seen.tip = scene_.order.back(seen.tip, 1);
    seen.seqno_state = seen.tip == nothing ? SeqnoState::undefined : SeqnoState::known;
}

void Agents::look_at_stopped(int node, Snapshot& seen, bool ground_taken) {
    auto& agent = agents_[static_cast<std::size_t>(node)];
    const auto& disk = scene_.disk(node);
    const auto version = group_.files_version(node) + 1;
    seen.taint = disk.traces ? Taint::cut : Taint::none;
    seen.server = ServerState::recovering;
    seen.seqno_state = SeqnoState::recovering;
    if (agent.recovering != version && !ground_taken) {
        agent.recovering = version;
        agent.recovery_ends = scene_.now + scene_.random.between(200, 900);
    }
    if (agent.recovering != version || scene_.now < agent.recovery_ends)
        return;
    seen.server = ServerState::stopped;
    seen.tip = seen.view_of = disk.tip;
    seen.seqno_state = seen.tip == nothing ? SeqnoState::undefined : SeqnoState::known;
    if (disk.nil && !disk.traces && disk.tip != nothing)
        seen.taint = disk.record && disk.record->joining ? Taint::cut : Taint::nil_history;
}

/// As common/node/lineage_file.cpp does it: brings the record up to what has just been seen, and
/// what is said of the lineage up to the record.
void Agents::follow_lineage(int node, bool initiator_runs, Snapshot& seen) {
    seen.lineage.reset();
    seen.views.clear();
    auto& record = scene_.disk(node).record;
    const bool in_transfer = seen.server == ServerState::starting && scene_.disk(node).traces;
    const bool joined =
        seen.node_state == NodeState::joined || seen.node_state == NodeState::synced;
    if (record && (in_transfer || joined))
        record->joining = in_transfer;
    if (seen.tip == nothing)
        return;
    const bool serving = seen.server == ServerState::serving;
    const auto history = history_uuid(scene_.order.at(seen.tip).history);
    const auto& view = scene_.order.view(scene_.order.at(seen.view_of).view);
    const auto mark = mark_of(view.as_reported);
    const bool same_history = record && record->history == history;
    if ((serving || same_history) && !(same_history && record->last_view == mark)) {
        auto next =
            followed(record, view.as_reported, name_of(node), era_name(1 + node, ++eras_named_));
        if (same_history && (next.eras != record->eras || next.known != record->known)) {
            scene_.tell(node, "agent sees that somebody bootstrapped by hand; the lineage is ",
                        next.known ? "continued" : "unknown");
        }
        record = std::move(next);
        record->stopped_at.reset();
    }
    const auto position = scene_.order.position(seen.tip);
    if (!record || record->history != history) {
        seen.lineage = Lineage{};
        return;
    }
    if (seen.server == ServerState::stopped) {
        record->stopped_at = position.seqno;
        record->views = views_up_to(record->views, position.seqno);
    } else {
        record->stopped_at.reset();
    }
    seen.views = record->views;
    // The era of a bootstrap that never came to its first view.
    if (!initiator_runs && seen.server == ServerState::stopped && !record->eras.empty() &&
        record->eras.back().first.value() == position.seqno.value() + 1)
        record->eras.pop_back();
    if (record->known)
        seen.lineage = serving ? record->eras : eras_up_to(record->eras, position.seqno);
}

NodeReport Agents::blank_report(int node) const {
    NodeReport report;
    report.node_name = name_of(node);
    report.node_address = address_of(node);
    report.cluster_name = "cluster";
    report.roster_digest = "roster";
    report.quorum_override = false;
    report.durable_commit = scene_.durable(node);
    return report;
}

void Agents::answer(int node, NodeReport& report) const {
    const auto& seen = at(node).snapshot;
    report.agent.snapshot_id = seen.id;
    report.agent.snapshot_age = std::chrono::milliseconds{scene_.now - seen.taken};
    report.status = seen.status;
    report.server = seen.server;
    report.seqno_state = seen.seqno_state;
    report.taint = seen.taint;
    report.safe_to_bootstrap = seen.safe;
    report.view_file = seen.view_file;
    report.user_data = seen.user_data ? UserData::present : UserData::absent;
    report.lineage = seen.lineage;
    report.views = seen.views;
    const auto position_of = [&](int entry) -> std::optional<Position> {
        if (entry == nothing)
            return std::nullopt;
        return scene_.order.position(entry);
    };
    report.position = position_of(seen.tip);
    report.saved_position = position_of(seen.saved);
    if (seen.view_of == nothing)
        report.applied_view.reset();
    else
        report.applied_view = scene_.order.view(scene_.order.at(seen.view_of).view).as_reported;
    report.cluster.status = seen.cluster;
    report.cluster.node_state = seen.node_state;
    report.cluster.ready = seen.node_state == NodeState::synced;
    report.cluster.conf_id.reset();
    if (seen.cluster == ClusterStatus::primary)
        report.cluster.conf_id = seen.conf_id;
    report.cluster.state_uuid.reset();
    if (seen.cluster == ClusterStatus::primary && report.position)
        report.cluster.state_uuid = report.position->history;
}

} // namespace galera::simulation
