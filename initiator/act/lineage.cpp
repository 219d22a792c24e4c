#include "initiator/act/lineage.hpp"

namespace galera::act {

using decision::Verdict;
using decision::VerdictKind;

std::optional<LineageRecord> record_for_start(const std::optional<LineageRecord>& old,
                                              const Verdict& verdict, const NodeReport& seen,
                                              const Uuid& name) {
    if (!verdict.history)
        return std::nullopt;
    const bool joins = verdict.kind == VerdictKind::join;
    const bool known = verdict.lineage && (verdict.view || !joins);
    const bool keeps = joins && !known && old && old->history == *verdict.history;
    auto record = keeps ? *old : LineageRecord{.history = *verdict.history, .known = known};
    record.joining = joins;
    if (joins && !known)
        return record;
    const auto before = verdict.lineage.value_or(Lineage{});
    record.eras = joins ? before : with_new_era(before, verdict.start_position->seqno, name);
    // No node reads or tells more of them.
    if (record.eras.size() > eras_max) {
        record.known = false;
        record.eras = with_new_era({}, verdict.start_position->seqno, name);
    }
    // Also where the eras are not known: those who were in one of these views are known by it.
    record.views = verdict.views;
    if (!record.known)
        return record;
    if (joins)
        record.joined_view = mark_of(*verdict.view);
    // What is kept is of these eras, or the law would not have had it so.
    if (verdict.start_position && seen.applied_view)
        record.last_view = mark_of(*seen.applied_view);
    return record;
}

LineageRecord record_of_member(const std::optional<LineageRecord>& old, const View& view,
                               const Lineage& lineage) {
    const bool same_history = old && old->history == view.history;
    return {.history = view.history,
            .known = true,
            .eras = lineage,
            .views = same_history ? old->views : ViewLog{past_of(view)},
            .last_view = mark_of(view),
            .quorum_override = same_history && old->quorum_override,
            .lazy_commit = same_history && old->lazy_commit,
            .joining = same_history && old->joining};
}

} // namespace galera::act
