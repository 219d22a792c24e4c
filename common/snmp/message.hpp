// Messages around a PDU: SNMPv2c's community (RFC 1901), SNMPv3's header and user-based security
// (RFC 3412, 3414).
#pragma once

#include "common/snmp/pdu.hpp"
#include "common/snmp/user.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace galera::snmp {

// SNMPv2c.

[[nodiscard]] std::string community_message(std::string_view community, std::string_view pdu);

/// Empty unless it is one whole message of that community.
[[nodiscard]] std::optional<HeardPdu> open_community_message(std::string_view octets,
                                                             std::string_view community);

// SNMPv3.

/// What an engine calls itself, its clock, and the user's keys for it.
struct Engine {
    std::string id; // empty: not known yet
    std::uint32_t boots{0};
    std::uint32_t time{0}; // seconds since its start, now
    EngineKeys keys;
};

/// Asks an engine who it is: no user, no security, nothing asked for.
[[nodiscard]] std::string discovery_message(std::int32_t message_id);

/// With the user's security. `salt`: never used before with these keys. Empty if libnetsnmp fails.
[[nodiscard]] std::string user_message(const User& user, const Engine& engine,
                                       std::int32_t message_id, std::string_view salt,
                                       std::string_view pdu);

/// What is outside of the PDU. Nothing of it is authentic yet.
struct Envelope {
    std::int64_t message_id;
    SnmpLevel level;
    std::string_view engine_id; // parts of the message
    std::uint32_t boots;
    std::uint32_t time;
    std::string_view user;
    std::string_view digest;
    std::string_view salt;
    std::string_view scoped; // the scoped PDU, or an OCTET STRING with it encrypted
};

/// Empty for what is no whole message of SNMPv3 with user-based security.
[[nodiscard]] std::optional<Envelope> read_envelope(std::string_view octets);

/// The PDU of a message without security.
[[nodiscard]] std::optional<HeardPdu> open_plain(const Envelope& envelope);

/// The PDU of a message that this user's engine signed, and encrypted where the level says so.
/// Empty if it did not, or the content is none.
[[nodiscard]] std::optional<HeardPdu> open_signed(std::string_view octets, const Envelope& envelope,
                                                  const User& user, const Engine& engine);

} // namespace galera::snmp
