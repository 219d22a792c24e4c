// `start` on the real world: executes the steps of the Loop and says what changes, a line each.
#pragma once

#include "common/config/config.hpp"
#include "common/config/exit_status.hpp"
#include "common/node/initiator_state.hpp"
#include "initiator/decision/decide.hpp"

#include <atomic>

namespace galera::run {

/// What the configuration adds to each decision.
[[nodiscard]] decision::Rules rules_of(const config::Site& site);

/// Makes the local node a member, or says why not. Holds the initiator's lock meanwhile, so that
/// a second run on this node ends with `another_runs`. A cancelled run takes its claim back; a
/// server that it has started goes on.
ExitStatus start(const config::Site& site, const std::atomic<bool>& cancelled);

} // namespace galera::run
