#include "agentx/net_snmp.hpp"

#include <algorithm>

namespace galera::agentx {
namespace {

/// net-snmp copies the value and returns 0 on success.
struct Writer {
    netsnmp_variable_list* varbind;

    int operator()(const mib::Integer32& value) const {
        const long number = value.value;
        return snmp_set_var_typed_value(varbind, ASN_INTEGER, &number, sizeof number);
    }
    int operator()(const mib::Unsigned32& value) const {
        const u_long number = value.value;
        return snmp_set_var_typed_value(varbind, ASN_UNSIGNED, &number, sizeof number);
    }
    int operator()(const mib::Counter32& value) const {
        const u_long number = value.value;
        return snmp_set_var_typed_value(varbind, ASN_COUNTER, &number, sizeof number);
    }
    int operator()(const mib::Counter64& value) const {
        const counter64 number{.high = value.value >> 32U, .low = value.value & 0xffffffffU};
        return snmp_set_var_typed_value(varbind, ASN_COUNTER64, &number, sizeof number);
    }
    int operator()(const mib::OctetString& value) const {
        return snmp_set_var_typed_value(varbind, ASN_OCTET_STR, value.value.data(),
                                        value.value.size());
    }
};

} // namespace

mib::Oid plain_oid(std::span<const ::oid> arcs) {
    mib::Oid result(arcs.size());
    std::ranges::transform(arcs, result.begin(),
                           [](::oid arc) { return static_cast<std::uint32_t>(arc); });
    return result;
}

bool write(const mib::Value& value, netsnmp_variable_list& varbind) {
    return std::visit(Writer{&varbind}, value) == 0;
}

bool write(mib::Absence absence, netsnmp_variable_list& varbind) {
    const bool object = absence == mib::Absence::no_such_object;
    snmp_set_var_typed_value(&varbind, object ? SNMP_NOSUCHOBJECT : SNMP_NOSUCHINSTANCE, nullptr,
                             0);
    return true;
}

} // namespace galera::agentx
