// Serves snapshots to snmpd as an AgentX subagent, and sends it notifications.
#pragma once

#include "agentx/collector.hpp"
#include "agentx/notifications.hpp"
#include "agentx/snapshot.hpp"
#include "agentx/wakeup.hpp"
#include "common/model/result.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace galera::agentx {

struct SubagentOptions {
    std::string socket; // snmpd's agentXSocket; see dial()
    /// How often to look whether snmpd is there, or to try to connect while it is not. net-snmp
    /// counts in whole seconds.
    std::chrono::seconds ping_interval{1};
};

/// net-snmp's agent library is one global thing: one Subagent in a process, ever, and all calls on
/// one thread, except for `change`. Connects to snmpd again and again by itself; without snmpd it
/// waits for one.
class Subagent {
public:
    /// Sets what the library takes from the process: MIBS and SIGPIPE. Call it once, before there
    /// are threads.
    static void prepare_process();

    /// What is given must outlive the subagent. `news` is to be woken when there is a new snapshot
    /// or something to be sent.
    Subagent(SubagentOptions options, const SnapshotStore& store, NotificationPolicy& notifications,
             const Wakeup& news, Log log);
    /// Takes leave of snmpd; this can take seconds where snmpd is stuck.
    ~Subagent();
    Subagent(const Subagent&) = delete;
    Subagent& operator=(const Subagent&) = delete;

    /// Connects and registers. Fails only on what no waiting mends.
    Result<void> start();

    /// Called after each pass of the loop: where snmpd listens, and whether it serves our objects
    /// now. Gives the longest time that the next pass may wait.
    using OnPass = std::function<std::chrono::milliseconds(const std::string& snmpd, bool served)>;
    /// Answers until `stop_fd` is readable. A pass takes milliseconds; it takes seconds where snmpd
    /// does not answer what the library asks.
    Result<void> serve(int stop_fd, const OnPass& on_pass);

    /// From the next pass on. The connection is given up only for another socket. From any thread.
    void change(const SubagentOptions& options);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace galera::agentx
