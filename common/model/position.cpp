#include "common/model/position.hpp"

#include <algorithm>

namespace galera {

namespace {

constexpr std::string_view nil_uuid_text = "00000000-0000-0000-0000-000000000000";

constexpr bool is_hyphen_place(std::size_t place) {
    return place == 8 || place == 13 || place == 18 || place == 23;
}

std::optional<std::uint8_t> hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return static_cast<std::uint8_t>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<std::uint8_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F')
        return static_cast<std::uint8_t>(c - 'A' + 10);
    return std::nullopt;
}

} // namespace

std::optional<Uuid> Uuid::from(const Octets& octets) {
    if (std::ranges::all_of(octets, [](std::uint8_t octet) { return octet == 0; }))
        return std::nullopt;
    return Uuid{octets};
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != nil_uuid_text.size())
        return std::nullopt;
    Octets octets{};
    std::size_t digits = 0;
    for (std::size_t place = 0; place < text.size(); ++place) {
        if (is_hyphen_place(place)) {
            if (text[place] != '-')
                return std::nullopt;
            continue;
        }
        const auto digit = hex_digit(text[place]);
        if (!digit)
            return std::nullopt;
        auto& octet = octets[digits / 2];
        octet = static_cast<std::uint8_t>(octet << 4U | *digit);
        ++digits;
    }
    return from(octets);
}

std::string Uuid::text() const {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string text;
    text.reserve(nil_uuid_text.size());
    for (const auto octet : octets_) {
        if (is_hyphen_place(text.size()))
            text += '-';
        text += hex[octet >> 4U];
        text += hex[octet & 0xFU];
    }
    return text;
}

std::string Uuid::short_text() const {
    return text().substr(0, 8) + "..";
}

bool is_nil_uuid(std::string_view text) {
    return text == nil_uuid_text;
}

std::optional<std::strong_ordering> compare_in_one_history(const Position& left,
                                                           const Position& right) {
    if (left.history != right.history)
        return std::nullopt;
    return left.seqno <=> right.seqno;
}

std::string text_of(const Position& position) {
    return position.history.text() + ':' + std::to_string(position.seqno.value());
}

std::string text_of(const std::optional<Position>& position) {
    return position ? text_of(*position) : std::string(nil_uuid_text) + ":-1";
}

std::string short_text_of(const Position& position) {
    return position.history.short_text() + ':' + std::to_string(position.seqno.value());
}

} // namespace galera
