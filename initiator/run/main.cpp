// galera-initiator: starts the local node the right way, or says why not.
#include "common/config/config.hpp"
#include "common/config/exit_status.hpp"
#include "common/version.hpp"
#include "initiator/run/engines.hpp"
#include "initiator/run/explain.hpp"
#include "initiator/run/start.hpp"
#include "initiator/survey/survey.hpp"

#include <atomic>
#include <csignal>
#include <iostream>

namespace {

using galera::ExitStatus;
using galera::run::plan_json;
using galera::run::plan_text;
using galera::run::status_json;
using galera::run::status_table;

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

ExitStatus fail(ExitStatus status, const galera::Error& error) {
    std::cerr << "galera-initiator: " << error.text << '\n';
    return status;
}

ExitStatus look(const galera::config::Site& site, const galera::config::Invocation& invocation) {
    const auto survey = galera::survey::take_survey(site, interruption.cancelled);
    if (interruption.cancelled)
        return ExitStatus::interrupted; // who has not answered yet is not known to be silent
    if (!survey)
        return fail(ExitStatus::internal_error, survey.error());
    for (const auto& warning : galera::run::shared_engines(*survey))
        std::cerr << "galera-initiator: " << warning << '\n';
    const auto rules = galera::run::rules_of(site);
    if (invocation.command == "status") {
        std::cout << (invocation.json ? status_json(*survey, rules) : status_table(*survey, rules));
        return ExitStatus::member;
    }
    const auto verdict = decide(*survey, rules, false);
    std::cout << (invocation.json ? plan_json(verdict, *survey, rules)
                                  : plan_text(verdict, *survey, rules));
    return ExitStatus::member;
}

ExitStatus run(int argc, const char* const* argv) {
    using galera::config::Program;
    const auto invocation = read_invocation(Program::initiator, argc, argv);
    if (!invocation)
        return fail(ExitStatus::usage, invocation.error());
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
        return fail(ExitStatus::usage, site.error());
    catch_signals();
    if (invocation->command == "start")
        return galera::run::start(*site, invocation->json, interruption);
    return look(*site, *invocation);
}

} // namespace

int main(int argc, char** argv) {
    return exit_status_of(run(argc, argv), interruption);
}
