#include "agentx/pdu.hpp"

namespace galera::agentx {
namespace {

constexpr std::uint8_t context_flag = 0x08;
constexpr std::uint8_t big_endian_flag = 0x10;

constexpr std::size_t arcs_max = 128;    // RFC 2578, section 7.1.3
constexpr std::size_t prefixed_arcs = 5; // a prefix N stands for 1.3.6.1.N
constexpr std::size_t arc_octets = 4;

std::uint8_t octet(std::string_view octets, std::size_t at) {
    return static_cast<std::uint8_t>(octets[at]);
}

/// Of `size` octets, at most 4.
std::uint32_t read_integer(std::string_view octets, std::size_t at, std::size_t size,
                           bool big_endian) {
    std::uint32_t value{0};
    for (std::size_t i = 0; i < size; ++i)
        value = value << 8U | octet(octets, at + (big_endian ? i : size - 1 - i));
    return value;
}

void write_integer(std::string& octets, std::uint32_t value, std::size_t size, bool big_endian) {
    for (std::size_t i = 0; i < size; ++i) {
        const auto shift = 8U * (big_endian ? size - 1 - i : i);
        octets.push_back(static_cast<char>(value >> shift & 0xffU));
    }
}

/// Takes an object identifier off the front; false: there is no proper one.
bool skip_object_identifier(std::string_view& payload) {
    if (payload.size() < 4)
        return false;
    const std::size_t arcs = octet(payload, 0);
    const bool prefixed = octet(payload, 1) != 0;
    const auto octets = 4 + arcs * arc_octets;
    if (arcs + (prefixed ? prefixed_arcs : 0) > arcs_max || payload.size() < octets)
        return false;
    payload.remove_prefix(octets);
    return true;
}

} // namespace

std::optional<PduHeader> read_header(std::string_view octets) {
    if (octets.size() < pdu_header_octets)
        return std::nullopt;
    const bool big_endian = (octet(octets, 2) & big_endian_flag) != 0;
    const auto integer = [&](std::size_t at) { return read_integer(octets, at, 4, big_endian); };
    return PduHeader{.version = octet(octets, 0),
                     .type = PduType{octet(octets, 1)},
                     .context = (octet(octets, 2) & context_flag) != 0,
                     .big_endian = big_endian,
                     .session = integer(4),
                     .transaction = integer(8),
                     .packet = integer(12),
                     .payload_octets = integer(16)};
}

std::string write_header(const PduHeader& header) {
    std::string octets;
    octets.push_back(static_cast<char>(header.version));
    octets.push_back(static_cast<char>(header.type));
    octets.push_back(static_cast<char>(header.big_endian ? big_endian_flag : 0));
    octets.push_back(0);
    for (const auto value :
         {header.session, header.transaction, header.packet, header.payload_octets})
        write_integer(octets, value, 4, header.big_endian);
    return octets;
}

std::string write_response(const PduHeader& request, PduError error, std::uint16_t index) {
    auto header = request;
    header.version = 1;
    header.type = PduType::response;
    header.payload_octets = response_octets;
    auto octets = write_header(header);
    write_integer(octets, 0, 4, header.big_endian); // sysUpTime: the master's, who does not read it
    write_integer(octets, static_cast<std::uint32_t>(error), 2, header.big_endian);
    write_integer(octets, index, 2, header.big_endian);
    return octets;
}

std::uint16_t response_error(std::string_view payload, bool big_endian) {
    return static_cast<std::uint16_t>(read_integer(payload, 4, 2, big_endian));
}

bool is_search_range_list(std::string_view payload) {
    if (payload.empty())
        return false;
    while (!payload.empty()) {
        const bool starts = skip_object_identifier(payload);
        if (const bool ends = skip_object_identifier(payload); !starts || !ends)
            return false;
    }
    return true;
}

} // namespace galera::agentx
