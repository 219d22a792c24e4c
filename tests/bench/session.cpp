#include "tests/bench/session.hpp"

// net-snmp's headers want to be included in this order.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
// clang-format on

#include <algorithm>
#include <syslog.h>

namespace galera::bench {
namespace {

struct PduFreer {
    void operator()(netsnmp_pdu* pdu) const { snmp_free_pdu(pdu); }
};
using Pdu = std::unique_ptr<netsnmp_pdu, PduFreer>;

void add(netsnmp_pdu& pdu, const Oid& name) {
    const std::vector<oid> parts(name.begin(), name.end());
    snmp_add_null_var(&pdu, parts.data(), parts.size());
}

bool has_value(const netsnmp_variable_list& varbind) {
    return varbind.type != SNMP_NOSUCHOBJECT && varbind.type != SNMP_NOSUCHINSTANCE &&
           varbind.type != SNMP_ENDOFMIBVIEW;
}

Answer answer_of(const netsnmp_pdu& response) {
    Answer answer;
    if (response.errstat != SNMP_ERR_NOERROR)
        return answer;
    for (const auto* each = response.variables; each != nullptr; each = each->next_variable) {
        Oid& name = answer.names.emplace_back(each->name_length);
        // Sub-identifiers have 32 bits on the wire; the library's type has 64.
        std::transform(each->name, each->name + each->name_length, name.begin(),
                       [](oid part) { return static_cast<std::uint32_t>(part); });
        answer.with_values += has_value(*each) ? 1U : 0U;
        answer.served += has_value(*each) || each->type == SNMP_NOSUCHINSTANCE ? 1U : 0U;
    }
    return answer;
}

/// The clock runs from the call to the library until its return.
Answer ask(void* session, Pdu pdu) {
    netsnmp_pdu* response = nullptr;
    const auto began = std::chrono::steady_clock::now();
    // It frees the PDU, whatever comes of it.
    const int status = snmp_sess_synch_response(session, pdu.release(), &response);
    const auto took = std::chrono::steady_clock::now() - began;
    const Pdu owned{response};
    auto answer = status == STAT_SUCCESS && owned ? answer_of(*owned) : Answer{};
    answer.took = took;
    return answer;
}

} // namespace

void Session::Closer::operator()(void* session) const {
    snmp_sess_close(session);
}

Result<Session> Session::open(const Access& access) {
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_LOAD_HOST_FILES, 1);
    // Without a handler the library writes to stderr.
    if (get_logh_head() == nullptr)
        netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
    auto address = access.address;
    auto community = access.community;
    netsnmp_session wanted{};
    snmp_sess_init(&wanted);
    wanted.version = SNMP_VERSION_2c;
    wanted.peername = address.data();
    // The library copies both.
    wanted.community = reinterpret_cast<u_char*>(community.data());
    wanted.community_len = community.size();
    wanted.timeout = static_cast<long>(std::chrono::microseconds{access.timeout}.count());
    wanted.retries = 0;
    void* const session = snmp_sess_open(&wanted);
    if (session == nullptr)
        return failure("cannot open an SNMP session to " + access.address + ": " +
                       snmp_api_errstring(wanted.s_snmp_errno));
    return Session{session};
}

Answer Session::get(const std::vector<Oid>& instances) {
    Pdu pdu{snmp_pdu_create(SNMP_MSG_GET)};
    for (const auto& instance : instances)
        add(*pdu, instance);
    return ask(session_.get(), std::move(pdu));
}

Answer Session::get_next(const Oid& behind) {
    Pdu pdu{snmp_pdu_create(SNMP_MSG_GETNEXT)};
    add(*pdu, behind);
    return ask(session_.get(), std::move(pdu));
}

Answer Session::get_bulk(const Oid& behind, int repetitions) {
    Pdu pdu{snmp_pdu_create(SNMP_MSG_GETBULK)};
    pdu->errstat = 0;            // non-repeaters
    pdu->errindex = repetitions; // max-repetitions: GETBULK has them in these places
    add(*pdu, behind);
    return ask(session_.get(), std::move(pdu));
}

} // namespace galera::bench
