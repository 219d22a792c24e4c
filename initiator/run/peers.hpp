// What a survey saw of each node, for people, who read it through the local agent.
#pragma once

#include "common/model/node_report.hpp"
#include "initiator/decision/decide.hpp"

#include <cstdint>

namespace galera::run {

/// What became of the question to a node.
[[nodiscard]] Reachability reachability_of(const decision::Answer& answer,
                                           const decision::Rules& rules);

/// A row for each node of the survey. `before` is what was shown until now: a node that did not
/// report this time was last seen when it says.
[[nodiscard]] PeersReport peers_of(const decision::Survey& survey, const decision::Rules& rules,
                                   const PeersReport& before, std::int64_t unix_seconds);

} // namespace galera::run
