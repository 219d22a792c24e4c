#include "common/node/initiator_report.hpp"

#include "common/node/initiator_state.hpp"

#include <optional>
#include <utility>

namespace galera::node {

namespace {

/// What was read; nothing where that failed, which is noted.
template <typename Record>
std::optional<Record> noted(Result<std::optional<Record>> read, std::vector<Error>& errors) {
    if (read)
        return *std::move(read);
    errors.push_back(read.error());
    return std::nullopt;
}

/// A row for each node of the roster, filled from those of the record, which are by address too.
std::vector<PeerReport> rows_of(const Roster& roster, std::vector<PeerReport> recorded,
                                const NodeReport& report) {
    std::vector<PeerReport> rows;
    rows.reserve(roster.size());
    auto next = recorded.begin();
    for (const auto& node : roster) {
        while (next != recorded.end() && next->address < node.address)
            ++next;
        const bool is_recorded = next != recorded.end() && next->address == node.address;
        PeerReport row = is_recorded ? std::move(*next) : PeerReport{};
        row.address = node.address;
        row.local = node.address == report.node_address;
        if (row.name.empty())
            row.name = row.local ? report.node_name : node.name;
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace

void show_initiator(const InitiatorPlaces& places, NodeReport& report, std::vector<Error>& errors) {
    auto& initiator = report.initiator;
    std::optional<DecisionRecord> published;
    if (const auto at_work = read_initiator_at_work(places.run_dir)) {
        if (*at_work) {
            initiator.phase = (*at_work)->phase;
            initiator.claimed_unix_seconds = (*at_work)->claimed_unix_seconds;
        }
        published = noted(read_published_decision(places.run_dir), errors);
    } else {
        errors.push_back(at_work.error());
        // There may be one: that it is not there is what nobody may conclude.
        initiator.phase = InitiatorPhase::surveying;
    }
    std::optional<DecisionRecord> kept;
    if (!places.state_dir.empty())
        kept = noted(read_kept_decision(places.state_dir), errors);
    auto survey = noted(read_peers(places.run_dir), errors).value_or(PeersRecord{});
    if (auto last = last_of(std::move(published), std::move(kept))) {
        if (last->holder == survey.holder) // it is rewritten with each survey, the decision is not
            last->decision.run.surveys = survey.surveys;
        initiator.decision = std::move(last->decision);
    }
    report.peers.surveyed_unix_seconds = survey.peers.surveyed_unix_seconds;
    report.peers.nodes = rows_of(places.roster, std::move(survey.peers.nodes), report);
}

} // namespace galera::node
