// How the parsers of this room take text apart, and how they quote it in errors.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace galera::text {

/// What Galera's own reader skips inside a line.
inline constexpr std::string_view blanks = " \t\r\v\f";

[[nodiscard]] inline std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

[[nodiscard]] constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// ASCII only, whatever the locale.
[[nodiscard]] inline std::string lower(std::string_view text) {
    std::string result{text};
    for (auto& c : result)
        c = lower(c);
    return result;
}

/// In quotes, fit for one line of a log: clipped, and '?' for what does not print.
[[nodiscard]] inline std::string quoted(std::string_view text) {
    constexpr std::size_t shown_bytes_max = 60;
    std::string result = "'";
    for (const char c : text.substr(0, shown_bytes_max))
        result += c >= ' ' && c <= '~' ? c : '?';
    return result + (text.size() > shown_bytes_max ? "..'" : "'");
}

/// A number and nothing else; empty also if it does not fit.
template <std::integral Integer>
[[nodiscard]] std::optional<Integer> number(std::string_view text) {
    Integer value{};
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end)
        return std::nullopt;
    return value;
}

/// The parts between the separators; one more than there are separators.
[[nodiscard]] inline std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto place = text.find(separator);
        parts.push_back(text.substr(0, place));
        if (place == std::string_view::npos)
            return parts;
        text.remove_prefix(place + 1);
    }
}

struct Line {
    std::size_t number{0}; // from 1
    std::string_view text; // without the newline
    bool ended{false};     // by a newline

    [[nodiscard]] std::string place() const { return "line " + std::to_string(number); }
};

/// What follows the last newline is a line, not ended, unless it is empty.
[[nodiscard]] inline std::vector<Line> lines(std::string_view text) {
    std::vector<Line> result;
    while (!text.empty()) {
        const auto length = text.find('\n');
        const bool ended = length != std::string_view::npos;
        result.push_back({result.size() + 1, text.substr(0, length), ended});
        text.remove_prefix(ended ? length + 1 : text.size());
    }
    return result;
}

/// The parts between blanks.
[[nodiscard]] inline std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> result;
    for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
        result.push_back(text.substr(0, text.find_first_of(blanks)));
        text.remove_prefix(result.back().size());
    }
    return result;
}

} // namespace galera::text
