// Starts children by fork and execve. Between the two, in a program that has threads, only
// async-signal-safe calls are allowed: everything that allocates or locks is prepared before.
#include "common/node/child.hpp"

#include "common/node/file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sstream>
#include <string_view>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>

namespace galera::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::array<std::string_view, 3> sbin_directories = {"/usr/sbin", "/usr/local/sbin",
                                                              "/sbin"};

bool is_program(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0;
}

Result<std::string> find_program(const std::string& name) {
    if (name.find('/') != std::string::npos)
        return name; // execve says what is wrong with it
    const char* path = std::getenv("PATH");
    std::string directories = path != nullptr ? path : "/usr/bin:/bin";
    for (const auto directory : sbin_directories)
        directories.append(":").append(directory);
    std::string_view rest = directories;
    while (!rest.empty()) {
        const auto directory = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
        // An empty or relative entry would run a program from wherever we happen to stand.
        if (directory.empty() || directory.front() != '/')
            continue;
        std::string candidate = std::string{directory} + "/" + name;
        if (is_program(candidate))
            return candidate;
    }
    return failure(name + ": no such program in PATH or the sbin directories; install it or give "
                          "its full path");
}

/// Variables by which a service manager speaks to this process alone.
bool is_private_variable(std::string_view entry) {
    constexpr std::array<std::string_view, 6> names = {
        "NOTIFY_SOCKET=", "WATCHDOG_PID=", "WATCHDOG_USEC=",
        "LISTEN_FDS=",    "LISTEN_PID=",   "LISTEN_FDNAMES="};
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return entry.starts_with(name); });
}

