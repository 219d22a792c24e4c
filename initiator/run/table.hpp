// Columns of text for a person: widths by what a terminal shows, colours, lines cut to its width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace galera::run {

/// What a text is about, for who sees colours.
enum class Tone : std::uint8_t { plain, good, warning, bad, faint };

struct Cell {
    std::string text; // printable
    Tone tone{Tone::plain};
};
using Row = std::vector<Cell>;

/// What is written on.
struct Paper {
    bool colours{false};
    std::size_t columns{0}; // a line is cut there; 0: nowhere
};

/// How many columns of a terminal a printable text in UTF-8 takes.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// The text, or as much of it as goes into so many columns.
[[nodiscard]] std::string_view cut_to(std::string_view text, std::size_t columns);

/// A line a row, without blanks and newlines at their ends. All rows have as many cells.
[[nodiscard]] std::vector<std::string> lines_of(const std::vector<Row>& rows, const Paper& paper);

/// One line by itself.
[[nodiscard]] std::string line_of(const Cell& cell, const Paper& paper);

} // namespace galera::run
