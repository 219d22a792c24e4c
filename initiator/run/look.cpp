#include "initiator/run/look.hpp"

#include "initiator/run/engines.hpp"
#include "initiator/run/explain.hpp"
#include "initiator/run/json.hpp"
#include "initiator/run/pause.hpp"
#include "initiator/run/status.hpp"
#include "initiator/survey/survey.hpp"

#include <iostream>
#include <set>
#include <string>
#include <unistd.h>

namespace galera::run {

namespace {

using decision::Survey;

/// A survey, or how the program ends without one.
tl::expected<Survey, ExitStatus> survey_of(const config::Site& site, const snmp::Access& access,
                                           const std::atomic<bool>& cancelled) {
    auto survey = survey::take_survey(site, access, cancelled);
    if (cancelled) // who has not answered yet is not known to be silent
        return tl::make_unexpected(ExitStatus::interrupted);
    if (survey)
        return *std::move(survey);
    std::cerr << "galera-initiator: " << survey.error().text << '\n';
    return tl::make_unexpected(ExitStatus::internal_error);
}

/// `screen`: above its block; null: on stderr.
void warn(const std::string& warning, Screen* screen) {
    const auto line = "galera-initiator: " + warning;
    if (screen != nullptr)
        screen->say(line);
    else
        std::cerr << line << '\n';
}

/// `status --watch`, as long as somebody reads it.
ExitStatus watch(const config::Site& site, const snmp::Access& access, bool json,
                 const Outlet& outlet, const std::atomic<bool>& cancelled) {
    const auto rules = rules_of(site);
    Screen screen{std::cout, outlet.colours, [] { return size_of_terminal(STDOUT_FILENO); }};
    const bool live = outlet.redraws && !json;
    std::set<std::string> warned; // each warning is made once
    auto end = ExitStatus::member;
    for (bool first = true; std::cout; first = false) {
        const auto survey = survey_of(site, access, cancelled);
        if (!survey) {
            end = survey.error();
            break;
        }
        for (const auto& warning : shared_engines(*survey))
            if (warned.insert(warning).second)
                warn(warning, live ? &screen : nullptr);
        if (json)
            std::cout << status_json(*survey, rules, Layout::line) << std::flush;
        else if (live)
            screen.show(status_lines(*survey, rules, screen.paper()));
        else
            std::cout << (first ? "" : "\n") << status_table(*survey, rules, {}) << std::flush;
        pause(site.settings.poll_interval, cancelled);
    }
    if (live)
        screen.leave();
    return end;
}

} // namespace

ExitStatus look(const config::Site& site, const config::Invocation& invocation,
                const Outlet& outlet, const Interruption& interruption) {
    const auto access = survey::access_of(site.settings);
    if (!access) {
        std::cerr << "galera-initiator: " << access.error().text << '\n';
        return ExitStatus::internal_error;
    }
    if (invocation.watch)
        return watch(site, *access, invocation.json, outlet, interruption.cancelled);
    const auto survey = survey_of(site, *access, interruption.cancelled);
    if (!survey)
        return survey.error();
    for (const auto& warning : shared_engines(*survey))
        warn(warning, nullptr);
    const auto rules = rules_of(site);
    if (invocation.command == "status") {
        const Paper paper{.colours = outlet.colours};
        std::cout << (invocation.json ? status_json(*survey, rules, Layout::indented)
                                      : status_table(*survey, rules, paper));
        return ExitStatus::member;
    }
    const auto verdict = decide(*survey, rules, false);
    std::cout << (invocation.json ? plan_json(verdict, *survey, rules, Layout::indented)
                                  : plan_text(verdict, *survey, rules));
    return ExitStatus::member;
}

} // namespace galera::run
