#include "agentx/answering.hpp"

#include "mibs/oids.hpp"

namespace galera::agentx {

Result<void> Answering::register_objects() {
    const auto root = net_snmp_oid(oid::galeraInitiatorObjects);
    auto* registration = netsnmp_create_handler_registration(
        "galeraInitiatorObjects", on_request, root.data(), root.size(), HANDLER_CAN_RONLY);
    if (registration == nullptr)
        return failure("net-snmp cannot make a registration; is memory short?");
    registration->my_reg_void = this;
    // From here net-snmp owns the registration, also when it fails.
    if (netsnmp_register_handler(registration) != MIB_REGISTERED_OK)
        return failure("net-snmp does not register the objects of GALERA-INITIATOR-MIB");
    return {};
}

int Answering::on_request(netsnmp_mib_handler* /*handler*/,
                          netsnmp_handler_registration* registration,
                          netsnmp_agent_request_info* info,
                          netsnmp_request_info* requests) noexcept {
    auto& self = *static_cast<Answering*>(registration->my_reg_void);
    if (info->mode != MODE_GET && info->mode != MODE_GETNEXT)
        return SNMP_ERR_GENERR; // registered read-only: nothing else comes
    const auto now = self.now();
    for (auto* request = requests; request != nullptr; request = request->next)
        if (request->processed == 0)
            self.answer(*info, *request, now);
    return SNMP_ERR_NOERROR;
}

void Answering::answer(netsnmp_agent_request_info& info, netsnmp_request_info& request,
                       const Moment& now) {
    auto& varbind = *request.requestvb;
    const auto& snapshot = snapshot_for(info);
    const auto asked = plain_oid({varbind.name, varbind.name_length});
    bool written = true;
    if (info.mode == MODE_GET) {
        written = std::visit([&](const auto& content) { return write(content, varbind); },
                             get(snapshot, asked, now));
    } else if (const auto next = get_next(snapshot, asked, request.inclusive != 0, now)) {
        const auto name = net_snmp_oid(next->oid);
        written = snmp_set_var_objid(&varbind, name.data(), name.size()) == 0 &&
                  write(next->value, varbind);
    } // else the varbind stays as it is, and snmpd goes on behind our subtree
    if (!written)
        netsnmp_set_request_error(&info, &request, SNMP_ERR_GENERR);
}

const Snapshot& Answering::snapshot_for(const netsnmp_agent_request_info& info) {
    const long transaction = info.asp->pdu->transid;
    if (!pinned_ || transaction != pinned_transaction_) {
        pinned_ = store_->latest();
        pinned_transaction_ = transaction;
    }
    return *pinned_;
}

Moment Answering::now() const {
    const auto counts = notifications_->counts();
    return {.at = Clock::now(),
            .notifications_sent = counts.sent,
            .notifications_suppressed = counts.suppressed};
}

} // namespace galera::agentx
