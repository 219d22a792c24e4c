// AgentX messages for the tests, in network byte order.
#pragma once

#include "agentx/pdu.hpp"

#include <initializer_list>
#include <string>

namespace galera::agentx {

inline std::string integer(std::uint32_t value, unsigned octets = 4) {
    std::string text;
    for (unsigned i = octets; i-- > 0;)
        text.push_back(static_cast<char>(value >> (8 * i) & 0xffU));
    return text;
}

inline std::string pdu(PduType type, std::uint32_t packet, const std::string& payload = {},
                       std::uint32_t session = 77) {
    return write_header({.type = type,
                         .session = session,
                         .transaction = 1,
                         .packet = packet,
                         .payload_octets = static_cast<std::uint32_t>(payload.size())}) +
           payload;
}

inline std::string response(std::uint32_t packet, std::uint32_t error = 0,
                            const std::string& varbinds = {}, std::uint32_t session = 77) {
    return pdu(PduType::response, packet,
               integer(100) + integer(error, 2) + integer(0, 2) + varbinds, session);
}

inline std::string object_identifier(std::size_t arcs, std::uint8_t prefix = 4) {
    std::string text{static_cast<char>(arcs), static_cast<char>(prefix), 0, 0};
    for (std::size_t i = 0; i < arcs; ++i)
        text += integer(static_cast<std::uint32_t>(i));
    return text;
}

inline std::string search_range() {
    return object_identifier(9) + object_identifier(8);
}

} // namespace galera::agentx
