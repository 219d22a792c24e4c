#include "initiator/decision/decide.hpp"

#include <algorithm>
#include <array>
#include <ranges>

namespace galera::decision {

namespace {

/// The survey, sorted into what counts as evidence and what does not.
struct Ground {
    const Survey& survey;
    const Rules& rules;
    bool claiming;
    /// For each answer: its report, or null where it is no evidence.
    std::vector<const NodeReport*> reports;

    Ground(const Survey& taken, const Rules& in_force, bool claims)
        : survey{taken}, rules{in_force}, claiming{claims} {
        for (const auto& answer : survey.answers) {
            const auto* report = answer.report();
            reports.push_back(report && is_fresh(*report, rules) ? report : nullptr);
        }
    }

    [[nodiscard]] const NodeReport* here() const { return reports[survey.local]; }
    [[nodiscard]] std::size_t size() const { return reports.size(); }
};

using Matches = bool (*)(const NodeReport&);

std::vector<Named> peers_where(const Ground& ground, Matches matches, Lack lack) {
    std::vector<Named> named;
    for (std::size_t node = 0; node < ground.size(); ++node) {
        if (node != ground.survey.local && ground.reports[node] && matches(*ground.reports[node]))
            named.push_back({node, lack});
    }
    return named;
}

bool is_up(const NodeReport& report) {
    return report.server == ServerState::starting || report.server == ServerState::serving ||
           report.server == ServerState::unreachable;
}

bool is_busy(const NodeReport& report) {
    return report.server == ServerState::starting || report.server == ServerState::unreachable;
}

bool is_non_primary(const NodeReport& report) {
    return report.server == ServerState::serving && !in_primary(report);
}

bool is_claiming(const NodeReport& report) {
    return report.status == NodeStatus::locked;
}

bool is_bootstrapping(const NodeReport& report) {
    return report.status == NodeStatus::bootstrapping;
}

bool has_no_history(const NodeReport& report) {
    return report.seqno_state == SeqnoState::undefined;
}

bool is_cut(const NodeReport& report) {
    return report.taint == Taint::cut;
}

/// Why a node is no evidence of a position; empty where it is.
std::optional<Lack> lack_of_evidence(const Ground& ground, std::size_t node) {
    const auto& said = ground.survey.answers[node].said;
    if (const auto* silence = std::get_if<Silence>(&said)) {
        switch (*silence) {
        case Silence::no_answer:
            return Lack::no_answer;
        case Silence::not_authentic:
            return Lack::not_authentic;
        case Silence::no_agent:
            return Lack::no_agent;
        case Silence::unknown:
            return Lack::unreadable;
        case Silence::alive:
            return Lack::alive;
        }
    }
    const auto* report = ground.reports[node];
    if (!report)
        return Lack::stale;
    if (report->seqno_state == SeqnoState::recovering)
        return Lack::recovering;
    if (report->seqno_state == SeqnoState::failed)
        return Lack::unknown;
    return std::nullopt;
}

Verdict wait_for(Reason reason, std::vector<Named> named) {
    Verdict verdict{.kind = VerdictKind::wait, .reason = reason};
    verdict.named = std::move(named);
    return verdict;
}

Verdict refuse_over(Reason reason, std::vector<Named> named) {
    Verdict verdict{.kind = VerdictKind::refuse, .reason = reason};
    verdict.named = std::move(named);
    return verdict;
}

/// The election has been won by `node`: bootstrap here, or wait for it by name.
Verdict elect(const Ground& ground, std::size_t node, Reason reason, Proof proof) {
    Verdict verdict{.proof = proof, .elected = node};
    if (node != ground.survey.local) {
        verdict.kind = VerdictKind::wait;
        verdict.reason = Reason::elected_other;
        verdict.named = {{node, Lack::elected}};
        return verdict;
    }
    verdict.kind = VerdictKind::bootstrap;
    verdict.reason = reason;
    verdict.start_position = ground.here()->position;
    return verdict;
}

/// Of two equal candidates: the one that Galera calls safe, then the lower address. The answers
/// stand in the order of the addresses, so the first of equals is the lowest.
std::size_t break_tie(const Ground& ground, const std::vector<std::size_t>& candidates) {
    const auto safe = std::ranges::find_if(candidates, [&](std::size_t node) {
        return ground.reports[node]->safe_to_bootstrap == true;
    });
    return safe != candidates.end() ? *safe : candidates.front();
}

// The rules, in the order of the law. Each gives a verdict or passes on.

using Given = std::optional<Verdict>;

Given refuse_misconfiguration(const Ground& ground) {
    std::vector<Named> other_cluster;
    std::vector<Named> other_roster;
    std::vector<Named> other_address;
    for (std::size_t node = 0; node < ground.size(); ++node) {
        const auto* report = ground.reports[node];
        // Before its first sample an agent knows nothing of its node.
        if (!report || !report->node_address)
            continue;
        if (report->cluster_name != ground.rules.cluster_name)
            other_cluster.push_back({node, Lack::contradicts});
        if (report->roster_digest != ground.rules.roster_digest)
            other_roster.push_back({node, Lack::contradicts});
        if (*report->node_address != ground.survey.answers[node].node.address)
            other_address.push_back({node, Lack::contradicts});
    }
    if (!other_address.empty())
        return refuse_over(Reason::address_differs, std::move(other_address));
    if (!other_cluster.empty())
        return refuse_over(Reason::cluster_name_differs, std::move(other_cluster));
    if (!other_roster.empty())
        return refuse_over(Reason::roster_differs, std::move(other_roster));
    return std::nullopt;
}

Given accept_membership(const Ground& ground) {
    if (!ground.here() || !is_member(*ground.here()))
        return std::nullopt;
    return Verdict{.kind = VerdictKind::join, .reason = Reason::already_member};
}

Given wait_for_local_report(const Ground& ground) {
    if (ground.here())
        return std::nullopt;
    const auto local = ground.survey.local;
    return wait_for(Reason::local_unknown,
                    {{local, lack_of_evidence(ground, local).value_or(Lack::stale)}});
}

Given wait_for_local_server(const Ground& ground) {
    if (!is_up(*ground.here()))
        return std::nullopt;
    const auto lack = is_busy(*ground.here()) ? Lack::server_busy : Lack::non_primary;
    return wait_for(Reason::local_server_up, {{ground.survey.local, lack}});
}

Given refuse_two_primaries(const Ground& ground) {
    const auto primaries = peers_where(ground, in_primary, Lack::contradicts);
    for (const auto& [node, lack] : primaries) {
        if (ground.reports[node]->cluster.state_uuid !=
            ground.reports[primaries.front().node]->cluster.state_uuid)
            return refuse_over(Reason::two_primaries, primaries);
    }
    return std::nullopt;
}

/// The furthest position that a member of the Primary component has applied.
std::optional<Position> position_of_primary(const Ground& ground,
                                            const std::vector<Named>& primaries) {
    std::optional<Position> furthest;
    for (const auto& [node, lack] : primaries) {
        const auto& position = ground.reports[node]->position;
        if (position && (!furthest || position->seqno > furthest->seqno))
            furthest = position;
    }
    return furthest;
}

Verdict join_with(std::optional<Position> start_position, const std::vector<Named>& primaries) {
    Verdict verdict{.kind = VerdictKind::join, .reason = Reason::primary_up};
    verdict.elected = primaries.front().node;
    verdict.start_position = std::move(start_position);
    return verdict;
}

/// A Primary component is up: join it, if the local node may.
Given join_primary(const Ground& ground) {
    auto primaries = peers_where(ground, in_primary, Lack::behind);
    if (primaries.empty())
        return std::nullopt;
    const auto& here = *ground.here();
    const auto local = ground.survey.local;

    if (const auto lack = lack_of_evidence(ground, local))
        return wait_for(Reason::local_unknown, {{local, *lack}});
    if (!here.position) {
        // The debris of a cut state transfer is nobody's data: the next one overwrites it.
        if (here.user_data == UserData::absent || is_cut(here))
            return join_with(std::nullopt, primaries);
        return refuse_over(Reason::local_data_unaccounted, {{local, Lack::contradicts}});
    }
    const auto primary = position_of_primary(ground, primaries);
    if (!primary)
        return wait_for(Reason::peer_starting, std::move(primaries));
    const auto order = compare_in_one_history(*here.position, *primary);
    if (!order)
        return refuse_over(Reason::history_differs, {{local, Lack::contradicts}});
    // A cut transfer may have brought the donor's position without its data.
    if (is_cut(here))
        return join_with(std::nullopt, primaries);
    if (*order > 0)
        return wait_for(Reason::primary_behind, std::move(primaries));
    // Files that contradict InnoDB: let the donor send everything.
    if (here.taint != Taint::none)
        return join_with(std::nullopt, primaries);
    return join_with(here.position, primaries);
}

Given wait_for_busy_peer(const Ground& ground) {
    struct Kind {
        Matches matches;
        Lack lack;
        Reason reason;
    };
    static constexpr std::array kinds{
        Kind{is_bootstrapping, Lack::bootstrapping, Reason::peer_bootstraps},
        Kind{is_busy, Lack::server_busy, Reason::peer_starting},
        Kind{is_non_primary, Lack::non_primary, Reason::peer_non_primary},
    };
    for (const auto& kind : kinds) {
        if (auto named = peers_where(ground, kind.matches, kind.lack); !named.empty())
            return wait_for(kind.reason, std::move(named));
    }
    if (auto named = peers_where(ground, is_claiming, Lack::claiming); !named.empty())
        return wait_for(ground.claiming ? Reason::rival_claim : Reason::peer_claims,
                        std::move(named));
    return std::nullopt;
}

Given refuse_different_histories(const Ground& ground) {
    std::vector<Named> holders;
    bool differ = false;
    for (std::size_t node = 0; node < ground.size(); ++node) {
        const auto* report = ground.reports[node];
        if (!report || !report->position)
            continue;
        holders.push_back({node, Lack::contradicts});
        differ = differ || report->position->history !=
                               ground.reports[holders.front().node]->position->history;
    }
    if (!differ)
        return std::nullopt;
    return refuse_over(Reason::histories_differ, std::move(holders));
}

/// Genesis: every roster node reported, none has a history.
Given prove_genesis(const Ground& ground) {
    const auto empty = [](const NodeReport* report) {
        return report && has_no_history(*report) && report->taint == Taint::none &&
               report->user_data != UserData::unknown;
    };
    if (!std::ranges::all_of(ground.reports, empty))
        return std::nullopt;
    std::vector<Named> with_data;
    for (std::size_t node = 0; node < ground.size(); ++node) {
        if (ground.reports[node]->user_data == UserData::present)
            with_data.push_back({node, Lack::contradicts});
    }
    if (with_data.size() > 1)
        return refuse_over(Reason::several_hold_data, std::move(with_data));
    const auto first = with_data.empty() ? 0 : with_data.front().node;
    return elect(ground, first, Reason::fresh_cluster, Proof::genesis);
}

/// Census: every roster node reported a known position. The highest seqno is elected, and nodes
/// whose files contradict each other only where no other is as high.
Given prove_census(const Ground& ground) {
    const auto known = [](const NodeReport* report) { return report && report->position; };
    if (!std::ranges::all_of(ground.reports, known))
        return std::nullopt;
    const auto seqno_of = [](const NodeReport* report) { return report->position->seqno; };
    const auto highest = seqno_of(*std::ranges::max_element(ground.reports, {}, seqno_of));

    std::vector<std::size_t> untainted;
    std::vector<std::size_t> contradicted;
    std::vector<Named> cut;
    for (std::size_t node = 0; node < ground.size(); ++node) {
        const auto& report = *ground.reports[node];
        if (report.position->seqno != highest)
            continue;
        if (report.taint == Taint::none)
            untainted.push_back(node);
        else if (is_cut(report))
            cut.push_back({node, Lack::cut});
        else
            contradicted.push_back(node);
    }
    const auto& candidates = untainted.empty() ? contradicted : untainted;
    if (candidates.empty())
        return wait_for(Reason::highest_is_cut, std::move(cut));
    return elect(ground, break_tie(ground, candidates), Reason::furthest_ahead, Proof::census);
}

/// What a node lacks that has reported in full, given that some node holds a history, or none.
std::optional<Lack> lack_of_position(const NodeReport& report, bool some_history) {
    if (!has_no_history(report))
        return std::nullopt;
    if (some_history)
        return Lack::no_history;
    if (is_cut(report))
        return Lack::cut;
    if (report.user_data == UserData::unknown)
        return Lack::unknown;
    return std::nullopt;
}

Given wait_for_evidence(const Ground& ground) {
    const bool some_history = std::ranges::any_of(
        ground.reports, [](const auto* report) { return report && report->position; });
    std::vector<Named> named;
    for (std::size_t node = 0; node < ground.size(); ++node) {
        auto lack = lack_of_evidence(ground, node);
        if (!lack)
            lack = lack_of_position(*ground.reports[node], some_history);
        if (lack)
            named.push_back({node, *lack});
    }
    return wait_for(Reason::census_open, std::move(named));
}

constexpr std::array law{
    accept_membership,     refuse_misconfiguration,    wait_for_local_report,
    wait_for_local_server, refuse_two_primaries,       join_primary,
    wait_for_busy_peer,    refuse_different_histories, prove_genesis,
    prove_census,          wait_for_evidence,
};

} // namespace

bool is_fresh(const NodeReport& report, const Rules& rules) {
    constexpr int intervals_max = 3;
    return report.agent.snapshot_id != 0 &&
           report.agent.snapshot_age <= intervals_max * rules.sample_interval;
}

Verdict decide(const Survey& survey, const Rules& rules, bool claiming) {
    const Ground ground{survey, rules, claiming};
    for (const auto rule : law) {
        if (auto given = rule(ground))
            return *std::move(given);
    }
    return wait_for(Reason::census_open, {});
}

std::string_view phrase_of(Lack lack) {
    switch (lack) {
    case Lack::no_answer:
        return "does not answer SNMP";
    case Lack::not_authentic:
        return "gives answers that are not authentic";
    case Lack::no_agent:
        return "runs snmpd without galera-agentx";
    case Lack::unreadable:
        return "gives a report that cannot be read";
    case Lack::alive:
        return "does not answer SNMP, but its server accepts connections";
    case Lack::stale:
        return "gives a report that is too old";
    case Lack::recovering:
        return "is recovering its position";
    case Lack::unknown:
        return "could not find out its position";
    case Lack::no_history:
        return "holds no history";
    case Lack::server_busy:
        return "has a server that starts or does not answer";
    case Lack::non_primary:
        return "runs outside a Primary component";
    case Lack::claiming:
        return "claims to bootstrap";
    case Lack::bootstrapping:
        return "bootstraps";
    case Lack::behind:
        return "has applied less than this node holds";
    case Lack::contradicts:
        return "contradicts the others";
    case Lack::cut:
        return "holds the debris of a cut state transfer";
    case Lack::elected:
        break;
    }
    return "is to bootstrap";
}

} // namespace galera::decision
