// Values of one syntax of the MIB: to values of the model, with the checks that the MIB asks for.
// For the table of this room only.
#pragma once

#include "common/mib/value.hpp"
#include "common/model/node_report.hpp"
#include "common/model/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace galera::mib {

/// SIZE of SnmpAdminString.
inline constexpr std::size_t text_bytes_max = 255;
/// SIZE of galeraInitiatorSentence.
inline constexpr std::size_t sentence_bytes_max = 1024;

// These expect a value of the right syntax; another one is a broken invariant.
[[nodiscard]] inline std::int32_t integer(const Value& value) {
    return std::get<Integer32>(value).value;
}
[[nodiscard]] inline std::uint32_t unsigned_integer(const Value& value) {
    return std::get<Unsigned32>(value).value;
}
[[nodiscard]] inline std::uint32_t short_counter(const Value& value) {
    return std::get<Counter32>(value).value;
}
[[nodiscard]] inline std::uint64_t counter(const Value& value) {
    return std::get<Counter64>(value).value;
}
[[nodiscard]] inline const std::string& octets(const Value& value) {
    return std::get<OctetString>(value).value;
}

/// A line of UTF-8 of at most so many bytes, without half a character at its end: readers drop all
/// that an agent says for one text that is none.
[[nodiscard]] std::string bounded_text(std::string text, std::size_t bytes_max = text_bytes_max);

Result<void> decode_text(const Value& value, std::string& text,
                         std::size_t bytes_max = text_bytes_max);
Result<Uuid> decode_uuid(const Value& value);
Result<Seqno> decode_seqno(const Value& value);
/// "uuid:seqno"; empty for the nil UUID with -1. Half a position is an error.
Result<std::optional<Position>> decode_position(const Value& value);

/// galeraPosition, and galeraSeqno as a half of it. Empty where the state says that there is none.
[[nodiscard]] std::optional<Value> position_value(SeqnoState state,
                                                  const std::optional<Position>& position);
[[nodiscard]] std::optional<Value> seqno_value(SeqnoState state,
                                               const std::optional<Position>& position);

/// InetAddressType and InetAddress of INET-ADDRESS-MIB.
inline constexpr std::int32_t inet_ipv4 = 1;
inline constexpr std::int32_t inet_ipv6 = 2;
[[nodiscard]] std::int32_t inet_type(Address::Family family);
[[nodiscard]] std::size_t inet_octets_count(Address::Family family);
[[nodiscard]] std::span<const std::uint8_t> inet_octets(const Address& address);

/// An Unsigned32 or Gauge32; what it cannot hold becomes the nearest that it can.
[[nodiscard]] Value unsigned_value(std::int64_t number);
[[nodiscard]] Value milliseconds_value(std::chrono::milliseconds duration);

/// DateAndTime of SNMPv2-TC, always in UTC; of a time that is not in the years 0 to 9999 the
/// nearest that is.
[[nodiscard]] Value date_value(std::int64_t unix_seconds);
/// With or without a time zone.
Result<std::int64_t> decode_date(const Value& value);

/// The row, from 0, whose member stands in a row before it too; empty: each is there once.
[[nodiscard]] std::optional<std::size_t> row_twice(const std::vector<ViewMember>& members);

/// The row, from 0, whose first seqno does not lie above that of the row before; empty: all rise.
[[nodiscard]] std::optional<std::size_t> row_out_of_order(const Lineage& lineage);
/// The same for the seqnos of past views.
[[nodiscard]] std::optional<std::size_t> row_out_of_order(const ViewLog& views);

} // namespace galera::mib
