// Runs the database's own program twice: once to recover its position, once to read its view.
#include "common/node/recovery.hpp"

#include "common/node/child.hpp"
#include "common/node/server_session.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace galera::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t log_bytes_max = 64U << 20U;
constexpr std::size_t log_line_bytes_max = 300;
/// How soon a cancellation is noticed.
constexpr milliseconds cancel_interval{50};
/// InnoDB survives SIGKILL; the grace only spares it a second recovery.
constexpr milliseconds stop_grace{10000};
/// Between two attempts to connect to the private server; it is up after some 100 ms.
constexpr milliseconds connect_interval{20};
/// A clean InnoDB opens at once, whatever its size; a server that takes longer hangs.
constexpr std::chrono::minutes view_server_time_max{5};

/// A directory for the log, socket and pid file of one private server, with all that is in it.
class PrivateDirectory {
public:
    static Result<PrivateDirectory> make(const std::filesystem::path& run_dir,
                                         const std::optional<ServerUser>& user) {
        if (auto made = ensure_directory(run_dir); !made)
            return failure(made.error());
        std::string path = (run_dir / "recovery.XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) // mode 0700
            return failure(system_error(run_dir, "cannot create a directory in it", errno));
        PrivateDirectory directory{path};
        if (directory.socket().string().size() >= sizeof(sockaddr_un::sun_path))
            return failure(run_dir.string() + ": is too long a path for a socket below it; "
                                              "choose a shorter run-dir");
        if (!directory.open_output(user))
            return failure(system_error(path, "cannot prepare it", errno));
        return directory;
    }
    PrivateDirectory(PrivateDirectory&& other) noexcept
        : path_{std::exchange(other.path_, {})}, output_{std::move(other.output_)} {}
    PrivateDirectory& operator=(PrivateDirectory&&) = delete;
    PrivateDirectory(const PrivateDirectory&) = delete;
    PrivateDirectory& operator=(const PrivateDirectory&) = delete;
    ~PrivateDirectory() {
        std::error_code ignored; // what is left over lies in run_dir, which a reboot empties
        if (!path_.empty())
            std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    // The server appends ".err" to the name of a log that has no extension.
    [[nodiscard]] std::filesystem::path log() const { return path_ / "server.err"; }
    // What it says before it has opened its log: mistakes in its options.
    [[nodiscard]] std::filesystem::path output() const { return path_ / output_name; }
    [[nodiscard]] int output_fd() const { return output_.get(); }
    [[nodiscard]] std::filesystem::path socket() const { return path_ / "socket"; }
    [[nodiscard]] std::filesystem::path pid_file() const { return path_ / "pid"; }

private:
    explicit PrivateDirectory(std::filesystem::path path) : path_{std::move(path)} {}
    /// Opens the output, and gives the directory to the user, if there is one: what we have made
    /// ourselves, and in this order. run_dir may be the user's, who could put a link into its
    /// place, and once the directory is, a link into that.
    bool open_output(const std::optional<ServerUser>& user) {
        const UniqueFd fd{::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
        struct stat status {};
        if (!fd || ::fstat(fd.get(), &status) != 0)
            return false;
        if (status.st_uid != ::geteuid()) {
            errno = EPERM;
            return false;
        }
        output_ = UniqueFd{::openat(fd.get(), output_name,
                                    O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0640)};
        return output_ && (!user || ::fchown(fd.get(), user->uid, user->gid) == 0);
    }

    static constexpr const char* output_name = "output";
    std::filesystem::path path_;
    UniqueFd output_;
};

/// The usual command line of the server, then what keeps this one to itself. The directory comes
/// again at the end: what is recovered must be what is observed.
std::vector<std::string> command_of(const RecoveryOptions& options,
                                    const PrivateDirectory& directory,
                                    std::initializer_list<std::string_view> purpose) {
    std::vector<std::string> words{options.server_binary};
    if (!options.defaults_file.empty())
        words.push_back("--defaults-file=" + options.defaults_file.string());
    words.insert(words.end(), options.server_args.begin(), options.server_args.end());
    words.push_back("--datadir=" + options.datadir.string());
    words.insert(words.end(), purpose.begin(), purpose.end());
    words.push_back("--skip-networking");
    words.push_back("--socket=" + directory.socket().string());
    words.push_back("--pid-file=" + directory.pid_file().string());
    words.push_back("--log-error=" + directory.log().string());
    // A server that starts removes every "#sql*" file in its tmpdir, also those of another server
    // that runs on this host and shares it.
    words.push_back("--tmpdir=" + directory.path().string());
    // Nothing that belongs to the life of the real server happens in this one.
    for (const char* quiet :
         {"--general-log=OFF", "--slow-query-log=OFF", "--loose-performance-schema=OFF",
          "--loose-innodb-buffer-pool-load-at-startup=OFF",
          "--loose-innodb-buffer-pool-dump-at-shutdown=OFF", "--init-file="})
        words.emplace_back(quiet);
    return words;
}

std::string_view trim(std::string_view text) {
    const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    return text;
}

/// The first line marked as an error, since what follows it is mostly its consequence; without one
/// the first that is no note or warning; else the last. Printable characters only.
std::string telling_line(std::string_view log) {
    std::string_view error;
    std::string_view unmarked;
    std::string_view last;
    while (!log.empty() && error.empty()) {
        const auto end = std::min(log.find('\n'), log.size());
        const auto line = trim(log.substr(0, end));
        log.remove_prefix(std::min(end + 1, log.size()));
        const auto marked = [&](std::string_view mark) { return line.find(mark) != line.npos; };
        if (line.empty())
            continue;
        last = line;
        if (marked("[ERROR]"))
            error = line;
        else if (unmarked.empty() && !marked("[Note]") && !marked("[Warning]"))
            unmarked = line;
    }
    const auto telling = !error.empty() ? error : !unmarked.empty() ? unmarked : last;
    std::string text{telling.substr(0, log_line_bytes_max)};
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, '?');
    return text;
}

/// Keeps the log of a run that went wrong, for people; the path, or why there is none.
std::string keep_log(const PrivateDirectory& directory, const std::filesystem::path& run_dir) {
    const auto kept = run_dir / "recovery.err";
    std::error_code error;
    auto written =
        std::filesystem::exists(directory.log(), error) ? directory.log() : directory.output();
    std::filesystem::rename(written, kept, error);
    return error ? "its log could not be kept: " + error.message()
                 : "its whole log is " + kept.string();
}

/// An error that tells what the server itself said.
Error server_error(const std::string& what, const PrivateDirectory& directory,
                   const std::filesystem::path& run_dir) {
    std::string said;
    for (const auto& path : {directory.log(), directory.output()}) {
        const auto text = read_file(path, log_bytes_max);
        if (!text)
            return text.error();
        if (said.empty() && *text)
            said = telling_line(**text);
    }
    return Error{what + (said.empty() ? ", and said nothing" : ": " + said) + "; " +
                 keep_log(directory, run_dir)};
}

Result<Child> start_server(const RecoveryOptions& options, const std::vector<std::string>& command,
                           const PrivateDirectory& directory, const std::optional<ServerUser>& user,
                           const DatadirLock& lock, std::optional<int> parent_death_signal) {
    ChildOptions child;
    child.command = command;
    child.output_fd = directory.output_fd();
    child.user = user;
    child.inherited_fd = lock.fd();
    child.parent_death_signal = parent_death_signal;
    auto started = Child::start(child);
    if (!started)
        return failure(started.error().at("recovery of " + options.datadir.string()));
    return started;
}

/// Empty: cancelled.
std::optional<ChildEnd> wait_for_end(Child& child, const std::atomic<bool>& cancelled) {
    while (!cancelled) {
        if (auto end = child.wait(cancel_interval))
            return end;
    }
    child.stop(stop_grace);
    return std::nullopt;
}

/// Nothing was ever put into the directory. A server that looked into it would fill it with files
/// of its own, and `--initialize` or an SST would then find somebody else's.
Result<bool> is_untouched(const std::filesystem::path& datadir) {
    std::error_code error;
    std::filesystem::directory_iterator entry{datadir, error};
    for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
        const auto name = entry->path().filename().string();
        if (!name.starts_with('.') && name != "lost+found")
            return false;
    }
    if (error)
        return failure(system_error(datadir, "cannot list the data directory", error.value()));
    return true;
}

Error cancelled_error() {
    return Error{"the recovery was cancelled"};
}

/// Asks until the server listens; its own end and the cancellation end the wait.
Result<std::optional<View>> ask_for_view(Child& server, const PrivateDirectory& directory,
                                         const std::filesystem::path& run_dir,
                                         const std::atomic<bool>& cancelled) {
    // Without grant tables every name is right.
    ServerSession session{SessionOptions{.socket = directory.socket(), .user = "root"}};
    const auto deadline = steady_clock::now() + view_server_time_max;
    while (!cancelled) {
        auto view = session.applied_view();
        if (view)
            return *std::move(view);
        if (view.error().connection != ServerConnection::no_answer)
            return failure(view.error().error);
        if (const auto end = server.wait(connect_interval))
            return failure(
                server_error("the private server that reads the applied view " + end->text(),
                             directory, run_dir));
        if (steady_clock::now() >= deadline)
            return failure(server_error("the private server that reads the applied view does not "
                                        "answer",
                                        directory, run_dir));
    }
    return failure(cancelled_error());
}

} // namespace

