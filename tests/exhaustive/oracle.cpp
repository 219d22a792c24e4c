#include "tests/exhaustive/oracle.hpp"

#include <algorithm>

namespace galera::exhaustive {

using decision::Lack;
using decision::Proof;
using decision::Silence;

namespace {

bool is_silent(const decision::Answer& answer, Silence silence) {
    const auto* said = std::get_if<Silence>(&answer.said);
    return said && *said == silence;
}

/// What a node went through, up to a seqno.
std::vector<std::pair<std::int64_t, Uuid>> past(const Lineage& lineage, std::int64_t seqno) {
    std::vector<std::pair<std::int64_t, Uuid>> eras;
    for (const auto& era : lineage) {
        if (era.first.value() <= seqno)
            eras.emplace_back(era.first.value(), era.name);
    }
    return eras;
}

/// It stands at or beyond a view that it has not applied.
bool passed_unseen(const NodeReport& node, const NodeReport& other) {
    const bool runs_outside =
        node.server == ServerState::serving && node.cluster.status == ClusterStatus::non_primary;
    return (node.server == ServerState::stopped || runs_outside) &&
           node.position->seqno.value() >= other.applied_view->seqno.value() &&
           node.applied_view->seqno.value() < other.applied_view->seqno.value();
}

/// In a Primary component and no member yet, or not at the moment.
bool is_unsynced(const NodeReport& report) {
    return report.server == ServerState::serving &&
           report.cluster.status == ClusterStatus::primary &&
           report.cluster.node_state != NodeState::synced;
}

/// The view that it had applied at its position.
bool has_view_of_its_own(const NodeReport& report) {
    return report.applied_view && report.applied_view->history == report.position->history &&
           report.applied_view->seqno <= report.position->seqno;
}

/// An era has one view of each id, and later ones have higher ids; not each write set is a view.
bool ids_clash(const View& left, const View& right) {
    if (left.seqno == right.seqno)
        return left.id != right.id;
    const bool first = left.seqno < right.seqno;
    const auto& earlier = first ? left : right;
    const auto& later = first ? right : left;
    const auto seqnos = static_cast<std::uint64_t>(later.seqno.value() - earlier.seqno.value());
    return later.id < earlier.id + 1 || later.id > earlier.id + seqnos;
}

bool names_server(const View& view, const Uuid& uuid) {
    return std::ranges::count(view.members, uuid, &ViewMember::uuid) > 0;
}

} // namespace

/// In views of one era, as far as their ids and a server tell that was in both, and says itself
/// that it has applied the later one, or one behind it.
bool Oracle::were_together(std::size_t left, std::size_t right) const {
    if (!is_whole(left) || !is_whole(right))
        return false;
    const auto& one = heard_[left]->applied_view;
    const auto& other = heard_[right]->applied_view;
    if (!one || !other || one->history != other->history)
        return false;
    if (one->seqno == other->seqno)
        return one == other;
    const auto& last = one->seqno < other->seqno ? *other : *one;
    for (std::size_t node = 0; node < size() && !ids_clash(*one, *other); ++node) {
        const auto* said = heard_[node];
        if (!said || !said->applied_view || said->applied_view->history != last.history ||
            said->applied_view->seqno < last.seqno)
            continue;
        for (const auto& member : last.members) {
            if (!member.incoming_address.empty() && member.name == survey_.answers[node].name &&
                names_server(*one, member.uuid) && names_server(*other, member.uuid) &&
                names_server(*said->applied_view, member.uuid))
                return true;
        }
    }
    return false;
}

void Oracle::tell_pasts() {
    for (const auto* report : heard_)
        pasts_.push_back(report ? report->lineage : std::nullopt);
    for (std::size_t round = 0; round < size(); ++round) {
        for (std::size_t node = 0; node < size(); ++node) {
            for (std::size_t other = 0; other < size() && !pasts_[node]; ++other) {
                if (!pasts_[other] || !were_together(node, other))
                    continue;
                const auto common = std::min(heard_[node]->applied_view->seqno.value(),
                                             heard_[other]->applied_view->seqno.value());
                pasts_[node] = pasts_[other];
                std::erase_if(*pasts_[node],
                              [&](const Era& era) { return era.first.value() > common; });
            }
        }
    }
}

std::optional<bool> Oracle::lived_apart(std::size_t left, std::size_t right) const {
    const auto& one = *heard_[left];
    const auto& other = *heard_[right];
    const bool both_views = one.applied_view && other.applied_view;
    const bool same_view = both_views && one.applied_view == other.applied_view;
    if (both_views && !same_view &&
        (one.applied_view->seqno == other.applied_view->seqno || passed_unseen(one, other) ||
         passed_unseen(other, one)))
        return true;
    if (pasts_[left] && pasts_[right]) {
        const auto both = std::min(one.position->seqno.value(), other.position->seqno.value());
        const auto eras_at_view = [&](std::size_t node) {
            const auto at = heard_[node]->applied_view->seqno.value();
            return ::galera::exhaustive::past(*pasts_[node], at).size();
        };
        const bool clash = both_views && eras_at_view(left) == eras_at_view(right) &&
                           ids_clash(*one.applied_view, *other.applied_view);
        return clash || ::galera::exhaustive::past(*pasts_[left], both) !=
                            ::galera::exhaustive::past(*pasts_[right], both);
    }
    return were_together(left, right) ? std::optional{false} : std::nullopt;
}

Oracle::Oracle(const decision::Survey& survey, const decision::Rules& rules)
    : survey_{survey}, rules_{rules} {
    for (const auto& answer : survey.answers) {
        const auto* report = std::get_if<NodeReport>(&answer.said);
        const bool counts = report && report->agent.snapshot_id > 0 &&
                            report->agent.snapshot_age.count() <= 3 * rules.sample_interval.count();
        heard_.push_back(counts ? report : nullptr);
    }
    tell_pasts();
}

bool Oracle::is_lost(std::size_t node) const {
    const auto& answer = survey_.answers[node];
    const bool shows_life = is_silent(answer, Silence::alive) || is_silent(answer, Silence::legacy);
    if (std::holds_alternative<NodeReport>(answer.said) || shows_life)
        return false;
    return std::ranges::find(rules_.assume_lost, answer.node.address) != rules_.assume_lost.end();
}

bool Oracle::is_whole(std::size_t node) const {
    return heard_[node] && heard_[node]->position && heard_[node]->taint != Taint::cut;
}

std::optional<Position> Oracle::counted(std::size_t node) const {
    if (!heard_[node] || !heard_[node]->position)
        return std::nullopt;
    for (std::size_t other = 0; other < size(); ++other) {
        if (is_whole(other) && heard_[other]->position->history != heard_[node]->position->history)
            return is_whole(node) ? heard_[node]->position : std::nullopt;
    }
    return heard_[node]->position;
}

Nodes Oracle::in_a_primary() const {
    Nodes nodes;
    for (std::size_t node = 0; node < size(); ++node) {
        const auto* report = heard_[node];
        if (report && report->server == ServerState::serving &&
            report->cluster.status == ClusterStatus::primary)
            nodes.insert(node);
    }
    return nodes;
}

bool Oracle::anybody_at_work(std::size_t but) const {
    for (std::size_t node = 0; node < size(); ++node) {
        const auto* report = heard_[node];
        const auto scripts = legacy(node);
        if (scripts && scripts->status.value_or(NodeStatus::stopped) != NodeStatus::stopped)
            return true;
        if (!report || node == but)
            continue;
        const bool stopped =
            report->server == ServerState::stopped || report->server == ServerState::recovering;
        if (!stopped || claims(node) || report->status == NodeStatus::bootstrapping)
            return true;
    }
    return false;
}

bool Oracle::may_still_run(std::size_t node) const {
    const auto* told = std::get_if<NodeReport>(&survey_.answers[node].said);
    if (told == nullptr || heard_[node])
        return false;
    const bool ran =
        told->server != ServerState::stopped && told->server != ServerState::recovering;
    return ran || told->status == NodeStatus::locked || told->status == NodeStatus::bootstrapping;
}

bool Oracle::anybody_alive() const {
    for (std::size_t node = 0; node < size(); ++node)
        if (is_silent(survey_.answers[node], Silence::alive) || may_still_run(node))
            return true;
    return false;
}

std::optional<LegacyReport> Oracle::legacy(std::size_t node) const {
    const auto& answer = survey_.answers[node];
    return is_silent(answer, Silence::legacy) ? answer.legacy : std::nullopt;
}

bool Oracle::legacy_denies() const {
    std::int64_t known = -1;
    std::int64_t told = -1;
    for (std::size_t node = 0; node < size(); ++node) {
        if (const auto position = counted(node))
            known = std::max(known, position->seqno.value());
        if (const auto scripts = legacy(node); scripts && scripts->seqno)
            told = std::max(told, scripts->seqno->value());
    }
    return told > known;
}

bool Oracle::misconfigured() const {
    for (std::size_t node = 0; node < size(); ++node) {
        const auto* report = heard_[node];
        if (report && (report->cluster_name != rules_.cluster_name ||
                       report->roster_digest != rules_.roster_digest ||
                       report->node_address != survey_.answers[node].node.address))
            return true;
    }
    return false;
}

bool Oracle::is_outside(std::size_t node) const {
    const auto* report = heard_[node];
    return report && report->server == ServerState::serving &&
           report->cluster.status == ClusterStatus::non_primary;
}

bool Oracle::all_outside() const {
    for (std::size_t node = 0; node < size(); ++node) {
        if (!is_lost(node) && !(is_outside(node) && heard_[node]->position))
            return false;
    }
    return true;
}

bool Oracle::claims(std::size_t node) const {
    return heard_[node] && heard_[node]->status == NodeStatus::locked;
}

bool Oracle::one_history() const {
    std::set<History> histories;
    for (std::size_t node = 0; node < size(); ++node) {
        if (is_whole(node))
            histories.insert(heard_[node]->position->history);
    }
    return histories.size() <= 1;
}

bool Oracle::apart() const {
    for (std::size_t left = 0; left < size(); ++left) {
        for (std::size_t right = 0; right < left; ++right) {
            if (is_whole(left) && is_whole(right) && lived_apart(left, right) == true)
                return true;
        }
    }
    return false;
}

bool Oracle::apart_or_unknown() const {
    for (std::size_t left = 0; left < size(); ++left) {
        for (std::size_t right = 0; right < left; ++right) {
            if (is_whole(left) && is_whole(right) && lived_apart(left, right) != false)
                return true;
        }
    }
    return false;
}

bool Oracle::is_highest(std::size_t node) const {
    if (!is_whole(node))
        return false;
    for (std::size_t other = 0; other < size(); ++other) {
        const auto position = counted(other);
        if (position && position->seqno > heard_[node]->position->seqno)
            return false;
        const bool as_high = position && position->seqno == heard_[node]->position->seqno;
        if (as_high && heard_[node]->taint != Taint::none && heard_[other]->taint == Taint::none)
            return false;
    }
    return true;
}

bool Oracle::wins_tie(std::size_t node) const {
    const bool safe = heard_[node]->safe_to_bootstrap == true;
    for (std::size_t other = 0; other < size(); ++other) {
        if (other == node || !is_highest(other))
            continue;
        const bool other_safe = heard_[other]->safe_to_bootstrap == true;
        const bool lower = survey_.answers[other].node.address < survey_.answers[node].node.address;
        if (other_safe != safe ? other_safe : lower)
            return false;
    }
    return true;
}

Seqno Oracle::last_view_seqno() const {
    auto last = *Seqno::from(0);
    for (const auto* report : heard_) {
        if (report && report->applied_view)
            last = std::max(last, report->applied_view->seqno);
    }
    return last;
}

bool Oracle::names_stranger(std::size_t node) const {
    const auto& report = *heard_[node];
    return has_view_of_its_own(report) &&
           std::ranges::any_of(report.applied_view->members, [&](const ViewMember& member) {
               return !member.incoming_address.empty() &&
                      std::ranges::none_of(survey_.answers, [&](const auto& answer) {
                          return member.incoming_address == answer.node.name + ":3306";
                      });
           });
}

bool Oracle::accounts_for_last_view() const {
    std::optional<std::size_t> last;
    for (std::size_t node = 0; node < size(); ++node) {
        if (is_whole(node) && has_view_of_its_own(*heard_[node]) &&
            (!last || heard_[*last]->applied_view->seqno < heard_[node]->applied_view->seqno))
            last = node;
    }
    if (!last || !names_stranger(*last))
        return true;
    const auto& view = *heard_[*last]->applied_view;
    std::size_t left = 0;
    for (const auto& member : view.members)
        left += member.incoming_address.empty() ? 0U : 1U;
    for (std::size_t node = 0; node < size(); ++node) {
        const bool speaks =
            heard_[node] && heard_[node]->taint != Taint::cut && heard_[node]->applied_view == view;
        left -= left > 0 && speaks ? 1U : 0U;
    }
    return left == 0;
}

bool Oracle::census(std::size_t elected) const {
    for (std::size_t node = 0; node < size(); ++node) {
        if (!is_lost(node) && !counted(node))
            return false;
    }
    return is_highest(elected) && wins_tie(elected) && accounts_for_last_view();
}

bool Oracle::closure(std::size_t elected) const {
    const auto* highest = heard_[elected];
    if (rules_.census_only || !is_highest(elected) || highest->taint != Taint::none ||
        !wins_tie(elected) || !has_view_of_its_own(*highest) || names_stranger(elected))
        return false;
    Nodes view;
    for (const auto& member : highest->applied_view->members) {
        for (std::size_t node = 0; node < size(); ++node) {
            if (member.incoming_address == survey_.answers[node].node.name + ":3306" &&
                !is_lost(node))
                view.insert(node);
        }
    }
    std::size_t roster = 0;
    for (std::size_t node = 0; node < size(); ++node) {
        roster += is_lost(node) ? 0U : 1U;
        if (heard_[node] && heard_[node]->quorum_override != false)
            return false;
    }
    const bool all_speak = std::ranges::all_of(view, [&](auto node) {
        return is_whole(node) && heard_[node]->durable_commit == true &&
               heard_[node]->position->seqno >= highest->applied_view->seqno;
    });
    return all_speak && view.size() > roster - view.size();
}

bool Oracle::last_to_leave(std::size_t elected) const {
    return !rules_.census_only && is_highest(elected) && looks_last(elected) &&
           heard_[elected]->quorum_override == false;
}

bool Oracle::looks_last(std::size_t node) const {
    const auto* report = heard_[node];
    if (!report->position || report->taint != Taint::none || !has_view_of_its_own(*report))
        return false;
    const auto& members = report->applied_view->members;
    const auto itself = survey_.answers[node].node.name + ":3306";
    return report->safe_to_bootstrap == true && report->saved_position == report->position &&
           report->view_file == false && members.size() == 1 &&
           members.front().incoming_address == itself;
}

bool Oracle::genesis(std::size_t elected) const {
    Nodes with_data;
    std::optional<std::size_t> lowest;
    for (std::size_t node = 0; node < size(); ++node) {
        if (is_lost(node))
            continue;
        const auto* report = heard_[node];
        if (!report || report->seqno_state != SeqnoState::undefined ||
            report->taint != Taint::none || report->user_data == UserData::unknown)
            return false;
        if (report->user_data == UserData::present)
            with_data.insert(node);
        if (!lowest || survey_.answers[node].node.address < survey_.answers[*lowest].node.address)
            lowest = node;
    }
    return with_data.empty() ? elected == lowest : with_data == Nodes{elected};
}

bool Oracle::proven(Proof proof, std::size_t elected) const {
    switch (proof) {
    case Proof::census:
        return census(elected);
    case Proof::closure:
        return closure(elected);
    case Proof::last_to_leave:
        return last_to_leave(elected);
    case Proof::genesis:
        return genesis(elected);
    case Proof::none:
        break;
    }
    return false;
}

bool Oracle::provable(std::size_t elected) const {
    return census(elected) || closure(elected) || genesis(elected);
}

bool is_true(const decision::Named& named, const decision::Survey& survey, const Oracle& oracle) {
    const auto& answer = survey.answers[named.node];
    const auto* any = answer.report();
    const auto* heard = oracle.heard(named.node);
    const auto* here = oracle.heard(survey.local);
    switch (named.lack) {
    case Lack::no_answer:
        return is_silent(answer, Silence::no_answer);
    case Lack::not_authentic:
        return is_silent(answer, Silence::not_authentic);
    case Lack::no_agent:
        return is_silent(answer, Silence::no_agent);
    case Lack::unreadable:
        return is_silent(answer, Silence::unknown);
    case Lack::alive:
        return is_silent(answer, Silence::alive);
    case Lack::stale:
        return any && !heard;
    case Lack::recovering:
        return heard && heard->seqno_state == SeqnoState::recovering;
    case Lack::unknown:
        return heard && !heard->position;
    case Lack::no_history:
        return heard && !oracle.counted(named.node) &&
               heard->seqno_state != SeqnoState::recovering &&
               heard->seqno_state != SeqnoState::failed;
    case Lack::server_busy:
        return heard && (heard->server == ServerState::starting ||
                         heard->server == ServerState::unreachable);
    case Lack::non_primary:
        return heard && heard->server == ServerState::serving &&
               heard->cluster.status != ClusterStatus::primary;
    case Lack::not_synced:
        return heard && is_unsynced(*heard);
    case Lack::claiming:
        return oracle.claims(named.node);
    case Lack::bootstrapping:
        return heard && heard->status == NodeStatus::bootstrapping;
    case Lack::behind:
        return heard && heard->position && here && here->position &&
               heard->position->seqno < here->position->seqno;
    case Lack::cut:
        return heard && heard->taint == Taint::cut;
    case Lack::contradicts:
    case Lack::elected:
    case Lack::minority:
    case Lack::outside_roster:
        return heard;
    case Lack::joining:
        return heard && heard->position && heard->position->seqno < oracle.last_view_seqno();
    case Lack::no_view:
        return heard && heard->position && !has_view_of_its_own(*heard);
    case Lack::not_durable:
        return heard && heard->durable_commit != true;
    case Lack::quorum_override:
        return heard && heard->quorum_override != false;
    case Lack::legacy:
        return oracle.legacy(named.node).has_value();
    case Lack::legacy_running:
        return oracle.legacy(named.node).value().status == NodeStatus::running;
    case Lack::legacy_at_work:
        return oracle.legacy(named.node).value().status < NodeStatus::stopped &&
               oracle.legacy(named.node).value().status != NodeStatus::running;
    case Lack::legacy_ahead:
        return oracle.legacy_denies() && oracle.legacy(named.node).value().seqno;
    case Lack::stopped:
        return heard &&
               (heard->server == ServerState::stopped || heard->server == ServerState::recovering);
    case Lack::disconnected:
        return heard && heard->server == ServerState::serving && !oracle.is_outside(named.node) &&
               heard->cluster.status != ClusterStatus::primary;
    case Lack::lineage_unknown:
        break;
    }
    return heard && !oracle.past(named.node);
}

} // namespace galera::exhaustive