std::vector<std::string> environment_for(const std::optional<ServerUser>& user) {
    std::vector<std::string> entries;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const bool of_the_user =
            text.starts_with("HOME=") || text.starts_with("USER=") || text.starts_with("LOGNAME=");
        if (!is_private_variable(text) && !(user && of_the_user))
            entries.emplace_back(text);
    }
    if (user) {
        entries.push_back("HOME=" + user->home.string());
        entries.push_back("USER=" + user->name);
        entries.push_back("LOGNAME=" + user->name);
    }
    return entries;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (auto& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<gid_t> groups_of(const ServerUser& user) {
    int count = 32;
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    while (::getgrouplist(user.name.c_str(), user.gid, groups.data(), &count) < 0) {
        // The C library has put the number that it wants into `count`.
        count = std::max(count, static_cast<int>(groups.size()) * 2);
        groups.resize(static_cast<std::size_t>(count));
    }
    groups.resize(static_cast<std::size_t>(count));
    return groups;
}

/// Out of the way of 0, 1 and 2, which the child replaces.
UniqueFd above_standard(UniqueFd fd) {
    if (!fd || fd.get() > STDERR_FILENO)
        return fd;
    return UniqueFd{::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
}

enum class Step : int { standard_files, descriptors, user, parent, exec };

struct StepFailure {
    Step step{Step::exec};
    int number{0};
};

/// All that the child needs, ready before the fork.
struct Plan {
    std::string program;
    std::vector<std::string> words;
    std::vector<std::string> environment;
    std::vector<char*> argv;
    std::vector<char*> envp;
    std::vector<gid_t> groups;
    UniqueFd input;
    UniqueFd output;
    long fds_max{0};
};

Result<UniqueFd> open_output(const ChildOptions& options) {
    if (options.output_fd) {
        UniqueFd fd{::fcntl(*options.output_fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
        if (!fd)
            return failure(system_error(options.command.front(),
                                        "cannot hand on what its output goes to", errno));
        return fd;
    }
    if (options.output.empty()) {
        UniqueFd null = above_standard(UniqueFd{::open("/dev/null", O_WRONLY | O_CLOEXEC)});
        if (!null)
            return failure(system_error("/dev/null", "cannot open it", errno));
        return null;
    }
    // Of what stays on disk not through a link: the directory may be the database's user's, and we
    // be root.
    const int careful = options.user || options.detached ? O_NOFOLLOW : 0;
    UniqueFd fd = above_standard(
        UniqueFd{::open(options.output.c_str(),
                        O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | careful, 0640)});
    if (!fd)
        return failure(system_error(options.output, "cannot open it for output", errno));
    return fd;
}

Result<Plan> prepare(const ChildOptions& options) {
    if (options.command.empty())
        return failure("no program to start was given");
    if (options.inherited_fd && *options.inherited_fd <= STDERR_FILENO)
        return failure("a standard file cannot be inherited beside itself");
    auto program = find_program(options.command.front());
    if (!program)
        return failure(program.error());
    auto output = open_output(options);
    if (!output)
        return failure(output.error());
    Plan plan;
    plan.program = std::move(*program);
    plan.output = std::move(*output);
    plan.input = above_standard(UniqueFd{::open("/dev/null", O_RDONLY | O_CLOEXEC)});
    if (!plan.input)
        return failure(system_error("/dev/null", "cannot open it", errno));
    plan.words = options.command;
    plan.environment = environment_for(options.user);
    plan.argv = pointers_to(plan.words);
    plan.envp = pointers_to(plan.environment);
    if (options.user)
        plan.groups = groups_of(*options.user);
    plan.fds_max = std::min(::sysconf(_SC_OPEN_MAX), 65536L);
    return plan;
}

// ---- In the child, between fork and execve: async-signal-safe calls only.

void forget_signals() {
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL; // NOLINT(cppcoreguidelines-pro-type-union-access)
    for (int number = 1; number < NSIG; ++number)
        ::sigaction(number, &usual, nullptr); // fails for SIGKILL and the like, as it should
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool close_all_on_exec(const Plan& plan, const std::optional<int>& inherited_fd) {
    // Also what libraries opened without O_CLOEXEC. 4: CLOSE_RANGE_CLOEXEC, since Linux 5.11.
    if (::syscall(SYS_close_range, 3U, ~0U, 4U) != 0) {
        for (int fd = STDERR_FILENO + 1; fd < plan.fds_max; ++fd)
            ::fcntl(fd, F_SETFD, FD_CLOEXEC); // most are not open
    }
    return !inherited_fd || ::fcntl(*inherited_fd, F_SETFD, 0) == 0;
}

bool become(const ServerUser& user, const std::vector<gid_t>& groups) {
    return ::setgroups(groups.size(), groups.data()) == 0 && ::setgid(user.gid) == 0 &&
           ::setuid(user.uid) == 0;
}

/// After the change of user, which would clear it.
bool follow_parent(const std::optional<int>& signal, pid_t parent) {
    if (!signal)
        return true;
    if (::prctl(PR_SET_PDEATHSIG, *signal) != 0)
        return false;
    if (::getppid() == parent)
        return true;
    errno = ESRCH; // it is dead already and will send nothing
    return false;
}

StepFailure run_plan(const Plan& plan, const ChildOptions& options, pid_t parent) {
    forget_signals();
    if (options.detached)
        ::setsid(); // cannot fail right after fork
    if (::dup2(plan.input.get(), STDIN_FILENO) < 0 ||
        ::dup2(plan.output.get(), STDOUT_FILENO) < 0 ||
        ::dup2(plan.output.get(), STDERR_FILENO) < 0)
        return {Step::standard_files, errno};
    if (!close_all_on_exec(plan, options.inherited_fd))
        return {Step::descriptors, errno};
    if (options.user && !become(*options.user, plan.groups))
        return {Step::user, errno};
    if (!follow_parent(options.parent_death_signal, parent))
        return {Step::parent, errno};
    ::execve(plan.program.c_str(), plan.argv.data(), plan.envp.data());
    return {Step::exec, errno};
}

[[noreturn]] void be_the_child(const Plan& plan, const ChildOptions& options, int error_fd,
                               pid_t parent) {
    const StepFailure failed = run_plan(plan, options, parent);
    // If even this cannot be told, the parent sees a child that ended at once.
    const ssize_t told = ::write(error_fd, &failed, sizeof failed);
    ::_exit(told == sizeof failed ? 127 : 126);
}

// ---- In the parent again.

/// Blocks every signal in this thread, so that no handler of ours runs in the child.
class SignalsHeld {
public:
    SignalsHeld() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;

private:
    sigset_t before_{};
};

Error explain(const StepFailure& failed, const Plan& plan, const ChildOptions& options) {
    switch (failed.step) {
    case Step::standard_files:
    case Step::descriptors:
        return system_error(plan.program, "cannot set up its files", failed.number);
    case Step::user:
        return system_error(plan.program, "cannot become user " + options.user->name,
                            failed.number);
    case Step::parent:
        return system_error(plan.program, "cannot tie it to its parent", failed.number);
    case Step::exec:
        break;
    }
    return system_error(plan.program, "cannot run it", failed.number);
}

/// Empty: execve succeeded, which closed the other end.
std::optional<StepFailure> read_failure(int fd) {
    StepFailure failed;
    ssize_t got = 0;
    do {
        got = ::read(fd, &failed, sizeof failed);
    } while (got < 0 && errno == EINTR);
    if (got == sizeof failed)
        return failed;
    return std::nullopt;
}

void reap(pid_t pid) {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
}

/// Rounded up, so that a wait does not end early and turn into a busy loop.
int poll_timeout(steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

} // namespace

Result<std::optional<ServerUser>> server_user_of(const std::filesystem::path& datadir) {
    struct stat status {};
    if (::stat(datadir.c_str(), &status) != 0)
        return failure(system_error(datadir, "cannot look at the data directory", errno));
    if (::geteuid() != 0 || status.st_uid == 0)
        return std::optional<ServerUser>{};
    std::array<char, 16384> buffer{};
    struct passwd account {};
    struct passwd* found = nullptr;
    if (const int error =
            ::getpwuid_r(status.st_uid, &account, buffer.data(), buffer.size(), &found);
        error != 0)
        return failure(system_error(datadir, "cannot look up the account of its owner", error));
    if (found == nullptr)
        return failure(datadir.string() + ": belongs to user id " + std::to_string(status.st_uid) +
                       ", which has no account; chown it to the user of the database");
    return std::optional{
        ServerUser{account.pw_uid, account.pw_gid, account.pw_name, account.pw_dir}};
}

std::string ChildEnd::text() const {
    if (exit_code)
        return "exited with status " + std::to_string(*exit_code);
    if (!signal)
        return "ended, and nobody saw how";
    const char* name = ::sigdescr_np(*signal);
    return "was killed by signal " + std::to_string(*signal) + " (" +
           (name != nullptr ? name : "unknown") + ")";
}

Result<Child> Child::start(const ChildOptions& options) {
    const auto plan = prepare(options);
    if (!plan)
        return failure(plan.error());
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return failure(system_error(plan->program, "cannot make a pipe to start it", errno));
    const UniqueFd reading = above_standard(UniqueFd{ends[0]});
    UniqueFd writing = above_standard(UniqueFd{ends[1]});
    if (!reading || !writing)
        return failure(system_error(plan->program, "cannot make a pipe to start it", errno));
    const pid_t parent = ::getpid();
    pid_t pid = -1;
    int fork_error = 0;
    {
        const SignalsHeld held;
        pid = ::fork();
        fork_error = errno;
        if (pid == 0)
            be_the_child(*plan, options, writing.get(), parent);
    }
    if (pid < 0)
        return failure(system_error(plan->program, "cannot fork to start it", fork_error));
    writing.reset();
    if (const auto failed = read_failure(reading.get())) {
        reap(pid);
        return failure(explain(*failed, *plan, options));
    }
    // Nobody else reaps our child, so the id is still its own.
    UniqueFd pidfd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U))};
    if (!pidfd) {
        const int error = errno;
        ::kill(pid, SIGKILL);
        reap(pid);
        return failure(system_error(plan->program, "cannot watch it (pidfd_open)", error));
    }
    return Child{pid, std::move(pidfd), options.detached};
}

Child::Child(pid_t pid, UniqueFd pidfd, bool detached)
    : pid_{pid}, pidfd_{std::move(pidfd)}, detached_{detached} {}

Child::Child(Child&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)}, pidfd_{std::move(other.pidfd_)},
      detached_{other.detached_}, end_{std::exchange(other.end_, std::nullopt)} {}

Child& Child::operator=(Child&& other) noexcept {
    // The old child ends with `taken`, as in a destructor.
    Child taken{std::move(other)};
    std::swap(pid_, taken.pid_);
    std::swap(pidfd_, taken.pidfd_);
    std::swap(detached_, taken.detached_);
    std::swap(end_, taken.end_);
    return *this;
}

Child::~Child() {
    if (pid_ < 0 || end_)
        return;
    if (detached_)
        wait(milliseconds{0}); // leaves no zombie if it has ended; else init reaps it
    else
        stop(milliseconds{0});
}

std::optional<ChildEnd> Child::wait(milliseconds at_most) {
    const auto deadline = steady_clock::now() + std::min(at_most, milliseconds{INT_MAX});
    while (pid_ >= 0 && !end_) {
        pollfd ended{pidfd_.get(), POLLIN, 0};
        const int ready = ::poll(&ended, 1, poll_timeout(deadline));
        if (ready == 0)
            return std::nullopt;
        if (ready < 0)
            continue; // EINTR: the deadline stands
        int status = 0;
        const pid_t reaped = ::waitpid(pid_, &status, WNOHANG);
        if (reaped == pid_ && WIFEXITED(status))
            end_ = ChildEnd{WEXITSTATUS(status), std::nullopt};
        else if (reaped == pid_)
            end_ = ChildEnd{std::nullopt, WTERMSIG(status)};
        else if (reaped < 0 && errno == ECHILD)
            end_ = ChildEnd{}; // the program ignores SIGCHLD: the kernel reaped it
    }
    return end_;
}

namespace {

/// Whether a process of this group has not ended. proc(5): after the name, which is in parentheses
/// and may have any in it, a stat file has the state, the parent and the group.
bool is_group_alive(pid_t group) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc", error}) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos)
            continue;
        std::ifstream file{entry.path() / "stat"};
        const std::string stat{std::istreambuf_iterator<char>{file}, {}};
        std::istringstream fields{stat.substr(std::min(stat.rfind(')') + 1, stat.size()))};
        char state = 0;
        pid_t parent = 0;
        pid_t its_group = 0;
        if (fields >> state >> parent >> its_group && its_group == group && state != 'Z')
            return true;
    }
    return false;
}

} // namespace

bool Child::has_ended() const {
    pollfd ended{pidfd_.get(), POLLIN, 0};
    return end_ || ::poll(&ended, 1, 0) > 0;
}

void Child::stop_group(milliseconds grace) const {
    constexpr milliseconds glance{50};
    if (!detached_ || pid_ < 0 || end_)
        return;
    const auto deadline = steady_clock::now() + grace;
    while (is_group_alive(pid_) && steady_clock::now() < deadline) {
        ::kill(-pid_, SIGTERM);
        std::this_thread::sleep_for(glance);
    }
    ::kill(-pid_, SIGKILL);
}

void Child::signal(int number) const {
    if (pid_ >= 0 && !end_)
        ::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0U);
}

ChildEnd Child::stop(milliseconds grace) {
    signal(SIGTERM);
    if (auto end = wait(grace))
        return *end;
    signal(SIGKILL);
    while (true) {
        if (auto end = wait(std::chrono::hours{1}))
            return *end;
    }
}

} // namespace galera::node
