#include "initiator/run/table.hpp"

#include <algorithm>
#include <array>

namespace galera::run {

namespace {

/// The first character of a text that is UTF-8.
struct Character {
    char32_t code;
    std::size_t bytes;
};

Character first_of(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t bytes = lead < 0xC0U ? 1 : lead < 0xE0U ? 2 : lead < 0xF0U ? 3 : 4;
    if (bytes == 1 || bytes > text.size())
        return {lead, 1};
    char32_t code = lead & (0x7FU >> bytes);
    for (std::size_t at = 1; at < bytes; ++at)
        code = code << 6U | (static_cast<unsigned char>(text[at]) & 0x3FU);
    return {code, bytes};
}

struct Range {
    char32_t first, last;
};

/// Terminals show nothing of their own for these: marks on the letter before, joiners, directions.
constexpr std::array no_columns{Range{0x0300, 0x036F}, Range{0x200B, 0x200F}, Range{0x202A, 0x202E},
                                Range{0x2060, 0x206F}, Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F},
                                Range{0xFE20, 0xFE2F}, Range{0xFEFF, 0xFEFF}};
/// And two columns for these: East Asian letters, and pictures.
constexpr std::array two_columns{
    Range{0x1100, 0x115F}, Range{0x2E80, 0xA4CF},   Range{0xAC00, 0xD7A3},
    Range{0xF900, 0xFAFF}, Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},
    Range{0xFFE0, 0xFFE6}, Range{0x1F300, 0x1FAFF}, Range{0x20000, 0x3FFFD}};

std::size_t columns_of(char32_t code) {
    const auto holds = [&](const Range& range) {
        return range.first <= code && code <= range.last;
    };
    if (std::ranges::any_of(no_columns, holds))
        return 0;
    return std::ranges::any_of(two_columns, holds) ? 2 : 1;
}

std::string_view colour_of(Tone tone) {
    switch (tone) {
    case Tone::good:
        return "\x1b[32m";
    case Tone::warning:
        return "\x1b[33m";
    case Tone::bad:
        return "\x1b[31m";
    case Tone::faint:
        return "\x1b[2m";
    case Tone::plain:
        break;
    }
    return {};
}

/// One line as it grows, up to the edge of the paper.
class Line {
public:
    explicit Line(const Paper& paper) : paper_{paper} {}

    void add(const Cell& cell) {
        const auto text = room_for(cell.text);
        const auto colour = paper_.colours ? colour_of(cell.tone) : std::string_view{};
        if (text.empty())
            return;
        text_ += std::string(blanks_, ' ');
        blanks_ = 0;
        text_ += colour;
        text_ += text;
        text_ += colour.empty() ? "" : "\x1b[0m";
    }
    /// Blanks count when something follows them.
    void add_blanks(std::size_t count) {
        blanks_ += count;
        columns_ += count;
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string_view room_for(std::string_view text) {
        if (paper_.columns != 0)
            text = cut_to(text, paper_.columns - std::min(columns_, paper_.columns));
        columns_ += run::columns_of(text);
        return text;
    }

    const Paper& paper_;
    std::string text_;
    std::size_t columns_{0};
    std::size_t blanks_{0};
};

} // namespace

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const auto character = first_of(text);
        columns += columns_of(character.code);
        text.remove_prefix(character.bytes);
    }
    return columns;
}

std::string_view cut_to(std::string_view text, std::size_t columns) {
    std::size_t bytes = 0;
    while (bytes < text.size()) {
        const auto character = first_of(text.substr(bytes));
        const auto wanted = columns_of(character.code);
        if (wanted > columns)
            break;
        columns -= wanted;
        bytes += character.bytes;
    }
    return text.substr(0, bytes);
}

std::vector<std::string> lines_of(const std::vector<Row>& rows, const Paper& paper) {
    constexpr std::size_t gap = 2;
    std::vector<std::size_t> widths(rows.empty() ? 0 : rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], columns_of(row[column].text));
    }
    std::vector<std::string> lines;
    for (const auto& row : rows) {
        Line line{paper};
        for (std::size_t column = 0; column < row.size(); ++column) {
            line.add(row[column]);
            line.add_blanks(widths[column] - columns_of(row[column].text) + gap);
        }
        lines.push_back(line.text());
    }
    return lines;
}

std::string line_of(const Cell& cell, const Paper& paper) {
    Line line{paper};
    line.add(cell);
    return line.text();
}

} // namespace galera::run
