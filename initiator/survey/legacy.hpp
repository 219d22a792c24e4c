// What the scripts of 2014 say behind snmpd's `extend`: NET-SNMP-EXTEND-MIB::nsExtendOutput1Line of
// "galeraStatus" and "galeraSeqno".
#pragma once

#include "common/mib/value.hpp"
#include "common/model/legacy_report.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace galera::survey {

/// The two, in that order.
[[nodiscard]] std::vector<mib::Oid> legacy_instances();

/// Exactly one of the five words; empty for anything else.
[[nodiscard]] std::optional<NodeStatus> legacy_status(std::string_view line);

/// Digits, and nothing else; empty also for the scripts' -1.
[[nodiscard]] std::optional<Seqno> legacy_seqno(std::string_view line);

/// Empty: neither of the two can be understood, or is there.
[[nodiscard]] std::optional<LegacyReport> decode_legacy(const std::vector<mib::Varbind>& varbinds);

} // namespace galera::survey
