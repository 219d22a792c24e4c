// What the initiator is at and what it decided last: galeraInitiator.
#include "common/galera/address_text.hpp"
#include "common/mib/scalar_patterns.hpp"
#include "mibs/oids.hpp"

#include <algorithm>
#include <array>

namespace galera::mib {
namespace {

// The last decision of the initiator. Its objects are there together or not at all, but for
// galeraInitiatorElected; the verdict follows from the reason. Both is checked in report.cpp.

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

// Objects of the decision that are there whenever one is. `Part` is a function that gives the part
// of a decision, const or not.

template <auto Part>
std::optional<Value> encode_sentence(const NodeReport& report) {
    if (!report.initiator.decision)
        return std::nullopt;
    return OctetString{bounded_text(Part(*report.initiator.decision), sentence_bytes_max)};
}
template <auto Part>
Result<void> decode_sentence(const Value& value, NodeReport& report) {
    return decode_text(value, Part(decoded_decision(report)), sentence_bytes_max);
}

template <auto Part>
std::optional<Value> encode_moment(const NodeReport& report) {
    if (!report.initiator.decision)
        return std::nullopt;
    return date_value(Part(*report.initiator.decision));
}
template <auto Part>
Result<void> decode_moment(const Value& value, NodeReport& report) {
    const auto seconds = decode_date(value);
    if (!seconds)
        return failure(seconds.error());
    Part(decoded_decision(report)) = *seconds;
    return {};
}

template <auto Part>
std::optional<Value> encode_number(const NodeReport& report) {
    if (!report.initiator.decision)
        return std::nullopt;
    return Unsigned32{Part(*report.initiator.decision)};
}
template <auto Part>
Result<void> decode_number(const Value& value, NodeReport& report) {
    Part(decoded_decision(report)) = unsigned_integer(value);
    return {};
}

template <auto Part>
constexpr Scalar sentence(std::string_view name, Arcs oid) {
    return {name, oid, Syntax::octet_string, false, encode_sentence<Part>, decode_sentence<Part>};
}
template <auto Part>
constexpr Scalar moment(std::string_view name, Arcs oid) {
    return {name, oid, Syntax::octet_string, false, encode_moment<Part>, decode_moment<Part>};
}
template <auto Part>
constexpr Scalar count(std::string_view name, Arcs oid) {
    return {name, oid, Syntax::unsigned32, false, encode_number<Part>, decode_number<Part>};
}

std::optional<Value> encode_proof(const NodeReport& report) {
    if (!report.initiator.decision)
        return std::nullopt;
    return Integer32{static_cast<std::int32_t>(report.initiator.decision->proof)};
}
Result<void> decode_proof(const Value& value, NodeReport& report) {
    if (integer(value) < 1 || integer(value) > static_cast<std::int32_t>(Proof::genesis))
        return failure(std::to_string(integer(value)) + " is none of its values");
    decoded_decision(report).proof = static_cast<Proof>(integer(value));
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

std::optional<Value> encode_claimed(const NodeReport& report) {
    if (!report.initiator.claimed_unix_seconds)
        return std::nullopt;
    return date_value(*report.initiator.claimed_unix_seconds);
}
Result<void> decode_claimed(const Value& value, NodeReport& report) {
    const auto phase = report.initiator.phase; // decoded before: its OID is lower
    if (!phase || !holds_claim(*phase))
        return failure("it has a value, against galeraInitiatorPhase");
    const auto seconds = decode_date(value);
    if (!seconds)
        return failure(seconds.error());
    report.initiator.claimed_unix_seconds = *seconds;
    return {};
}

const std::array table{
    Scalar{"galeraInitiatorPhase", oid::galeraInitiatorPhase, Syntax::integer32, false,
           encode_phase, decode_phase},
    Scalar{"galeraInitiatorVerdict", oid::galeraInitiatorVerdict, Syntax::integer32, false,
           encode_verdict, decode_verdict},
    Scalar{"galeraInitiatorReason", oid::galeraInitiatorReason, Syntax::integer32, false,
           encode_reason, decode_reason},
    sentence<FIELD(sentence)>("galeraInitiatorSentence", oid::galeraInitiatorSentence),
    moment<FIELD(decided_unix_seconds)>("galeraInitiatorDecided", oid::galeraInitiatorDecided),
    Scalar{"galeraInitiatorElected", oid::galeraInitiatorElected, Syntax::octet_string, false,
           encode_elected, decode_elected},
    Scalar{"galeraInitiatorProof", oid::galeraInitiatorProof, Syntax::integer32, false,
           encode_proof, decode_proof},
    sentence<FIELD(missing)>("galeraInitiatorMissing", oid::galeraInitiatorMissing),
    moment<FIELD(run.started_unix_seconds)>("galeraInitiatorStarted", oid::galeraInitiatorStarted),
    Scalar{"galeraInitiatorClaimed", oid::galeraInitiatorClaimed, Syntax::octet_string, false,
           encode_claimed, decode_claimed},
    count<FIELD(run.surveys)>("galeraInitiatorSurveys", oid::galeraInitiatorSurveys),
    count<FIELD(run.attempts)>("galeraInitiatorAttempts", oid::galeraInitiatorAttempts),
    sentence<FIELD(run.overrides)>("galeraInitiatorOverrides", oid::galeraInitiatorOverrides),
};

} // namespace

std::span<const Scalar> initiator_scalars() {
    return table;
}

} // namespace galera::mib
