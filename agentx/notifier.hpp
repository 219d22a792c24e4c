// Sends the notifications that are due to snmpd, which sends them on.
#pragma once

#include "agentx/net_snmp.hpp"
#include "agentx/notifications.hpp"

#include <map>

namespace galera::agentx {

/// On net-snmp's thread only. The policy must outlive it, and it the last session.
class Notifier {
public:
    explicit Notifier(NotificationPolicy& policy) : policy_{&policy} {}
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;
    ~Notifier() = default;

    /// Waits for nothing but room in the socket, and that at most a second.
    void send_due(netsnmp_session& session);
    /// The session is gone: what snmpd has not confirmed counts as lost.
    void session_ended();

private:
    void send(netsnmp_session& session, const Notification& notification);
    static int on_answer(int operation, netsnmp_session* session, int request, netsnmp_pdu* pdu,
                         void* self) noexcept;

    NotificationPolicy* policy_;
    std::map<long, NotificationKind> under_way_; // by request id
};

} // namespace galera::agentx
