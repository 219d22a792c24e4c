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

} // namespace

Relation relation_of(const NodeReport& left, const NodeReport& right) {
    if (views_contradict(left, right))
        return Relation::forked;
    if (left.lineage && right.lineage)
        return share_eras(*left.lineage, left.position->seqno, *right.lineage,
                          right.position->seqno)
                   ? Relation::one_line
                   : Relation::forked;
    // Member UUIDs are new at each start, so who applied the same view was in it together, and
    // what each holds beyond it comes from that view's one order.
    return left.applied_view && left.applied_view == right.applied_view ? Relation::one_line
                                                                        : Relation::unknown;
}

} // namespace galera::decision
