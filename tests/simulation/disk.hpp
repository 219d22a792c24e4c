// What a node keeps when its power goes: InnoDB, the state files, and the lineage record.
#pragma once

#include "common/galera/lineage_record.hpp"
#include "tests/simulation/order.hpp"

#include <optional>

namespace galera::simulation {

struct Disk {
    int tip{nothing};    // what InnoDB holds; its applied view is in step with it
    bool torn{false};    // a state transfer was cut: the tip says little about the rows
    bool traces{false};  // of that transfer, by its script, or an emptied grastate.dat
    bool nil{false};     // grastate.dat names no history
    bool spoiled{false}; // Galera admitted other rows: nothing more can be said of them
    bool user_data{false};
    bool safe_to_bootstrap{true};
    bool view_file{false};
    int saved{nothing}; // the position in grastate.dat
    std::optional<LineageRecord> record;
};

} // namespace galera::simulation
