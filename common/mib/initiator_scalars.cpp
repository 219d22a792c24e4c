// What the initiator is at and what it decided last: galeraInitiator.
#include "common/galera/address_text.hpp"
#include "common/mib/scalar_patterns.hpp"
#include "mibs/oids.hpp"

#include <algorithm>
#include <array>

namespace galera::mib {
namespace {

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

const std::array table{
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

} // namespace

std::span<const Scalar> initiator_scalars() {
    return table;
}

} // namespace galera::mib
