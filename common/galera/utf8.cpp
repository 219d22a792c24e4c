#include "common/galera/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace galera {

namespace {

bool lies_in(char byte, unsigned first, unsigned last) {
    const auto value = static_cast<unsigned char>(byte);
    return first <= value && value <= last;
}

/// By its first byte; 0: none begins so.
std::size_t bytes_of_character(char first) {
    if (lies_in(first, 0x00, 0x7F))
        return 1;
    if (lies_in(first, 0xC2, 0xDF))
        return 2;
    if (lies_in(first, 0xE0, 0xEF))
        return 3;
    return lies_in(first, 0xF0, 0xF4) ? 4 : 0;
}

/// Neither longer than need be, nor a half of a surrogate pair, nor beyond U+10FFFF.
bool may_follow(char first, char second) {
    const auto lead = static_cast<unsigned char>(first);
    const unsigned lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    return lies_in(second, lowest, highest);
}

/// Of the character at the front of a text that is not empty; 0: there is none.
std::size_t character_at(std::string_view text) {
    const auto bytes = bytes_of_character(text.front());
    if (bytes <= 1)
        return bytes;
    if (text.size() < bytes || !may_follow(text[0], text[1]))
        return 0;
    const auto rest = text.substr(2, bytes - 2);
    const auto continues = [](char byte) { return lies_in(byte, 0x80, 0xBF); };
    return std::ranges::all_of(rest, continues) ? bytes : 0;
}

} // namespace

std::string utf8_line(std::string text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto bytes = character_at(std::string_view{text}.substr(at));
        if (bytes == 0)
            text[at] = '?';
        else if (lies_in(text[at], 0x00, 0x1F) || text[at] == '\x7F')
            text[at] = ' ';
        at += std::max<std::size_t>(bytes, 1);
    }
    return text;
}

} // namespace galera
