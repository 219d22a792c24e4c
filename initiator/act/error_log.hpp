// What a server says of its failure: the lines that matter, from behind a mark.
#pragma once

#include "common/config/config.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace galera::act {

/// A place in a file, or in the journal, taken before a start.
struct LogMark {
    std::filesystem::path path;  // of the file; empty: it is the journal of `unit`
    std::uintmax_t offset{0};    // in bytes
    std::string unit;            // what it has said
    std::uint64_t since_usec{0}; // since the epoch
};

/// Where the server writes what it has to say, for people: the file, or "the journal of UNIT".
[[nodiscard]] std::string server_log(const config::Site& site);

/// What the server started directly, or the command that starts it, writes to its standard files.
[[nodiscard]] std::filesystem::path output_file(const config::Site& site);

/// The ends of all places where a server that starts may say what is wrong: its log_error; before
/// it has read that, or without, its standard output, in `output_file` or the journal.
[[nodiscard]] std::vector<LogMark> mark_logs(const config::Site& site);

/// Of these lines those that tell of a failure ([ERROR], a signal, "Aborting", what Galera says of
/// failing), each once, oldest first, the last so many.
[[nodiscard]] std::vector<std::string> meaningful(const std::vector<std::string>& lines,
                                                  std::size_t lines_max);

/// The meaningful lines behind the marks, so many of each, with their file in front; if there is
/// none, the last line.
[[nodiscard]] std::vector<std::string> last_errors(const std::vector<LogMark>& marks,
                                                   std::size_t lines_max);

} // namespace galera::act
