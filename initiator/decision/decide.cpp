#include "initiator/decision/decide.hpp"

#include "initiator/decision/ground.hpp"
#include "initiator/decision/line.hpp"
#include "initiator/decision/proofs.hpp"

#include <algorithm>
#include <array>

namespace galera::decision {

namespace {

// The rules, in the order of the law. Each gives a verdict or passes on.

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
                    {{local, ground.lack_of_evidence(local).value_or(Lack::stale)}});
}

Lack lack_of_membership(const NodeReport& report) {
    if (is_busy(report))
        return Lack::server_busy;
    return in_primary(report) ? Lack::not_synced : Lack::non_primary;
}

/// Nobody is in a Primary component, and every node runs.
bool has_lost_its_primary(const Ground& ground) {
    return std::ranges::all_of(ground.nodes(), [&](std::size_t node) {
        return ground.reports[node] && is_outside_primary(*ground.reports[node]);
    });
}

Given wait_for_local_server(const Ground& ground) {
    if (!is_up(*ground.here()) || ground.may_restore())
        return std::nullopt;
    if (has_lost_its_primary(ground))
        return wait_for(Reason::primary_lost,
                        ground.nodes_where(is_outside_primary, Lack::non_primary));
    return wait_for(Reason::local_server_up,
                    {{ground.survey.local, lack_of_membership(*ground.here())}});
}

/// Members of Primary components that cannot be one.
Given refuse_two_primaries(const Ground& ground) {
    const auto primaries = ground.peers_where(in_primary, Lack::contradicts);
    for (const auto& [left, lack] : primaries) {
        for (const auto& [right, other_lack] : primaries) {
            const auto& one = *ground.reports[left];
            const auto& other = *ground.reports[right];
            const auto& uuid = one.cluster.state_uuid;
            if (uuid && other.cluster.state_uuid && uuid != other.cluster.state_uuid)
                return refuse_over(Reason::two_primaries, primaries);
            if (one.position && other.position &&
                one.position->history == other.position->history &&
                relation_of(ground, left, right) == Relation::forked)
                return refuse_over(Reason::history_forked, primaries);
        }
    }
    return std::nullopt;
}

/// Whether the report is of the Primary component as it is now: a member may not have applied the
/// view yet that it came in with, and tell of what it held before.
bool has_applied_its_view(const NodeReport& report) {
    return !report.cluster.conf_id || !report.applied_view ||
           *report.cluster.conf_id == report.applied_view->id;
}

