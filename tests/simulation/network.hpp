// Who reaches whom: the group's connections in both directions or not at all, SNMP one way and
// with losses.
#pragma once

#include "tests/simulation/order.hpp"

#include <array>

namespace galera::simulation {

struct Network {
    /// Whom a process reaches on the group port; kept the same in both directions.
    std::array<Members, processes_max> group{};
    /// Whose node a datagram of this node reaches.
    std::array<Members, processes_max> snmp{};
    int loss_percent{0};
    int delay_max{50}; // milliseconds, one way

    Network() { mend(); }

    void mend() {
        group.fill(~Members{0});
        snmp.fill(~Members{0});
        loss_percent = 0;
        delay_max = 50;
    }
    [[nodiscard]] bool connects(int left, int right) const {
        return holds(group[static_cast<std::size_t>(left)], right);
    }
    [[nodiscard]] bool carries(int from, int to) const {
        return holds(snmp[static_cast<std::size_t>(from)], to);
    }
    /// Both sides keep to themselves.
    void split(std::array<Members, processes_max>& links, Members side) const {
        for (int process = 0; process < processes_max; ++process)
            links[static_cast<std::size_t>(process)] = holds(side, process) ? side : ~side;
    }
};

} // namespace galera::simulation
