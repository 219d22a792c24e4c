// A kept connection to the running server, through its Unix socket.
#pragma once

#include "common/model/node_report.hpp"
#include "common/model/result.hpp"
#include "common/model/view.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace galera::node {

struct ConnectionOptions {
    std::filesystem::path socket;
    std::string user; // authenticates by its OS user (unix_socket); empty: that of this process
    std::chrono::milliseconds connect_timeout{2000};
    std::chrono::milliseconds read_timeout{2000}; // Connector/C counts in whole seconds, at least 1
};

/// What one sample of a running server yields.
struct ServerSample {
    ClusterReport cluster;
    std::optional<Position>
        position; // wsrep_local_state_uuid (or cluster's) and wsrep_last_committed
    std::optional<bool> durable_commit;  // innodb_flush_log_at_trx_commit
    std::optional<bool> quorum_override; // wsrep_provider_options, as in force
};

/// Not thread-safe: one thread at a time. Connects when first used and again after an error.
class ServerConnection {
public:
    explicit ServerConnection(ConnectionOptions options);
    ~ServerConnection();
    ServerConnection(ServerConnection&&) noexcept;
    ServerConnection& operator=(ServerConnection&&) noexcept;

    /// Connects unless it is connected.
    Result<void> connect();
    Result<ServerSample> sample();
    /// The applied view. Empty: none.
    Result<std::optional<View>> applied_view();
    void disconnect();
    /// Whether the last failure was an answer of the server (access denied, too many connections):
    /// it is there and will not talk to us. False: it did not answer, or nothing failed.
    [[nodiscard]] bool refused() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace galera::node
