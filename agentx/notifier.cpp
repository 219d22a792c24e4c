#include "agentx/notifier.hpp"

#include "agentx/pdu.hpp"

#include <array>
#include <memory>

namespace galera::agentx {
namespace {

constexpr std::array<::oid, 9> sys_up_time{1, 3, 6, 1, 2, 1, 1, 3, 0};
constexpr std::array<::oid, 11> snmp_trap_oid{1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};

struct FreePdu {
    void operator()(netsnmp_pdu* pdu) const { snmp_free_pdu(pdu); }
};
using Pdu = std::unique_ptr<netsnmp_pdu, FreePdu>;

/// agentx-Notify-PDU: sysUpTime.0, snmpTrapOID.0, and the rest. Null: memory is short. net-snmp's
/// own send_v2trap would do the same, and say nothing of whether snmpd took it.
Pdu notify_pdu(const netsnmp_session& session, const Notification& notification) {
    Pdu pdu{snmp_pdu_create(static_cast<int>(PduType::notify))};
    if (!pdu)
        return nullptr;
    pdu->version = session.version;
    pdu->sessid = session.sessid;
    pdu->reqid = snmp_get_next_reqid();
    const auto up_time = static_cast<u_long>(netsnmp_get_agent_uptime());
    const auto trap = net_snmp_oid(notification.oid);
    const auto add = [&pdu](std::span<const ::oid> name, u_char type, const void* value,
                            std::size_t octets) {
        return snmp_pdu_add_variable(pdu.get(), name.data(), name.size(), type, value, octets);
    };
    bool whole =
        add(sys_up_time, ASN_TIMETICKS, &up_time, sizeof up_time) != nullptr &&
        add(snmp_trap_oid, ASN_OBJECT_ID, trap.data(), trap.size() * sizeof(::oid)) != nullptr;
    for (const auto& binding : notification.bindings) {
        auto* const varbind = add(net_snmp_oid(binding.oid), ASN_NULL, nullptr, 0);
        whole = whole && varbind != nullptr && write(binding.value, *varbind);
    }
    return whole ? std::move(pdu) : nullptr;
}

} // namespace

void Notifier::send_due(netsnmp_session& session) {
    for (const auto& notification : policy_->due(Clock::now()))
        send(session, notification);
}

void Notifier::send(netsnmp_session& session, const Notification& notification) {
    auto pdu = notify_pdu(session, notification);
    const long request = pdu ? pdu->reqid : 0;
    if (pdu && snmp_async_send(&session, pdu.get(), on_answer, this) != 0) {
        static_cast<void>(pdu.release()); // net-snmp frees the PDU once sending succeeded
        under_way_.emplace(request, notification.kind);
    } else {
        policy_->lost(notification.kind);
    }
}

int Notifier::on_answer(int operation, netsnmp_session* /*session*/, int request, netsnmp_pdu* pdu,
                        void* self_pointer) noexcept {
    auto& self = *static_cast<Notifier*>(self_pointer);
    const auto found = self.under_way_.find(request);
    if (found == self.under_way_.end())
        return 1; // of a session that has ended
    const auto kind = found->second;
    self.under_way_.erase(found);
    if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE && pdu->errstat == SNMP_ERR_NOERROR)
        self.policy_->confirmed(kind);
    else
        self.policy_->lost(kind);
    return 1; // the request is dealt with
}

void Notifier::session_ended() {
    for (const auto& [request, kind] : under_way_)
        policy_->lost(kind);
    under_way_.clear();
}

} // namespace galera::agentx
