#include "common/config/observe.hpp"

namespace galera::config {

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
                         .durable_commit = site.durable_commit},
            .recovery = recovery_options(site),
            .connection = {.socket = site.mysql_socket, .user = site.mysql_user},
            .run_dir = site.settings.run_dir,
            .state_dir = site.settings.state_dir};
}

} // namespace galera::config
