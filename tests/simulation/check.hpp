// What must hold at every step, whatever happens: the first breach is kept.
#pragma once

#include "initiator/decision/reason.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace galera::simulation {

enum class Invariant : std::uint8_t {
    one_bootstrap,    // two bootstraps alive at once
    nothing_lost,     // a bootstrap below an acknowledged write set
    same_rows,        // a node with other rows was let in
    comes_up,         // all nodes are back and the cluster is not
    no_false_refusal, // a refusal in a legitimate history
};

std::string_view word_of(Invariant invariant);

struct Violation {
    Invariant invariant;
    std::string what;
};

/// What a number of histories went through.
struct Tally {
    std::uint64_t histories{0};
    std::uint64_t starts{0};
    std::uint64_t joins{0};
    std::uint64_t polls{0};
    std::uint64_t acknowledged{0};
    std::uint64_t waits_at_end{0};
    std::array<std::uint64_t, 8> bootstraps{}; // by proof
    std::array<std::uint64_t, 64> refusals{};  // by reason
    std::array<std::uint64_t, 64> waits{};     // what the nodes waited for at the end, by reason

    Tally& operator+=(const Tally& more);
};

/// The summary line.
std::string text_of(const Tally& tally);

} // namespace galera::simulation
