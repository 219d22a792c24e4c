// GETs and what is said to them: the part of a message that all versions of SNMP share (RFC 3416).
#pragma once

#include "common/mib/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace galera::snmp {

/// A varbind as it came. No content: of a type that our MIB does not use.
struct HeardVarbind {
    mib::Oid oid;
    std::optional<std::variant<mib::Value, mib::Absence>> content;
};

struct HeardPdu {
    std::uint8_t type; // ber::response, ber::report
    std::int64_t request_id;
    std::int64_t error_status;
    std::vector<HeardVarbind> varbinds;
};

[[nodiscard]] std::string encode_get(std::int32_t request_id,
                                     const std::vector<mib::Oid>& instances);

/// Empty for what is no PDU as a whole and nothing else: cut off, longer, garbled.
[[nodiscard]] std::optional<HeardPdu> decode_pdu(std::string_view octets);

} // namespace galera::snmp
