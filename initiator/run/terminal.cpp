#include "initiator/run/terminal.hpp"

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace galera::run {

namespace {

std::string_view variable(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

constexpr std::string_view clear_to_end_of_line = "\x1b[K";
constexpr std::string_view clear_below = "\x1b[J";

} // namespace

Outlet outlet_of(int descriptor) {
    const auto kind = variable("TERM");
    const bool redraws = ::isatty(descriptor) == 1 && !kind.empty() && kind != "dumb";
    return {.redraws = redraws, .colours = redraws && variable("NO_COLOR").empty()};
}

Size size_of_terminal(int descriptor) {
    winsize told{};
    if (::ioctl(descriptor, TIOCGWINSZ, &told) != 0 || told.ws_col == 0 || told.ws_row == 0)
        return {};
    return {told.ws_col, told.ws_row};
}

Paper Screen::paper() const {
    return {.colours = colours_, .columns = std::max<std::size_t>(size_().columns, 2) - 1};
}

/// On a terminal that has become narrower nobody knows where the block begins: some wrap what was
/// written, some cut it. It stays then, and a new one goes below.
std::string Screen::back_to_the_block(const Size& size) {
    const auto lines = std::exchange(lines_drawn_, 0);
    const bool known = size.columns >= size_drawn_.columns && lines < size.rows;
    if (lines == 0 || !known)
        return "\r";
    return "\r\x1b[" + std::to_string(lines) + "A";
}

std::string Screen::drawn(const Size& size) {
    // The cursor stands below the block, and the line above it must stay within sight.
    const auto room = size.rows > 1 ? size.rows - 1 : 1;
    lines_drawn_ = std::min(lines_.size(), room);
    size_drawn_ = size;
    std::string text;
    for (std::size_t line = 0; line < lines_drawn_; ++line)
        text.append(lines_[line]).append(clear_to_end_of_line).append("\n");
    return text.append(clear_below);
}

void Screen::show(std::vector<std::string> lines) {
    const auto size = size_();
    auto text = back_to_the_block(size); // one write, so that nobody sees it half done
    lines_ = std::move(lines);
    text += drawn(size);
    out_ << text << std::flush;
}

void Screen::say(const std::string& line) {
    const auto size = size_();
    auto text = back_to_the_block(size);
    text.append(clear_below).append(line).append("\n");
    text += drawn(size);
    out_ << text << std::flush;
}

void Screen::clear() {
    if (lines_drawn_ != 0)
        out_ << back_to_the_block(size_()) << clear_below << std::flush;
    lines_.clear();
}

void Screen::leave() {
    out_ << '\r' << clear_to_end_of_line << std::flush;
    lines_.clear();
    lines_drawn_ = 0;
}

} // namespace galera::run
