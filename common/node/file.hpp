// Files: read with a bound, replaced atomically, locked.
#pragma once

#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace galera::node {

/// "PATH: WHAT: Permission denied", of an errno.
[[nodiscard]] Error system_error(const std::filesystem::path& path, std::string_view what,
                                 int number);

/// What is written by the database's user may be a link to what root alone may read, and errors
/// quote; of a configuration the administrator makes links.
enum class Links : std::uint8_t { refused, followed };

/// The content of a regular file of at most `bytes_max` bytes. Empty if there is no such file;
/// an error for anything else (no permission, a directory, a link where it is refused, too large).
Result<std::optional<std::string>> read_file(const std::filesystem::path& path,
                                             std::size_t bytes_max, Links links = Links::refused);

/// The end of a log.
struct FileEnd {
    std::string text;
    bool cut{false}; // it begins in the middle of a line, perhaps
};

/// What a regular file holds behind `offset`, from its begin where it is shorter than that; of this
/// the last `bytes_max` bytes. Nothing where there is no such file, or a link, or it cannot be
/// read.
[[nodiscard]] FileEnd read_end(const std::filesystem::path& path, std::uintmax_t offset,
                               std::size_t bytes_max);

/// For how long a replaced file must hold: what is worth nothing after a reboot waits for no disk,
/// and may be found empty after one.
enum class Durability : std::uint8_t { for_good, until_reboot };

/// Replaces `path` as a whole or not at all: a new file beside it, written, fsynced, given the
/// owner and mode of the old one, renamed over it, the directory fsynced; without the two fsyncs
/// for one that is to last until a reboot. Where there was none it gets `mode_if_new`, and, when
/// root makes it, the owner of its directory.
Result<void> replace_file(const std::filesystem::path& path, std::string_view content,
                          unsigned mode_if_new, Durability durability = Durability::for_good);

/// Renames within one directory and fsyncs the directory. Nothing to do if `from` does not exist.
Result<void> set_aside(const std::filesystem::path& from, const std::filesystem::path& to);

/// An exclusive flock(2); false, with errno, if it cannot be had by then.
[[nodiscard]] bool lock_within(int fd, std::chrono::milliseconds at_most);

/// Creates the directory (mode 0755) and its parents where they are missing.
Result<void> ensure_directory(const std::filesystem::path& directory);

/// The exclusive right to start or recover a server in a data directory: a flock(2) on the
/// directory itself, so that it leaves no file behind and dies with its last holder. A recovery
/// process inherits it, and so keeps others out even when whoever started it has died.
class DatadirLock {
public:
    /// Empty while another process has it.
    static Result<std::optional<DatadirLock>> try_take(const std::filesystem::path& datadir);

    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    explicit DatadirLock(UniqueFd fd) : fd_{std::move(fd)} {}
    UniqueFd fd_;
};

} // namespace galera::node
