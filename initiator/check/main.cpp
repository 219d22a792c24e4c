// galera-check: one local fact for shells, CGI and old `extend` set-ups. Asks the node itself, not
// the network.
#include "common/config/config.hpp"
#include "common/config/exit_status.hpp"
#include "common/config/links.hpp"
#include "common/config/observe.hpp"
#include "common/config/printed.hpp"
#include "common/model/words.hpp"
#include "common/node/observer.hpp"
#include "common/version.hpp"

#include <chrono>
#include <iostream>
#include <string_view>
#include <thread>
#include <utility>

namespace {

using galera::ExitStatus;
using galera::NodeReport;
using galera::config::Program;

ExitStatus fail(ExitStatus status, const galera::Error& error) {
    std::cerr << "galera-check: " << error.text << '\n';
    return status;
}

ExitStatus tell_about_itself(const galera::config::Invocation& asked) {
    if (asked.help)
        std::cout << help_text(Program::check);
    else
        std::cout << "galera-check " << galera::version << '\n';
    return ExitStatus::member;
}

ExitStatus print(const NodeReport& report, std::string_view fact) {
    if (fact == "status") {
        std::cout << galera::word_of(report.status) << '\n';
        return ExitStatus::member;
    }
    const bool known = report.seqno_state == galera::SeqnoState::known;
    if (!known && report.seqno_state != galera::SeqnoState::undefined)
        return fail(ExitStatus::internal_error,
                    {"the position is not known: " + report.agent.last_error});
    if (fact == "position")
        std::cout << text_of(report.position) << '\n';
    else if (known)
        std::cout << report.position->seqno.value() << '\n';
    else
        return fail(ExitStatus::internal_error, {"this node holds no history, so it has no seqno"});
    return ExitStatus::member;
}

/// A recovery that another process runs is waited for: its answer is the fact that was asked for.
NodeReport observe(galera::node::Observer& observer, std::string_view fact) {
    constexpr std::chrono::milliseconds poll_interval{100};
    auto report = observer.sample();
    while (fact != "status" && report.seqno_state == galera::SeqnoState::recovering) {
        observer.await_recovery();
        std::this_thread::sleep_for(poll_interval);
        report = observer.sample();
    }
    return report;
}

/// As the script galera_check did: a word, or a seqno, or -1 where there is none or it cannot be
/// found out. Only what could be mistaken for a stopped server is never said by mistake.
ExitStatus answer_as_script(const galera::Result<NodeReport>& report, std::string_view fact) {
    if (!report)
        std::cerr << "ERROR: " << report.error().text << '\n';
    if (fact == "status") {
        if (!report)
            return ExitStatus::internal_error;
        std::cout << galera::word_of(report->status) << '\n';
        return ExitStatus::member;
    }
    const bool known = report && report->position;
    std::cout << (known ? report->position->seqno.value() : -1) << '\n';
    return ExitStatus::member;
}

galera::Result<NodeReport> report_on(const galera::config::Invocation& invocation) {
    const auto site = complete(invocation.settings);
    if (!site)
        return galera::failure(site.error());
    auto options = observer_options(*site);
    options.state_dir.clear();                         // the record is the agent's
    options.recovers = invocation.command != "status"; // which no position changes
    galera::node::Observer observer{std::move(options)};
    return observe(observer, invocation.command);
}

/// By a link that has the name of a script.
ExitStatus run_as_script(const galera::config::Link& link, int argc, const char* const* argv) {
    const auto invocation = read_invocation(Program::check, argc, argv);
    const bool asked = invocation && (invocation->help || invocation->version);
    if (asked)
        return tell_about_itself(*invocation);
    const bool is_fact =
        invocation && (invocation->command == "status" || invocation->command == "seqno");
    if (is_fact)
        return answer_as_script(report_on(*invocation), invocation->command);
    if (!link.command.empty() && !invocation)
        return answer_as_script(galera::failure(invocation.error()), link.command);
    std::cerr << "ERROR: Please run this command with either the 'status' or 'seqno' argument.\n";
    return ExitStatus::internal_error;
}

ExitStatus run(int argc, const char* const* argv) {
    if (const auto* const link = galera::config::link_of(Program::check, argc, argv))
        return run_as_script(*link, argc, argv);
    const auto invocation = read_invocation(Program::check, argc, argv);
    if (!invocation)
        return fail(ExitStatus::usage, invocation.error());
    if (invocation->help || invocation->version)
        return tell_about_itself(*invocation);
    const auto report = report_on(*invocation);
    return report ? print(*report, invocation->command) : fail(ExitStatus::usage, report.error());
}

} // namespace

int main(int argc, char** argv) {
    return static_cast<int>(galera::config::printed("galera-check", run(argc, argv)));
}
