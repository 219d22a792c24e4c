// galera-initiator: starts the local node the right way, or says why not.
#include "common/config/config.hpp"
#include "common/config/exit_status.hpp"
#include "common/config/links.hpp"
#include "common/config/printed.hpp"
#include "common/version.hpp"
#include "initiator/run/foreground.hpp"
#include "initiator/run/look.hpp"
#include "initiator/run/pause.hpp"
#include "initiator/run/start.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <iostream>
#include <string>
#include <unistd.h>
#include <utility>

namespace {

using galera::ExitStatus;
using galera::config::Program;

/// Set by SIGINT, SIGTERM and the like: the one global, as signal handlers want it.
galera::run::Interruption interruption;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void interrupt(int number) {
    galera::run::take_signal(number, interruption);
}

void catch_signals() {
    struct sigaction action {};
    action.sa_handler = interrupt;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGQUIT, &action, nullptr);
    struct sigaction before {};
    sigaction(SIGHUP, &action, &before);
    if (before.sa_handler == SIG_IGN) // by nohup
        sigaction(SIGHUP, &before, nullptr);
    // Who reads the lines may go away; the start goes on.
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, nullptr);
}

ExitStatus fail(ExitStatus status, const galera::Error& error, bool as_script) {
    std::cerr << (as_script ? "ERROR: " : "galera-initiator: ") << error.text << '\n';
    return status;
}

using Clock = std::chrono::steady_clock;

/// `start` waits, as for its peers, for what may come back by itself: after a power cut a name
/// server may be up later than the database.
galera::Result<galera::config::Site> complete_in_time(const galera::config::Invocation& invocation,
                                                      bool as_script) {
    const auto& settings = invocation.settings;
    const auto begin = Clock::now();
    const auto may_wait = [&] {
        return invocation.command == "start" && !interruption.cancelled &&
               (settings.wait_timeout.count() == 0 || Clock::now() - begin < settings.wait_timeout);
    };
    for (std::string told;;) {
        auto site = complete(settings);
        if (site || !site.error().passing || !may_wait())
            return site;
        if (std::exchange(told, site.error().text) != told)
            fail(ExitStatus::timed_out, site.error(), as_script);
        galera::run::pause(settings.poll_interval, interruption.cancelled);
    }
}

int status_of(ExitStatus status) {
    return exit_status_of(status, interruption);
}

ExitStatus printed(ExitStatus status) {
    return galera::config::printed("galera-initiator", status);
}

int run(int argc, const char* const* argv, bool as_script) {
    const auto invocation = read_invocation(Program::initiator, argc, argv);
    if (!invocation)
        return status_of(fail(ExitStatus::usage, invocation.error(), as_script));
    if (invocation->help) {
        std::cout << help_text(Program::initiator);
        return status_of(printed(ExitStatus::member));
    }
    if (invocation->version) {
        std::cout << "galera-initiator " << galera::version << '\n';
        return status_of(printed(ExitStatus::member));
    }
    catch_signals();
    const auto site = complete_in_time(*invocation, as_script);
    if (interruption.cancelled)
        return status_of(ExitStatus::interrupted);
    if (!site) {
        const bool in_vain = site.error().passing && invocation->command == "start";
        return status_of(
            fail(in_vain ? ExitStatus::timed_out : ExitStatus::usage, site.error(), as_script));
    }
    if (invocation->command != "start")
        return status_of(
            printed(look(*site, *invocation, galera::run::outlet_of(STDOUT_FILENO), interruption)));
    const galera::run::Watching watching{.json = invocation->json,
                                         .log = galera::run::outlet_of(STDERR_FILENO),
                                         .as_script = as_script};
    return galera::run::start(*site, watching, interruption);
}

/// The script galera_init knew one status for all that goes wrong.
int as_script_had_it(int exit_status) {
    const bool same = exit_status == status_of(ExitStatus::member) || interruption.cancelled;
    return same ? exit_status : status_of(ExitStatus::internal_error);
}

} // namespace

int main(int argc, char** argv) {
    const bool as_script = galera::config::link_of(Program::initiator, argc, argv) != nullptr;
    const auto exit_status = run(argc, argv, as_script);
    return as_script ? as_script_had_it(exit_status) : exit_status;
}
