// galera-agentx: publishes what this node knows in the GALERA-INITIATOR-MIB.
#include "agentx/collector.hpp"
#include "agentx/snapshot.hpp"
#include "agentx/subagent.hpp"
#include "agentx/termination.hpp"
#include "common/config/config.hpp"
#include "common/config/exit_status.hpp"
#include "common/config/observe.hpp"
#include "common/node/observer.hpp"
#include "common/version.hpp"

#include <iostream>
#include <memory>
#include <string>
#include <unistd.h>

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

agentx::Collector::Sample sample_of(const config::Site& site) {
    auto observer = std::make_shared<galera::node::Observer>(config::observer_options(site));
    return [observer] { return observer->sample(); };
}

ExitStatus publish(const config::Site& site) {
    agentx::Subagent::prepare_process();
    // The first to come and the last to go: it watches over the end of the others.
    const auto termination = agentx::Termination::on_signals();
    if (!termination)
        return fail(ExitStatus::internal_error, termination.error());
    agentx::SnapshotStore store{
        agentx::no_snapshot_yet(galera::version, site.settings.sample_interval)};
    agentx::Subagent subagent{site.settings.agentx_socket, store, log};
    const auto collector = agentx::Collector::start({.version = galera::version,
                                                     .interval = site.settings.sample_interval,
                                                     .run_dir = site.settings.run_dir},
                                                    sample_of(site), store, log);
    if (!collector)
        return fail(ExitStatus::internal_error, collector.error());
    if (auto started = subagent.start(); !started)
        return fail(ExitStatus::internal_error, started.error());
    if (auto served = subagent.serve(termination->requested_fd()); !served)
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
    return publish(*site);
}

} // namespace

int main(int argc, char** argv) {
    return static_cast<int>(run(argc, argv));
}
