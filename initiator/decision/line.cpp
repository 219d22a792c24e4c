#include "initiator/decision/line.hpp"

namespace galera::decision {

namespace {

/// A view is an event in the order like any other: who has reached its seqno has applied it.
bool missed_view(const NodeReport& node, const View& view) {
    return node.server == ServerState::stopped && node.applied_view &&
           node.position->seqno >= view.seqno && node.applied_view->seqno < view.seqno;
}

bool views_contradict(const NodeReport& left, const NodeReport& right) {
    if (!left.applied_view || !right.applied_view)
        return false;
    if (left.applied_view->seqno == right.applied_view->seqno)
        return left.applied_view != right.applied_view;
    return missed_view(left, *right.applied_view) || missed_view(right, *left.applied_view);
}

/// Within an era each view has its own id, and they count up: Galera forks a history by itself when
/// a node that was away comes back to a component of joiners.
bool ids_allow_one_line(const NodeReport& left, const Lineage& past, const NodeReport& right,
                        const Lineage& other_past) {
    if (!left.applied_view || !right.applied_view)
        return true;
    const auto era = eras_up_to(past, left.applied_view->seqno).size();
    const auto other_era = eras_up_to(other_past, right.applied_view->seqno).size();
    return era != other_era ||
           can_share_era(mark_of(*left.applied_view), mark_of(*right.applied_view));
}

} // namespace

Relation relation_of(const Ground& ground, std::size_t left, std::size_t right) {
    const auto& one = *ground.reports[left];
    const auto& other = *ground.reports[right];
    if (views_contradict(one, other))
        return Relation::forked;
    const auto& past = ground.lineages[left];
    const auto& other_past = ground.lineages[right];
    if (past && other_past)
        return share_eras(*past, one.position->seqno, *other_past, other.position->seqno) &&
                       ids_allow_one_line(one, *past, other, *other_past)
                   ? Relation::one_line
                   : Relation::forked;
    // They were in one era together, and what each holds of it comes from its one order.
    const bool met =
        one.applied_view && other.applied_view && share_era(*one.applied_view, *other.applied_view);
    return met ? Relation::one_line : Relation::unknown;
}

} // namespace galera::decision
