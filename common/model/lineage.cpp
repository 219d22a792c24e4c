#include "common/model/lineage.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace galera {

std::size_t era_at(const Lineage& lineage, Seqno seqno) {
    const auto beyond =
        std::ranges::find_if(lineage, [&](const Era& era) { return era.first > seqno; });
    return static_cast<std::size_t>(beyond - lineage.begin());
}

Lineage eras_up_to(const Lineage& lineage, Seqno seqno) {
    return {lineage.begin(), lineage.begin() + static_cast<std::ptrdiff_t>(era_at(lineage, seqno))};
}

bool share_eras(const Lineage& left, Seqno left_seqno, const Lineage& right, Seqno right_seqno) {
    const auto both = std::min(left_seqno, right_seqno);
    return eras_up_to(left, both) == eras_up_to(right, both);
}

bool is_beginning_of(const Lineage& lineage, const Lineage& longer) {
    return lineage.size() < longer.size() &&
           std::equal(lineage.begin(), lineage.end(), longer.begin());
}

Lineage with_new_era(const Lineage& lineage, Seqno position, const Uuid& name) {
    auto result = eras_up_to(lineage, position);
    if (position.value() < std::numeric_limits<std::int64_t>::max())
        result.push_back({Seqno::from(position.value() + 1).value(), name});
    return result;
}

} // namespace galera
