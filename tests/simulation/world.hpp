// One history from its seed: a cluster, what happens to it, and what must hold meanwhile.
#pragma once

#include "tests/simulation/faults.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace galera::simulation {

struct Wanted {
    std::uint64_t seed{1};
    int nodes{0};       // 0: drawn from the seed
    bool forced{false}; // operators start servers by hand
    bool tells{false};  // keep a line for each event
};

struct Outcome {
    Tally tally;
    std::optional<Violation> violation;
    std::string story;
};

/// The same outcome for the same wish, on every machine.
Outcome simulate(const Wanted& wanted);

} // namespace galera::simulation
