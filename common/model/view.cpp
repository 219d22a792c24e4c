#include "common/model/view.hpp"

#include <algorithm>

namespace galera {

ViewMark mark_of(const View& view) {
    ViewMark mark{view.id, view.seqno, {}};
    for (const auto& member : view.members) {
        if (!member.incoming_address.empty())
            mark.members.push_back(member.uuid);
    }
    return mark;
}

bool can_share_era(const ViewMark& left, const ViewMark& right) {
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

bool share_era(const View& left, const View& right) {
    if (left.seqno == right.seqno)
        return left == right;
    const auto one = mark_of(left);
    const auto other = mark_of(right);
    return can_share_era(one, other) && share_server(one, other);
}

} // namespace galera
