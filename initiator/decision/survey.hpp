// What is known at the moment of a decision: one report or one kind of silence from each roster
// node.
#pragma once

#include "common/model/legacy_report.hpp"
#include "common/model/node_report.hpp"
#include "common/model/roster.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace galera::decision {

/// The kinds of silence. None of them is "stopped".
enum class Silence : std::uint8_t {
    no_answer,     // nothing came back within the deadline
    not_authentic, // something came back that is not authentic
    no_agent,      // snmpd answers, the subagent is absent
    unknown,       // the subagent answers, the report cannot be read
    alive,         // silent over SNMP, and accepts TCP connections on its group port
    legacy,        // the subagent is absent, and the scripts of 2014 answer
};

struct Answer {
    RosterNode node;
    std::string
        name; // the best name known: node's own, a view's, the configuration's; may be empty
    std::variant<NodeReport, Silence> said{Silence::no_answer};
    std::optional<LegacyReport> legacy;      // present where said is Silence::legacy
    std::chrono::microseconds round_trip{0}; // for people
    std::string engine_id{};                 // of its snmpd, octets; empty: not known. For people

    [[nodiscard]] const NodeReport* report() const { return std::get_if<NodeReport>(&said); }
};

/// One answer for each roster node, in the order of the addresses.
struct Survey {
    std::vector<Answer> answers;
    std::size_t local{0}; // which of them is this node

    [[nodiscard]] const Answer& here() const { return answers[local]; }
};

/// "db2 (10.0.0.2)", or the bare address where no name is known.
[[nodiscard]] std::string label_of(const Answer& answer);

} // namespace galera::decision
