// Nodes whose snmpd calls itself the same: machines that were copied together with its state.
#pragma once

#include "initiator/decision/survey.hpp"

#include <string>
#include <vector>

namespace galera::run {

/// A warning for each SNMP engine id that more than one node has: which nodes, and what to do.
[[nodiscard]] std::vector<std::string> shared_engines(const decision::Survey& survey);

} // namespace galera::run
