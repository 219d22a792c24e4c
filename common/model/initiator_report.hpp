// What a node's initiator says of itself, for the node's agent to publish.
#pragma once

#include "common/model/address.hpp"
#include "common/model/reason.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace galera {

/// galeraInitiatorPhase.
enum class InitiatorPhase : std::uint8_t {
    surveying = 1,     // no claim
    claiming = 2,      // holds a claim to bootstrap: `locked`
    bootstrapping = 3, // acts on it
    joining = 4,       // starts the server as a joiner
};

/// Whether an initiator in this phase holds a claim.
[[nodiscard]] constexpr bool holds_claim(InitiatorPhase phase) {
    return phase == InitiatorPhase::claiming || phase == InitiatorPhase::bootstrapping;
}

/// One run of `start`.
struct InitiatorRun {
    std::int64_t started_unix_seconds{0};
    std::uint32_t surveys{0};  // how often it has asked all nodes
    std::uint32_t attempts{0}; // how often it has started the server
    std::string overrides;     // in force, as options; empty: none

    bool operator==(const InitiatorRun&) const = default;
};

/// What the last run of the initiator decided last. For people: no decision rests on it.
struct InitiatorDecision {
    Reason reason{Reason::census_open}; // says the verdict too: row_of(reason).verdict
    Proof proof{Proof::none};
    std::optional<Address> elected; // who is to bootstrap, or whom to join; absent: nobody
    std::string missing; // the nodes that stand in the way, and what each lacks; empty: none
    std::int64_t decided_unix_seconds{0};
    std::string sentence; // the last line that the run has logged
    InitiatorRun run;     // that decided it

    bool operator==(const InitiatorDecision&) const = default;
};

struct InitiatorReport {
    std::optional<InitiatorPhase> phase; // absent: no initiator runs
    /// Since when it holds its claim; absent while it holds none.
    std::optional<std::int64_t> claimed_unix_seconds;
    std::optional<InitiatorDecision> decision; // absent: none is known

    bool operator==(const InitiatorReport&) const = default;
};

} // namespace galera
