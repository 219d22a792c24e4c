// What must not change a verdict, or only so: the same survey, a little different, decided again.
#pragma once

#include "tests/exhaustive/invariants.hpp"

#include <functional>

namespace galera::exhaustive {

/// Decides, and lets the enumeration count what was reached.
using Decide = std::function<decision::Verdict(const decision::Survey&, const decision::Rules&)>;

struct Variation {
    std::string_view name;
    Held (*check)(const Look&, const Decide&);
};

[[nodiscard]] std::span<const Variation> variations();

/// The same nodes with the addresses the other way round: n1 has the highest.
struct Reversed {
    decision::Survey survey;
    decision::Rules rules;
};
[[nodiscard]] Reversed reversed(const decision::Survey& survey, const decision::Rules& rules);
/// Whether the verdict on the reversed survey is the same, ties aside.
[[nodiscard]] Held same_reversed(const Look& look, const Reversed& other, const Decide& decide);

} // namespace galera::exhaustive
