#include "initiator/act/exec_backend.hpp"

#include "common/config/observe.hpp"
#include "common/node/file.hpp"
#include "common/node/recovery.hpp"
#include "common/node/server_process.hpp"
#include "initiator/act/state_files.hpp"

#include <cerrno>
#include <deque>
#include <fstream>
#include <system_error>
#include <unistd.h>

namespace galera::act {

using decision::Verdict;
using decision::VerdictKind;

namespace {

/// Empty if nobody is at the data directory.
Result<std::optional<GroundChanged>> look_for_server(const config::Site& site) {
    const auto process =
        node::find_server(site.datadir, site.settings.server_binary, site.settings.defaults_file);
    if (!process)
        return failure(process.error());
    if (!*process)
        return std::optional<GroundChanged>{};
    return std::optional{GroundChanged{"process " + std::to_string((*process)->pid) +
                                       " has the data directory " + site.datadir.string()}};
}

/// Empty if the data directory still holds what was reported.
Result<std::optional<GroundChanged>> compare_position(const config::Site& site,
                                                      const node::DatadirLock& lock,
                                                      const NodeReport& seen,
                                                      const std::atomic<bool>& cancelled) {
    const auto recovered = node::recover_position(config::recovery_options(site), lock, cancelled);
    if (!recovered)
        return failure(recovered.error());
    if (recovered->position == seen.position)
        return std::optional<GroundChanged>{};
    return std::optional{GroundChanged{"the data directory holds " + text_of(recovered->position) +
                                       " and the agent reported " + text_of(seen.position)}};
}

/// Whether the node brings data that its donor is to overwrite as a whole.
bool is_to_be_overwritten(const Verdict& verdict, const NodeReport& seen) {
    const bool holds_something = seen.position || seen.user_data != UserData::absent;
    return verdict.kind == VerdictKind::join && !verdict.start_position && holds_something;
}

/// The record first: without it nothing may start, and alone it says nothing, since eras above a
/// node's position do not count.
Result<void> prepare_files(const config::Site& site, const Verdict& verdict,
                           const NodeReport& seen) {
    if (auto recorded = record_lineage(site.settings.state_dir, verdict, seen); !recorded)
        return recorded;
    if (verdict.kind == VerdictKind::bootstrap) {
        if (auto allowed = allow_bootstrap(site.datadir, verdict.history); !allowed)
            return allowed;
    }
    if (is_to_be_overwritten(verdict, seen)) {
        if (auto marked = mark_for_transfer(site.datadir); !marked)
            return marked;
    }
    return set_view_file_aside(site.datadir);
}

} // namespace

Result<void> prepare_directories(const config::Site& site) {
    const auto user = node::server_user_of(site.datadir);
    if (!user)
        return failure(user.error());
    for (const auto& directory : {site.settings.run_dir, site.settings.state_dir}) {
        std::error_code absent;
        if (std::filesystem::exists(directory, absent))
            continue;
        if (auto made = node::ensure_directory(directory); !made)
            return made;
        if (*user && ::chown(directory.c_str(), (*user)->uid, (*user)->gid) != 0)
            return failure(node::system_error(directory, "cannot set its owner", errno));
    }
    return {};
}

std::filesystem::path server_log(const config::Site& site) {
    return site.error_log.empty() ? site.settings.run_dir / "server.log" : site.error_log;
}

std::vector<std::string> server_command(const config::Site& site, const Verdict& verdict) {
    std::vector<std::string> command{site.settings.server_binary};
    if (!site.settings.defaults_file.empty())
        command.push_back("--defaults-file=" + site.settings.defaults_file.string());
    command.push_back("--datadir=" + site.datadir.string());
    command.insert(command.end(), site.settings.server_arg.begin(), site.settings.server_arg.end());
    if (verdict.start_position)
        command.push_back("--wsrep_start_position=" + text_of(*verdict.start_position));
    if (verdict.kind == VerdictKind::bootstrap)
        command.emplace_back("--wsrep-new-cluster");
    return command;
}

Result<StartResult> start_server(const config::Site& site, const Verdict& verdict,
                                 const NodeReport& seen, const std::atomic<bool>& cancelled) {
    const auto lock = node::DatadirLock::try_take(site.datadir);
    if (!lock)
        return failure(lock.error());
    if (!*lock)
        return StartResult{
            GroundChanged{"a recovery is at the data directory " + site.datadir.string()}};
    auto changed = look_for_server(site);
    if (!changed)
        return failure(changed.error());
    if (!*changed)
        changed = compare_position(site, **lock, seen, cancelled);
    if (!changed)
        return failure(changed.error());
    if (*changed)
        return StartResult{**std::move(changed)};

    const auto user = node::server_user_of(site.datadir);
    if (!user)
        return failure(user.error());
    if (const auto prepared = prepare_files(site, verdict, seen); !prepared)
        return failure(prepared.error());
    auto child = node::Child::start({.command = server_command(site, verdict),
                                     .output = site.settings.run_dir / "server.log",
                                     .user = *user,
                                     .inherited_fd = std::nullopt,
                                     .detached = true});
    if (!child)
        return failure(child.error());
    return StartResult{*std::move(child)};
}

LogMark mark_log(const config::Site& site) {
    const auto path = server_log(site);
    std::error_code absent;
    const auto size = std::filesystem::file_size(path, absent);
    return {path, absent ? 0 : size};
}

std::vector<std::string> last_errors(const LogMark& mark, std::size_t lines_max) {
    std::deque<std::string> errors;
    std::string last;
    std::ifstream file{mark.path};
    file.seekg(static_cast<std::streamoff>(mark.offset));
    for (std::string line; std::getline(file, line);) {
        if (line.find("[ERROR]") != std::string::npos)
            errors.push_back(line);
        if (errors.size() > lines_max)
            errors.pop_front();
        if (!line.empty())
            last = std::move(line);
    }
    if (errors.empty() && !last.empty())
        return {last};
    return {errors.begin(), errors.end()};
}

} // namespace galera::act
