// What the files of a data directory tell without the server.
#pragma once

#include "common/galera/state_files.hpp"
#include "common/model/node_report.hpp"
#include "common/model/result.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <sys/types.h>
#include <vector>

namespace galera::node {

using Errors = std::vector<Error>;

/// The state of the files that a server writes. It differs between any two stops.
struct FileMark {
    dev_t device{0};
    ino_t inode{0};
    off_t size{0};
    std::int64_t modified_seconds{0};
    long modified_nanoseconds{0};

    bool operator==(const FileMark&) const = default;
};
inline constexpr std::array<const char*, 8> server_files = {
    "ibdata1",           "ib_logfile0",  "ib_logfile1",  "aria_log_control",
    "aria_log.00000001", "grastate.dat", "gvwstate.dat", "galera.cache"};
using Fingerprint = std::array<std::optional<FileMark>, server_files.size()>;

/// A file that cannot be looked at counts as absent; find_server reports what is wrong with the
/// directory.
[[nodiscard]] Fingerprint fingerprint_of(const std::filesystem::path& datadir);

struct StateFiles {
    std::optional<Grastate> grastate; // absent: missing, or not read
    bool cut{false};                  // an SST to this node has begun, and has not ended in order
    std::optional<bool> view_file;    // whether gvwstate.dat is there; absent: it is not known
};
[[nodiscard]] StateFiles read_state_files(const std::filesystem::path& datadir, Errors& errors);

[[nodiscard]] UserData user_data_in(const std::filesystem::path& datadir, Errors& errors);

/// The disk space that the files below take, but for Galera's write set cache, which no SST brings.
/// What comes and goes meanwhile may be counted or not. Empty: it cannot be read, or there are too
/// many files to count them with each look.
[[nodiscard]] std::optional<std::uint64_t> octets_in(const std::filesystem::path& datadir);

} // namespace galera::node
