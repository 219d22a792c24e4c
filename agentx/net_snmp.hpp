// net-snmp's headers, in the order that they want to be included in, and what all that use them
// need.
#pragma once

// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/agent_sysORTable.h>
#include <net-snmp/library/large_fd_set.h>
// clang-format on

#include "common/mib/value.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace galera::agentx {

[[nodiscard]] inline std::vector<::oid> net_snmp_oid(std::span<const std::uint32_t> arcs) {
    return {arcs.begin(), arcs.end()};
}

/// Arcs have 32 bits in AgentX.
[[nodiscard]] mib::Oid plain_oid(std::span<const ::oid> arcs);

/// Puts a value, or why there is none, into a varbind, which keeps a copy. False: memory is short.
[[nodiscard]] bool write(const mib::Value& value, netsnmp_variable_list& varbind);
[[nodiscard]] bool write(mib::Absence absence, netsnmp_variable_list& varbind);

} // namespace galera::agentx
