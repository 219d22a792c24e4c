#include "common/node/data_directory.hpp"

#include "common/node/file.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace galera::node {
namespace {

/// Whether there is something of that name. An error for anything but yes and no.
Result<bool> is_there(const std::filesystem::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0)
        return true;
    if (errno == ENOENT)
        return false;
    return failure(system_error(path, "cannot look at it", errno));
}

/// What a joiner's SST leaves behind when it is cut. Read in the scripts of MariaDB 10.11:
/// - every method that copies files (rsync, mariabackup; xtrabackup in PXC): `sst_in_progress`,
///   removed at the script's end, but not when it is killed. A script that ends in failure leaves
///   nothing, and only the lineage record has it that the node was to join;
/// - rsync: the configuration and pid file of its daemon, which only a joiner runs;
/// - mariabackup, xtrabackup: `.sst`, where the stream is unpacked before it is moved into place.
/// Not among them, though left by a cut SST too: `wsrep_sst.pid` and `rsync_sst_complete`, which
/// the scripts also put into the *donor's* directory. A donor that lost power in the middle of an
/// SST is whole, and may be the only node that is.
constexpr std::array<const char*, 4> joiner_leftovers = {"sst_in_progress", "rsync_sst.conf",
                                                         "rsync_sst.pid", ".sst"};

Result<bool> has_joiner_leftovers(const std::filesystem::path& datadir) {
    for (const char* name : joiner_leftovers) {
        auto there = is_there(datadir / name);
        if (!there || *there)
            return there;
    }
    return false;
}

bool is_own_schema(const std::string& name) {
    constexpr std::array<std::string_view, 5> own = {"mysql", "sys", "performance_schema",
                                                     "information_schema", "lost+found"};
    return name.starts_with('.') || name.starts_with('#') ||
           std::find(own.begin(), own.end(), name) != own.end();
}

/// Whether a schema's directory holds anything besides its options.
Result<bool> holds_tables(const std::filesystem::path& schema) {
    std::error_code error;
    std::filesystem::directory_iterator entry{schema, error};
    for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
        if (entry->path().filename() != "db.opt")
            return true;
    }
    if (error == std::errc::no_such_file_or_directory)
        return false; // dropped meanwhile
    if (error)
        return failure(system_error(schema, "cannot list it", error.value()));
    return false;
}

bool is_write_set_cache(const std::string& name) {
    return name == "galera.cache" || name.starts_with("gcache.page.");
}

constexpr std::size_t files_counted_max = 50'000;

} // namespace

Fingerprint fingerprint_of(const std::filesystem::path& datadir) {
    Fingerprint marks;
    for (std::size_t i = 0; i < server_files.size(); ++i) {
        struct stat status {};
        if (::stat((datadir / server_files[i]).c_str(), &status) == 0)
            marks[i] = FileMark{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                                status.st_mtim.tv_nsec};
    }
    return marks;
}

StateFiles read_state_files(const std::filesystem::path& datadir, Errors& errors) {
    StateFiles files;
    const auto path = datadir / "grastate.dat";
    if (const auto text = read_file(path, state_file_bytes_max); !text) {
        errors.push_back(text.error());
    } else if (*text && (*text)->empty()) {
        files.cut = true; // Galera empties it when an SST begins and fills it when that ends
    } else if (*text) {
        if (auto grastate = parse_grastate(**text))
            files.grastate = std::move(*grastate);
        else
            errors.push_back(grastate.error().at(path.string()));
    }
    if (const auto leftovers = has_joiner_leftovers(datadir); !leftovers)
        errors.push_back(leftovers.error());
    else if (*leftovers)
        files.cut = true;
    if (const auto view = is_there(datadir / "gvwstate.dat"); !view)
        errors.push_back(view.error());
    else
        files.view_file = *view;
    return files;
}

UserData user_data_in(const std::filesystem::path& datadir, Errors& errors) {
    std::error_code error;
    std::filesystem::directory_iterator entry{datadir, error};
    for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
        std::error_code gone; // then it is no directory any more
        if (is_own_schema(entry->path().filename().string()) || !entry->is_directory(gone))
            continue;
        const auto tables = holds_tables(entry->path());
        if (!tables) {
            errors.push_back(tables.error());
            return UserData::unknown;
        }
        if (*tables)
            return UserData::present;
    }
    if (!error)
        return UserData::absent;
    errors.push_back(system_error(datadir, "cannot list the data directory", error.value()));
    return UserData::unknown;
}

std::optional<std::uint64_t> octets_in(const std::filesystem::path& datadir) {
    constexpr std::uint64_t block_bytes = 512; // of st_blocks
    std::uint64_t octets{0};
    std::size_t files{0};
    std::error_code error;
    std::filesystem::recursive_directory_iterator entry{datadir, error};
    for (; !error && entry != std::filesystem::recursive_directory_iterator{};
         entry.increment(error)) {
        if (++files > files_counted_max)
            return std::nullopt;
        struct stat status {};
        if (!is_write_set_cache(entry->path().filename().string()) &&
            ::lstat(entry->path().c_str(), &status) == 0)
            octets += static_cast<std::uint64_t>(status.st_blocks) * block_bytes;
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return std::nullopt;
    return octets;
}

} // namespace galera::node
