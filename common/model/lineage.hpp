// The eras that a node's data went through: from one bootstrap to the next, oldest first.
//
// Galera counts view ids from 1 again at each bootstrap and lets the seqnos go on, so two nodes
// that were bootstrapped apart from one history look alike to it. Their eras tell them apart.
#pragma once

#include "common/model/position.hpp"

#include <cstddef>
#include <vector>

namespace galera {

/// The life of a cluster from one bootstrap to the next.
struct Era {
    Seqno first; // the seqno of its first view
    Uuid name;   // drawn by the initiator that bootstrapped

    bool operator==(const Era&) const = default;
};

/// Oldest first, their first seqnos rising. Empty: the first era of the history.
/// Eras that begin above a node's position have not happened to it, and do not count.
using Lineage = std::vector<Era>;

/// No record and no report has more. A history that is bootstrapped once more is of an unknown
/// lineage from then on; its nodes are known to each other by the views that they were in together.
inline constexpr std::size_t eras_max = 256;

/// The eras that began at or below the seqno.
[[nodiscard]] Lineage eras_up_to(const Lineage& lineage, Seqno seqno);

/// The era that a seqno lies in: how many began at or below it.
[[nodiscard]] std::size_t era_at(const Lineage& lineage, Seqno seqno);

/// Whether two nodes went through the same eras, as far as both have come.
[[nodiscard]] bool share_eras(const Lineage& left, Seqno left_seqno, const Lineage& right,
                              Seqno right_seqno);

/// Whether `longer` is `lineage` and at least one era more.
[[nodiscard]] bool is_beginning_of(const Lineage& lineage, const Lineage& longer);

/// The lineage of a node that is bootstrapped at `position`: what has happened to it, and an era
/// whose first view takes the next seqno.
[[nodiscard]] Lineage with_new_era(const Lineage& lineage, Seqno position, const Uuid& name);

} // namespace galera
