// The table of the MIB's scalars: each with its type and its two ways.
#include "common/mib/columns.hpp"

#include "common/galera/address_text.hpp"
#include "common/mib/syntax.hpp"
#include "mibs/oids.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace galera::mib {
namespace {

constexpr std::size_t digest_bytes = 16; // SIZE of galeraRosterDigest

constexpr std::int32_t truth_true = 1; // TruthValue
constexpr std::int32_t truth_false = 2;
constexpr std::int32_t type_ipv4 = 1; // InetAddressType
constexpr std::int32_t type_ipv6 = 2;

// The ways of an object that is there in every report, or present exactly when a field is.
// `Field` is a function that gives the field of a report, const or not.

template <auto Field>
std::optional<Value> encode_text(const NodeReport& report) {
    return OctetString{bounded_text(Field(report))};
}
template <auto Field>
Result<void> decode_text_into(const Value& value, NodeReport& report) {
    return decode_text(value, Field(report));
}

template <auto Field>
std::optional<Value> encode_enumerator(const NodeReport& report) {
    return Integer32{static_cast<std::int32_t>(Field(report))};
}
template <auto Field, auto Last>
Result<void> decode_enumerator(const Value& value, NodeReport& report) {
    if (integer(value) < 1 || integer(value) > static_cast<std::int32_t>(Last))
        return failure(std::to_string(integer(value)) + " is none of its values");
    Field(report) = static_cast<decltype(Last)>(integer(value));
    return {};
}

template <auto Field>
std::optional<Value> encode_truth(const NodeReport& report) {
    if (!Field(report))
        return std::nullopt;
    return Integer32{*Field(report) ? truth_true : truth_false};
}
template <auto Field>
Result<void> decode_truth(const Value& value, NodeReport& report) {
    if (integer(value) != truth_true && integer(value) != truth_false)
        return failure(std::to_string(integer(value)) + " is neither true(1) nor false(2)");
    Field(report) = integer(value) == truth_true;
    return {};
}

template <auto Field>
std::optional<Value> encode_unsigned(const NodeReport& report) {
    if (!Field(report))
        return std::nullopt;
    return Unsigned32{*Field(report)};
}
template <auto Field>
Result<void> decode_unsigned(const Value& value, NodeReport& report) {
    Field(report) = unsigned_integer(value);
    return {};
}

template <auto Field>
std::optional<Value> encode_uuid(const NodeReport& report) {
    if (!Field(report))
        return std::nullopt;
    return OctetString{Field(report)->text()};
}
template <auto Field>
Result<void> decode_uuid_into(const Value& value, NodeReport& report) {
    auto uuid = decode_uuid(value);
    if (!uuid)
        return failure(std::move(uuid.error()));
    Field(report) = *uuid;
    return {};
}

// Rows that follow one of these patterns.

using Arcs = std::span<const std::uint32_t>;

template <auto Field>
constexpr Scalar text(std::string_view name, Arcs oid) {
    return {name, oid, Syntax::octet_string, true, encode_text<Field>, decode_text_into<Field>};
}
template <auto Field, auto Last>
constexpr Scalar enumeration(std::string_view name, Arcs oid) {
    return {name,
            oid,
            Syntax::integer32,
            true,
            encode_enumerator<Field>,
            decode_enumerator<Field, Last>};
}
template <auto Field>
constexpr Scalar truth(std::string_view name, Arcs oid) {
    return {name, oid, Syntax::integer32, true, encode_truth<Field>, decode_truth<Field>};
}
template <auto Field>
constexpr Scalar number(std::string_view name, Arcs oid) {
    return {name, oid, Syntax::unsigned32, true, encode_unsigned<Field>, decode_unsigned<Field>};
}
template <auto Field>
constexpr Scalar uuid(std::string_view name, Arcs oid) {
    return {name, oid, Syntax::octet_string, true, encode_uuid<Field>, decode_uuid_into<Field>};
}

// Objects with ways of their own, in the order of the MIB.

std::optional<Value> encode_snapshot_id(const NodeReport& report) {
    return Unsigned32{report.agent.snapshot_id};
}
Result<void> decode_snapshot_id(const Value& value, NodeReport& report) {
    report.agent.snapshot_id = unsigned_integer(value);
    return {};
}

std::optional<Value> encode_snapshot_time(const NodeReport& report) {
    if (report.agent.snapshot_id == 0)
        return std::nullopt;
    return date_value(report.agent.snapshot_unix_seconds);
}
Result<void> decode_snapshot_time(const Value& value, NodeReport& report) {
    const auto seconds = decode_date(value);
    if (!seconds)
        return failure(seconds.error());
    report.agent.snapshot_unix_seconds = *seconds;
    return {};
}

std::optional<Value> encode_snapshot_age(const NodeReport& report) {
    if (report.agent.snapshot_id == 0)
        return std::nullopt;
    return snapshot_age_value(report.agent.snapshot_age);
}
Result<void> decode_snapshot_age(const Value& value, NodeReport& report) {
    report.agent.snapshot_age = std::chrono::milliseconds{unsigned_integer(value)};
    return {};
}

std::optional<Value> encode_position(const NodeReport& report) {
    if (report.seqno_state == SeqnoState::known && report.position)
        return OctetString{text_of(*report.position)};
    if (report.seqno_state == SeqnoState::undefined)
        return OctetString{text_of(std::optional<Position>{})};
    return std::nullopt;
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
    if (report.seqno_state != SeqnoState::known || !report.position)
        return std::nullopt;
    return Counter64{static_cast<std::uint64_t>(report.position->seqno.value())};
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

std::size_t octets_of(Address::Family family) {
    return family == Address::Family::ipv4 ? 4 : 16;
}

std::optional<Value> encode_address_type(const NodeReport& report) {
    if (!report.node_address)
        return std::nullopt;
    return Integer32{report.node_address->family == Address::Family::ipv4 ? type_ipv4 : type_ipv6};
}
Result<void> decode_address_type(const Value& value, NodeReport& report) {
    if (integer(value) != type_ipv4 && integer(value) != type_ipv6)
        return failure(std::to_string(integer(value)) + " is neither ipv4(1) nor ipv6(2)");
    const auto family = integer(value) == type_ipv4 ? Address::Family::ipv4 : Address::Family::ipv6;
    report.node_address = Address{.family = family, .octets = {}, .text = {}};
    return {};
}

std::optional<Value> encode_address(const NodeReport& report) {
    if (!report.node_address)
        return std::nullopt;
    const auto& address = *report.node_address;
    const auto end = address.octets.begin() + static_cast<int>(octets_of(address.family));
    return OctetString{std::string{address.octets.begin(), end}};
}
Result<void> decode_address(const Value& value, NodeReport& report) {
    if (!report.node_address)
        return failure("an address without galeraNodeAddressType");
    auto& address = *report.node_address;
    if (octets(value).size() != octets_of(address.family))
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

// The view that is being decoded: its objects arrive one by one, the id first.
View& decoded_view(NodeReport& report) {
    static const auto any_history = *Uuid::parse("ffffffff-ffff-ffff-ffff-ffffffffffff");
    if (!report.applied_view)
        report.applied_view =
            View{.history = any_history, .id = 0, .seqno = *Seqno::from(0), .members = {}};
    return *report.applied_view;
}

std::optional<Value> encode_view_id(const NodeReport& report) {
    const auto* view = publishable_view(report);
    return view != nullptr ? std::optional<Value>{Counter64{view->id}} : std::nullopt;
}
Result<void> decode_view_id(const Value& value, NodeReport& report) {
    decoded_view(report).id = counter(value);
    return {};
}

std::optional<Value> encode_view_seqno(const NodeReport& report) {
    const auto* view = publishable_view(report);
    if (view == nullptr)
        return std::nullopt;
    return Counter64{static_cast<std::uint64_t>(view->seqno.value())};
}
Result<void> decode_view_seqno(const Value& value, NodeReport& report) {
    auto seqno = decode_seqno(value);
    if (!seqno)
        return failure(std::move(seqno.error()));
    decoded_view(report).seqno = *seqno;
    return {};
}

std::optional<Value> encode_view_history(const NodeReport& report) {
    const auto* view = publishable_view(report);
    return view != nullptr ? std::optional<Value>{OctetString{view->history.text()}} : std::nullopt;
}
Result<void> decode_view_history(const Value& value, NodeReport& report) {
    auto uuid = decode_uuid(value);
    if (!uuid)
        return failure(std::move(uuid.error()));
    decoded_view(report).history = *uuid;
    return {};
}

std::optional<Value> encode_view_member_count(const NodeReport& report) {
    const auto* view = publishable_view(report);
    if (view == nullptr)
        return std::nullopt;
    return Unsigned32{static_cast<std::uint32_t>(view->members.size())};
}
Result<void> decode_view_member_count(const Value& value, NodeReport&) {
    if (unsigned_integer(value) < 1 || unsigned_integer(value) > view_members_max)
        return failure(std::to_string(unsigned_integer(value)) + " members, of 1 to " +
                       std::to_string(view_members_max));
    return {};
}

std::optional<Value> encode_lineage_state(const NodeReport& report) {
    const auto state =
        publishable_lineage(report) != nullptr ? LineageState::known : LineageState::unknown;
    return Integer32{static_cast<std::int32_t>(state)};
}
Result<void> decode_lineage_state(const Value& value, NodeReport& report) {
    const auto number = integer(value);
    if (number != static_cast<std::int32_t>(LineageState::known) &&
        number != static_cast<std::int32_t>(LineageState::unknown))
        return failure(std::to_string(number) + " is none of its values");
    report.lineage.reset();
    if (number == static_cast<std::int32_t>(LineageState::known))
        report.lineage.emplace();
    return {};
}

std::optional<Value> encode_era_count(const NodeReport& report) {
    const auto* lineage = publishable_lineage(report);
    if (lineage == nullptr)
        return std::nullopt;
    return Unsigned32{static_cast<std::uint32_t>(lineage->size())};
}
Result<void> decode_era_count(const Value& value, NodeReport& report) {
    if (!report.lineage) // decoded before: its OID is lower
        return failure("it has a value, against galeraLineageState");
    if (unsigned_integer(value) > eras_max)
        return failure(std::to_string(unsigned_integer(value)) + " eras, of at most " +
                       std::to_string(eras_max));
    return {};
}

std::optional<Value> encode_past_view_count(const NodeReport& report) {
    return Unsigned32{static_cast<std::uint32_t>(publishable_views(report).size())};
}
Result<void> decode_past_view_count(const Value& value, NodeReport&) {
    if (unsigned_integer(value) > views_kept_max)
        return failure(std::to_string(unsigned_integer(value)) + " views, of at most " +
                       std::to_string(views_kept_max));
    return {};
}

std::optional<Value> encode_conf_id(const NodeReport& report) {
    if (!report.cluster.conf_id)
        return std::nullopt;
    return Counter64{*report.cluster.conf_id};
}
Result<void> decode_conf_id(const Value& value, NodeReport& report) {
    report.cluster.conf_id = counter(value);
    return {};
}

// The last decision of the initiator. Its objects are there together or not at all; galeraElected
// and the verdict, which follows from the reason, are checked with them (report.cpp).

InitiatorDecision& decoded_decision(NodeReport& report) {
    if (!report.initiator.decision)
        report.initiator.decision.emplace();
    return *report.initiator.decision;
}

std::optional<Value> encode_phase(const NodeReport& report) {
    if (!report.initiator.phase)
        return std::nullopt;
    return Integer32{static_cast<std::int32_t>(*report.initiator.phase)};
}
Result<void> decode_phase(const Value& value, NodeReport& report) {
    if (integer(value) < 1 || integer(value) > static_cast<std::int32_t>(InitiatorPhase::joining))
        return failure(std::to_string(integer(value)) + " is none of its values");
    report.initiator.phase = static_cast<InitiatorPhase>(integer(value));
    return {};
}

std::optional<Value> encode_verdict(const NodeReport& report) {
    if (!report.initiator.decision)
        return std::nullopt;
    return Integer32{static_cast<std::int32_t>(row_of(report.initiator.decision->reason).verdict)};
}
Result<void> decode_verdict(const Value& value, NodeReport&) {
    if (integer(value) < 1 || integer(value) > static_cast<std::int32_t>(VerdictKind::refuse))
        return failure(std::to_string(integer(value)) + " is none of its values");
    return {};
}

std::optional<Value> encode_reason(const NodeReport& report) {
    if (!report.initiator.decision)
        return std::nullopt;
    return Integer32{static_cast<std::int32_t>(report.initiator.decision->reason)};
}
Result<void> decode_reason(const Value& value, NodeReport& report) {
    const auto row = std::ranges::find(reasons(), integer(value), [](const ReasonRow& known) {
        return static_cast<std::int32_t>(known.reason);
    });
    if (row == reasons().end())
        return failure(std::to_string(integer(value)) + " is none of its values");
    decoded_decision(report).reason = row->reason;
    return {};
}

std::optional<Value> encode_sentence(const NodeReport& report) {
    if (!report.initiator.decision)
        return std::nullopt;
    return OctetString{bounded_text(report.initiator.decision->sentence, sentence_bytes_max)};
}
Result<void> decode_sentence(const Value& value, NodeReport& report) {
    return decode_text(value, decoded_decision(report).sentence, sentence_bytes_max);
}

std::optional<Value> encode_decided(const NodeReport& report) {
    if (!report.initiator.decision)
        return std::nullopt;
    return date_value(report.initiator.decision->decided_unix_seconds);
}
Result<void> decode_decided(const Value& value, NodeReport& report) {
    const auto seconds = decode_date(value);
    if (!seconds)
        return failure(seconds.error());
    decoded_decision(report).decided_unix_seconds = *seconds;
    return {};
}

std::optional<Value> encode_elected(const NodeReport& report) {
    if (!report.initiator.decision || !report.initiator.decision->elected)
        return std::nullopt;
    return OctetString{report.initiator.decision->elected->text};
}
Result<void> decode_elected(const Value& value, NodeReport& report) {
    const auto address = parse_address(octets(value));
    if (!address)
        return failure("'" + bounded_text(octets(value)) + "' is no address");
    decoded_decision(report).elected = *address;
    return {};
}

// The same for reports that are read and reports that are written.
// clang-format off
// NOLINTNEXTLINE(bugprone-macro-parentheses): a lambda needs none
#define FIELD(path) [](auto& report) -> auto& { return report.path; }
// clang-format on

// What people read only and what is derived from another object needs no place in the GET that a
// decision is made from.
constexpr Scalar not_deciding(Scalar scalar) {
    scalar.decides = false;
    return scalar;
}

const std::array scalar_table{
    not_deciding(text<FIELD(agent.version)>("galeraAgentVersion", oid::galeraAgentVersion)),
    Scalar{"galeraSnapshotId", oid::galeraSnapshotId, Syntax::unsigned32, true, encode_snapshot_id,
           decode_snapshot_id},
    Scalar{"galeraSnapshotTime", oid::galeraSnapshotTime, Syntax::octet_string, false,
           encode_snapshot_time, decode_snapshot_time},
    Scalar{"galeraSnapshotAge", oid::galeraSnapshotAge, Syntax::unsigned32, true,
           encode_snapshot_age, decode_snapshot_age},
    enumeration<FIELD(agent.collector), CollectorState::degraded>("galeraCollectorState",
                                                                  oid::galeraCollectorState),
    text<FIELD(agent.last_error)>("galeraLastError", oid::galeraLastError),

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

    Scalar{"galeraViewId", oid::galeraViewId, Syntax::counter64, true, encode_view_id,
           decode_view_id},
    Scalar{"galeraViewSeqno", oid::galeraViewSeqno, Syntax::counter64, true, encode_view_seqno,
           decode_view_seqno},
    Scalar{"galeraViewHistory", oid::galeraViewHistory, Syntax::octet_string, true,
           encode_view_history, decode_view_history},
    Scalar{"galeraViewMemberCount", oid::galeraViewMemberCount, Syntax::unsigned32, true,
           encode_view_member_count, decode_view_member_count},
    Scalar{"galeraLineageState", oid::galeraLineageState, Syntax::integer32, true,
           encode_lineage_state, decode_lineage_state},
    Scalar{"galeraLineageEraCount", oid::galeraLineageEraCount, Syntax::unsigned32, true,
           encode_era_count, decode_era_count},
    Scalar{"galeraPastViewCount", oid::galeraPastViewCount, Syntax::unsigned32, true,
           encode_past_view_count, decode_past_view_count},

    enumeration<FIELD(cluster.status), ClusterStatus::disconnected>("galeraClusterStatus",
                                                                    oid::galeraClusterStatus),
    number<FIELD(cluster.size)>("galeraClusterSize", oid::galeraClusterSize),
    Scalar{"galeraClusterConfId", oid::galeraClusterConfId, Syntax::counter64, true, encode_conf_id,
           decode_conf_id},
    uuid<FIELD(cluster.state_uuid)>("galeraClusterStateUuid", oid::galeraClusterStateUuid),
    number<FIELD(cluster.weight)>("galeraClusterWeight", oid::galeraClusterWeight),
    enumeration<FIELD(cluster.node_state), NodeState::error>("galeraNodeState",
                                                             oid::galeraNodeState),
    truth<FIELD(cluster.ready)>("galeraReady", oid::galeraReady),
    truth<FIELD(cluster.connected)>("galeraConnected", oid::galeraConnected),
    truth<FIELD(cluster.desynced)>("galeraDesync", oid::galeraDesync),
    truth<FIELD(cluster.read_only)>("galeraReadOnly", oid::galeraReadOnly),
    number<FIELD(cluster.local_index)>("galeraLocalIndex", oid::galeraLocalIndex),

    Scalar{"galeraInitiatorPhase", oid::galeraInitiatorPhase, Syntax::integer32, false,
           encode_phase, decode_phase},
    Scalar{"galeraInitiatorVerdict", oid::galeraInitiatorVerdict, Syntax::integer32, false,
           encode_verdict, decode_verdict},
    Scalar{"galeraInitiatorReason", oid::galeraInitiatorReason, Syntax::integer32, false,
           encode_reason, decode_reason},
    Scalar{"galeraInitiatorSentence", oid::galeraInitiatorSentence, Syntax::octet_string, false,
           encode_sentence, decode_sentence},
    Scalar{"galeraInitiatorDecided", oid::galeraInitiatorDecided, Syntax::octet_string, false,
           encode_decided, decode_decided},
    Scalar{"galeraInitiatorElected", oid::galeraInitiatorElected, Syntax::octet_string, false,
           encode_elected, decode_elected},
};

#undef FIELD

} // namespace

std::span<const Scalar> scalars() {
    return scalar_table;
}

} // namespace galera::mib
