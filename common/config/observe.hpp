// How the programs observe their own node, from the configuration.
#pragma once

#include "common/config/config.hpp"
#include "common/node/observer.hpp"

namespace galera::config {

[[nodiscard]] node::ObserverOptions observer_options(const Site& site);

/// The part of it that recovery needs.
[[nodiscard]] node::RecoveryOptions recovery_options(const Site& site);

} // namespace galera::config
