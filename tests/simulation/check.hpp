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

/// A breach that was not ours to prevent. It is counted apart.
enum class Excuse : std::uint8_t {
    rows_after_fork,   // Galera had forked the history by itself, and other rows were let in
    census_after_fork, // Galera had forked it, and acknowledged on both sides
    rows_after_hand,   // a joiner came into another component than its verdict was about, which
                       // somebody had bootstrapped by hand; or into one that it had come into
    past_lost,         // what a node went through was known only to those who lost it with power
};
inline constexpr std::size_t excuses = 4;

std::string_view word_of(Excuse excuse);
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
    std::uint64_t forks_by_galera{0};
    std::array<std::uint64_t, excuses> excused{};
    std::array<std::uint64_t, 8> bootstraps{}; // by proof
    std::array<std::uint64_t, 64> refusals{};  // by reason
    std::array<std::uint64_t, 64> waits{};     // what the nodes waited for at the end, by reason

    Tally& operator+=(const Tally& more);
};

/// The summary line.
std::string text_of(const Tally& tally);

} // namespace galera::simulation
