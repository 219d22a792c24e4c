#include "tests/simulation/order.hpp"

#include <algorithm>

namespace galera::simulation {

namespace {

Uuid uuid_of(std::uint8_t kind, unsigned number, unsigned life) {
    Uuid::Octets octets{};
    octets[0] = kind;
    octets[1] = static_cast<std::uint8_t>(number + 1);
    octets[2] = static_cast<std::uint8_t>(life >> 8U);
    octets[3] = static_cast<std::uint8_t>(life);
    return *Uuid::from(octets);
}

} // namespace

std::string name_of(int process) {
    return "n" + std::to_string(process + 1);
}

Uuid history_uuid(int history) {
    return uuid_of(0xaa, static_cast<unsigned>(history), 0);
}

int Order::add_write(int before, int origin) {
    const auto& last = at(before);
    entries_.push_back({before, last.view, last.seqno + 1, last.history, origin});
    return static_cast<int>(entries_.size()) - 1;
}

int Order::add_view(int before, std::uint64_t id, Members members,
                    const std::array<unsigned, processes_max>& lives) {
    const auto& last = at(before);
    return place_view({before, 0, last.seqno + 1, last.history, nobody}, id, members, lives);
}

int Order::add_first_view(int history, Members members,
                          const std::array<unsigned, processes_max>& lives) {
    return place_view({nothing, 0, 1, history, nobody}, 1, members, lives);
}

int Order::place_view(Entry entry, std::uint64_t id, Members members,
                      const std::array<unsigned, processes_max>& lives) {
    const auto place = static_cast<int>(entries_.size());
    View view{history_uuid(entry.history), id, *Seqno::from(entry.seqno), {}};
    for (int process = 0; process <= nodes_; ++process) {
        if (!holds(members, process))
            continue;
        const auto number = static_cast<unsigned>(process);
        const bool arbitrator = process == nodes_;
        view.members.push_back({uuid_of(0xee, number, lives[number]),
                                arbitrator ? "garb" : name_of(process),
                                arbitrator ? "" : "10.0.0." + std::to_string(process + 1) + ":3"});
    }
    entry.view = static_cast<int>(views_.size());
    entries_.push_back(entry);
    views_.push_back({place, id, members, std::move(view)});
    return place;
}

bool Order::includes(int tip, int entry) const {
    if (entry == nothing)
        return true;
    while (tip != nothing && at(tip).seqno > at(entry).seqno)
        tip = at(tip).before;
    return tip == entry;
}

int Order::back(int entry, std::int64_t steps) const {
    while (steps-- > 0 && at(entry).before != nothing)
        entry = at(entry).before;
    return entry;
}

Position Order::position(int entry) const {
    return {history_uuid(at(entry).history), *Seqno::from(at(entry).seqno)};
}

} // namespace galera::simulation
