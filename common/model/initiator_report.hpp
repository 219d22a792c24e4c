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

/// What the last run of the initiator decided last. For people: no decision rests on it.
struct InitiatorDecision {
    Reason reason{Reason::census_open}; // says the verdict too: row_of(reason).verdict
    std::optional<Address> elected;     // who is to bootstrap, or whom to join; absent: nobody
    std::int64_t decided_unix_seconds{0};
    std::string sentence; // the last line that the run has logged

    bool operator==(const InitiatorDecision&) const = default;
};

struct InitiatorReport {
    std::optional<InitiatorPhase> phase;       // absent: no initiator runs
    std::optional<InitiatorDecision> decision; // absent: none is known

    bool operator==(const InitiatorReport&) const = default;
};

} // namespace galera