bool is_settled_in_primary(const NodeReport& report) {
    return in_primary(report) && has_applied_its_view(report);
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

/// Whether the report tells the eras up to the view that it names: a bootstrapping node's may be
/// read before its first view.
bool tells_lineage(const Ground& ground, std::size_t node) {
    const auto& lineage = ground.lineages[node];
    const auto& view = ground.reports[node]->applied_view;
    return lineage && view && (lineage->empty() || lineage->back().first <= view->seqno);
}

/// Takes the lineage of the Primary component, and the view that goes with it, from a member.
void take_lineage(const Ground& ground, const std::vector<Named>& primaries, Verdict& verdict) {
    for (const auto& [node, lack] : primaries) {
        if (!tells_lineage(ground, node))
            continue;
        verdict.lineage = ground.lineages[node];
        verdict.view = ground.reports[node]->applied_view;
        verdict.views = ground.reports[node]->views;
        return;
    }
}

/// What keeps the data of the local node from being a part of the Primary's; empty: nothing.
Given obstacle_to_join(const Ground& ground, const std::vector<Named>& primaries,
                       const Position& primary) {
    const auto& here = *ground.here();
    const auto local = ground.survey.local;
    // The debris of a cut state transfer is nobody's data: the next one overwrites it.
    if (is_cut(here) && (!here.position || here.position->history == primary.history))
        return std::nullopt;
    if (!here.position) {
        if (here.user_data == UserData::absent)
            return std::nullopt;
        return refuse_over(Reason::local_data_unaccounted, {{local, Lack::contradicts}});
    }
    const auto order = compare_in_one_history(*here.position, primary);
    if (!order)
        return refuse_over(Reason::history_differs, {{local, Lack::contradicts}});
    // With each of them: one that has just come from elsewhere still tells of where it was.
    bool on_the_line = true;
    for (const auto& [node, lack] : primaries) {
        if (!ground.reports[node]->position)
            continue;
        const auto relation = relation_of(ground, local, node);
        if (relation == Relation::forked || may_be_beside(ground, local, node))
            return refuse_over(Reason::history_forked, {{local, Lack::contradicts}});
        on_the_line = on_the_line && relation == Relation::one_line;
    }
    if (!on_the_line) {
        std::vector<Named> unknown;
        for (std::size_t node = 0; node < ground.size(); ++node) {
            const auto* report = ground.reports[node];
            if (report && !ground.lineages[node] && (node == local || in_primary(*report)))
                unknown.push_back({node, Lack::lineage_unknown});
        }
        return wait_for(Reason::lineage_unknown, std::move(unknown));
    }
    if (*order > 0)
        return wait_for(Reason::primary_behind, ground.peers_where(
                                                    [](const NodeReport& report) {
                                                        return in_primary(report) &&
                                                               report.position.has_value();
                                                    },
                                                    Lack::behind));
    return std::nullopt;
}

/// A Primary component is up: join it, if the local node may. Whose files contradict InnoDB, or
/// whose data is to go, brings no position: the donor sends everything.
Given join_primary(const Ground& ground) {
    const auto primaries = ground.peers_where(is_settled_in_primary, Lack::behind);
    if (primaries.empty() && ground.peers_where(in_primary, Lack::unknown).empty())
        return std::nullopt;
    const auto local = ground.survey.local;
    if (const auto lack = ground.lack_of_evidence(local))
        return wait_for(Reason::local_unknown, {{local, *lack}});
    const auto primary = position_of_primary(ground, primaries);
    if (!primary)
        return wait_for(Reason::peer_starting, ground.peers_where(in_primary, Lack::unknown));

    Verdict verdict{.kind = VerdictKind::join, .reason = Reason::primary_up};
    verdict.elected = primaries.front().node;
    verdict.history = primary->history;
    take_lineage(ground, primaries, verdict);
    if (auto obstacle = obstacle_to_join(ground, primaries, *primary)) {
        if (!ground.rules.discard_local_data)
            return obstacle;
        verdict.reason = Reason::data_discarded;
    } else if (ground.here()->taint == Taint::none) {
        verdict.start_position = ground.here()->position;
    }
    return verdict;
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
        if (kind.reason == Reason::peer_non_primary && ground.may_restore())
            continue; // that is what it is about
        if (auto named = ground.peers_where(kind.matches, kind.lack); !named.empty())
            return wait_for(kind.reason, std::move(named));
    }
    if (auto named = ground.peers_where(is_claiming, Lack::claiming); !named.empty())
        return wait_for(ground.claiming ? Reason::rival_claim : Reason::peer_claims,
                        std::move(named));
    return std::nullopt;
}

/// The nodes whose positions are worth comparing: not the debris of a cut state transfer.
std::vector<Named> whole_holders(const Ground& ground) {
    return ground.nodes_where(
        [](const NodeReport& report) { return report.position && !is_cut(report); },
        Lack::contradicts);
}

/// A report that is too old proves nothing, and a server that it tells of may still be there.
bool told_of_life(const Ground& ground, std::size_t node) {
    const auto* report = ground.survey.answers[node].report();
    return report && !ground.reports[node] && node != ground.survey.local &&
           (is_up(*report) || is_claiming(*report) || is_bootstrapping(*report));
}

