// The position and the applied view of a stopped node, asked from InnoDB.
#pragma once

#include "common/galera/recovered_position.hpp"
#include "common/model/result.hpp"
#include "common/model/view.hpp"
#include "common/node/file.hpp"

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace galera::node {

struct RecoveryOptions {
    std::string server_binary;
    std::filesystem::path defaults_file; // empty: the server's own search order
    std::vector<std::string> server_args;
    std::filesystem::path datadir;
    std::filesystem::path run_dir; // for the private directory of log, socket and pid file
};

/// Runs `SERVER --wsrep-recover` and reads the position from its log. InnoDB applies its redo log
/// and rolls back what was not committed; this takes as long as it takes (minutes on a large
/// buffer pool), so there is no timeout: `cancelled` ends it. The lock is inherited by the server.
Result<RecoveredPosition> recover_position(const RecoveryOptions& options, const DatadirLock& lock,
                                           const std::atomic<bool>& cancelled);

/// Reads `mysql.wsrep_cluster` and `mysql.wsrep_cluster_members` through a private read-only
/// server (no network, no wsrep, no grants, socket in a directory of mode 0700). Call it after
/// `recover_position`: a read-only InnoDB wants a clean log. Empty: the node has no view.
Result<std::optional<View>> recover_view(const RecoveryOptions& options, const DatadirLock& lock,
                                         const std::atomic<bool>& cancelled);

} // namespace galera::node
