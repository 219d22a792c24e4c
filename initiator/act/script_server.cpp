#include "initiator/act/script_server.hpp"

#include "common/node/file.hpp"
#include "common/node/server_process.hpp"
#include "initiator/act/error_log.hpp"
#include "initiator/act/passed_options.hpp"

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/syscall.h>
#include <thread>

namespace galera::act {

using decision::VerdictKind;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds glance{100};
/// So long may nobody be at the data directory once the command has ended: mysqld_safe lets a
/// recovery run before the server, and both go on when a script has lost its patience.
constexpr std::chrono::seconds show_up_time{5};
/// So long is waited for the server in all, once the run is interrupted.
constexpr std::chrono::seconds interrupted_time{20};
constexpr std::chrono::minutes stop_time{5};
/// So long may those take that end by SIGTERM. mysqld_safe does not: it must start no server that
/// nobody follows.
constexpr std::chrono::seconds group_grace{20};

/// The words, for people.
std::string text_of(const std::vector<std::string>& command) {
    std::string text;
    for (const auto& word : command)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

/// Until the server shows; empty: the command has ended, or the run was interrupted, and there is
/// none.
Result<std::optional<pid_t>> wait_for_server(const config::Site& site, node::Child& command,
                                             const std::atomic<bool>& cancelled) {
    auto busy = Clock::now(); // the command, or whoever is at the data directory
    std::optional<Clock::time_point> interrupted;
    while (Clock::now() - busy < show_up_time) {
        const auto found = node::find_server(site.datadir, site.settings.server_binary,
                                             site.settings.defaults_file);
        if (!found)
            return failure(found.error());
        if (*found && (*found)->kind == node::ServerProcess::Kind::server)
            return std::optional{(*found)->pid};
        if (!command.has_ended() || *found)
            busy = Clock::now();
        if (cancelled && !interrupted)
            interrupted = Clock::now();
        if (interrupted && Clock::now() - *interrupted > interrupted_time)
            break;
        std::this_thread::sleep_for(glance);
    }
    return std::optional<pid_t>{};
}

} // namespace

Result<ScriptServer> ScriptServer::start(const config::Site& site, const decision::Verdict& verdict,
                                         const std::atomic<bool>& cancelled) {
    const auto& words =
        verdict.kind == VerdictKind::bootstrap ? site.sysv_bootstrap : site.sysv_start;
    auto command = node::Child::start(
        {.command = words, .output = output_file(site), .user = std::nullopt, .detached = true});
    if (!command)
        return failure(command.error());
    const auto pid = wait_for_server(site, *command, cancelled);
    if (!pid || !*pid) {
        const bool has_ended = command->has_ended();
        command->stop_group(group_grace);
        if (!pid)
            return failure(pid.error());
        const auto end = command->wait(std::chrono::milliseconds{0});
        return failure(text_of(words) + " " + (has_ended && end ? end->text() : "was still at it") +
                       ", and no server has " + site.datadir.string());
    }
    node::UniqueFd pidfd{static_cast<int>(::syscall(SYS_pidfd_open, **pid, 0U))};
    const auto its_words = node::command_line_of(**pid);
    if (!pidfd || its_words.empty()) {
        command->stop_group(group_grace);
        return failure("process " + std::to_string(**pid) + ", which " + text_of(words) +
                       " has started, has ended");
    }
    ScriptServer server{*std::move(command), **pid, std::move(pidfd)};
    if (const auto deviates = deviation(its_words, verdict)) {
        const auto end = server.stop(stop_time);
        return failure(text_of(words) + ": " + *deviates + "; it was stopped (" + end +
                       "). Set sysv-start and sysv-bootstrap to commands that recover the position "
                       "and pass it on");
    }
    return server;
}

bool ScriptServer::ends_within(std::chrono::milliseconds at_most) {
    const auto until = Clock::now() + at_most;
    do {
        pollfd end{pidfd_.get(), POLLIN, 0};
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        if (::poll(&end, 1,
                   static_cast<int>(std::max(left, std::chrono::milliseconds{0}).count())) > 0)
            return true;
    } while (Clock::now() < until);
    return false;
}

std::optional<std::string> ScriptServer::ended() {
    if (!ends_within(std::chrono::milliseconds{0}))
        return std::nullopt;
    // Debian's script would start it once more, by a shell that the script itself has started.
    command_.stop_group(group_grace);
    return "has ended";
}

std::string ScriptServer::stop(std::chrono::milliseconds grace) {
    ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGTERM, nullptr, 0U);
    if (!ends_within(grace))
        return "does not end";
    command_.stop_group(group_grace);
    return "has ended";
}

std::string ScriptServer::name() const {
    return "process " + std::to_string(pid_);
}

} // namespace galera::act
