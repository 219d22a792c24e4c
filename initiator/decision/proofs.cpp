#include "initiator/decision/proofs.hpp"

#include "initiator/decision/member.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>

namespace galera::decision {

namespace {

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
    if (verdict.start_position)
        verdict.history = verdict.start_position->history;
    verdict.lineage = ground.lineages[node];
    verdict.view = ground.here()->applied_view;
    verdict.views = ground.here()->views;
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

/// The nodes at the highest reported position, by what their files are worth.
struct Highest {
    std::vector<std::size_t> untainted;
    std::vector<std::size_t> contradicted;
    std::vector<Named> cut;
};

Highest find_highest(const Ground& ground) {
    std::optional<Seqno> seqno;
    for (std::size_t node = 0; node < ground.size(); ++node) {
        if (const auto position = ground.held(node))
            seqno = std::max(seqno, std::optional{position->seqno});
    }
    Highest highest;
    for (std::size_t node = 0; node < ground.size(); ++node) {
        const auto position = ground.held(node);
        if (!position || position->seqno != seqno)
            continue;
        const auto* report = ground.reports[node];
        if (report->taint == Taint::none)
            highest.untainted.push_back(node);
        else if (is_cut(*report))
            highest.cut.push_back({node, Lack::cut});
        else
            highest.contradicted.push_back(node);
    }
    return highest;
}

// --- closure

/// Whether two members that seem to be one node may be two machines.
bool is_another(const InRoster& member, const InRoster& other) {
    return member.host != other.host && (member.by_name || other.by_name);
}

/// The data nodes of the applied view of the highest reporter.
struct Closure {
    std::vector<std::size_t> nodes; // of the roster, the lost ones left out
    std::vector<Named> open;        // what keeps the proof from holding
};

Closure closure_of(const Ground& ground, std::size_t highest) {
    Closure closure;
    const auto& view = ground.reports[highest]->applied_view;
    if (!view || view->seqno > ground.reports[highest]->position->seqno) {
        closure.open.push_back({highest, Lack::no_view});
        return closure;
    }
    std::map<std::size_t, InRoster> seen;
    for (const auto& member : view->members) {
        if (member.incoming_address.empty())
            continue; // an arbitrator holds no data
        const auto found = find_in_roster(ground.survey, member);
        if (!found || is_another(*found, seen.try_emplace(found->node, *found).first->second))
            closure.open.push_back({highest, Lack::outside_roster});
        else if (!ground.lost[found->node])
            closure.nodes.push_back(found->node);
    }
    // A node that came back before its old self was given up stands in the view twice.
    std::ranges::sort(closure.nodes);
    closure.nodes.erase(std::unique(closure.nodes.begin(), closure.nodes.end()),
                        closure.nodes.end());
    return closure;
}

/// What a data node of the view lacks for its report to speak for what it once held.
std::optional<Lack> lack_in_closure(const Ground& ground, std::size_t node, const View& view) {
    if (const auto lack = ground.lack_of_evidence(node))
        return lack;
    const auto& report = *ground.reports[node];
    if (!ground.held(node))
        return Lack::no_history;
    // What a state transfer has overwritten may have been more.
    if (is_cut(report))
        return Lack::cut;
    // A joiner votes before it holds the state: joiners alone take the state of whom they meet.
    if (report.position->seqno < view.seqno)
        return Lack::joining;
    if (report.durable_commit != true)
        return Lack::not_durable;
    return std::nullopt;
}

bool holds_majority(const Ground& ground, const Closure& closure) {
    return 2 * closure.nodes.size() > ground.nodes().size();
}

bool may_override_quorum(const NodeReport& report) {
    return report.quorum_override != false;
}

std::vector<Named> sorted(std::vector<Named> named) {
    std::ranges::stable_sort(named, {}, &Named::node);
    const auto same_node = [](const Named& left, const Named& right) {
        return left.node == right.node;
    };
    named.erase(std::unique(named.begin(), named.end(), same_node), named.end());
    return named;
}

/// Everything that keeps the closure of the highest reporter open; empty: the proof holds.
std::vector<Named> open_in_closure(const Ground& ground, std::size_t highest) {
    auto closure = closure_of(ground, highest);
    for (const auto node : closure.nodes) {
        if (const auto lack = lack_in_closure(ground, node, *ground.reports[highest]->applied_view))
            closure.open.push_back({node, *lack});
    }
    if (closure.open.empty() && !holds_majority(ground, closure))
        closure.open.push_back({highest, Lack::minority});
    for (const auto& named : ground.nodes_where(may_override_quorum, Lack::quorum_override))
        closure.open.push_back(named);
    return sorted(std::move(closure.open));
}

// --- last to leave

bool was_last_to_leave(const Ground& ground, std::size_t node) {
    const auto* report = ground.reports[node];
    if (!report || !report->position || !report->applied_view)
        return false;
    const bool files_agree = report->safe_to_bootstrap == true &&
                             report->saved_position == report->position &&
                             report->view_file == false;
    const auto& members = report->applied_view->members;
    if (!files_agree || members.size() != 1)
        return false;
    const auto last = find_in_roster(ground.survey, members.front());
    return last && last->node == node;
}

// --- what is missing

/// What a node lacks that has reported in full, given that some node holds a history, or none.
std::optional<Lack> lack_of_position(const Ground& ground, std::size_t node, bool some_history) {
    const auto& report = *ground.reports[node];
    if (ground.held(node))
        return std::nullopt;
    if (some_history)
        return Lack::no_history;
    if (is_cut(report))
        return Lack::cut;
    if (report.taint != Taint::none)
        return Lack::no_history; // its files name one that InnoDB does not hold
    if (report.user_data == UserData::unknown)
        return Lack::unknown;
    return std::nullopt;
}

std::vector<Named> open_in_census(const Ground& ground) {
    const auto nodes = ground.nodes();
    const bool some_history =
        std::ranges::any_of(nodes, [&](std::size_t node) { return ground.held(node).has_value(); });
    std::vector<Named> named;
    for (const auto node : nodes) {
        auto lack = ground.lack_of_evidence(node);
        if (!lack)
            lack = lack_of_position(ground, node, some_history);
        if (lack)
            named.push_back({node, *lack});
    }
    return named;
}

/// Who reports the last view that the nodes' data went through.
std::optional<std::size_t> reporter_of_last_view(const Ground& ground) {
    std::optional<std::size_t> last;
    std::optional<Seqno> seqno;
    for (std::size_t node = 0; node < ground.size(); ++node) {
        const auto position = ground.held(node);
        const auto* report = ground.reports[node];
        if (!position || is_cut(*report) || !report->applied_view ||
            report->applied_view->seqno > position->seqno || report->applied_view->seqno <= seqno)
            continue;
        last = node;
        seqno = report->applied_view->seqno;
    }
    return last;
}

/// Who reports a last view from which a node that nobody asks may have gone on. Who was in it is
/// known by its name or address; or because all who were have reported it, whatever they are called
/// there.
std::optional<std::size_t> knew_stranger(const Ground& ground) {
    const auto last = reporter_of_last_view(ground);
    if (!last ||
        std::ranges::count(closure_of(ground, *last).open, Lack::outside_roster, &Named::lack) == 0)
        return std::nullopt;
    const auto& view = *ground.reports[*last]->applied_view;
    const auto members = std::ranges::count_if(
        view.members, [](const ViewMember& member) { return !member.incoming_address.empty(); });
    const auto reported = std::ranges::count_if(ground.reports, [&](const NodeReport* report) {
        return report && !is_cut(*report) && report->applied_view == view;
    });
    return reported < members ? last : std::nullopt;
}

bool reports_would_close(const Ground& ground, const std::vector<Named>& open) {
    return std::ranges::all_of(open, [&](const Named& named) {
        return ground.lack_of_evidence(named.node) || named.lack == Lack::no_history;
    });
}

} // namespace

Given prove_genesis(const Ground& ground) {
    std::vector<Named> with_data;
    const auto nodes = ground.nodes();
    for (const auto node : nodes) {
        const auto* report = ground.reports[node];
        if (!report || !has_no_history(*report) || report->taint != Taint::none ||
            report->user_data == UserData::unknown)
            return std::nullopt;
        if (report->user_data == UserData::present)
            with_data.push_back({node, Lack::contradicts});
    }
    if (with_data.size() > 1)
        return refuse_over(Reason::several_hold_data, std::move(with_data));
    const auto first = with_data.empty() ? nodes.front() : with_data.front().node;
    return elect(ground, first, Reason::fresh_cluster, Proof::genesis);
}

Given prove_census(const Ground& ground) {
    for (const auto node : ground.nodes()) {
        if (!ground.held(node))
            return std::nullopt;
    }
    auto highest = find_highest(ground);
    const auto& candidates = highest.untainted.empty() ? highest.contradicted : highest.untainted;
    if (candidates.empty())
        return wait_for(Reason::highest_is_cut, std::move(highest.cut));
    if (const auto node = knew_stranger(ground))
        return wait_for(Reason::census_open, {{*node, Lack::outside_roster}});
    const auto reason = ground.may_restore() ? Reason::primary_restored : Reason::furthest_ahead;
    return elect(ground, break_tie(ground, candidates), reason, Proof::census);
}

Given prove_closure(const Ground& ground) {
    const auto candidates = find_highest(ground).untainted;
    if (ground.rules.census_only || candidates.empty())
        return std::nullopt;
    const auto highest = break_tie(ground, candidates);
    if (!open_in_closure(ground, highest).empty())
        return std::nullopt;
    return elect(ground, highest, Reason::furthest_ahead, Proof::closure);
}

Given prove_last_to_leave(const Ground& ground) {
    if (ground.rules.census_only ||
        !ground.nodes_where(may_override_quorum, Lack::quorum_override).empty())
        return std::nullopt;
    std::vector<std::size_t> last;
    for (const auto node : ground.nodes()) {
        if (was_last_to_leave(ground, node))
            last.push_back(node);
    }
    if (last.size() != 1 || std::ranges::count(find_highest(ground).untainted, last.front()) == 0)
        return std::nullopt;
    return elect(ground, last.front(), Reason::last_to_leave, Proof::last_to_leave);
}

Given wait_for_evidence(const Ground& ground) {
    const auto candidates = find_highest(ground).untainted;
    if (ground.rules.census_only || candidates.empty())
        return wait_for(Reason::census_open, open_in_census(ground));
    const auto highest = break_tie(ground, candidates);
    auto open = open_in_closure(ground, highest);
    // Where more reports from the view would not do, everybody's would.
    if (!reports_would_close(ground, open))
        std::ranges::copy(open_in_census(ground), std::back_inserter(open));
    return wait_for(Reason::closure_open, sorted(std::move(open)));
}

} // namespace galera::decision
