// Observes one node: files, process, server, recovery -> NodeReport.
#pragma once

#include "common/model/node_report.hpp"
#include "common/model/roster.hpp"
#include "common/node/recovery.hpp"
#include "common/node/server_session.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace galera::node {

/// What is known of the node without looking: its place in the configuration.
struct NodeIdentity {
    std::string node_name;
    Address node_address;
    std::string cluster_name;
    std::string roster_digest;
    bool quorum_override{false}; // by the option file; a running server's own word goes before
    bool durable_commit{true};   // likewise
    Roster roster;               // by address, each once
};

struct ObserverOptions {
    NodeIdentity identity;
    RecoveryOptions recovery;
    SessionOptions session;
    std::filesystem::path run_dir;
    /// Where the lineage is recorded and the initiator's last decision kept; empty: neither is
    /// recorded or known.
    std::filesystem::path state_dir;
    std::string unit{"mariadb.service"}; // the database's, which the start guard is before
    /// False: no position is asked, and a stopped node is shown as `recovering`.
    bool recovers{true};
};

/// Looks at the node. `sample` never waits for a recovery: it runs on a thread of its own, once
/// per stop, and is shown as `recovering` while it runs. A stop is told from the next by the files
/// that a server writes: when they changed since the recovery, what it found counts no more.
class Observer {
public:
    explicit Observer(ObserverOptions options);
    ~Observer(); // ends a running recovery
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;

    /// One look, without the `agent` part's snapshot id and times; `agent.last_error` and
    /// `agent.collector` tell what could not be read, and `agent.connection` how the server
    /// answers. Waits for nothing but the disk, and the server for as long as the session has
    /// patience.
    NodeReport sample();

    /// Waits until the recovery that `sample` began has ended, for programs that want one answer.
    void await_recovery();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace galera::node