/// Its server accepts connections, or was there when the node last said: nobody bootstraps beside
/// it.
Given wait_for_alive_peer(const Ground& ground) {
    std::vector<Named> alive;
    for (std::size_t node = 0; node < ground.size(); ++node) {
        const auto* silence = std::get_if<Silence>(&ground.survey.answers[node].said);
        if (silence && *silence == Silence::alive)
            alive.push_back({node, Lack::alive});
        else if (told_of_life(ground, node))
            alive.push_back({node, Lack::stale});
    }
    if (alive.empty())
        return std::nullopt;
    return wait_for(Reason::peer_alive, std::move(alive));
}

/// What the scripts of 2014 say of a node; null where they do not.
const LegacyReport* legacy_of(const Ground& ground, std::size_t node) {
    const auto& answer = ground.survey.answers[node];
    const auto* silence = std::get_if<Silence>(&answer.said);
    return silence && *silence == Silence::legacy && answer.legacy ? &*answer.legacy : nullptr;
}

/// Their word that a node is alive, or at work, is taken: they follow another law, or none.
Given wait_for_legacy_peer(const Ground& ground) {
    struct Kind {
        NodeStatus status;
        Lack lack;
        Reason reason;
    };
    static constexpr std::array kinds{
        Kind{NodeStatus::bootstrapping, Lack::legacy_at_work, Reason::peer_bootstraps},
        Kind{NodeStatus::initiating, Lack::legacy_at_work, Reason::peer_starting},
        Kind{NodeStatus::running, Lack::legacy_running, Reason::peer_alive},
        Kind{NodeStatus::locked, Lack::legacy_at_work, Reason::peer_claims},
    };
    for (const auto& kind : kinds) {
        std::vector<Named> named;
        for (std::size_t node = 0; node < ground.size(); ++node) {
            const auto* legacy = legacy_of(ground, node);
            if (legacy && legacy->status == kind.status)
                named.push_back({node, kind.lack});
        }
        if (!named.empty())
            return wait_for(kind.reason, std::move(named));
    }
    return std::nullopt;
}

/// Of whatever history: a seqno above all that are known denies every proof.
Given wait_for_legacy_ahead(const Ground& ground) {
    std::optional<Seqno> highest;
    for (std::size_t node = 0; node < ground.size(); ++node) {
        if (const auto position = ground.held(node))
            highest = std::max(highest, std::optional{position->seqno});
    }
    std::vector<Named> named;
    for (std::size_t node = 0; node < ground.size(); ++node) {
        const auto* legacy = legacy_of(ground, node);
        if (legacy && legacy->seqno > highest)
            named.push_back({node, Lack::legacy_ahead});
    }
    if (named.empty())
        return std::nullopt;
    return wait_for(Reason::legacy_ahead, std::move(named));
}

Given refuse_different_histories(const Ground& ground) {
    const auto holders = whole_holders(ground);
    for (const auto& [node, lack] : holders) {
        if (ground.reports[node]->position->history !=
            ground.reports[holders.front().node]->position->history)
            return refuse_over(Reason::histories_differ, holders);
    }
    return std::nullopt;
}

/// Positions that cannot be of one line: their nodes have lived apart.
Given refuse_forked_history(const Ground& ground) {
    std::vector<bool> forked(ground.size(), false);
    std::vector<bool> unknown(ground.size(), false);
    const auto holders = whole_holders(ground);
    for (const auto& [left, lack] : holders) {
        for (const auto& [right, other_lack] : holders) {
            const auto relation = relation_of(ground, left, right);
            if (left != right && relation == Relation::forked)
                forked[left] = true;
            if (left != right && relation == Relation::unknown)
                unknown[left] = unknown[left] || !ground.lineages[left];
        }
    }
    const auto named = [&](const std::vector<bool>& nodes, Lack lack) {
        std::vector<Named> result;
        for (std::size_t node = 0; node < nodes.size(); ++node) {
            if (nodes[node])
                result.push_back({node, lack});
        }
        return result;
    };
    if (auto apart = named(forked, Lack::contradicts); !apart.empty())
        return refuse_over(Reason::history_forked, std::move(apart));
    if (auto open = named(unknown, Lack::lineage_unknown); !open.empty())
        return wait_for(Reason::lineage_unknown, std::move(open));
    return std::nullopt;
}

