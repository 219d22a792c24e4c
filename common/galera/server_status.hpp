// What a running server says of itself in SHOW GLOBAL STATUS and SHOW GLOBAL VARIABLES: its
// variables in, values out. MariaDB, Percona XtraDB Cluster and MySQL-wsrep name and write some of
// them differently.
#pragma once

#include "common/model/node_report.hpp"
#include "common/model/result.hpp"

#include <map>
#include <optional>
#include <string>

namespace galera {

/// Names as the server writes them, and their values.
using ServerVariables = std::map<std::string, std::string, std::less<>>;

struct ServerStatus {
    ClusterReport cluster;
    ReplicationReport replication;
    /// wsrep_local_state_uuid and wsrep_last_committed. Empty: it says that it has no history. An
    /// error: it does not say, as one that runs without Galera over whatever history.
    Result<std::optional<Position>> position;
    std::optional<bool> durable_commit;  // innodb_flush_log_at_trx_commit = 1
    std::optional<bool> quorum_override; // wsrep_provider_options, as in force
};

/// What is missing or cannot be understood is left empty, but for wsrep_provider_options: whether
/// they override the quorum must not be guessed.
Result<ServerStatus> read_server_status(const ServerVariables& variables);

} // namespace galera
