#include "tests/exhaustive/invariants.hpp"

#include <algorithm>
#include <array>

namespace galera::exhaustive {

using decision::Lack;
using decision::Proof;
using decision::Reason;
using decision::Verdict;
using decision::VerdictKind;

namespace {

Nodes peers_in_a_primary(const Look& look) {
    auto nodes = look.oracle.in_a_primary();
    nodes.erase(look.survey.local);
    return nodes;
}

bool is_new_join(const Look& look) {
    return look.verdict.kind == VerdictKind::join && look.verdict.reason != Reason::already_member;
}

bool is_debris(const NodeReport& report) {
    return report.taint == Taint::cut;
}

/// The Primary's members that say where they are.
Nodes placed_nodes(const Look& look) {
    auto nodes = peers_in_a_primary(look);
    std::erase_if(nodes, [&](auto node) { return !look.oracle.heard(node)->position; });
    return nodes;
}

std::vector<const NodeReport*> placed(const Look& look) {
    std::vector<const NodeReport*> members;
    for (const auto node : placed_nodes(look))
        members.push_back(look.oracle.heard(node));
    return members;
}

std::set<History> histories_of_primaries(const Look& look) {
    std::set<History> histories;
    for (const auto node : peers_in_a_primary(look)) {
        if (const auto& history = look.oracle.heard(node)->cluster.state_uuid)
            histories.insert(*history);
    }
    return histories;
}

// --- of one verdict

Held kind_is_that_of_the_reason(const Look& look) {
    return row_of(look.verdict.reason).verdict == look.verdict.kind;
}

bool restores(const Look& look) {
    return look.verdict.reason == Reason::primary_restored;
}

Held bootstraps_only_in_quiet(const Look& look) {
    if (look.verdict.kind != VerdictKind::bootstrap || restores(look))
        return std::nullopt;
    return look.here() && look.here()->server == ServerState::stopped &&
           !look.oracle.anybody_at_work(look.survey.local);
}

/// The old scripts prove nothing, and deny.
Held bootstraps_never_against_the_old_scripts(const Look& look) {
    if (!look.oracle.legacy_denies())
        return std::nullopt;
    return look.verdict.kind != VerdictKind::bootstrap;
}

Held restores_only_where_all_are_outside(const Look& look) {
    if (!restores(look))
        return std::nullopt;
    for (std::size_t node = 0; node < look.oracle.size(); ++node) {
        if (node != look.survey.local && look.oracle.claims(node))
            return false;
    }
    return look.rules.recover_non_primary && look.oracle.is_outside(look.survey.local) &&
           look.oracle.all_outside() && look.verdict.proof == Proof::census;
}

Held leaves_a_running_server_alone(const Look& look) {
    if (!look.here() || look.here()->server != ServerState::serving || restores(look))
        return std::nullopt;
    return look.verdict.kind != VerdictKind::bootstrap &&
           (look.verdict.kind != VerdictKind::join ||
            look.verdict.reason == Reason::already_member);
}

Held says_that_the_primary_is_lost(const Look& look) {
    if (look.verdict.reason != Reason::primary_lost)
        return std::nullopt;
    for (std::size_t node = 0; node < look.oracle.size(); ++node) {
        if (!look.oracle.is_lost(node) && !look.oracle.is_outside(node))
            return false;
    }
    return !look.rules.recover_non_primary;
}

Held bootstraps_never_beside_an_alive_peer(const Look& look) {
    if (!look.oracle.anybody_alive())
        return std::nullopt;
    return look.verdict.kind != VerdictKind::bootstrap;
}

Held bootstraps_only_when_proven(const Look& look) {
    if (look.verdict.kind != VerdictKind::bootstrap)
        return std::nullopt;
    return look.verdict.elected == look.survey.local &&
           look.oracle.proven(look.verdict.proof, look.survey.local);
}

Held bootstraps_only_where_nobody_lived_apart(const Look& look) {
    if (look.verdict.kind != VerdictKind::bootstrap)
        return std::nullopt;
    return look.oracle.one_history() && !look.oracle.apart_or_unknown();
}

Held bootstraps_never_from_debris(const Look& look) {
    if (!look.here() || !is_debris(*look.here()))
        return std::nullopt;
    return look.verdict.kind != VerdictKind::bootstrap;
}

Held bootstraps_from_what_it_holds(const Look& look) {
    if (look.verdict.kind != VerdictKind::bootstrap)
        return std::nullopt;
    return look.verdict.start_position == look.here()->position &&
           look.verdict.lineage == look.oracle.past(look.survey.local);
}

Held waits_for_the_proven_one(const Look& look) {
    if (look.verdict.reason != Reason::elected_other)
        return std::nullopt;
    const auto elected = look.verdict.elected;
    return elected && *elected != look.survey.local &&
           look.verdict.named == std::vector{decision::Named{*elected, Lack::elected}} &&
           look.oracle.proven(look.verdict.proof, *elected);
}

Held acts_only_on_a_report_of_its_own(const Look& look) {
    if (look.here())
        return std::nullopt;
    return look.verdict.kind == VerdictKind::wait || look.verdict.kind == VerdictKind::refuse;
}

Held refuses_a_misconfigured_peer(const Look& look) {
    if (!look.oracle.misconfigured() || look.verdict.reason == Reason::already_member)
        return std::nullopt;
    return look.verdict.reason == Reason::cluster_name_differs ||
           look.verdict.reason == Reason::roster_differs ||
           look.verdict.reason == Reason::address_differs;
}

Held a_primary_is_joined_or_nothing(const Look& look) {
    if (look.oracle.misconfigured() || !look.here() ||
        look.here()->server != ServerState::stopped || peers_in_a_primary(look).empty())
        return std::nullopt;
    constexpr std::array waits{Reason::primary_behind, Reason::lineage_unknown,
                               Reason::peer_starting, Reason::local_unknown};
    return look.verdict.kind == VerdictKind::join || look.verdict.kind == VerdictKind::refuse ||
           std::ranges::find(waits, look.verdict.reason) != waits.end();
}

Held joins_only_a_primary_of_its_history(const Look& look) {
    if (!is_new_join(look))
        return std::nullopt;
    const auto members = placed(look);
    if (members.empty() || !look.here())
        return false;
    const auto& here = *look.here();
    if (look.verdict.reason == Reason::data_discarded)
        return look.rules.discard_local_data;
    if (!here.position)
        return is_debris(here) || here.user_data == UserData::absent;
    return here.position->history == members.front()->position->history;
}

Held joins_only_one_history(const Look& look) {
    if (!is_new_join(look))
        return std::nullopt;
    std::set<History> histories;
    for (const auto* member : placed(look))
        histories.insert(member->position->history);
    return histories.size() == 1;
}

Held joins_only_one_line(const Look& look) {
    if (!is_new_join(look))
        return std::nullopt;
    const auto members = placed_nodes(look);
    return std::ranges::none_of(members, [&](auto left) {
        return std::ranges::any_of(members, [&](auto right) {
            return look.oracle.heard(left)->position->history ==
                       look.oracle.heard(right)->position->history &&
                   look.oracle.lived_apart(left, right) == true;
        });
    });
}

Held joins_only_on_the_line(const Look& look) {
    if (look.verdict.reason != Reason::primary_up || !look.here()->position ||
        is_debris(*look.here()))
        return std::nullopt;
    bool reached = false;
    for (const auto node : placed_nodes(look)) {
        const auto* member = look.oracle.heard(node);
        const auto apart = look.oracle.lived_apart(look.survey.local, node);
        if (apart != false)
            return false;
        reached = reached || member->position->seqno >= look.here()->position->seqno;
    }
    return reached;
}

Held joins_with_a_position_only_if_untainted(const Look& look) {
    if (!is_new_join(look))
        return std::nullopt;
    const bool keeps =
        look.verdict.reason == Reason::primary_up && look.here()->taint == Taint::none;
    return look.verdict.start_position == (keeps ? look.here()->position : std::nullopt);
}

Held takes_over_the_lineage_of_the_primary(const Look& look) {
    if (!is_new_join(look))
        return std::nullopt;
    // Without the view that they belong to, the eras could not be known again after the join.
    auto members = peers_in_a_primary(look);
    std::erase_if(members, [&](auto node) {
        return !look.oracle.heard(node)->applied_view || !look.oracle.past(node);
    });
    if (members.empty())
        return !look.verdict.lineage;
    return std::ranges::any_of(members, [&](auto node) {
        return look.oracle.past(node) == look.verdict.lineage &&
               look.oracle.heard(node)->applied_view == look.verdict.view;
    });
}

Held is_ahead_where_the_primary_is_behind(const Look& look) {
    if (look.verdict.reason != Reason::primary_behind)
        return std::nullopt;
    return std::ranges::all_of(placed(look), [&](const NodeReport* member) {
        return member->position->seqno < look.here()->position->seqno;
    });
}

Held keeps_data_without_a_history(const Look& look) {
    const auto* here = look.here();
    if (!here || here->seqno_state != SeqnoState::undefined || is_debris(*here) ||
        here->user_data != UserData::present || look.rules.discard_local_data)
        return std::nullopt;
    return look.verdict.kind != VerdictKind::join;
}

Held refuses_for_a_cause(const Look& look) {
    const auto& oracle = look.oracle;
    switch (look.verdict.reason) {
    case Reason::histories_differ:
        return !oracle.one_history();
    case Reason::history_forked:
        return oracle.apart();
    case Reason::several_hold_data:
        return look.verdict.named.size() > 1;
    case Reason::two_primaries:
        return histories_of_primaries(look).size() > 1;
    case Reason::cluster_name_differs:
    case Reason::roster_differs:
    case Reason::address_differs:
        return oracle.misconfigured();
    case Reason::history_differs:
        return look.here()->position &&
               look.here()->position->history != placed(look).front()->position->history;
    case Reason::local_data_unaccounted:
        return !look.here()->position && look.here()->user_data != UserData::absent;
    default:
        break;
    }
    return look.verdict.kind != VerdictKind::refuse ? Held{} : false;
}

Held says_a_rival_is_one(const Look& look) {
    if (look.verdict.reason != Reason::rival_claim)
        return std::nullopt;
    return look.oracle.claims(look.survey.local);
}

Held names_whom_it_waits_for(const Look& look) {
    if (look.verdict.kind != VerdictKind::wait && look.verdict.kind != VerdictKind::refuse)
        return std::nullopt;
    return !look.verdict.named.empty();
}

Held names_each_node_once_in_order(const Look& look) {
    const auto& named = look.verdict.named;
    return std::ranges::adjacent_find(named, [](const auto& left, const auto& right) {
               return left.node >= right.node;
           }) == named.end();
}

Held tells_the_truth_about_whom_it_names(const Look& look) {
    return std::ranges::all_of(look.verdict.named, [&](const decision::Named& named) {
        return is_true(named, look.survey, look.oracle);
    });
}

constexpr std::array of_one{
    LookInvariant{"kind_is_that_of_the_reason", kind_is_that_of_the_reason},
    LookInvariant{"bootstraps_only_in_quiet", bootstraps_only_in_quiet},
    LookInvariant{"bootstraps_never_against_the_old_scripts",
                  bootstraps_never_against_the_old_scripts},
    LookInvariant{"restores_only_where_all_are_outside", restores_only_where_all_are_outside},
    LookInvariant{"leaves_a_running_server_alone", leaves_a_running_server_alone},
    LookInvariant{"says_that_the_primary_is_lost", says_that_the_primary_is_lost},
    LookInvariant{"bootstraps_never_beside_an_alive_peer", bootstraps_never_beside_an_alive_peer},
    LookInvariant{"bootstraps_only_when_proven", bootstraps_only_when_proven},
    LookInvariant{"bootstraps_only_where_nobody_lived_apart",
                  bootstraps_only_where_nobody_lived_apart},
    LookInvariant{"bootstraps_never_from_debris", bootstraps_never_from_debris},
    LookInvariant{"bootstraps_from_what_it_holds", bootstraps_from_what_it_holds},
    LookInvariant{"waits_for_the_proven_one", waits_for_the_proven_one},
    LookInvariant{"acts_only_on_a_report_of_its_own", acts_only_on_a_report_of_its_own},
    LookInvariant{"refuses_a_misconfigured_peer", refuses_a_misconfigured_peer},
    LookInvariant{"a_primary_is_joined_or_nothing", a_primary_is_joined_or_nothing},
    LookInvariant{"joins_only_a_primary_of_its_history", joins_only_a_primary_of_its_history},
    LookInvariant{"joins_only_one_history", joins_only_one_history},
    LookInvariant{"joins_only_one_line", joins_only_one_line},
    LookInvariant{"joins_only_on_the_line", joins_only_on_the_line},
    LookInvariant{"joins_with_a_position_only_if_untainted",
                  joins_with_a_position_only_if_untainted},
    LookInvariant{"takes_over_the_lineage_of_the_primary", takes_over_the_lineage_of_the_primary},
    LookInvariant{"is_ahead_where_the_primary_is_behind", is_ahead_where_the_primary_is_behind},
    LookInvariant{"keeps_data_without_a_history", keeps_data_without_a_history},
    LookInvariant{"refuses_for_a_cause", refuses_for_a_cause},
    LookInvariant{"says_a_rival_is_one", says_a_rival_is_one},
    LookInvariant{"names_whom_it_waits_for", names_whom_it_waits_for},
    LookInvariant{"names_each_node_once_in_order", names_each_node_once_in_order},
    LookInvariant{"tells_the_truth_about_whom_it_names", tells_the_truth_about_whom_it_names},
};

// --- of all verdicts on one survey

Held at_most_one_bootstraps(const Whole& whole) {
    return std::ranges::count(whole.verdicts, VerdictKind::bootstrap, &Verdict::kind) <= 1;
}

Held all_elect_the_same(const Whole& whole) {
    Nodes elected;
    for (const auto& verdict : whole.verdicts) {
        if (verdict.elected && verdict.kind != VerdictKind::join)
            elected.insert(*verdict.elected);
    }
    if (elected.empty())
        return std::nullopt;
    return elected.size() == 1;
}

/// It bootstraps, or lets another's claim or attempt end first.
Held the_elected_one_knows(const Whole& whole) {
    Held held;
    for (const auto& verdict : whole.verdicts) {
        if (verdict.reason != Reason::elected_other)
            continue;
        const auto& its = whole.verdicts[*verdict.elected];
        held = its.kind == VerdictKind::bootstrap || its.reason == Reason::peer_claims ||
               its.reason == Reason::rival_claim || its.reason == Reason::peer_bootstraps;
        if (held == false)
            return held;
    }
    return held;
}

bool is_quiet(const Whole& whole) {
    return !whole.oracle.anybody_at_work(whole.verdicts.size()) && !whole.oracle.anybody_alive() &&
           !whole.oracle.misconfigured();
}

/// What is wrong with the whole cluster is said alike by everybody who could decide.
Held refuses_everywhere_alike(const Whole& whole) {
    constexpr std::array at_any_time{Reason::cluster_name_differs, Reason::roster_differs,
                                     Reason::address_differs, Reason::two_primaries};
    constexpr std::array in_quiet{Reason::histories_differ, Reason::history_forked,
                                  Reason::several_hold_data};
    const bool quiet = is_quiet(whole);
    const Verdict* said = nullptr;
    for (std::size_t node = 0; node < whole.verdicts.size(); ++node) {
        const auto& verdict = whole.verdicts[node];
        const bool concerns_all = std::ranges::count(at_any_time, verdict.reason) > 0 ||
                                  (quiet && std::ranges::count(in_quiet, verdict.reason) > 0);
        if (could_decide(whole.oracle, node) && concerns_all)
            said = &verdict;
    }
    if (!said)
        return std::nullopt;
    for (std::size_t node = 0; node < whole.verdicts.size(); ++node) {
        if (could_decide(whole.oracle, node) && !(whole.verdicts[node] == *said))
            return false;
    }
    return true;
}

/// Nothing stands in the way of a proof that holds: it must not be missed.
Held bootstraps_when_provable(const Whole& whole) {
    if (!is_quiet(whole) || whole.oracle.legacy_denies() || !whole.oracle.one_history() ||
        whole.oracle.apart_or_unknown())
        return std::nullopt;
    for (std::size_t node = 0; node < whole.verdicts.size(); ++node) {
        if (could_decide(whole.oracle, node) && whole.oracle.provable(node))
            return whole.verdicts[node].kind == VerdictKind::bootstrap;
    }
    return std::nullopt;
}

bool nobody_claims(const Whole& whole) {
    for (std::size_t node = 0; node < whole.verdicts.size(); ++node) {
        if (whole.oracle.claims(node))
            return false;
    }
    return true;
}

/// A whole cluster outside of any Primary component, of which one may restore one.
bool may_be_restored(const Whole& whole) {
    return whole.rules.recover_non_primary && whole.oracle.all_outside() && nobody_claims(whole) &&
           !whole.oracle.misconfigured();
}

Held restores_when_it_may(const Whole& whole) {
    if (!may_be_restored(whole) || !whole.oracle.one_history() || whole.oracle.apart_or_unknown())
        return std::nullopt;
    for (std::size_t node = 0; node < whole.verdicts.size(); ++node) {
        if (whole.oracle.is_outside(node) && whole.oracle.census(node))
            return whole.verdicts[node].reason == Reason::primary_restored;
    }
    for (std::size_t node = 0; node < whole.verdicts.size(); ++node) {
        if (whole.oracle.is_outside(node))
            return false; // nobody was elected
    }
    return std::nullopt;
}

/// What lived apart, or may have, is not joined again by a Primary component.
Held restores_nothing_that_lived_apart(const Whole& whole) {
    if (!may_be_restored(whole) || !whole.oracle.one_history() || !whole.oracle.apart())
        return std::nullopt;
    for (std::size_t node = 0; node < whole.verdicts.size(); ++node) {
        if (whole.oracle.is_outside(node) && whole.verdicts[node].reason != Reason::history_forked)
            return false;
    }
    return true;
}

Held last_to_leave_bootstraps(const Whole& whole) {
    if (!is_quiet(whole) || whole.oracle.legacy_denies() || !whole.oracle.one_history() ||
        whole.oracle.apart_or_unknown())
        return std::nullopt;
    Nodes last;
    bool overridden = false;
    for (std::size_t node = 0; node < whole.verdicts.size(); ++node) {
        const auto* report = whole.oracle.heard(node);
        overridden = overridden || (report && report->quorum_override != false);
        if (report && whole.oracle.looks_last(node))
            last.insert(node);
    }
    const bool one = last.size() == 1 && could_decide(whole.oracle, *last.begin()) &&
                     whole.oracle.last_to_leave(*last.begin());
    if (!one || overridden)
        return std::nullopt;
    return whole.verdicts[*last.begin()].kind == VerdictKind::bootstrap ||
           whole.verdicts[*last.begin()].proof == Proof::census;
}

Held refuses_those_who_lived_apart(const Whole& whole) {
    if (!is_quiet(whole) || !whole.oracle.one_history() || !whole.oracle.apart())
        return std::nullopt;
    for (std::size_t node = 0; node < whole.verdicts.size(); ++node) {
        if (could_decide(whole.oracle, node) &&
            whole.verdicts[node].reason != Reason::history_forked)
            return false;
    }
    return true;
}

Held refuses_different_histories(const Whole& whole) {
    if (!is_quiet(whole) || whole.oracle.one_history())
        return std::nullopt;
    for (std::size_t node = 0; node < whole.verdicts.size(); ++node) {
        if (could_decide(whole.oracle, node) &&
            whole.verdicts[node].reason != Reason::histories_differ)
            return false;
    }
    return true;
}

constexpr std::array of_all{
    WholeInvariant{"at_most_one_bootstraps", at_most_one_bootstraps},
    WholeInvariant{"all_elect_the_same", all_elect_the_same},
    WholeInvariant{"the_elected_one_knows", the_elected_one_knows},
    WholeInvariant{"refuses_everywhere_alike", refuses_everywhere_alike},
    WholeInvariant{"bootstraps_when_provable", bootstraps_when_provable},
    WholeInvariant{"restores_when_it_may", restores_when_it_may},
    WholeInvariant{"restores_nothing_that_lived_apart", restores_nothing_that_lived_apart},
    WholeInvariant{"last_to_leave_bootstraps", last_to_leave_bootstraps},
    WholeInvariant{"refuses_those_who_lived_apart", refuses_those_who_lived_apart},
    WholeInvariant{"refuses_different_histories", refuses_different_histories},
};

} // namespace

std::span<const LookInvariant> look_invariants() {
    return of_one;
}

std::span<const WholeInvariant> whole_invariants() {
    return of_all;
}

bool could_decide(const Oracle& oracle, std::size_t node) {
    const auto* report = oracle.heard(node);
    return report && report->server == ServerState::stopped &&
           report->status != NodeStatus::bootstrapping;
}

} // namespace galera::exhaustive
