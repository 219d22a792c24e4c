// For tests: a survey in the scenarios' words, and what one of its nodes decides.
#pragma once

#include "tests/scenarios/scenario.hpp"

#include <cstddef>
#include <string>

namespace galera::run {

struct Told {
    decision::Survey survey;
    decision::Rules rules;
    decision::Verdict verdict;

    [[nodiscard]] NodeReport& report(std::size_t node) {
        return std::get<NodeReport>(survey.answers[node].said);
    }
};

inline Told told_of(const std::string& cluster, std::size_t local) {
    auto scenario = scenario::parse(cluster).value();
    scenario.survey.local = local;
    const auto verdict = decide(scenario.survey, scenario.rules, false);
    return {scenario.survey, scenario.rules, verdict};
}

} // namespace galera::run
