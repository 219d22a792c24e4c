// The names under which the Python scripts of 2014 were called. They are links to our programs,
// which then behave as those scripts did.
#pragma once

#include "common/config/config.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace galera::config {

struct Link {
    std::string_view name;
    Program program;
    std::string_view command; // the one that it stands for; empty: it is said
};

inline constexpr std::array link_table{
    Link{"galera_init", Program::initiator, "start"},
    Link{"galera_check", Program::check, ""},
    Link{"galera_status", Program::check, "status"},
    Link{"galera_seqno", Program::check, "seqno"},
};

/// The link by which a program was called; null: by its own name.
[[nodiscard]] inline const Link* link_of(Program program, std::string_view called) {
    const auto name = called.substr(called.rfind('/') + 1);
    const auto* const found = std::ranges::find(link_table, name, &Link::name);
    return found != link_table.end() && found->program == program ? found : nullptr;
}
[[nodiscard]] inline const Link* link_of(Program program, int argc, const char* const* argv) {
    return argc > 0 ? link_of(program, argv[0]) : nullptr;
}

} // namespace galera::config
