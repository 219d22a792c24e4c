#include "initiator/run/engines.hpp"

#include "initiator/run/explain.hpp"

#include <map>
#include <string_view>

namespace galera::run {

namespace {

std::string hex(std::string_view octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char octet : octets) {
        text += digits[static_cast<unsigned char>(octet) >> 4U];
        text += digits[static_cast<unsigned char>(octet) & 0xFU];
    }
    return text;
}

} // namespace

std::vector<std::string> shared_engines(const decision::Survey& survey) {
    std::map<std::string, std::vector<std::string>> nodes_of;
    for (const auto& answer : survey.answers)
        if (!answer.engine_id.empty())
            nodes_of[answer.engine_id].push_back(printable(label_of(answer)));
    std::vector<std::string> warnings;
    for (const auto& [engine_id, nodes] : nodes_of) {
        if (nodes.size() < 2)
            continue;
        std::string names;
        for (const auto& node : nodes)
            names += (names.empty() ? "" : " and ") + node;
        warnings.push_back(
            "warning: " + names + " have one SNMP engine id, 0x" + hex(engine_id) +
            ", as copies of one machine do; on all but one of them stop snmpd, remove the lines "
            "oldEngineID and usmUser from /var/lib/snmp/snmpd.conf, put the line createUser there "
            "again, and start snmpd");
    }
    return warnings;
}

} // namespace galera::run
