// Looks for a data directory's server among the holders of its locks, then in /proc.
#include "common/node/server_process.hpp"

#include "common/node/file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sstream>
#include <string_view>
#include <sys/stat.h>
#include <vector>

namespace galera::node {
namespace {

/// No command line of a server is longer; what is beyond it is not looked at.
constexpr std::size_t command_line_bytes_max = 256U << 10U;

/// A file or directory as the kernel knows it, whatever the path that led there.
struct Identity {
    dev_t device{0};
    ino_t inode{0};
    bool operator==(const Identity&) const = default;
};

std::optional<Identity> identity_of(const std::string& path) {
    struct stat status {};
    if (path.empty() || ::stat(path.c_str(), &status) != 0)
        return std::nullopt;
    return Identity{status.st_dev, status.st_ino};
}

/// What is looked for.
struct Wanted {
    std::filesystem::path path; // the data directory
    Identity datadir;
    uid_t owner{0};     // of the data directory
    bool shared{false}; // others than its owner may write to it
    std::optional<Identity> defaults_file;
    std::vector<std::string> names; // of programs that are servers
};

std::string_view base_name(std::string_view path) {
    constexpr std::string_view deleted = " (deleted)"; // the program was upgraded meanwhile
    if (path.ends_with(deleted))
        path.remove_suffix(deleted.size());
    return path.substr(path.rfind('/') + 1);
}

std::string proc_path(pid_t pid, std::string_view entry) {
    return "/proc/" + std::to_string(pid) + "/" + std::string{entry};
}

/// "--wsrep-provider=none" as {"wsrep_provider", "none"}; without '=' the value is empty.
struct Option {
    std::string name;
    std::string value;
};

std::vector<Option> options_of(const std::vector<std::string>& words) {
    std::vector<Option> options;
    for (std::size_t i = 1; i < words.size(); ++i) {
        std::string_view word = words[i];
        if (!word.starts_with("--"))
            continue;
        word.remove_prefix(2);
        const auto equals = std::min(word.find('='), word.size());
        Option option{std::string{word.substr(0, equals)},
                      std::string{word.substr(std::min(equals + 1, word.size()))}};
        std::replace(option.name.begin(), option.name.end(), '-', '_');
        // The server also takes a value as the next word: "--datadir /srv/db".
        const bool takes_next = option.name == "datadir" && equals == word.size();
        if (takes_next && i + 1 < words.size())
            option.value = words[++i];
        options.push_back(std::move(option));
    }
    return options;
}

/// The last one counts, as for the server.
std::optional<std::string> value_of(const std::vector<Option>& options, std::string_view name) {
    const auto found = std::find_if(options.rbegin(), options.rend(),
                                    [&](const Option& option) { return option.name == name; });
    if (found == options.rend())
        return std::nullopt;
    return found->value;
}

bool is_on(const std::vector<Option>& options, std::string_view name) {
    const auto value = value_of(options, name);
    return value && (value->empty() || *value == "1" || *value == "ON" || *value == "on");
}

bool only_prints(const std::vector<Option>& options) {
    return value_of(options, "help") || value_of(options, "version") ||
           value_of(options, "print_defaults");
}

ServerProcess::Kind kind_of(const std::vector<Option>& options) {
    const bool views =
        value_of(options, "wsrep_provider") == "none" && is_on(options, "innodb_read_only");
    return is_on(options, "wsrep_recover") || views ? ServerProcess::Kind::recovery
                                                    : ServerProcess::Kind::server;
}

/// Who holds a write lock on the file: empty: nobody; 0: somebody whom we cannot see.
Result<std::optional<pid_t>> lock_holder_of(const std::filesystem::path& file) {
    const UniqueFd fd{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (!fd) {
        if (errno == ENOENT)
            return std::optional<pid_t>{};
        return failure(system_error(file, "cannot open it to see who has locked it", errno));
    }
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(fd.get(), F_GETLK, &lock) != 0)
        return failure(system_error(file, "cannot see who has locked it", errno));
    if (lock.l_type == F_UNLCK)
        return std::optional<pid_t>{};
    return std::optional{std::max<pid_t>(lock.l_pid, 0)};
}

Result<std::optional<ServerProcess>> find_lock_holder(const std::filesystem::path& datadir) {
    for (const char* name : {"ibdata1", "aria_log_control"}) {
        const auto holder = lock_holder_of(datadir / name);
        if (!holder)
            return failure(holder.error());
        // A holder whose command line cannot be read counts as a server: it may be one.
        if (*holder)
            return std::optional{
                ServerProcess{**holder, kind_of(options_of(command_line_of(**holder)))}};
    }
    return std::optional<ServerProcess>{};
}

std::string program_of(pid_t pid) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(proc_path(pid, "exe").c_str(), target.data(), target.size());
    return length > 0 ? std::string{target.data(), static_cast<std::size_t>(length)}
                      : std::string{};
}

bool is_server_program(const Wanted& wanted, const std::string& path) {
    return std::find(wanted.names.begin(), wanted.names.end(), base_name(path)) !=
           wanted.names.end();
}

/// A path of its command line, seen from its own root directory where we may look there.
std::optional<Identity> identity_within(pid_t pid, const std::string& path) {
    if (!path.starts_with('/'))
        return std::nullopt; // relative to a directory that it has left by now
    if (const auto seen_from_there = identity_of(proc_path(pid, "root") + path))
        return seen_from_there;
    return identity_of(path);
}

/// Whether its current directory is some server's: several servers may share an option file, each
/// with a group of its own.
bool is_at_home_elsewhere(pid_t pid) {
    return identity_of(proc_path(pid, "cwd/ibdata1")) ||
           identity_of(proc_path(pid, "cwd/aria_log_control"));
}

/// Whether a process that runs a server's program has the directory.
Result<bool> has_datadir(pid_t pid, const std::vector<Option>& options, const Wanted& wanted) {
    const auto current = identity_of(proc_path(pid, "cwd"));
    const bool hidden = !current && errno == EACCES; // before anything else sets errno
    if (current == wanted.datadir)
        return true;
    if (is_at_home_elsewhere(pid))
        return false;
    if (const auto datadir = value_of(options, "datadir"))
        return identity_within(pid, *datadir) == wanted.datadir;
    if (const auto file = value_of(options, "defaults_file"))
        return wanted.defaults_file && identity_within(pid, *file) == wanted.defaults_file;
    if (hidden)
        return failure("process " + std::to_string(pid) +
                       " is a database server and hides its current directory, so nobody knows "
                       "whether it has " +
                       wanted.path.string() + "; run this program as root");
    return false;
}

/// Whether the process may write to the data directory, or nobody knows. A server that cannot is
/// not this one's: a container's, say, which shows its command line here and hides all else.
bool may_write(pid_t pid, const Wanted& wanted) {
    constexpr std::size_t status_bytes_max = 65536;
    constexpr std::string_view mark = "\nUid:"; // real, effective, saved, of its files: proc(5)
    if (wanted.shared)
        return true;
    const auto status = read_file(proc_path(pid, "status"), status_bytes_max);
    const auto place = status && *status ? (*status)->find(mark) : std::string::npos;
    if (place == std::string::npos)
        return true;
    std::istringstream words{(*status)->substr(place + mark.size())};
    std::array<uid_t, 4> users{};
    for (auto& user : users) {
        if (!(words >> user))
            return true;
    }
    return std::ranges::any_of(users,
                               [&](uid_t user) { return user == 0 || user == wanted.owner; });
}

Result<std::optional<ServerProcess>> look_at(pid_t pid, const Wanted& wanted) {
    const auto words = command_line_of(pid);
    if (words.empty() ||
        !(is_server_program(wanted, words.front()) || is_server_program(wanted, program_of(pid))) ||
        !may_write(pid, wanted))
        return std::optional<ServerProcess>{};
    const auto options = options_of(words);
    if (only_prints(options))
        return std::optional<ServerProcess>{};
    const auto has = has_datadir(pid, options, wanted);
    if (!has)
        return failure(has.error());
    if (!*has)
        return std::optional<ServerProcess>{};
    return std::optional{ServerProcess{pid, kind_of(options)}};
}

Result<std::vector<pid_t>> other_processes() {
    struct Closer {
        void operator()(DIR* directory) const { ::closedir(directory); }
    };
    const std::unique_ptr<DIR, Closer> proc{::opendir("/proc")};
    if (!proc)
        return failure(system_error("/proc", "cannot look for the server there", errno));
    std::vector<pid_t> pids;
    while (true) {
        errno = 0;
        const dirent* entry = ::readdir(proc.get());
        if (entry == nullptr)
            break;
        const std::string_view name{static_cast<const char*>(entry->d_name)};
        pid_t pid = 0;
        const auto read = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (read.ec == std::errc{} && read.ptr == name.data() + name.size() && pid != ::getpid())
            pids.push_back(pid);
    }
    if (errno != 0)
        return failure(system_error("/proc", "cannot look for the server there", errno));
    if (pids.empty() && ::getpid() != 1)
        return failure("/proc: shows no processes; mount it, so that the server can be found");
    return pids;
}

/// A server goes before a recovery: a joiner that waits for its SST holds no lock.
Result<std::optional<ServerProcess>> find_in_proc(const Wanted& wanted) {
    const auto pids = other_processes();
    if (!pids)
        return failure(pids.error());
    std::optional<ServerProcess> best;
    std::optional<Error> unclear;
    for (const pid_t pid : *pids) {
        const auto found = look_at(pid, wanted);
        if (!found)
            unclear = found.error();
        else if (*found && (!best || (*found)->kind == ServerProcess::Kind::server))
            best = *found;
    }
    if (unclear && (!best || best->kind != ServerProcess::Kind::server))
        return failure(*unclear);
    return best;
}

} // namespace

