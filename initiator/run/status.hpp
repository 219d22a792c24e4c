// The cluster as it is seen from here, a line a node.
#pragma once

#include "initiator/decision/decide.hpp"
#include "initiator/run/table.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace galera::run {

/// How many seqnos the node lies behind the highest of its history that reported; empty where its
/// position is not known.
[[nodiscard]] std::optional<std::uint64_t> lag_of(const decision::Survey& survey, std::size_t node,
                                                  const decision::Rules& rules);

/// "SST, 1.2 GB", "IST, 5213 of 3 to 16007", "IST": what the node is receiving, and how far it
/// has come. Empty: nothing.
[[nodiscard]] std::string transfer_of(const NodeReport& report);

/// In how good a state the node is.
[[nodiscard]] Tone tone_of(const decision::Answer& answer, const decision::Rules& rules);

[[nodiscard]] std::vector<std::string>
status_lines(const decision::Survey& survey, const decision::Rules& rules, const Paper& paper);
/// The same as one text.
[[nodiscard]] std::string status_table(const decision::Survey& survey, const decision::Rules& rules,
                                       const Paper& paper);

} // namespace galera::run