Result<RecoveredPosition> recover_position(const RecoveryOptions& options, const DatadirLock& lock,
                                           const std::atomic<bool>& cancelled) {
    const auto untouched = is_untouched(options.datadir);
    if (!untouched)
        return failure(untouched.error());
    if (*untouched)
        return RecoveredPosition{};
    const auto user = server_user_of(options.datadir);
    if (!user)
        return failure(user.error());
    const auto directory = PrivateDirectory::make(options.run_dir, *user);
    if (!directory)
        return failure(directory.error());
    // Not tied to our life: half a recovery is worth nothing, a whole one is.
    auto server = start_server(options, command_of(options, *directory, {"--wsrep-recover"}),
                               *directory, *user, lock, std::nullopt);
    if (!server)
        return failure(server.error());
    const auto end = wait_for_end(*server, cancelled);
    if (!end)
        return failure(cancelled_error());
    const std::string what = options.server_binary + " --wsrep-recover ";
    if (!end->well())
        return failure(server_error(what + end->text(), *directory, options.run_dir));
    const auto log = read_file(directory->log(), log_bytes_max);
    if (!log)
        return failure(log.error());
    auto position = parse_recovery_log(log->value_or(std::string{}));
    if (!position)
        return failure(position.error().text + "; " + keep_log(*directory, options.run_dir));
    return position;
}

Result<std::optional<View>> recover_view(const RecoveryOptions& options, const DatadirLock& lock,
                                         const std::atomic<bool>& cancelled) {
    const auto user = server_user_of(options.datadir);
    if (!user)
        return failure(user.error());
    const auto directory = PrivateDirectory::make(options.run_dir, *user);
    if (!directory)
        return failure(directory.error());
    const auto command = command_of(
        options, *directory,
        {"--wsrep_on=OFF", "--wsrep_provider=none", "--innodb-read-only=1", "--skip-grant-tables",
         "--skip-log-bin", "--skip-slave-start", "--event-scheduler=DISABLED",
         // Two tables are read: the memory that the real server wants is not needed for that.
         "--loose-innodb-buffer-pool-size=64M", "--loose-feedback=OFF"});
    // Tied to our life: it would keep the directory for ever.
    auto server = start_server(options, command, *directory, *user, lock, SIGTERM);
    if (!server)
        return failure(server.error());
    auto view = ask_for_view(*server, *directory, options.run_dir, cancelled);
    if (!cancelled)
        server->stop(stop_grace);
    return view;
}

} // namespace galera::node
