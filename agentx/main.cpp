// galera-agentx: publishes what this node knows in the GALERA-INITIATOR-MIB.
#include "agentx/collector.hpp"
#include "agentx/notifications.hpp"
#include "agentx/reload.hpp"
#include "agentx/service.hpp"
#include "agentx/signals.hpp"
#include "agentx/snapshot.hpp"
#include "agentx/subagent.hpp"
#include "agentx/termination.hpp"
#include "agentx/wakeup.hpp"
#include "common/config/config.hpp"
#include "common/config/exit_status.hpp"
#include "common/config/observe.hpp"
#include "common/node/observer.hpp"
#include "common/version.hpp"

#include <csignal>
#include <iostream>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

namespace {

using galera::ExitStatus;
namespace agentx = galera::agentx;
namespace config = galera::config;

/// One line at once, so that lines of several threads do not mix.
void log(const std::string& text) {
    const std::string line = "galera-agentx: " + text + "\n";
    std::cerr.write(line.data(), static_cast<std::streamsize>(line.size()));
}

ExitStatus fail(ExitStatus status, const galera::Error& error) {
    log(error.text);
    return status;
}

struct CommandLine {
    int argc;
    const char* const* argv;
};

// What the parts take from the configuration.

agentx::Collector::Sample sample_of(const config::Site& site) {
    auto observer = std::make_shared<galera::node::Observer>(config::observer_options(site));
    return [observer] { return observer->sample(); };
}

agentx::CollectorOptions collector_options(const config::Site& site) {
    return {.version = galera::version,
            .interval = site.settings.sample_interval,
            .run_dir = site.settings.run_dir};
}

agentx::SubagentOptions subagent_options(const config::Site& site) {
    return {.socket = site.settings.agentx_socket,
            .ping_interval = std::chrono::duration_cast<std::chrono::seconds>(
                site.settings.agentx_ping_interval)};
}

/// Whether the same is to be observed, in the same way.
bool observed_alike(config::Site left, const config::Site& right) {
    left.settings.sample_interval = right.settings.sample_interval;
    left.settings.agentx_socket = right.settings.agentx_socket;
    left.settings.agentx_ping_interval = right.settings.agentx_ping_interval;
    left.settings.notification_interval = right.settings.notification_interval;
    return left == right;
}

/// The parts that go by the configuration. Everything in it can change while the agent runs.
struct Parts {
    config::Site site; // in force
    agentx::Collector* collector{nullptr};
    agentx::Subagent* subagent{nullptr};
    agentx::NotificationPolicy* notifications{nullptr};

    void read_again(const CommandLine& line) {
        const auto invocation =
            config::read_invocation(config::Program::agentx, line.argc, line.argv);
        if (!invocation)
            return log("the configuration stays as it was: " + invocation.error().text);
        const auto fresh = config::complete(invocation->settings);
        if (!fresh)
            return log("the configuration stays as it was: " + fresh.error().text);
        take(*fresh);
        log("the configuration has been read again and is in force");
    }

    void take(const config::Site& fresh) {
        collector->change(collector_options(fresh),
                          observed_alike(site, fresh) ? nullptr : sample_of(fresh));
        subagent->change(subagent_options(fresh));
        notifications->set_interval(fresh.settings.notification_interval);
        site = fresh;
    }
};

ExitStatus publish(const CommandLine& line, const config::Site& site) {
    agentx::Subagent::prepare_process();
    agentx::Service service{agentx::Clock::now()};
    // Before the first thread, which SIGHUP would otherwise come to and end the process.
    const auto hangups = agentx::signals_to_read({SIGHUP});
    if (!hangups)
        return fail(ExitStatus::internal_error, hangups.error());
    // The first to come and the last to go: it watches over the end of the others.
    const auto termination = agentx::Termination::on_signals([&service] { service.stopping(); });
    if (!termination)
        return fail(ExitStatus::internal_error, termination.error());
    const auto news = agentx::Wakeup::make();
    if (!news)
        return fail(ExitStatus::internal_error, news.error());
    agentx::SnapshotStore store{
        agentx::no_snapshot_yet(galera::version, site.settings.sample_interval), *news};
    agentx::NotificationPolicy notifications{site.settings.notification_interval};
    agentx::Subagent subagent{subagent_options(site), store, notifications, *news, log};
    const auto publish_snapshot = [&](const auto& snapshot) {
        notifications.observe(snapshot);
        store.publish(snapshot);
    };
    auto collector =
        agentx::Collector::start(collector_options(site), sample_of(site), publish_snapshot, log);
    if (!collector)
        return fail(ExitStatus::internal_error, collector.error());
    if (auto started = subagent.start(); !started)
        return fail(ExitStatus::internal_error, started.error());
    Parts parts{site, &*collector, &subagent, &notifications};
    const auto reload = agentx::Reload::on_signal(*hangups, [&] {
        service.reloading();
        parts.read_again(line);
        service.reloaded();
    });
    if (!reload)
        return fail(ExitStatus::internal_error, reload.error());
    const auto tell_systemd = [&](const std::string& snmpd, bool served) {
        return service.tell({.snmpd = snmpd, .served = served, .snapshot = store.latest()},
                            agentx::Clock::now());
    };
    if (auto served = subagent.serve(termination->requested_fd(), tell_systemd); !served)
        return fail(ExitStatus::internal_error, served.error());
    return ExitStatus::member; // asked to end: nothing to do
}

ExitStatus run(int argc, const char* const* argv) {
    const auto invocation = config::read_invocation(config::Program::agentx, argc, argv);
    if (!invocation)
        return fail(ExitStatus::usage, invocation.error());
    if (invocation->help) {
        std::cout << config::help_text(config::Program::agentx);
        return ExitStatus::member;
    }
    if (invocation->version) {
        std::cout << "galera-agentx " << galera::version << '\n';
        return ExitStatus::member;
    }
    const auto site = config::complete(invocation->settings);
    if (!site)
        return fail(ExitStatus::usage, site.error());
    return publish({argc, argv}, *site);
}

} // namespace

int main(int argc, char** argv) {
    return static_cast<int>(run(argc, argv));
}
