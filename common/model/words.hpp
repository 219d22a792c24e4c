// The words of the MIB's enumerations, for people.
#pragma once

#include "common/model/node_report.hpp"

#include <string_view>

namespace galera {

[[nodiscard]] std::string_view word_of(NodeStatus status);
[[nodiscard]] std::string_view word_of(ServerState state);
[[nodiscard]] std::string_view word_of(SeqnoState state);
[[nodiscard]] std::string_view word_of(ClusterStatus status);
/// As `wsrep_local_state_comment` says it: "Synced".
[[nodiscard]] std::string_view word_of(NodeState state);
[[nodiscard]] std::string_view word_of(Taint taint);
[[nodiscard]] std::string_view word_of(InitiatorPhase phase);
[[nodiscard]] std::string_view word_of(Reachability reachability);

} // namespace galera
