// galera-initiator: starts the local node the right way, or says why not.
#include "common/config/config.hpp"
#include "common/config/exit_status.hpp"
#include "common/config/links.hpp"
#include "common/version.hpp"
#include "initiator/run/look.hpp"
#include "initiator/run/start.hpp"

#include <atomic>
#include <csignal>
#include <iostream>
#include <unistd.h>

namespace {

using galera::ExitStatus;
using galera::config::Program;

/// Set by SIGINT and SIGTERM: the one global, as signal handlers want it.
galera::run::Interruption interruption;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void interrupt(int number) {
    interruption.signal = number;
    interruption.cancelled = true;
}

void catch_signals() {
    struct sigaction action {};
    action.sa_handler = interrupt;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    // Who reads the lines may go away; the start goes on.
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, nullptr);
}

ExitStatus fail(ExitStatus status, const galera::Error& error, bool as_script) {
    std::cerr << (as_script ? "ERROR: " : "galera-initiator: ") << error.text << '\n';
    return status;
}

ExitStatus run(int argc, const char* const* argv, bool as_script) {
    const auto invocation = read_invocation(Program::initiator, argc, argv);
    if (!invocation)
        return fail(ExitStatus::usage, invocation.error(), as_script);
    if (invocation->help) {
        std::cout << help_text(Program::initiator);
        return ExitStatus::member;
    }
    if (invocation->version) {
        std::cout << "galera-initiator " << galera::version << '\n';
        return ExitStatus::member;
    }
    const auto site = complete(invocation->settings);
    if (!site)
        return fail(ExitStatus::usage, site.error(), as_script);
    catch_signals();
    if (invocation->command != "start")
        return look(*site, *invocation, galera::run::outlet_of(STDOUT_FILENO), interruption);
    const galera::run::Watching watching{.json = invocation->json,
                                         .log = galera::run::outlet_of(STDERR_FILENO),
                                         .as_script = as_script};
    return galera::run::start(*site, watching, interruption);
}

/// The script galera_init knew one status for all that goes wrong.
int as_script_had_it(ExitStatus status) {
    const bool same = status == ExitStatus::member || status == ExitStatus::interrupted;
    return exit_status_of(same ? status : ExitStatus::internal_error, interruption);
}

} // namespace

int main(int argc, char** argv) {
    const bool as_script = galera::config::link_of(Program::initiator, argc, argv) != nullptr;
    const auto status = run(argc, argv, as_script);
    return as_script ? as_script_had_it(status) : exit_status_of(status, interruption);
}
