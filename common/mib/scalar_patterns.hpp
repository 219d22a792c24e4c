// How a row of the tables of scalars is written: patterns for objects that are there in every
// report, or present exactly when a field is. For the tables of this room only.
#pragma once

#include "common/mib/columns.hpp"
#include "common/mib/instances.hpp"
#include "common/mib/syntax.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace galera::mib {

// The tables, a group of the MIB each.
[[nodiscard]] std::span<const Scalar> agent_scalars();
[[nodiscard]] std::span<const Scalar> node_scalars();
[[nodiscard]] std::span<const Scalar> view_scalars();
[[nodiscard]] std::span<const Scalar> cluster_scalars();
[[nodiscard]] std::span<const Scalar> replication_scalars();
[[nodiscard]] std::span<const Scalar> peers_scalars();
[[nodiscard]] std::span<const Scalar> initiator_scalars();

inline constexpr std::int32_t truth_true = 1; // TruthValue
inline constexpr std::int32_t truth_false = 2;

// `Field` is a function that gives the field of a report, const or not.
// clang-format off
// NOLINTNEXTLINE(bugprone-macro-parentheses): a lambda needs none
#define FIELD(path) [](auto& report) -> auto& { return report.path; }
// clang-format on

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
std::optional<Value> encode_counter(const NodeReport& report) {
    if (!Field(report))
        return std::nullopt;
    return Counter64{*Field(report)};
}
template <auto Field>
Result<void> decode_counter(const Value& value, NodeReport& report) {
    Field(report) = counter(value);
    return {};
}

template <auto Field>
std::optional<Value> encode_seqno(const NodeReport& report) {
    if (!Field(report))
        return std::nullopt;
    return Counter64{static_cast<std::uint64_t>(Field(report)->value())};
}
template <auto Field>
Result<void> decode_seqno_into(const Value& value, NodeReport& report) {
    auto seqno = decode_seqno(value);
    if (!seqno)
        return failure(std::move(seqno.error()));
    Field(report) = *seqno;
    return {};
}

// A duration counts in the unit of its field.
template <auto Field>
std::optional<Value> encode_duration(const NodeReport& report) {
    if (!Field(report))
        return std::nullopt;
    return unsigned_value(Field(report)->count());
}
template <auto Field>
Result<void> decode_duration(const Value& value, NodeReport& report) {
    using Duration = typename std::remove_reference_t<decltype(Field(report))>::value_type;
    Field(report) = Duration{unsigned_integer(value)};
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
constexpr Scalar counter64(std::string_view name, Arcs oid) {
    return {name, oid, Syntax::counter64, true, encode_counter<Field>, decode_counter<Field>};
}
template <auto Field>
constexpr Scalar seqno(std::string_view name, Arcs oid) {
    return {name, oid, Syntax::counter64, true, encode_seqno<Field>, decode_seqno_into<Field>};
}
template <auto Field>
constexpr Scalar duration(std::string_view name, Arcs oid) {
    return {name, oid, Syntax::unsigned32, true, encode_duration<Field>, decode_duration<Field>};
}
template <auto Field>
constexpr Scalar uuid(std::string_view name, Arcs oid) {
    return {name, oid, Syntax::octet_string, true, encode_uuid<Field>, decode_uuid_into<Field>};
}

// What people read only and what is derived from another object needs no place in the GET that a
// decision is made from.
constexpr Scalar not_deciding(Scalar scalar) {
    scalar.decides = false;
    return scalar;
}
template <std::size_t Count>
constexpr std::array<Scalar, Count> not_deciding(std::array<Scalar, Count> rows) {
    for (auto& row : rows)
        row.decides = false;
    return rows;
}

} // namespace galera::mib
