#include "common/snmp/ber.hpp"

#include <limits>
#include <utility>

namespace galera::snmp::ber {

namespace {

constexpr unsigned octet_bits = 8;
constexpr std::uint8_t long_form = 0x80;
constexpr std::size_t short_length_max = 0x7F;

std::uint8_t octet(char c) {
    return static_cast<std::uint8_t>(c);
}

/// Big-endian, without leading zeros; of zero nothing.
std::string digits_of(std::size_t value) {
    std::string digits;
    for (; value > 0; value >>= octet_bits)
        digits.insert(digits.begin(), static_cast<char>(value & 0xFFU));
    return digits;
}

/// Seven bits an octet; all but the last have the eighth set.
void append_arc(std::string& octets, std::uint32_t arc) {
    constexpr unsigned arc_bits = 7;
    constexpr unsigned highest_shift = 28;
    for (unsigned shift = highest_shift; shift > 0; shift -= arc_bits)
        if (arc >> shift != 0)
            octets += static_cast<char>(0x80U | ((arc >> shift) & 0x7FU));
    octets += static_cast<char>(arc & 0x7FU);
}

} // namespace

void Writer::put(std::uint8_t tag, std::string_view content) {
    const auto begun = begin(tag);
    append(content);
    end(begun);
}

void Writer::put(std::int64_t value) {
    std::string content;
    for (;;) {
        content.insert(content.begin(), static_cast<char>(value & 0xFF));
        const bool negative = (octet(content.front()) & 0x80U) != 0;
        value >>= octet_bits;
        if (value == (negative ? -1 : 0))
            break;
    }
    put(integer, content);
}

void Writer::put(const mib::Oid& oid) {
    std::string content;
    if (oid.size() < 2)
        return put(object_identifier, std::string_view{"\0", 1}); // 0.0, RFC 2578's null OID
    constexpr std::uint32_t first_arc_weight = 40;
    append_arc(content, oid[0] * first_arc_weight + oid[1]);
    for (std::size_t place = 2; place < oid.size(); ++place)
        append_arc(content, oid[place]);
    put(object_identifier, content);
}

std::size_t Writer::begin(std::uint8_t tag) {
    octets_ += static_cast<char>(tag);
    octets_ += '\0'; // the length, which `end` knows
    return octets_.size();
}

void Writer::end(std::size_t begun) {
    const auto length = octets_.size() - begun;
    if (length <= short_length_max) {
        octets_[begun - 1] = static_cast<char>(length);
        return;
    }
    const auto digits = digits_of(length);
    octets_[begun - 1] = static_cast<char>(long_form | digits.size());
    octets_.insert(begun, digits);
}

std::optional<Element> Reader::any() {
    if (rest_.size() < 2)
        return std::nullopt;
    const auto tag = octet(rest_[0]);
    std::size_t length = octet(rest_[1]);
    rest_.remove_prefix(2);
    if (length > short_length_max) {
        const auto digits = length - long_form;
        constexpr std::size_t digits_max = 4;
        if (digits == 0 || digits > digits_max || digits > rest_.size())
            return std::nullopt;
        length = static_cast<std::size_t>(*unsigned_of(rest_.substr(0, digits)));
        rest_.remove_prefix(digits);
    }
    if (length > rest_.size())
        return std::nullopt;
    const auto content = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return Element{tag, content};
}

std::optional<std::string_view> Reader::take(std::uint8_t tag) {
    const auto element = any();
    if (!element || element->tag != tag)
        return std::nullopt;
    return element->content;
}

std::optional<std::int64_t> Reader::integer() {
    const auto content = take(ber::integer);
    return content ? signed_of(*content) : std::nullopt;
}

std::optional<std::int64_t> signed_of(std::string_view content) {
    if (content.empty() || content.size() > sizeof(std::int64_t))
        return std::nullopt;
    std::uint64_t value = (octet(content[0]) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
    for (const char c : content)
        value = value << octet_bits | octet(c);
    return static_cast<std::int64_t>(value);
}

std::optional<std::uint64_t> unsigned_of(std::string_view content) {
    if (content.empty())
        return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : content) {
        if (value > std::numeric_limits<std::uint64_t>::max() >> octet_bits)
            return std::nullopt;
        value = value << octet_bits | octet(c);
    }
    return value;
}

std::optional<mib::Oid> oid_of(std::string_view content) {
    constexpr std::size_t arcs_max = 128; // RFC 2578, section 3.5
    constexpr std::uint32_t first_arc_weight = 40;
    if (content.empty() || (octet(content.back()) & 0x80U) != 0)
        return std::nullopt;
    mib::Oid oid;
    std::uint64_t arc = 0;
    for (const char c : content) {
        arc = arc << 7U | (octet(c) & 0x7FU);
        if (arc > std::numeric_limits<std::uint32_t>::max())
            return std::nullopt;
        if ((octet(c) & 0x80U) != 0)
            continue;
        const auto whole = static_cast<std::uint32_t>(std::exchange(arc, 0));
        if (oid.empty()) {
            oid.reserve(content.size() + 1);
            oid.push_back(std::min(whole / first_arc_weight, 2U));
            oid.push_back(whole - oid[0] * first_arc_weight);
        } else {
            oid.push_back(whole);
        }
        if (oid.size() > arcs_max)
            return std::nullopt;
    }
    return oid;
}

} // namespace galera::snmp::ber
