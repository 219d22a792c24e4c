// What an initiator writes for the agent of its node: what it is at, what it decided last, and what
// it saw. Text in, values out.
//
// A text is believed as a whole or not at all: one that is cut, garbled or of another version says
// nothing. Lines are "NAME: VALUE", in a fixed order; "-" stands for what is absent; the last is
// "end".
#pragma once

#include "common/model/initiator_report.hpp"
#include "common/model/node_report.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace galera {

/// `run-dir/initiator.state`.
struct InitiatorState {
    std::string holder; // of the initiator's lock: one run, for good
    InitiatorPhase phase{InitiatorPhase::surveying};
    std::optional<std::int64_t> claimed_unix_seconds; // absent in a phase that holds no claim
    std::optional<InitiatorDecision> decision;        // absent before the first

    bool operator==(const InitiatorState&) const = default;
};

/// `state-dir/decision`, and the same part of the state: what a run decided last.
struct DecisionRecord {
    std::string holder;
    InitiatorDecision decision;

    bool operator==(const DecisionRecord&) const = default;
};

/// `run-dir/initiator.peers`: the last survey of a run.
struct PeersRecord {
    std::string holder;
    std::uint32_t surveys{0}; // of that run, this one included
    PeersReport peers;        // which of them is the local node is not written down

    bool operator==(const PeersRecord&) const = default;
};

/// No state and no record of a decision comes near this size.
inline constexpr std::size_t initiator_state_bytes_max = std::size_t{32} * 1024;
/// No record of 2,000 nodes comes near this size.
inline constexpr std::size_t peers_record_bytes_max = std::size_t{1024} * 1024;

/// Texts are made one line, and cut where they are longer than any that is meant.
[[nodiscard]] std::string text_of(const InitiatorState& state);
[[nodiscard]] std::string text_of(const DecisionRecord& record);
[[nodiscard]] std::string text_of(const PeersRecord& record);

[[nodiscard]] std::optional<InitiatorState> parse_initiator_state(std::string_view text);
[[nodiscard]] std::optional<DecisionRecord> parse_decision_record(std::string_view text);
/// Nodes are by address, each once, or it is none.
[[nodiscard]] std::optional<PeersRecord> parse_peers_record(std::string_view text);

} // namespace galera
