// The total order: write sets and views, each upon the one before it. Where nodes live apart, it
// forks, and becomes a tree: so "the same rows" is a question with an answer.
#pragma once

#include "common/model/view.hpp"
#include "tests/simulation/random.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace galera::simulation {

constexpr int nodes_max = 5;
constexpr int processes_max = nodes_max + 1; // the nodes and an arbitrator
constexpr int nobody = -1;
constexpr int nothing = -1; // no entry of the order: a node without a history

/// A set of processes, a bit each.
using Members = std::uint32_t;
constexpr Members bit(int process) {
    return process < 0 ? Members{0} : Members{1} << static_cast<unsigned>(process);
}
constexpr bool holds(Members members, int process) {
    return (members & bit(process)) != 0;
}

/// A write set or a view.
struct Entry {
    int before; // the entry that it is upon
    int view;   // the last view at or before it
    std::int64_t seqno;
    int history;
    int origin; // the node that the client wrote to; nobody for a view
};

struct ViewEntry {
    int entry{nothing};
    std::uint64_t id{0};
    Members members{0};
    View as_reported;
};

/// "n1".
std::string name_of(int process);
/// The name of the nth history.
Uuid history_uuid(int history);

class Order {
public:
    explicit Order(int nodes) : nodes_{nodes} {}

    int add_write(int before, int origin);
    /// `lives` counts the starts of each process: member UUIDs are new at each.
    int add_view(int before, std::uint64_t id, Members members,
                 const std::array<unsigned, processes_max>& lives);
    int new_history() { return histories_++; }
    int add_first_view(int history, Members members,
                       const std::array<unsigned, processes_max>& lives);

    [[nodiscard]] const Entry& at(int entry) const {
        return entries_[static_cast<std::size_t>(entry)];
    }
    [[nodiscard]] std::int64_t seqno(int entry) const {
        return entry == nothing ? 0 : at(entry).seqno;
    }
    [[nodiscard]] const ViewEntry& view(int number) const {
        return views_[static_cast<std::size_t>(number)];
    }
    /// Whether who holds `tip` holds `entry` too.
    [[nodiscard]] bool includes(int tip, int entry) const;
    /// The entry so many before this one, not beyond the first.
    [[nodiscard]] int back(int entry, std::int64_t steps) const;
    [[nodiscard]] Position position(int entry) const;

private:
    int place_view(Entry entry, std::uint64_t id, Members members,
                   const std::array<unsigned, processes_max>& lives);

    int nodes_;
    int histories_{0};
    std::vector<Entry> entries_;
    std::vector<ViewEntry> views_;
};

} // namespace galera::simulation