/// What keeps a running node from being a part of the census of a group without a Primary.
std::optional<Lack> lack_of_rest(const Ground& ground, std::size_t node) {
    if (const auto lack = ground.lack_of_evidence(node))
        return lack;
    const auto& report = *ground.reports[node];
    if (!is_up(report))
        return Lack::stopped;
    if (!is_outside_primary(report))
        return Lack::disconnected;
    return report.position ? std::nullopt : std::optional{Lack::no_history};
}

/// A Primary component is restored only where nobody else can be, or come, in one.
Given wait_for_all_to_rest(const Ground& ground) {
    if (!ground.may_restore())
        return std::nullopt;
    std::vector<Named> named;
    for (const auto node : ground.nodes()) {
        if (const auto lack = lack_of_rest(ground, node))
            named.push_back({node, *lack});
    }
    if (named.empty())
        return std::nullopt;
    return wait_for(Reason::restore_open, std::move(named));
}

constexpr std::array law{
    accept_membership,     refuse_misconfiguration,
    wait_for_local_report, wait_for_local_server,
    refuse_two_primaries,  join_primary,
    wait_for_busy_peer,    wait_for_alive_peer,
    wait_for_legacy_peer,  refuse_different_histories,
    refuse_forked_history, wait_for_all_to_rest,
    wait_for_legacy_ahead, prove_genesis,
    prove_census,          prove_closure,
    prove_last_to_leave,   wait_for_evidence,
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

std::optional<Lineage> lineage_to_learn(const Survey& survey, const Rules& rules) {
    const Ground ground{survey, rules, false};
    const auto* here = ground.here();
    if (!here || !here->applied_view)
        return std::nullopt;
    if (!here->lineage)
        return ground.lineages[survey.local];
    if (!in_primary(*here))
        return std::nullopt;
    std::optional<Lineage> learnt;
    for (const auto* report : ground.reports) {
        if (!report || !in_primary(*report) || report->applied_view != here->applied_view ||
            !report->lineage)
            continue;
        const auto eras = eras_up_to(*report->lineage, here->applied_view->seqno);
        if (!is_beginning_of(*here->lineage, eras))
            continue;
        if (learnt && learnt != eras)
            return std::nullopt;
        learnt = eras;
    }
    return learnt;
}

std::string_view phrase_of(Lack lack) {
    switch (lack) {
    case Lack::no_answer:
        return "does not answer SNMP";
    case Lack::not_authentic:
        return "does not accept snmp-user with its level, protocols and passphrases";
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
    case Lack::not_synced:
        return "is in the Primary component and not Synced yet";
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
    case Lack::joining:
        return "has not applied the last view it was in, and may have been a joiner";
    case Lack::elected:
        return "is to bootstrap";
    case Lack::no_view:
        return "holds the highest position and no applied view";
    case Lack::not_durable:
        return "does not flush its log at each commit";
    case Lack::quorum_override:
        return "ran with pc.ignore_sb or pc.ignore_quorum";
    case Lack::minority:
        return "was last in a view without a majority of the roster";
    case Lack::outside_roster:
        return "was last in a view with a node that the roster does not name";
    case Lack::legacy:
        return "runs the old scripts, whose word proves nothing";
    case Lack::legacy_running:
        return "runs a server, by the word of its old scripts";
    case Lack::legacy_at_work:
        return "is being started, by the word of its old scripts";
    case Lack::legacy_ahead:
        return "holds more, by the word of its old scripts";
    case Lack::stopped:
        return "has no server running";
    case Lack::disconnected:
        return "has a server that is in no group";
    case Lack::lineage_unknown:
        break;
    }
    return "does not know which eras it went through";
}

} // namespace galera::decision
