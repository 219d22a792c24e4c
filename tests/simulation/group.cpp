// Membership: who is in which component, quorum, views.
#include "tests/simulation/group.hpp"

#include <algorithm>
#include <utility>

namespace galera::simulation {

namespace {

constexpr Time look_again = 700;
constexpr Time wait_for_primary_max = 15000; // pc.wait_prim_timeout, shortened

} // namespace

bool Group::in_primary(int process) const {
    const auto& server = this->server(process);
    if (server.component == nobody ||
        (server.stage != Stage::member && server.stage != Stage::joining))
        return false;
    return !components_[static_cast<std::size_t>(server.component)].headless;
}

std::size_t Group::size_of_component(int process) const {
    const auto& server = this->server(process);
    return static_cast<std::size_t>(
        count(components_[static_cast<std::size_t>(server.component)].members));
}

std::uint64_t Group::view_id(int process) const {
    return components_[static_cast<std::size_t>(server(process).component)].view_id;
}

bool Group::lives(const Component& component) const {
    if (!component.primary || component.headless)
        return false;
    for (int node = 0; node < scene_.setup.nodes; ++node) {
        const auto& server = this->server(node);
        if (holds(component.members, node) && server.stage == Stage::member &&
            &components_[static_cast<std::size_t>(server.component)] == &component)
            return true;
    }
    return false;
}

bool Group::is_responsive(int process) const {
    const auto stage = server(process).stage;
    return stage != Stage::down && stage != Stage::stopping && !server(process).paused;
}

Members Group::responsive(Members among, int component) const {
    Members found = 0;
    for (int process = 0; process < scene_.setup.processes(); ++process) {
        if (holds(among, process) && is_responsive(process) &&
            server(process).component == component)
            found |= bit(process);
    }
    return found;
}

Members Group::connected_to(int first, Members among) const {
    Members found = bit(first);
    for (Members border = found; border != 0;) {
        const int from = std::countr_zero(border);
        border &= border - 1;
        for (int to = 0; to < scene_.setup.processes(); ++to) {
            if (holds(among & ~found, to) && scene_.network.connects(from, to)) {
                found |= bit(to);
                border |= bit(to);
            }
        }
    }
    return found;
}

/// Whether every member receives what any member sends: else nothing is delivered safely.
bool Group::is_intact(int number) const {
    const auto members = components_[static_cast<std::size_t>(number)].members;
    return members != 0 && responsive(members, number) == members &&
           connected_to(std::countr_zero(members), members) == members;
}

std::array<unsigned, processes_max> Group::lives_now() const {
    std::array<unsigned, processes_max> lives{};
    std::ranges::transform(servers_, lives.begin(), &Server::life);
    return lives;
}

std::vector<int> Group::line_to(int tip) const {
    std::vector<int> line(static_cast<std::size_t>(scene_.order.seqno(tip)) + 1, nothing);
    line.reserve(line.size() + 64);
    for (int entry = tip; entry != nothing; entry = scene_.order.at(entry).before)
        line[static_cast<std::size_t>(scene_.order.seqno(entry))] = entry;
    return line;
}

int Group::reachable_primary(int process) const {
    for (std::size_t number = 0; number < components_.size(); ++number) {
        const auto& found = components_[number];
        if (!found.primary)
            continue;
        const auto members = responsive(found.members & ~bit(process), static_cast<int>(number));
        for (int peer = 0; peer < scene_.setup.processes(); ++peer) {
            if (holds(members, peer) && scene_.network.connects(process, peer))
                return static_cast<int>(number);
        }
    }
    return nobody;
}

void Group::plan_regroup(int number, Time least, Time most) {
    ++component(number).regroups_due;
    scene_.schedule.add(scene_.now + scene_.random.between(least, most), Kind::regroup, number);
}

void Group::look_for_peers(int process, Time after) {
    if (std::exchange(at(process).looking, true))
        return;
    scene_.schedule.add(scene_.now + after, Kind::connect, process, 0, at(process).life);
}

void Group::go_to(int process, Stage stage) {
    at(process).stage = stage;
    at(process).since = scene_.now;
}

void Group::begin_with_members() {
    Members all = 0;
    for (int process = 0; process < scene_.setup.processes(); ++process)
        all |= bit(process);
    const auto lives = lives_now();
    auto tip = scene_.order.add_first_view(scene_.order.new_history(), bit(0), lives);
    tip = scene_.order.add_view(tip, 2, all, lives);
    components_.push_back({.line = line_to(tip), .view_id = 2, .members = all, .safe = tip});
    for (int process = 0; process < scene_.setup.processes(); ++process) {
        auto& server = at(process);
        server.stage = Stage::member;
        server.component = 0;
        server.listening = true;
        if (scene_.setup.is_arbitrator(process))
            continue;
        server.complete = server.synced = true;
        server.delivered = tip;
        server.session = server.cache_first = scene_.order.seqno(tip);
        auto& disk = scene_.disk(process);
        disk.tip = tip;
        disk.safe_to_bootstrap = false;
        disk.view_file = disk.user_data = true;
    }
}

void Group::start(int process, const StartOrder& order) {
    auto& server = at(process);
    const auto life = server.life + 1;
    server = Server{.life = life, .start = order};
    go_to(process, Stage::starting);
    touch_files(process);
    if (!scene_.setup.is_arbitrator(process)) {
        scene_.disk(process).saved = nothing;
        ++scene_.tally.starts;
    }
    look_for_peers(process, scene_.random.between(400, 1500));
}

void Group::connect(int process, unsigned life) {
    auto& server = at(process);
    if (server.life != life)
        return;
    server.looking = false;
    if (server.stage != Stage::starting && server.stage != Stage::outside)
        return;
    if (server.paused)
        return look_for_peers(process, look_again);
    if (server.start.bootstraps && server.stage == Stage::starting)
        return found_component(process);
    if (const auto found = reachable_primary(process); found != nobody) {
        component(found).waiting |= bit(process);
        plan_regroup(found, 20, 400);
    } else if (server.stage == Stage::starting && !scene_.setup.is_arbitrator(process) &&
               scene_.now - server.since > wait_for_primary_max) {
        return end(process, "no Primary component to join");
    }
    look_for_peers(process, look_again);
}

void Group::check_bootstrap(int process) {
    const auto& start = at(process).start;
    const auto& disk = scene_.disk(process);
    if (!start.by_initiator || scene_.setup.forced)
        return;
    for (const auto& other : components_) {
        if (!lives(other))
            continue;
        // Whom an operator calls lost and nobody can reach is the operator's to answer for.
        bool reachable = false;
        for (int peer = 0; peer < scene_.setup.nodes; ++peer)
            reachable |= holds(other.members, peer) && is_up(peer) &&
                         (!holds(start.lost, peer) || scene_.network.connects(process, peer));
        if (reachable)
            scene_.breach(Invariant::one_bootstrap,
                          name_of(process) + " bootstraps beside a living component of " +
                              text_of_members(other.members));
    }
    if (disk.torn)
        scene_.breach(Invariant::nothing_lost, name_of(process) + " bootstraps from torn data");
    if (scene_.order.includes(disk.tip, scene_.acknowledged) || scene_.acknowledged == nothing)
        return;
    // Where Galera has acknowledged on both branches and all have reported, nothing can be saved.
    if (scene_.forked_by_galera && start.all_reported)
        return scene_.excuse(Excuse::census_after_fork,
                             name_of(process) + " bootstraps at " + scene_.text_of_entry(disk.tip));
    bool elsewhere = false;
    for (int peer = 0; peer < scene_.setup.nodes; ++peer)
        elsewhere |= !holds(start.lost, peer) && !scene_.disk(peer).torn &&
                     scene_.order.includes(scene_.disk(peer).tip, scene_.acknowledged);
    if (start.lost == 0 || elsewhere)
        scene_.breach(Invariant::nothing_lost,
                      name_of(process) + " bootstraps at " + scene_.text_of_entry(disk.tip) +
                          ", acknowledged was " + scene_.text_of_entry(scene_.acknowledged));
    scene_.acknowledged = disk.tip; // what is lost with the lost is written off
}

void Group::found_component(int process) {
    check_bootstrap(process);
    auto& server = at(process);
    auto& disk = scene_.disk(process);
    const bool begins = disk.tip == nothing || (disk.nil && !server.start.by_initiator);
    const auto view =
        begins ? scene_.order.add_first_view(scene_.order.new_history(), bit(process), lives_now())
               : scene_.order.add_view(disk.tip, 1, bit(process), lives_now());
    components_.push_back(
        {.line = line_to(view), .view_id = 1, .members = bit(process), .safe = view});
    if (begins) {
        disk.record.reset();
        disk.tip = nothing;
    }
    disk.nil = disk.torn = disk.traces = false;
    server.start.bootstraps = false;
    server.cache_first = scene_.order.seqno(view);
    enter(process, static_cast<int>(components_.size()) - 1);
    become_complete(process);
    disk.tip = view; // it listens once its first view is applied
    disk.safe_to_bootstrap = true;
    scene_.tell(process, "bootstrapped: view 1 is ", scene_.text_of_entry(view));
}

void Group::enter(int process, int number) {
    auto& server = at(process);
    if (server.complete) // what was delivered before is applied first
        apply(process, scene_.order.seqno(server.delivered));
    server.complete = false;
    server.component = number;
    server.join_view = component(number).tip();
    server.transfer = {};
    server.synced = false;
    go_to(process, scene_.setup.is_arbitrator(process) ? Stage::member : Stage::joining);
    if (!scene_.setup.is_arbitrator(process))
        scene_.disk(process).view_file = true;
}

void Group::disturb() {
    for (std::size_t number = 0; number < components_.size(); ++number) {
        if (components_[number].members != 0)
            plan_regroup(static_cast<int>(number), 100, 2500);
    }
}

void Group::regroup(int number) {
    --component(number).regroups_due;
    if (component(number).members == 0)
        component(number).primary = false;
    else if (component(number).primary)
        regroup_primary(number);
    else
        form_again(number);
}

void Group::regroup_primary(int number) {
    auto& found = component(number);
    const auto present = responsive(found.members, number);
    Members part = 0;
    for (Members rest = present; rest != 0;) {
        const auto side = connected_to(std::countr_zero(rest), present);
        rest &= ~side;
        if (2 * count(side) > count(found.members))
            part = side;
    }
    // An arbitrator that is left alone has nothing to be the Primary of.
    if (part == 0 || (scene_.setup.arbitrator && part == bit(scene_.setup.nodes)))
        return lose_quorum(number, present);
    for (int process = 0; process < scene_.setup.processes(); ++process) {
        if (holds(present & ~part, process))
            put_outside(process);
    }
    Members joined = 0;
    for (int process = 0; process < scene_.setup.processes(); ++process) {
        const auto stage = server(process).stage;
        const bool may = (stage == Stage::starting || stage == Stage::outside) &&
                         !server(process).start.bootstraps && is_responsive(process);
        if (holds(found.waiting & ~part, process) && may &&
            holds(connected_to(std::countr_zero(part), part | bit(process)), process))
            joined |= bit(process);
    }
    found.waiting = 0;
    if ((part | joined) != found.members || joined != 0 || found.shrunk)
        install_view(number, part, joined);
}

void Group::lose_quorum(int number, Members present) {
    auto& found = component(number);
    scene_.tell(nobody, "quorum lost by ", text_of_members(found.members));
    found.primary = false;
    for (int process = 0; process < scene_.setup.processes(); ++process) {
        if (holds(present, process))
            put_outside(process);
    }
}

void Group::put_outside(int process) {
    auto& server = at(process);
    if (server.transfer.kind == Transfer::Kind::whole)
        return end(process, "lost its component in a state transfer");
    server.transfer = {};
    server.synced = false;
    const bool was_in = server.complete || server.listening;
    go_to(process, was_in ? Stage::outside : Stage::starting);
    look_for_peers(process, look_again);
}

/// All that were in the last Primary view are together again, none of them restarted.
void Group::form_again(int number) {
    auto& found = component(number);
    const auto present = responsive(found.members, number);
    bool complete = false;
    for (int process = 0; process < scene_.setup.processes(); ++process) {
        if (!holds(found.members, process))
            continue;
        if (!holds(present, process) || server(process).stage != Stage::outside)
            return;
        complete |= server(process).complete;
    }
    if (!complete || connected_to(std::countr_zero(present), present) != present)
        return;
    // What one of them was handed over, all have received.
    const auto tip = found.safe;
    found.primary = true;
    found.headless = false;
    found.line = line_to(tip);
    scene_.tell(nobody, "formed again at ", scene_.text_of_entry(tip));
    Members holders = 0;
    Members behind = 0;
    for (int process = 0; process < scene_.setup.processes(); ++process) {
        if (!holds(present, process))
            continue;
        const bool arbitrator = scene_.setup.is_arbitrator(process);
        const bool whole = arbitrator || at(process).complete;
        (whole ? holders : behind) |= bit(process);
        if (whole)
            go_to(process, Stage::member);
    }
    install_view(number, holders, behind);
}

/// A "partial re-merge": where nobody has the state, all follow the one that comes with the latest
/// view that was Primary, from what it had received then. What the others were handed over since,
/// and what clients were told, is gone: Galera itself has forked the history.
Members Group::follow_returned(int number, Members joined) {
    int holder = nobody;
    for (int process = 0; process < scene_.setup.processes(); ++process) {
        const bool comes = holds(joined, process) && at(process).complete;
        if (comes && (holder == nobody || is_later(at(process).delivered, at(holder).delivered)))
            holder = process;
    }
    if (holder == nobody)
        return 0;
    auto& found = component(number);
    const auto tip = at(holder).delivered;
    if (!scene_.order.includes(tip, found.safe)) {
        scene_.operator_needed = scene_.forked_by_galera = true;
        ++scene_.tally.forks_by_galera;
    }
    if (!scene_.order.includes(tip, scene_.acknowledged))
        scene_.acknowledged = tip;
    found.line = line_to(tip);
    found.view_id = view_id_at(tip);
    at(holder).component = number;
    go_to(holder, Stage::member);
    return bit(holder);
}

std::uint64_t Group::view_id_at(int entry) const {
    return scene_.order.view(scene_.order.at(entry).view).id;
}

/// As Galera compares candidates: by their last Primary view, then by what they received.
bool Group::is_later(int entry, int other) const {
    return std::pair{view_id_at(entry), scene_.order.seqno(entry)} >
           std::pair{view_id_at(other), scene_.order.seqno(other)};
}

void Group::install_view(int number, Members part, Members joined) {
    auto& found = component(number);
    const auto each = [&](Members among, auto&& visit) {
        for (int process = 0; process < scene_.setup.processes(); ++process) {
            if (holds(among, process))
                visit(process);
        }
    };
    Members holders = 0;
    each(part, [&](int process) { holders |= at(process).complete ? bit(process) : 0; });
    found.headless = false;
    if (holders == 0)
        holders = follow_returned(number, joined);
    found.members = part | joined;
    found.shrunk = false;
    if (holders == 0) {
        found.headless = true;
        each(joined, [&](int process) { enter(process, number); });
        scene_.tell(nobody, "no node with complete state among ", text_of_members(found.members));
        return;
    }
    // What all survivors have received and the others have not is delivered before the view.
    if (scene_.random.chance(30))
        found.line.push_back(scene_.order.add_write(found.tip(), std::countr_zero(holders)));
    found.line.push_back(
        scene_.order.add_view(found.tip(), ++found.view_id, found.members, lives_now()));
    scene_.tell(nobody, "view ", found.view_id, " = ", text_of_members(found.members), " at ",
                scene_.text_of_entry(found.tip()));
    each(holders, [&](int process) {
        at(process).delivered = found.safe = found.tip();
        scene_.disk(process).safe_to_bootstrap = count(found.members) == 1;
    });
    each(joined & ~holders, [&](int process) { enter(process, number); });
}

} // namespace galera::simulation
