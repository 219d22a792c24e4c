#include "common/model/view.hpp"

#include "common/model/fnv1a.hpp"

#include <algorithm>

namespace galera {

ViewMark mark_of(const View& view) {
    ViewMark mark{{view.id, view.seqno}, {}};
    for (const auto& member : view.members) {
        if (!member.incoming_address.empty())
            mark.members.push_back(member.uuid);
    }
    return mark;
}

PastView past_of(const View& view) {
    Fnv1a digest;
    for (const auto& member : view.members)
        digest.add(member.uuid.octets());
    return {{view.id, view.seqno}, digest.value()};
}

void add_view(ViewLog& log, const PastView& view) {
    while (!log.empty() && log.back().place.seqno >= view.place.seqno)
        log.pop_back();
    if (log.size() == views_kept_max)
        log.erase(log.begin());
    log.push_back(view);
}

ViewLog views_up_to(const ViewLog& log, Seqno seqno) {
    const auto beyond =
        std::ranges::find_if(log, [&](const PastView& view) { return view.place.seqno > seqno; });
    return {log.begin(), beyond};
}

bool can_share_era(const ViewPlace& left, const ViewPlace& right) {
    if (left.seqno == right.seqno)
        return left.id == right.id;
    const auto& [earlier, later] = std::minmax(
        left, right, [](const auto& one, const auto& other) { return one.seqno < other.seqno; });
    const auto steps = static_cast<std::uint64_t>(later.seqno.value() - earlier.seqno.value());
    return later.id > earlier.id && later.id - earlier.id <= steps;
}

bool share_server(const ViewMark& left, const ViewMark& right) {
    return std::ranges::find_first_of(left.members, right.members) != left.members.end();
}

} // namespace galera
