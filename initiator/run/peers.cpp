#include "initiator/run/peers.hpp"

#include "initiator/run/explain.hpp"

#include <algorithm>

namespace galera::run {

namespace {

PeerCondition told_by(const NodeReport& report) {
    return {.status = report.status,
            .cluster = report.cluster.status,
            .node_state = report.cluster.node_state,
            .seqno_state = report.seqno_state,
            .position = report.position};
}

std::optional<PeerSighting> last_sighting(const PeersReport& before, const Address& address) {
    const auto row = std::ranges::lower_bound(before.nodes, address, {}, &PeerReport::address);
    const bool is_there = row != before.nodes.end() && row->address == address;
    return is_there ? row->last_seen : std::nullopt;
}

} // namespace

Reachability reachability_of(const decision::Answer& answer, const decision::Rules& rules) {
    if (const auto* report = answer.report())
        return is_fresh(*report, rules) ? Reachability::answers : Reachability::stale;
    switch (std::get<decision::Silence>(answer.said)) {
    case decision::Silence::not_authentic:
        return Reachability::not_authentic;
    case decision::Silence::no_agent:
        return Reachability::no_agent;
    case decision::Silence::unknown:
        return Reachability::unreadable;
    case decision::Silence::alive:
        return Reachability::alive;
    case decision::Silence::legacy:
        return Reachability::legacy;
    case decision::Silence::no_answer:
        break;
    }
    return Reachability::no_answer;
}

PeersReport peers_of(const decision::Survey& survey, const decision::Rules& rules,
                     const PeersReport& before, std::int64_t unix_seconds) {
    PeersReport peers{.surveyed_unix_seconds = unix_seconds, .nodes = {}};
    for (const auto& answer : survey.answers) {
        PeerReport row{.address = answer.node.address,
                       .name = printable(answer.name),
                       .local = answer.node.address == survey.here().node.address,
                       .reachability = reachability_of(answer, rules),
                       .condition = std::nullopt,
                       .last_seen = last_sighting(before, answer.node.address)};
        if (const auto* report = answer.report()) {
            row.condition = told_by(*report);
            row.last_seen = PeerSighting{unix_seconds, answer.round_trip};
        }
        peers.nodes.push_back(std::move(row));
    }
    return peers;
}

} // namespace galera::run
