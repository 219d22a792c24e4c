#include "initiator/act/start.hpp"

#include "common/config/observe.hpp"
#include "common/node/file.hpp"
#include "common/node/recovery.hpp"
#include "common/node/server_process.hpp"
#include "initiator/act/error_log.hpp"
#include "initiator/act/passed_options.hpp"
#include "initiator/act/state_files.hpp"

#include <cerrno>
#include <csignal>
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

/// Empty if the backend has nothing against a start.
Result<std::optional<GroundChanged>> look_at_backend(const config::Site& site) {
    if (site.backend != config::Backend::systemd)
        return std::optional<GroundChanged>{};
    auto objection = look_at_unit(site);
    if (!objection)
        return failure(objection.error());
    if (!*objection)
        return std::optional<GroundChanged>{};
    if ((*objection)->kind == Objection::Kind::lasting)
        return failure((*objection)->text);
    return std::optional{GroundChanged{(*objection)->text}};
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

/// In the foreground it goes with this process, and says what it has to say here.
Result<node::Child> start_child(const config::Site& site, const Verdict& verdict) {
    const auto user = node::server_user_of(site.datadir);
    if (!user)
        return failure(user.error());
    const bool foreground = site.settings.foreground;
    return node::Child::start(
        {.command = server_command(site, verdict),
         .output = output_file(site),
         .output_fd = foreground ? std::optional{STDERR_FILENO} : std::nullopt,
         .user = *user,
         .inherited_fd = std::nullopt,
         .detached = true,
         .parent_death_signal = foreground ? std::optional{SIGTERM} : std::nullopt});
}

/// The backend's own part: from here on there is a server, or an error.
Result<Server> start_by_backend(const config::Site& site, const Verdict& verdict,
                                const std::atomic<bool>& cancelled) {
    const auto as_server = [](auto started) -> Result<Server> {
        if (!started)
            return failure(started.error());
        return Server{*std::move(started)};
    };
    switch (site.backend) {
    case config::Backend::systemd:
        return as_server(UnitServer::start(site, verdict, cancelled));
    case config::Backend::sysv:
        return as_server(ScriptServer::start(site, verdict, cancelled));
    case config::Backend::exec:
        break;
    }
    return as_server(start_child(site, verdict));
}

} // namespace

Result<void> prepare(const config::Site& site) {
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

Result<void> clear_away(const config::Site& site) {
    return site.backend == config::Backend::systemd ? clear_away_drop_in(site) : Result<void>{};
}

std::vector<std::string> server_command(const config::Site& site, const Verdict& verdict) {
    std::vector<std::string> command{site.settings.server_binary};
    if (!site.settings.defaults_file.empty())
        command.push_back("--defaults-file=" + site.settings.defaults_file.string());
    command.push_back("--datadir=" + site.datadir.string());
    command.insert(command.end(), site.settings.server_arg.begin(), site.settings.server_arg.end());
    const auto of_the_verdict = options_of(verdict);
    command.insert(command.end(), of_the_verdict.begin(), of_the_verdict.end());
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
    if (changed && !*changed)
        changed = look_at_backend(site);
    if (changed && !*changed)
        changed = compare_position(site, **lock, seen, cancelled);
    if (!changed)
        return failure(changed.error());
    if (*changed)
        return StartResult{**std::move(changed)};

    if (const auto prepared = prepare_files(site, verdict, seen); !prepared)
        return failure(prepared.error());
    auto server = start_by_backend(site, verdict, cancelled);
    if (!server)
        return failure(server.error());
    return StartResult{*std::move(server)};
}

} // namespace galera::act
