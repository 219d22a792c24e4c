// The database server and its data directory: galeraNode.
#include "common/galera/address_text.hpp"
#include "common/mib/scalar_patterns.hpp"
#include "mibs/oids.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstddef>

namespace galera::mib {
namespace {

constexpr std::size_t digest_bytes = 16; // SIZE of galeraRosterDigest

std::optional<Value> encode_position(const NodeReport& report) {
    return position_value(report.seqno_state, report.position);
}
Result<void> decode_position_into(const Value& value, NodeReport& report) {
    auto position = decode_position(value);
    if (!position)
        return failure(std::move(position.error()));
    const auto state = *position ? SeqnoState::known : SeqnoState::undefined;
    if (report.seqno_state != state) // decoded before: its OID is lower
        return failure(octets(value) + " contradicts galeraSeqnoState");
    report.position = *position;
    return {};
}

// The two halves of galeraPosition, again, for those who graph them. They may not contradict it.
std::optional<Value> encode_seqno(const NodeReport& report) {
    return seqno_value(report.seqno_state, report.position);
}
Result<void> decode_seqno_half(const Value& value, NodeReport& report) {
    auto seqno = decode_seqno(value);
    if (!seqno)
        return failure(std::move(seqno.error()));
    if (!report.position || report.position->seqno != *seqno)
        return failure(std::to_string(counter(value)) + " contradicts galeraPosition");
    return {};
}

std::optional<Value> encode_state_uuid(const NodeReport& report) {
    if (report.seqno_state != SeqnoState::known || !report.position)
        return std::nullopt;
    return OctetString{report.position->history.text()};
}
Result<void> decode_state_uuid(const Value& value, NodeReport& report) {
    auto uuid = decode_uuid(value);
    if (!uuid)
        return failure(std::move(uuid.error()));
    if (!report.position || report.position->history != *uuid)
        return failure(octets(value) + " contradicts galeraPosition");
    return {};
}

std::optional<Value> encode_saved_position(const NodeReport& report) {
    if (!report.saved_position)
        return std::nullopt;
    return OctetString{text_of(*report.saved_position)};
}
Result<void> decode_saved_position(const Value& value, NodeReport& report) {
    auto position = decode_position(value);
    if (!position)
        return failure(std::move(position.error()));
    if (!*position)
        return failure("'no position' where there should be no instance");
    report.saved_position = *position;
    return {};
}

std::optional<Value> encode_address_type(const NodeReport& report) {
    if (!report.node_address)
        return std::nullopt;
    return Integer32{inet_type(report.node_address->family)};
}
Result<void> decode_address_type(const Value& value, NodeReport& report) {
    if (integer(value) != inet_ipv4 && integer(value) != inet_ipv6)
        return failure(std::to_string(integer(value)) + " is neither ipv4(1) nor ipv6(2)");
    const auto family = integer(value) == inet_ipv4 ? Address::Family::ipv4 : Address::Family::ipv6;
    report.node_address = Address{.family = family, .octets = {}, .text = {}};
    return {};
}

std::optional<Value> encode_address(const NodeReport& report) {
    if (!report.node_address)
        return std::nullopt;
    const auto octets = inet_octets(*report.node_address);
    return OctetString{std::string{octets.begin(), octets.end()}};
}
Result<void> decode_address(const Value& value, NodeReport& report) {
    if (!report.node_address)
        return failure("an address without galeraNodeAddressType");
    auto& address = *report.node_address;
    if (octets(value).size() != inet_octets_count(address.family))
        return failure("an address of " + std::to_string(octets(value).size()) +
                       " bytes contradicts galeraNodeAddressType");
    std::ranges::copy(octets(value), address.octets.begin());
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = address.family == Address::Family::ipv4 ? AF_INET : AF_INET6;
    inet_ntop(family, address.octets.data(), text.data(), text.size()); // fails on neither
    address.text = text.data();
    return {};
}

std::optional<Value> encode_roster_digest(const NodeReport& report) {
    if (report.roster_digest.size() != digest_bytes)
        return OctetString{};
    return OctetString{report.roster_digest};
}
Result<void> decode_roster_digest(const Value& value, NodeReport& report) {
    const std::string& text = octets(value);
    const bool hexadecimal = text.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!text.empty() && (text.size() != digest_bytes || !hexadecimal))
        return failure("it is not 16 hexadecimal digits");
    report.roster_digest = text;
    return {};
}

const std::array table{
    enumeration<FIELD(status), NodeStatus::stopped>("galeraStatus", oid::galeraStatus),
    enumeration<FIELD(server), ServerState::unreachable>("galeraServerState",
                                                         oid::galeraServerState),
    enumeration<FIELD(seqno_state), SeqnoState::failed>("galeraSeqnoState", oid::galeraSeqnoState),
    enumeration<FIELD(seqno_source), SeqnoSource::server>("galeraSeqnoSource",
                                                          oid::galeraSeqnoSource),
    Scalar{"galeraPosition", oid::galeraPosition, Syntax::octet_string, true, encode_position,
           decode_position_into},
    Scalar{"galeraSeqno", oid::galeraSeqno, Syntax::counter64, false, encode_seqno,
           decode_seqno_half},
    Scalar{"galeraStateUuid", oid::galeraStateUuid, Syntax::octet_string, false, encode_state_uuid,
           decode_state_uuid},
    enumeration<FIELD(taint), Taint::heuristic_rollback>("galeraTaint", oid::galeraTaint),
    Scalar{"galeraSavedPosition", oid::galeraSavedPosition, Syntax::octet_string, true,
           encode_saved_position, decode_saved_position},
    truth<FIELD(safe_to_bootstrap)>("galeraSafeToBootstrap", oid::galeraSafeToBootstrap),
    truth<FIELD(view_file)>("galeraViewFile", oid::galeraViewFile),
    enumeration<FIELD(user_data), UserData::present>("galeraUserData", oid::galeraUserData),
    text<FIELD(node_name)>("galeraNodeName", oid::galeraNodeName),
    Scalar{"galeraNodeAddressType", oid::galeraNodeAddressType, Syntax::integer32, true,
           encode_address_type, decode_address_type},
    Scalar{"galeraNodeAddress", oid::galeraNodeAddress, Syntax::octet_string, true, encode_address,
           decode_address},
    text<FIELD(cluster_name)>("galeraClusterName", oid::galeraClusterName),
    Scalar{"galeraRosterDigest", oid::galeraRosterDigest, Syntax::octet_string, true,
           encode_roster_digest, decode_roster_digest},
    truth<FIELD(quorum_override)>("galeraQuorumOverride", oid::galeraQuorumOverride),
    truth<FIELD(durable_commit)>("galeraDurableCommit", oid::galeraDurableCommit),
    enumeration<FIELD(start_guard), StartGuard::on>("galeraStartGuard", oid::galeraStartGuard),
};

} // namespace

std::span<const Scalar> node_scalars() {
    return table;
}

} // namespace galera::mib
