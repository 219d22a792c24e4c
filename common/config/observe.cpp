#include "common/config/observe.hpp"

#include <algorithm>
#include <chrono>

namespace galera::config {

namespace {

/// A report counts for three sampling intervals, and it is one interval old before the next look
/// begins. With half an interval to spare a server that begins to hang makes no live node look
/// silent.
std::chrono::milliseconds patience_of(std::chrono::milliseconds sample_interval) {
    constexpr std::chrono::milliseconds patience_max{2000};
    return std::min(sample_interval * 3 / 2, patience_max);
}

} // namespace

node::RecoveryOptions recovery_options(const Site& site) {
    return {.server_binary = site.settings.server_binary,
            .defaults_file = site.settings.defaults_file,
            .server_args = site.settings.server_arg,
            .datadir = site.datadir,
            .run_dir = site.settings.run_dir};
}

node::ObserverOptions observer_options(const Site& site) {
    return {.identity = {.node_name = site.node_name,
                         .node_address = site.node_address,
                         .cluster_name = site.cluster_name,
                         .roster_digest = roster_digest(site.roster),
                         .quorum_override = site.quorum_override,
                         .durable_commit = site.durable_commit,
                         .roster = site.roster},
            .recovery = recovery_options(site),
            .session = {.socket = site.mysql_socket,
                        .user = site.mysql_user,
                        .patience = patience_of(site.settings.sample_interval)},
            .run_dir = site.settings.run_dir,
            .state_dir = site.settings.state_dir,
            .unit = site.settings.unit};
}

} // namespace galera::config
