// What a person looks at. Nothing here puts a terminal into a mode that must be taken back: there
// are colours that end in their line, and steps up to a line that was written before. So whatever
// ends the program, and whenever, the terminal is as it was.
#pragma once

#include "initiator/run/table.hpp"

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace galera::run {

/// What can be done with an output of a program.
struct Outlet {
    bool redraws{false}; // a terminal that can go back to a line: TERM is neither `dumb` nor unset
    bool colours{false}; // and NO_COLOR is not set (no-color.org)
};
/// Reads the environment: for `main`.
[[nodiscard]] Outlet outlet_of(int descriptor);

struct Size {
    std::size_t columns{80};
    std::size_t rows{24};

    bool operator==(const Size&) const = default;
};
/// As the terminal says; 80 x 24 where it does not.
[[nodiscard]] Size size_of_terminal(int descriptor);

/// A block of lines at the lower end of what has been written to a terminal, drawn anew in its
/// place; lines that are said go above it and stay.
class Screen {
public:
    /// `size` is asked before each drawing. The stream must outlive the screen.
    Screen(std::ostream& out, bool colours, std::function<Size()> size)
        : out_{out}, colours_{colours}, size_{std::move(size)} {}

    /// What the next lines are to be written for: as wide as the terminal is now, less the last
    /// column, where terminals differ.
    [[nodiscard]] Paper paper() const;
    /// Draws the block. Of more lines than the terminal has it shows the first ones.
    void show(std::vector<std::string> lines);
    /// Writes a line above the block.
    void say(const std::string& line);
    /// Takes the block away.
    void clear();
    /// Leaves the block where it is, and the cursor at the beginning of the line below it, where a
    /// terminal may have shown that Ctrl-C was pressed.
    void leave();

private:
    [[nodiscard]] std::string back_to_the_block(const Size& size);
    [[nodiscard]] std::string drawn(const Size& size);

    std::ostream& out_;
    bool colours_;
    std::function<Size()> size_;
    std::vector<std::string> lines_;
    std::size_t lines_drawn_{0};
    Size size_drawn_;
};

} // namespace galera::run
