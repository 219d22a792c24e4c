// What the MIB allows as a value, and what it means.
#include "common/mib/syntax.hpp"

#include <charconv>
#include <cstddef>
#include <limits>

namespace galera::mib {
namespace {

std::optional<std::int64_t> parse_seqno_digits(std::string_view digits) {
    std::int64_t number{0};
    const char* const end = digits.data() + digits.size();
    const bool is_digit = !digits.empty() && digits.front() >= '0' && digits.front() <= '9';
    if (!is_digit)
        return std::nullopt;
    const auto [stop, status] = std::from_chars(digits.data(), end, number);
    if (status != std::errc{} || stop != end)
        return std::nullopt;
    return number;
}

} // namespace

std::string bounded_text(std::string text) {
    if (text.size() <= text_bytes_max)
        return text;
    std::size_t end = text_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    text.resize(end);
    return text;
}

Result<void> decode_text(const Value& value, std::string& text) {
    if (octets(value).size() > text_bytes_max)
        return failure("a text of " + std::to_string(octets(value).size()) + " bytes, of at most " +
                       std::to_string(text_bytes_max));
    text = octets(value);
    return {};
}

Result<Uuid> decode_uuid(const Value& value) {
    if (const auto uuid = Uuid::parse(octets(value)))
        return *uuid;
    return failure("'" + bounded_text(octets(value)) + "' is no UUID");
}

Result<Seqno> decode_seqno(const Value& value) {
    constexpr std::uint64_t seqno_max = std::numeric_limits<std::int64_t>::max();
    if (counter(value) <= seqno_max)
        if (const auto seqno = Seqno::from(static_cast<std::int64_t>(counter(value))))
            return *seqno;
    return failure(std::to_string(counter(value)) + " is no seqno");
}

Result<std::optional<Position>> decode_position(const Value& value) {
    constexpr std::size_t uuid_bytes = 36;
    const std::string_view text = octets(value);
    if (text == text_of(std::optional<Position>{}))
        return std::optional<Position>{};
    const auto uuid = Uuid::parse(text.substr(0, uuid_bytes));
    if (uuid && text.size() > uuid_bytes && text[uuid_bytes] == ':')
        if (const auto number = parse_seqno_digits(text.substr(uuid_bytes + 1)))
            if (const auto seqno = Seqno::from(*number))
                return std::optional<Position>{Position{*uuid, *seqno}};
    return failure("'" + bounded_text(std::string{text}) + "' is no position");
}

std::optional<std::size_t> row_out_of_order(const Lineage& lineage) {
    for (std::size_t row = 1; row < lineage.size(); ++row)
        if (lineage[row].first <= lineage[row - 1].first)
            return row;
    return std::nullopt;
}

} // namespace galera::mib
