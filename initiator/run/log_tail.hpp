// What the log of a server said last.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace galera::run {

/// The last line behind `offset` that is complete and not blank, cut to some hundred octets; of a
/// log that is shorter, and was begun anew, the last one. Empty where there is none, or the file
/// cannot be read: it is for people who wait.
[[nodiscard]] std::string last_line_of(const std::filesystem::path& log, std::uintmax_t offset);

} // namespace galera::run
