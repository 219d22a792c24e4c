// A child process: started without a shell, watched by its pidfd, stopped by its id.
#pragma once

#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace galera::node {

/// The user that a server runs as.
struct ServerUser {
    uid_t uid{0};
    gid_t gid{0};
    std::string name;
    std::filesystem::path home;
};

/// The owner of the data directory, when this process is root and the owner is not; else empty:
/// servers then run as this process does. An error if the owner has no account.
Result<std::optional<ServerUser>> server_user_of(const std::filesystem::path& datadir);

struct ChildOptions {
    std::vector<std::string> command; // command[0] is looked up in PATH and the sbin directories
    std::filesystem::path output;     // stdout and stderr, appended; empty: /dev/null
    std::optional<int> output_fd;     // both go where this open file goes instead
    std::optional<ServerUser> user;   // become this user first
    std::optional<int> inherited_fd;  // stays open in the child (a DatadirLock's)
    bool detached{false};             // a session of its own; outlives this process
    // Sent to the child when the thread that starts it ends, so that nothing is left behind when
    // this process is killed.
    std::optional<int> parent_death_signal;
};

/// How a child ended.
struct ChildEnd {
    std::optional<int> exit_code; // or
    std::optional<int> signal;

    bool operator==(const ChildEnd&) const = default;
    [[nodiscard]] bool well() const { return exit_code == 0; }
    /// "exited with status 7", "was killed by signal 6 (Aborted)".
    [[nodiscard]] std::string text() const;
};

/// The child gets no environment variables by which systemd speaks to this process, the usual
/// signal handlers and mask, /dev/null as its input and no open files but those named above.
/// Not copied; the destructor of a child that is not detached kills and reaps it.
class Child {
public:
    /// Returns once execve has succeeded, so that "no such program" is an error here.
    static Result<Child> start(const ChildOptions& options);

    Child(Child&&) noexcept;
    Child& operator=(Child&&) noexcept;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Waits for the end, at most so long; empty if it still runs then. Zero asks only.
    std::optional<ChildEnd> wait(std::chrono::milliseconds at_most);
    void signal(int number) const;
    /// Does not wait for it: until then its number, and that of its process group, are its own.
    [[nodiscard]] bool has_ended() const;
    /// Of a `detached` child that has not been waited for: ends it and all that it has started and
    /// that has stayed in its process group. SIGTERM again and again, since what is started
    /// meanwhile has not had it, and SIGKILL to those that are left after the grace.
    void stop_group(std::chrono::milliseconds grace) const;
    /// SIGTERM, and SIGKILL if it has not ended within the grace.
    ChildEnd stop(std::chrono::milliseconds grace);

private:
    Child(pid_t pid, UniqueFd pidfd, bool detached);
    pid_t pid_{-1};
    UniqueFd pidfd_;
    bool detached_{false};
    std::optional<ChildEnd> end_;
};

} // namespace galera::node
