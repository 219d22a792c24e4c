// What all parts of one simulated history share: its chance, its time, the order, the disks, the
// networks, and what has been found out about it so far.
#pragma once

#include "tests/simulation/check.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/order.hpp"
#include "tests/simulation/random.hpp"
#include "tests/simulation/schedule.hpp"

#include <array>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string>

namespace galera::simulation {

/// How a history is set up.
struct Setup {
    int nodes{3};
    bool arbitrator{false};
    bool fresh{false};     // no node has a history yet
    bool forced{false};    // operators start servers by hand
    bool operators{false}; // operators replace disks and say --assume-lost
    Members nondurable{0};
    std::int64_t gcache_entries{1000}; // so many write sets a donor can send again
    Time sample_interval{1000};
    Time poll_interval{1000};

    [[nodiscard]] int processes() const { return nodes + (arbitrator ? 1 : 0); }
    [[nodiscard]] bool is_arbitrator(int process) const { return process == nodes; }
};

struct Scene {
    Scene(const Setup& given, std::uint64_t seed, bool tells)
        : setup{given}, random{seed}, order{given.nodes}, telling{tells} {}

    Setup setup;
    Random random;
    Time now{0};
    Schedule schedule;
    Order order;
    Network network;
    std::array<Disk, nodes_max> disks;
    Members power{~Members{0}}; // whose machine is on
    Tally tally;
    std::optional<Violation> violation;
    int acknowledged{nothing}; // the highest write set that a durable node acknowledged
    /// Something happened after which an operator may be needed, so that waits and refusals are
    /// legitimate: a disk was replaced, a node was assumed lost, a server was started by hand.
    bool operator_needed{false};
    /// A component has let a server in with other rows than its own, whoever is to blame. What its
    /// views and its members' records say of the rows is not true any more.
    bool mixed{false};
    bool forked_by_galera{false};
    bool telling;
    std::string story;

    [[nodiscard]] Disk& disk(int node) { return disks[static_cast<std::size_t>(node)]; }
    [[nodiscard]] bool powered(int process) const { return holds(power, process); }
    [[nodiscard]] bool durable(int node) const { return !holds(setup.nondurable, node); }

    /// One line of the trace.
    template <typename... Parts>
    void tell(int node, const Parts&... parts) {
        if (!telling)
            return;
        std::array<char, 32> clock{};
        std::snprintf(clock.data(), clock.size(), "%8.3f  ", static_cast<double>(now) / 1000);
        std::ostringstream line;
        line << clock.data() << (node == nobody ? "--" : name_of(node)) << "  ";
        (line << ... << parts);
        story += line.str() + '\n';
    }
    /// A breach that was not ours to prevent.
    void excuse(Excuse excuse, const std::string& what) {
        ++tally.excused[static_cast<std::size_t>(excuse)];
        tell(nobody, "EXCUSED ", word_of(excuse), ": ", what);
    }
    void breach(Invariant invariant, const std::string& what) {
        if (!violation)
            violation = Violation{invariant, what};
        tell(nobody, "VIOLATION ", word_of(invariant), ": ", what);
    }
    /// "4:17", the history's number and the seqno; "-" for none.
    [[nodiscard]] std::string text_of_entry(int entry) const {
        if (entry == nothing)
            return "-";
        const auto& found = order.at(entry);
        return std::string(1, static_cast<char>('A' + found.history)) + ':' +
               std::to_string(found.seqno) + '#' + std::to_string(entry);
    }
};

/// "n1,n3".
inline std::string text_of_members(Members members) {
    std::string text;
    for (int process = 0; process < processes_max; ++process) {
        if (holds(members, process))
            text += (text.empty() ? "" : ",") + name_of(process);
    }
    return text.empty() ? "nobody" : text;
}

} // namespace galera::simulation
