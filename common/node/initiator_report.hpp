// What the local initiator has published, as a part of the node's report.
#pragma once

#include "common/model/node_report.hpp"
#include "common/model/result.hpp"
#include "common/model/roster.hpp"

#include <filesystem>
#include <vector>

namespace galera::node {

/// Where an initiator leaves what it publishes, and of whom it tells.
struct InitiatorPlaces {
    std::filesystem::path run_dir;
    std::filesystem::path state_dir; // empty: no decision is kept
    Roster roster;                   // by address, each once
};

/// Fills in `initiator` and `peers`, a row for each node of the roster; the report has its name and
/// its address already. What cannot be read is appended to `errors`; what is garbled or of another
/// version is as if it were not there. That no initiator runs is never said for want of knowledge.
void show_initiator(const InitiatorPlaces& places, NodeReport& report, std::vector<Error>& errors);

} // namespace galera::node