std::vector<std::string> command_line_of(pid_t pid) {
    const UniqueFd fd{::open(proc_path(pid, "cmdline").c_str(), O_RDONLY | O_CLOEXEC)};
    std::string text;
    std::array<char, 4096> chunk{};
    while (fd && text.size() < command_line_bytes_max) {
        const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
        if (got <= 0)
            break;
        text.append(chunk.data(), static_cast<std::size_t>(got));
    }
    std::vector<std::string> words;
    for (std::size_t start = 0; start < text.size();) {
        const auto end = std::min(text.find('\0', start), text.size());
        words.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return words;
}

Result<std::optional<ServerProcess>> find_server(const std::filesystem::path& datadir,
                                                 const std::string& server_binary,
                                                 const std::filesystem::path& defaults_file) {
    const UniqueFd readable{::open(datadir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    struct stat directory {};
    if (!readable || ::fstat(readable.get(), &directory) != 0)
        return failure(system_error(datadir, "cannot open the data directory", errno));
    const auto holder = find_lock_holder(datadir);
    if (!holder)
        return failure(holder.error());
    if (*holder && (*holder)->kind == ServerProcess::Kind::server)
        return *holder;
    const Wanted wanted{.path = datadir,
                        .datadir = {directory.st_dev, directory.st_ino},
                        .owner = directory.st_uid,
                        .shared = (directory.st_mode & (S_IWGRP | S_IWOTH)) != 0,
                        .defaults_file = identity_of(defaults_file.string()),
                        .names = {"mariadbd", "mysqld", std::string{base_name(server_binary)}}};
    const auto found = find_in_proc(wanted);
    if (!found)
        return failure(found.error());
    return *found ? *found : *holder;
}

} // namespace galera::node
