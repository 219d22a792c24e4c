// The messages of AgentX (RFC 2741, section 6), as far as this agent looks at them itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace galera::agentx {

/// h.type
enum class PduType : std::uint8_t {
    open = 1,
    close = 2,
    register_subtree = 3,
    get = 5,
    get_next = 6,
    get_bulk = 7,
    test_set = 8,
    commit_set = 9,
    undo_set = 10,
    cleanup_set = 11,
    notify = 12,
    ping = 13,
    response = 18,
};

/// res.error, those that this agent answers with
enum class PduError : std::uint16_t {
    none = 0,
    general = 5,
    commit_failed = 14,
    undo_failed = 15,
    not_writable = 17,
    not_open = 257,
    unsupported_context = 262,
    parse_error = 266,
};

inline constexpr std::size_t pdu_header_octets = 20;

struct PduHeader {
    std::uint8_t version{1};
    PduType type{PduType::response}; // as it came: perhaps none of the enumerators
    bool context{false};             // NON_DEFAULT_CONTEXT
    bool big_endian{true};           // NETWORK_BYTE_ORDER, of this and the payload's integers
    std::uint32_t session{0};
    std::uint32_t transaction{0};
    std::uint32_t packet{0};
    std::uint32_t payload_octets{0};
};

/// Empty: fewer octets than a header has.
[[nodiscard]] std::optional<PduHeader> read_header(std::string_view octets);
/// With no other flag than that of the byte order.
[[nodiscard]] std::string write_header(const PduHeader& header);

/// A response without varbinds to the request with this header; index 0: the error is of none of
/// its varbinds.
[[nodiscard]] std::string write_response(const PduHeader& request, PduError error,
                                         std::uint16_t index = 0);

/// The octets of a response before its varbinds: sysUpTime, error, index.
inline constexpr std::size_t response_octets = 8;
/// res.error of a payload of at least so many octets. A PduError or another number.
[[nodiscard]] std::uint16_t response_error(std::string_view payload, bool big_endian);

/// Whether the payload is a list of at least one SearchRange, to its last octet: object
/// identifiers of at most 128 arcs.
[[nodiscard]] bool is_search_range_list(std::string_view payload);

} // namespace galera::agentx
