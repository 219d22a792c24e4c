// Answers net-snmp's requests from snapshots.
#pragma once

#include "agentx/net_snmp.hpp"
#include "agentx/notifications.hpp"
#include "agentx/snapshot.hpp"
#include "common/model/result.hpp"

#include <memory>

namespace galera::agentx {

/// On net-snmp's thread only; what is given must outlive it.
class Answering {
public:
    Answering(const SnapshotStore& store, const NotificationPolicy& notifications)
        : store_{&store}, notifications_{&notifications} {}
    Answering(const Answering&) = delete;
    Answering& operator=(const Answering&) = delete;
    ~Answering() = default;

    /// Makes net-snmp ask here for all objects of the MIB.
    Result<void> register_objects();
    /// Another snmpd counts its transactions anew.
    void forget_transaction() { pinned_.reset(); }

private:
    static int on_request(netsnmp_mib_handler* handler, netsnmp_handler_registration* registration,
                          netsnmp_agent_request_info* info,
                          netsnmp_request_info* requests) noexcept;
    void answer(netsnmp_agent_request_info& info, netsnmp_request_info& request, const Moment& now);
    const Snapshot& snapshot_for(const netsnmp_agent_request_info& info);
    [[nodiscard]] Moment now() const;

    const SnapshotStore* store_;
    const NotificationPolicy* notifications_;
    /// One PDU is answered from one snapshot: pinned for as long as its transaction lasts.
    std::shared_ptr<const Snapshot> pinned_;
    long pinned_transaction_{0};
};

} // namespace galera::agentx
