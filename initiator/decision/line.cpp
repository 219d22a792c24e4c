#include "initiator/decision/line.hpp"

#include <algorithm>

namespace galera::decision {

namespace {

/// What a node tells of the views that its data went through.
ViewLog past_views(const NodeReport& node) {
    auto views = node.views;
    if (node.applied_view)
        add_view(views, past_of(*node.applied_view));
    return views;
}

bool went_through(const ViewLog& views, const View& view) {
    return std::ranges::count(views, past_of(view)) > 0;
}

/// A view is an event in the order like any other: who has reached its seqno has applied it.
bool missed_view(const NodeReport& node, const ViewLog& views) {
    const bool at_rest = node.server == ServerState::stopped || is_outside_primary(node);
    if (!at_rest || !node.applied_view)
        return false;
    return std::ranges::any_of(views, [&](const PastView& view) {
        return node.position->seqno >= view.place.seqno &&
               node.applied_view->seqno < view.place.seqno;
    });
}

/// At one seqno there is one view.
bool views_clash(const ViewLog& left, const ViewLog& right) {
    return std::ranges::any_of(left, [&](const PastView& view) {
        return std::ranges::any_of(right, [&](const PastView& other) {
            return view.place.seqno == other.place.seqno && view != other;
        });
    });
}

/// Within an era each view has its own id, and they count up: Galera forks a history by itself when
/// a node that was away comes back to a component of joiners.
bool ids_allow_one_line(const ViewLog& left, const Lineage& past, const ViewLog& right,
                        const Lineage& other_past) {
    return std::ranges::all_of(left, [&](const PastView& view) {
        const auto era = era_at(past, view.place.seqno);
        return std::ranges::all_of(right, [&](const PastView& other) {
            return era_at(other_past, other.place.seqno) != era ||
                   can_share_era(view.place, other.place);
        });
    });
}

/// All that is known of the lines of two nodes of one history.
struct Pair {
    Pair(const Ground& whole, std::size_t first, std::size_t second)
        : ground{whole}, left{first}, right{second}, one{*ground.reports[left]},
          other{*ground.reports[right]}, past{ground.lineages[left]},
          other_past{ground.lineages[right]}, views{past_views(one)}, other_views{
                                                                          past_views(other)} {}

    /// Empty: the eras of one of them are not known.
    [[nodiscard]] std::optional<bool> same_eras() const {
        if (!past || !other_past)
            return std::nullopt;
        return share_eras(*past, one.position->seqno, *other_past, other.position->seqno);
    }
    [[nodiscard]] bool views_contradict() const {
        const auto& view = one.applied_view;
        const auto& other_view = other.applied_view;
        if (view && other_view && view->seqno == other_view->seqno && view != other_view)
            return true;
        return views_clash(views, other_views) || missed_view(one, other_views) ||
               missed_view(other, views);
    }
    [[nodiscard]] bool ids_contradict() const {
        return past && other_past && !ids_allow_one_line(views, *past, other_views, *other_past);
    }
    /// They were in one era together, and what each holds of it comes from its one order.
    [[nodiscard]] bool met() const {
        return one.applied_view && other.applied_view &&
               (ground.share_an_era(left, right) || went_through(other_views, *one.applied_view) ||
                went_through(views, *other.applied_view));
    }
    /// The last view that both are known to have gone through.
    [[nodiscard]] std::optional<Seqno> last_common_view() const {
        std::optional<Seqno> last;
        for (const auto& view : views) {
            if (std::ranges::count(other_views, view) > 0)
                last = view.place.seqno;
        }
        return last;
    }

    const Ground& ground;
    std::size_t left;
    std::size_t right;
    const NodeReport& one;
    const NodeReport& other;
    const std::optional<Lineage>& past;
    const std::optional<Lineage>& other_past;
    ViewLog views;
    ViewLog other_views;
};

} // namespace

Relation relation_of(const Ground& ground, std::size_t left, std::size_t right) {
    const Pair pair{ground, left, right};
    const auto same_eras = pair.same_eras();
    if (pair.views_contradict() || same_eras == false || pair.ids_contradict())
        return Relation::forked;
    return same_eras == true || pair.met() ? Relation::one_line : Relation::unknown;
}

bool may_be_beside(const Ground& ground, std::size_t node, std::size_t primary) {
    const auto& history = ground.reports[primary]->position->history;
    for (std::size_t third = 0; third < ground.size(); ++third) {
        const auto held = ground.held(third);
        if (third == node || !held || held->history != history || is_cut(*ground.reports[third]))
            continue;
        const Pair sides{ground, third, primary};
        const bool forked_by_galera =
            sides.same_eras() == true && (sides.views_contradict() || sides.ids_contradict());
        if (forked_by_galera && ground.reports[node]->position->seqno > sides.last_common_view() &&
            relation_of(ground, node, third) != Relation::forked)
            return true;
    }
    return false;
}

} // namespace galera::decision
