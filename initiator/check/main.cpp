// galera-check: one local fact for shells, CGI and old `extend` set-ups. Asks the node itself, not
// the network.
#include "common/config/config.hpp"
#include "common/config/exit_status.hpp"
#include "common/config/observe.hpp"
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

ExitStatus fail(ExitStatus status, const galera::Error& error) {
    std::cerr << "galera-check: " << error.text << '\n';
    return status;
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

ExitStatus run(int argc, const char* const* argv) {
    using galera::config::Program;
    const auto invocation = read_invocation(Program::check, argc, argv);
    if (!invocation)
        return fail(ExitStatus::usage, invocation.error());
    if (invocation->help) {
        std::cout << help_text(Program::check);
        return ExitStatus::member;
    }
    if (invocation->version) {
        std::cout << "galera-check " << galera::version << '\n';
        return ExitStatus::member;
    }
    const auto site = complete(invocation->settings);
    if (!site)
        return fail(ExitStatus::usage, site.error());
    auto options = observer_options(*site);
    options.state_dir.clear(); // the record is the agent's
    galera::node::Observer observer{std::move(options)};
    return print(observe(observer, invocation->command), invocation->command);
}

} // namespace

int main(int argc, char** argv) {
    return static_cast<int>(run(argc, argv));
}
