// What flows in a component: write sets from client to disk, and state from donor to joiner.
#include "tests/simulation/group.hpp"

#include <algorithm>

namespace galera::simulation {

namespace {

constexpr Time wait_for_state_max = 15000;

} // namespace

void Group::tick() {
    for (std::size_t number = 0; number < components_.size(); ++number) {
        const auto& found = components_[number];
        if (found.primary && !found.headless && found.members != 0)
            write(static_cast<int>(number));
    }
    for (int node = 0; node < scene_.setup.nodes; ++node) {
        const auto& server = this->server(node);
        if (!is_responsive(node))
            continue;
        if (server.stage == Stage::member)
            deliver(node);
        if (server.complete)
            apply(node, scene_.random.between(0, 4));
        if (server.stage == Stage::joining)
            receive_state(node);
    }
}

/// A client's write set: every member has received it, so it has its place in the order.
void Group::write(int number) {
    auto& found = component(number);
    if (!scene_.random.chance(50) || !is_intact(number))
        return;
    const auto origin = static_cast<int>(scene_.random.below(scene_.setup.nodes));
    if (holds(found.members, origin) && at(origin).synced)
        found.line.push_back(scene_.order.add_write(found.tip(), origin));
}

void Group::deliver(int process) {
    auto& server = at(process);
    auto& found = component(server.component);
    if (!found.primary || !holds(found.members, process))
        return;
    // Safe to deliver once it is known that all have received it.
    if (server.complete && scene_.random.chance(is_intact(server.component) ? 70 : 10))
        server.delivered = found.safe = found.tip();
    const auto behind =
        scene_.order.seqno(found.tip()) - scene_.order.seqno(scene_.disk(process).tip);
    if (server.complete && behind <= 3)
        server.synced = true;
}

void Group::apply(int process, std::int64_t steps) {
    const auto& server = at(process);
    const auto& line = component(server.component).line;
    auto& disk = scene_.disk(process);
    const auto last = scene_.order.seqno(server.delivered);
    for (auto next = scene_.order.seqno(disk.tip) + 1; next <= last && steps-- > 0; ++next) {
        if (static_cast<std::size_t>(next) >= line.size())
            return;
        disk.tip = line[static_cast<std::size_t>(next)];
        acknowledge(process, disk.tip);
    }
}

void Group::acknowledge(int process, int entry) {
    const auto& found = scene_.order.at(entry);
    if (found.origin != process || found.seqno <= at(process).session)
        return;
    ++scene_.tally.acknowledged;
    if (scene_.durable(process))
        scene_.acknowledged =
            scene_.order.seqno(scene_.acknowledged) < found.seqno ? entry : scene_.acknowledged;
}

void Group::become_complete(int process) {
    auto& server = at(process);
    auto& found = component(server.component);
    server.complete = server.listening = true;
    server.transfer = {};
    server.delivered = found.safe = found.tip();
    server.session = scene_.order.seqno(found.tip());
    scene_.disk(process).user_data = true;
    scene_.disk(process).safe_to_bootstrap = false;
    go_to(process, Stage::member);
}

void Group::receive_state(int process) {
    auto& server = at(process);
    auto& disk = scene_.disk(process);
    const auto& found = component(server.component);
    if (found.headless && scene_.now - server.since > wait_for_state_max)
        return end(process, "no node with complete state");
    if (!found.primary || found.headless || !holds(found.members, process))
        return;
    if (server.transfer.kind == Transfer::Kind::none)
        return begin_transfer(process);
    const auto& donor = this->server(server.transfer.donor);
    const bool gone = donor.life != server.transfer.donor_life || donor.stage != Stage::member ||
                      !scene_.network.connects(process, server.transfer.donor);
    if (gone)
        return end(process, "its donor is gone");
    if (donor.paused)
        return;
    if (server.transfer.kind == Transfer::Kind::incremental) {
        const auto target = scene_.order.seqno(server.transfer.target);
        for (auto steps = scene_.random.between(0, 5); steps > 0; --steps) {
            const auto next = static_cast<std::size_t>(scene_.order.seqno(disk.tip)) + 1;
            if (static_cast<std::int64_t>(next) <= target)
                disk.tip = found.line[next];
        }
        if (disk.tip == server.transfer.target)
            become_complete(process);
    } else if (scene_.now >= server.transfer.ends) {
        disk.tip = scene_.disk(server.transfer.donor).tip;
        disk.torn = disk.traces = disk.nil = false;
        disk.spoiled = scene_.disk(server.transfer.donor).spoiled;
        server.cache_first = scene_.order.seqno(disk.tip) + 1;
        become_complete(process);
        scene_.tell(process, "state transfer ended at ", scene_.text_of_entry(disk.tip));
    }
}

/// A donor has applied the view that the joiner came in: the request is an event in the order.
int Group::choose_donor(int process, std::int64_t from) const {
    const auto& joiner = server(process);
    const auto& members = components_[static_cast<std::size_t>(joiner.component)].members;
    int chosen = nobody;
    for (int node = 0; node < scene_.setup.nodes; ++node) {
        const auto& donor = server(node);
        const auto held = scene_.order.seqno(scene_.disks[static_cast<std::size_t>(node)].tip);
        const auto oldest = std::max(donor.cache_first, held - scene_.setup.gcache_entries);
        const bool able = node != process && holds(members, node) && donor.complete &&
                          donor.stage == Stage::member && donor.component == joiner.component &&
                          !donor.paused && held >= scene_.order.seqno(joiner.join_view) &&
                          scene_.network.connects(process, node);
        if (able && (chosen == nobody || oldest <= from))
            chosen = node;
    }
    return chosen;
}

/// What Galera compares: the history and the seqno, never the rows.
void Group::begin_transfer(int process) {
    auto& server = at(process);
    auto& disk = scene_.disk(process);
    const auto& found = component(server.component);
    const auto from = scene_.order.seqno(disk.tip) + 1;
    const auto donor = choose_donor(process, from);
    if (donor == nobody)
        return;
    const bool same_history =
        disk.tip != nothing && !disk.torn && (server.start.knows_position || server.listening) &&
        scene_.order.at(disk.tip).history == scene_.order.at(found.tip()).history;
    if (same_history && from > scene_.order.seqno(server.join_view)) {
        disk.nil = true; // grastate.dat is zeroed
        return end(process, "reversing history");
    }
    admit(process, server.component);
    server.transfer = {
        .donor = donor, .donor_life = this->server(donor).life, .target = scene_.disk(donor).tip};
    const auto oldest =
        std::max(this->server(donor).cache_first,
                 scene_.order.seqno(scene_.disk(donor).tip) - scene_.setup.gcache_entries);
    if (same_history && oldest <= from) {
        server.transfer.kind = Transfer::Kind::incremental;
        server.listening = server.listening || scene_.random.chance(50);
        server.cache_first = from;
        disk.nil = false;
        disk.safe_to_bootstrap = false;
        // Other rows at the same seqnos: Galera does not see it.
        disk.spoiled |= found.line[static_cast<std::size_t>(from - 1)] != disk.tip;
        disk.tip = found.line[static_cast<std::size_t>(from - 1)];
        scene_.tell(process, "IST from ", name_of(donor), ", ", scene_.text_of_entry(disk.tip),
                    " to ", scene_.text_of_entry(server.transfer.target));
        return;
    }
    if (server.listening)
        return end(process, "a running server cannot take a whole state");
    server.transfer.kind = Transfer::Kind::whole;
    server.transfer.ends = scene_.now + scene_.random.between(1500, 6000);
    disk.torn = disk.traces = disk.nil = true;
    disk.safe_to_bootstrap = false;
    const auto between = scene_.order.seqno(disk.tip);
    const auto target = scene_.order.seqno(server.transfer.target);
    if (disk.tip == nothing || scene_.random.chance(50))
        disk.tip =
            scene_.order.back(server.transfer.target,
                              target > between ? scene_.random.below(target - between + 1) : 0);
    scene_.tell(process, "SST from ", name_of(donor), ", towards ",
                scene_.text_of_entry(server.transfer.target));
}

/// Whether the joiner's rows are a part of the component's.
void Group::admit(int process, int number) {
    const auto& server = at(process);
    const auto& disk = scene_.disk(process);
    const auto& line = component(number).line;
    if (disk.torn || disk.spoiled || disk.tip == nothing)
        return;
    const auto seqno = static_cast<std::size_t>(scene_.order.seqno(disk.tip));
    if (seqno < line.size() && line[seqno] == disk.tip)
        return;
    const bool checked = server.start.by_initiator && !server.start.discards && !server.listening;
    const auto what = name_of(process) + " joins with " + scene_.text_of_entry(disk.tip) +
                      ", which the component never held";
    // Of two components that operators made at once, Galera may find another than the verdict saw.
    const bool elsewhere = scene_.setup.forced && server.start.towards != number;
    if (checked && !elsewhere && !scene_.mixed && !scene_.forked_by_galera)
        return scene_.breach(Invariant::same_rows, what);
    if (checked)
        scene_.excuse(scene_.forked_by_galera ? Excuse::rows_after_fork : Excuse::rows_after_hand,
                      what);
    scene_.mixed = true;
}

// --- how servers end

void Group::stop(int process) {
    auto& server = at(process);
    if (server.stage == Stage::down || server.stage == Stage::stopping || server.paused)
        return;
    const bool was_joining = server.stage == Stage::joining || server.stage == Stage::starting;
    if (scene_.setup.is_arbitrator(process) || was_joining)
        return crash(process, false);
    apply(process, scene_.order.seqno(server.delivered)); // what was delivered is applied first
    auto& disk = scene_.disk(process);
    disk.view_file = false;
    disk.saved = disk.tip;
    if (server.component != nobody) {
        auto& found = component(server.component);
        const bool in = holds(found.members, process);
        found.members &= ~bit(process);
        found.shrunk |= in;
        if (in && found.members != 0)
            disk.safe_to_bootstrap = false;
        found.primary = found.primary && found.members != 0;
        plan_regroup(server.component, 20, 300);
    }
    server.complete = false;
    go_to(process, Stage::stopping);
    scene_.tell(process, "stops in order at ", scene_.text_of_entry(disk.tip));
    scene_.schedule.add(scene_.now + scene_.random.between(300, 2000), Kind::mend, process, nobody,
                        server.life);
}

void Group::stopped(int process, unsigned life) {
    auto& server = at(process);
    if (server.life != life || server.stage != Stage::stopping)
        return;
    const auto next = server.life;
    server = Server{.life = next};
    touch_files(process);
    scene_.tell(process, "has stopped");
}

void Group::end(int process, const char* why) {
    scene_.tell(process, "server ends: ", why);
    crash(process, false);
}

void Group::crash(int process, bool power) {
    auto& server = at(process);
    if (server.stage == Stage::down)
        return;
    const bool in_transfer = server.transfer.kind == Transfer::Kind::whole;
    const bool emptied = !server.start.knows_position; // its grastate.dat
    const bool by_initiator = server.start.by_initiator;
    server = Server{.life = server.life};
    touch_files(process);
    disturb();
    if (scene_.setup.is_arbitrator(process))
        return;
    auto& disk = scene_.disk(process);
    disk.saved = nothing;
    // The script outlives the server, ends in order and clears up. Of a start by hand nobody has
    // written down that it is to join, if no agent looked meanwhile.
    if (in_transfer && !power && !emptied && by_initiator && scene_.random.chance(50))
        disk.traces = false;
    if (!in_transfer && disk.tip != nothing && power && !scene_.durable(process))
        disk.tip = scene_.order.back(disk.tip, scene_.random.between(0, 3));
    scene_.tell(process, "server is dead at ", scene_.text_of_entry(disk.tip),
                disk.torn ? ", its data is torn" : "");
}

void Group::pause(int process) {
    if (!is_up(process))
        return;
    at(process).paused = true;
    disturb();
}

void Group::resume(int process) {
    auto& server = at(process);
    if (!server.paused)
        return;
    server.paused = false;
    disturb();
    if (server.component == nobody ||
        (server.stage != Stage::member && server.stage != Stage::joining))
        return;
    const auto& found = component(server.component);
    if (!found.primary || !holds(found.members, process))
        put_outside(process);
}

} // namespace galera::simulation
