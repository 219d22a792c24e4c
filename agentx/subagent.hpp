// Serves snapshots to snmpd as an AgentX subagent. The only file that knows net-snmp's agent.
#pragma once

#include "agentx/collector.hpp"
#include "agentx/snapshot.hpp"
#include "common/model/result.hpp"

#include <memory>
#include <string>

namespace galera::agentx {

/// net-snmp's agent library is one global thing: one Subagent in a process, ever, and all calls on
/// one thread. Connects to snmpd again and again by itself; without snmpd it waits for one.
class Subagent {
public:
    /// Sets what the library takes from the process: MIBS and SIGPIPE. Call it once, before there
    /// are threads.
    static void prepare_process();

    /// `socket` is snmpd's agentXSocket. The store must outlive the subagent.
    Subagent(std::string socket, const SnapshotStore& store, Log log);
    /// Takes leave of snmpd; this can take seconds where snmpd is stuck.
    ~Subagent();
    Subagent(const Subagent&) = delete;
    Subagent& operator=(const Subagent&) = delete;

    /// Connects and registers. Fails only on what no waiting mends.
    Result<void> start();

    /// Answers until `stop_fd` is readable.
    Result<void> serve(int stop_fd);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace galera::agentx
