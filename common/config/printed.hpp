#pragma once

#include "common/config/exit_status.hpp"

#include <string_view>

namespace galera::config {

/// How a program ends that had something to print: as it would otherwise, if what it has put into
/// std::cout has arrived; with internal_error, and a line on stderr, if not (a full disk). A reader
/// that wants no more, such as head(1), is no error.
[[nodiscard]] ExitStatus printed(std::string_view program, ExitStatus otherwise);

} // namespace galera::config
