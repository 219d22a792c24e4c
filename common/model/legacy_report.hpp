// What a node says of itself that still runs the scripts of 2014 behind snmpd's `extend`.
#pragma once

#include "common/model/node_report.hpp"

#include <optional>

namespace galera {

/// A seqno of a history that nobody names, found by means that nobody knows: enough to deny, never
/// to prove.
struct LegacyReport {
    std::optional<NodeStatus> status; // galeraStatus; empty: not one of the five words
    std::optional<Seqno> seqno;       // galeraSeqno; empty: -1, or no number

    bool operator==(const LegacyReport&) const = default;
};

} // namespace galera
