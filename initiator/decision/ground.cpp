#include "initiator/decision/ground.hpp"

#include "initiator/decision/member.hpp"

#include <algorithm>

namespace galera::decision {

namespace {

/// A node that accepts connections is alive, and one that speaks is not lost.
bool is_lost(const Answer& answer, const Rules& rules) {
    const auto* silence = std::get_if<Silence>(&answer.said);
    return silence && *silence != Silence::alive && *silence != Silence::legacy &&
           std::ranges::count(rules.assume_lost, answer.node.address) > 0;
}

Lack lack_of(Silence silence) {
    switch (silence) {
    case Silence::no_answer:
        return Lack::no_answer;
    case Silence::not_authentic:
        return Lack::not_authentic;
    case Silence::no_agent:
        return Lack::no_agent;
    case Silence::unknown:
        return Lack::unreadable;
    case Silence::legacy:
        return Lack::legacy;
    case Silence::alive:
        break;
    }
    return Lack::alive;
}

bool has_member(const View& view, const Uuid& uuid) {
    return std::ranges::find(view.members, uuid, &ViewMember::uuid) != view.members.end();
}

/// What the node in the place `unknown` went through, as the one in the place `known` knows it.
std::optional<Lineage> learn_lineage(const Ground& ground, std::size_t unknown, std::size_t known) {
    const auto* learner = ground.reports[unknown];
    const auto* teacher = ground.reports[known];
    if (!learner || !teacher || !ground.lineages[known] || is_cut(*learner) || is_cut(*teacher))
        return std::nullopt;
    const auto& mine = learner->applied_view;
    const auto& yours = teacher->applied_view;
    if (!mine || !yours || mine->history != yours->history)
        return std::nullopt;
    if (std::ranges::count(teacher->views, past_of(*mine)) > 0)
        return eras_up_to(*ground.lineages[known], mine->seqno);
    if (!ground.share_an_era(unknown, known))
        return std::nullopt;
    return eras_up_to(*ground.lineages[known], std::min(mine->seqno, yours->seqno));
}

/// Each round, whoever was in one era with a node that knows its past learns that past.
void learn_lineages(Ground& ground) {
    for (std::size_t round = 1; round < ground.size(); ++round) {
        bool learnt = false;
        for (std::size_t node = 0; node < ground.size(); ++node) {
            for (std::size_t other = 0; other < ground.size() && !ground.lineages[node]; ++other) {
                ground.lineages[node] = learn_lineage(ground, node, other);
                learnt = learnt || ground.lineages[node].has_value();
            }
        }
        if (!learnt)
            return;
    }
}

} // namespace

Ground::Ground(const Survey& taken, const Rules& in_force, bool claims)
    : survey{taken}, rules{in_force}, claiming{claims} {
    for (const auto& answer : survey.answers) {
        const auto* report = answer.report();
        reports.push_back(report && is_fresh(*report, rules) ? report : nullptr);
        lineages.push_back(reports.back() ? reports.back()->lineage : std::nullopt);
        lost.push_back(is_lost(answer, rules));
    }
    learn_lineages(*this);
}

std::vector<std::size_t> Ground::nodes() const {
    std::vector<std::size_t> nodes;
    for (std::size_t node = 0; node < size(); ++node) {
        if (!lost[node])
            nodes.push_back(node);
    }
    return nodes;
}

std::optional<Position> Ground::held(std::size_t node) const {
    const auto* report = reports[node];
    if (!report || !report->position || !is_cut(*report))
        return report ? report->position : std::nullopt;
    const auto whole = std::ranges::find_if(reports, [](const NodeReport* other) {
        return other && other->position && !is_cut(*other);
    });
    const bool foreign =
        whole != reports.end() && (*whole)->position->history != report->position->history;
    return foreign ? std::nullopt : report->position;
}

std::vector<Named> Ground::nodes_where(Matches matches, Lack lack) const {
    std::vector<Named> named;
    for (std::size_t node = 0; node < size(); ++node) {
        if (reports[node] && matches(*reports[node]))
            named.push_back({node, lack});
    }
    return named;
}

std::vector<Named> Ground::peers_where(Matches matches, Lack lack) const {
    auto named = nodes_where(matches, lack);
    std::erase_if(named, [this](const Named& node) { return node.node == survey.local; });
    return named;
}

bool Ground::may_restore() const {
    return rules.recover_non_primary && here() && is_outside_primary(*here()) &&
           nodes_where(in_primary, Lack::contradicts).empty();
}

std::optional<Lack> Ground::lack_of_evidence(std::size_t node) const {
    if (const auto* silence = std::get_if<Silence>(&survey.answers[node].said))
        return lack_of(*silence);
    if (!reports[node])
        return Lack::stale;
    if (reports[node]->seqno_state == SeqnoState::recovering)
        return Lack::recovering;
    if (reports[node]->seqno_state == SeqnoState::failed)
        return Lack::unknown;
    return std::nullopt;
}

bool Ground::share_an_era(std::size_t one, std::size_t other) const {
    const auto& left = *reports[one]->applied_view;
    const auto& right = *reports[other]->applied_view;
    if (left.seqno == right.seqno)
        return left == right;
    if (!can_share_era({left.id, left.seqno}, {right.id, right.seqno}))
        return false;
    const bool is_left_earlier = left.seqno < right.seqno;
    const auto& earlier = is_left_earlier ? left : right;
    const auto& later = is_left_earlier ? right : left;
    return std::ranges::any_of(later.members, [&](const ViewMember& member) {
        const auto& uuid = member.uuid;
        if (member.incoming_address.empty() || !has_member(earlier, uuid))
            return false;
        const auto node = find_in_roster(survey, member);
        const auto* report = node ? reports[node->node] : nullptr;
        const auto* view = report && report->applied_view ? &*report->applied_view : nullptr;
        return view && view->history == later.history && view->seqno >= later.seqno &&
               has_member(*view, uuid);
    });
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

bool is_up(const NodeReport& report) {
    return is_busy(report) || report.server == ServerState::serving;
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

bool has_position(const NodeReport& report) {
    return report.position.has_value();
}

bool has_no_history(const NodeReport& report) {
    return report.seqno_state == SeqnoState::undefined;
}

bool is_cut(const NodeReport& report) {
    return report.taint == Taint::cut;
}

} // namespace galera::decision
