// What must hold of every verdict and of all verdicts on one survey: one named check each.
#pragma once

#include "tests/exhaustive/oracle.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace galera::exhaustive {

/// What one node's initiator decides.
struct Look {
    const decision::Survey& survey; // its `local` is the node
    const decision::Rules& rules;
    const Oracle& oracle;
    const decision::Verdict& verdict;

    [[nodiscard]] const NodeReport* here() const { return oracle.heard(survey.local); }
};

/// What the initiators of all nodes decide on one survey.
struct Whole {
    const decision::Survey& survey;
    const decision::Rules& rules;
    const Oracle& oracle;
    const std::vector<decision::Verdict>& verdicts; // by node
};

/// Empty: the check says nothing of this case.
using Held = std::optional<bool>;

struct LookInvariant {
    std::string_view name;
    Held (*check)(const Look&);
};
struct WholeInvariant {
    std::string_view name;
    Held (*check)(const Whole&);
};

[[nodiscard]] std::span<const LookInvariant> look_invariants();
[[nodiscard]] std::span<const WholeInvariant> whole_invariants();

/// Whether the node's initiator could be at work and knows what its node holds.
[[nodiscard]] bool could_decide(const Oracle& oracle, std::size_t node);

} // namespace galera::exhaustive
