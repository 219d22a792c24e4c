#include "tests/simulation/faults.hpp"

#include <algorithm>

namespace galera::simulation {

namespace {

enum Fault : int {
    crash_server,
    stop_server,
    restart_server,
    pause_server,
    split_group,
    split_snmp,
    deafen_snmp, // one way
    lose_datagrams,
    slow_datagrams,
    power_cut,
    power_cut_of_all,
    kill_agent,
    stick_agent,
    kill_initiator,
    stall_initiator,
    ordinary_faults,
    disk_replaced = ordinary_faults,
    node_assumed_lost,
    started_by_hand,
    gone_until_the_end,
    stick_agent_at_start,  // once its server is being started
    cut_power_at_transfer, // everywhere, once it receives a whole state
};

enum Mended : int { server_resumes, network_of_all, power_back, agent_back, agent_unstuck };

constexpr Time faults_until = 16000;

} // namespace

void Faults::mend_later(int what, int node, Time least, Time most) {
    scene_.schedule.add(scene_.now + scene_.random.between(least, most), Kind::mend, node, what);
}

void Faults::serve_later(int node, Time least, Time most) {
    if (!scene_.setup.is_arbitrator(node))
        scene_.schedule.add(scene_.now + scene_.random.between(least, most), Kind::start_service,
                            node);
}

Members Faults::some_nodes() {
    const auto all = (Members{1} << static_cast<unsigned>(scene_.setup.processes())) - 1;
    return static_cast<Members>(scene_.random.between(1, static_cast<std::int64_t>(all) - 1));
}

Time Faults::plan() {
    auto& random = scene_.random;
    const auto processes = scene_.setup.processes();
    for (auto faults = random.between(1, 6); faults > 0; --faults)
        add(random.between(500, faults_until), static_cast<int>(random.below(processes)),
            static_cast<int>(random.below(ordinary_faults)));
    plan_story();
    if (scene_.setup.operators)
        add(random.between(2000, faults_until), some_node(),
            random.chance(30) ? disk_replaced : node_assumed_lost);
    for (auto starts = scene_.setup.forced ? random.between(1, 3) : 0; starts > 0; --starts)
        add(random.between(3000, faults_until + 4000), some_node(), started_by_hand);
    return faults_until + random.between(4000, 9000);
}

void Faults::add(Time at, int node, int fault) {
    scene_.schedule.add(at, Kind::fault, node, fault);
}

int Faults::some_node() {
    return static_cast<int>(scene_.random.below(scene_.setup.nodes));
}

/// What chance alone would seldom put together.
void Faults::plan_story() {
    auto& random = scene_.random;
    const auto story = random.below(100);
    const int hero = some_node();
    if (story < 25) { // one is away, the others go on without it
        add(random.between(500, 5000), hero, gone_until_the_end);
        plan_outage(random.between(4000, 10000), ~bit(hero));
    } else if (story < 35) { // one comes back unseen, and the others leave it
        const auto begin = random.between(300, 2000);
        add(begin, hero, crash_server);
        add(begin + 50, hero, stick_agent_at_start);
        for (int node = 0; node < scene_.setup.nodes; ++node) {
            if (node != hero)
                add(begin + random.between(5000, 11000), node, stop_server);
        }
    } else if (story < 45) { // the power goes in the middle of a state transfer
        const auto begin = random.between(300, 4000);
        add(begin, hero, crash_server);
        add(begin + 50, hero, cut_power_at_transfer);
    } else if (story < 90) {
        plan_outage(random.between(1500, 9000), ~Members{0});
    }
}

/// All of them go down, one after another or nearly at once, each in its own way.
void Faults::plan_outage(Time begin, Members whom) {
    auto& random = scene_.random;
    const auto spread = random.chance(40) ? 300 : random.between(500, 6000);
    for (int node = 0; node < scene_.setup.nodes; ++node) {
        const auto way = random.below(10);
        const int fault = way < 4 ? crash_server : way < 7 ? stop_server : power_cut;
        if (holds(whom, node))
            add(begin + random.below(spread), node, fault);
    }
}

void Faults::strike(int fault, int node) {
    const bool arbitrator = scene_.setup.is_arbitrator(node);
    if (arbitrator && fault != split_group && fault != pause_server && fault != power_cut_of_all)
        fault = crash_server;
    auto& network = scene_.network;
    switch (fault) {
    case crash_server:
        scene_.tell(node, "FAULT server killed");
        return fail_server(node);
    case stop_server:
    case restart_server:
        scene_.tell(node, "FAULT server stopped in order");
        group_.stop(node);
        return serve_later(node, fault == stop_server ? 1500 : 700,
                           fault == stop_server ? 12000 : 2500);
    case pause_server:
        scene_.tell(node, "FAULT server paused");
        group_.pause(node);
        return mend_later(server_resumes, node, 500, 9000);
    case split_group:
        network.split(network.group, some_nodes());
        scene_.tell(nobody, "FAULT the group network is split");
        group_.disturb();
        return mend_later(network_of_all, node, 1000, 8000);
    default:
        return strike_management(fault, node);
    }
}

void Faults::strike_management(int fault, int node) {
    auto& network = scene_.network;
    auto& random = scene_.random;
    switch (fault) {
    case split_snmp:
        network.split(network.snmp, some_nodes());
        scene_.tell(nobody, "FAULT the SNMP network is split");
        return mend_later(network_of_all, node, 1000, 9000);
    case deafen_snmp:
        network.snmp[static_cast<std::size_t>(node)] &= some_nodes() | bit(node);
        scene_.tell(node, "FAULT its datagrams reach only some");
        return mend_later(network_of_all, node, 1000, 9000);
    case lose_datagrams:
        network.loss_percent = static_cast<int>(random.between(10, 70));
        scene_.tell(nobody, "FAULT datagrams get lost: ", network.loss_percent, " %");
        return mend_later(network_of_all, node, 2000, 9000);
    case slow_datagrams:
        network.delay_max = static_cast<int>(random.between(100, 900));
        scene_.tell(nobody, "FAULT datagrams are slow");
        return mend_later(network_of_all, node, 2000, 9000);
    case kill_agent:
        scene_.tell(node, "FAULT agent killed");
        agents_.kill(node);
        return mend_later(agent_back, node, 300, 8000);
    case stick_agent:
        scene_.tell(node, "FAULT agent looks no more");
        agents_.set_stuck(node, true);
        return mend_later(agent_unstuck, node, 1500, 14000);
    case kill_initiator:
        scene_.tell(node, "FAULT initiator killed");
        initiators_.kill(node);
        return serve_later(node, 300, 6000);
    case stall_initiator:
        scene_.tell(node, "FAULT initiator stalls");
        return initiators_.stall(node, scene_.now + random.between(500, 6000));
    default:
        return strike_machine(fault, node);
    }
}

void Faults::strike_machine(int fault, int node) {
    auto& random = scene_.random;
    switch (fault) {
    case power_cut:
        return cut_power(node, random.between(1000, 12000));
    case power_cut_of_all: {
        scene_.tell(nobody, "FAULT power is cut everywhere");
        const bool in_ddl = random.chance(30);
        for (int process = 0; process < scene_.setup.processes(); ++process) {
            cut_power(process, random.between(1000, 12000));
            if (in_ddl && !scene_.setup.is_arbitrator(process))
                lose_uuid(process);
        }
        return;
    }
    case gone_until_the_end:
        return cut_power(node, faults_until * 2);
    case stick_agent_at_start:
    case cut_power_at_transfer:
        return await_moment(fault, node);
    case disk_replaced:
        return replace_disk(node);
    case node_assumed_lost:
        return assume_lost(node);
    default:
        return start_by_hand(node);
    }
}

/// Looks again and again until the moment has come.
void Faults::await_moment(int fault, int node) {
    constexpr Time glance = 40;
    const auto& server = group_.server(node);
    const bool come = fault == stick_agent_at_start ? server.stage == Stage::starting
                                                    : server.transfer.kind == Transfer::Kind::whole;
    if (!come && scene_.now < faults_until)
        return add(scene_.now + glance, node, fault);
    if (come && fault == stick_agent_at_start)
        return strike(stick_agent, node);
    if (come)
        add(scene_.now + scene_.random.between(0, 3000), node, power_cut_of_all);
}

void Faults::fail_server(int node) {
    if (!group_.is_up(node))
        return;
    group_.crash(node, false);
    if (scene_.setup.is_arbitrator(node))
        return mend_later(power_back, node, 500, 5000);
    if (scene_.random.chance(10))
        lose_uuid(node);
    if (scene_.random.chance(80))
        serve_later(node, 200, 9000);
}

void Faults::cut_power(int node, Time away) {
    if (!scene_.powered(node))
        return;
    scene_.tell(node, "FAULT power is cut");
    scene_.power &= ~bit(node);
    group_.crash(node, true);
    if (!scene_.setup.is_arbitrator(node)) {
        agents_.kill(node);
        initiators_.kill(node);
    }
    mend_later(power_back, node, away, away + 2000);
}

/// Power lost during a DDL.
void Faults::lose_uuid(int node) {
    auto& disk = scene_.disk(node);
    if (group_.is_up(node) || disk.torn || disk.tip == nothing)
        return;
    disk.nil = true;
    scene_.tell(node, "grastate.dat has lost its UUID");
}

void Faults::replace_disk(int node) {
    scene_.tell(node, "FAULT the disk is replaced by a new one");
    scene_.operator_needed = true;
    group_.crash(node, true);
    initiators_.kill(node);
    agents_.kill(node);
    scene_.disk(node) = Disk{};
    write_off();
    group_.touch_files(node);
    mend_later(agent_back, node, 500, 3000);
    serve_later(node, 500, 5000);
}

/// What no disk holds any more is gone, and nobody's fault.
void Faults::write_off() {
    const auto held = [&] {
        return std::ranges::any_of(scene_.disks, [&](const Disk& disk) {
            return !disk.torn && disk.tip != nothing &&
                   scene_.order.includes(disk.tip, scene_.acknowledged);
        });
    };
    while (scene_.acknowledged != nothing && !held())
        scene_.acknowledged = scene_.order.at(scene_.acknowledged).before;
}

/// An operator on one node calls some others lost. They may be well, and only not heard.
void Faults::assume_lost(int node) {
    const auto others =
        ((Members{1} << static_cast<unsigned>(scene_.setup.nodes)) - 1) & ~bit(node);
    const auto lost = scene_.random.chance(50) ? bit(some_node()) & others : some_nodes() & others;
    if (lost == 0)
        return;
    scene_.tell(node, "OPERATOR assumes lost ", text_of_members(lost));
    scene_.operator_needed = true;
    if (scene_.random.chance(50))
        group_.crash(node, false);
    initiators_.kill(node);
    initiators_.assume_lost(node, lost);
    serve_later(node, 50, 500);
    if (scene_.random.chance(30))
        return;
    const auto unheard = scene_.random.chance(50) ? lost : lost | some_nodes();
    scene_.network.snmp[static_cast<std::size_t>(node)] &= ~(unheard & others);
    scene_.tell(node, "FAULT its datagrams do not reach ", text_of_members(unheard & others));
    mend_later(network_of_all, node, 4000, 12000);
}

void Faults::start_by_hand(int node) {
    if (group_.is_up(node) || !scene_.powered(node))
        return;
    const bool bootstraps = scene_.random.chance(60);
    scene_.tell(node, "OPERATOR starts the server by hand", bootstraps ? ", as a new cluster" : "");
    scene_.operator_needed = true;
    initiators_.kill(node);
    auto& disk = scene_.disk(node);
    disk.spoiled |= bootstraps && disk.torn;
    group_.start(node, {.bootstraps = bootstraps,
                        .knows_position = !disk.nil,
                        .by_initiator = false,
                        .all_reported = false,
                        .discards = false,
                        .lost = 0,
                        .towards = nobody});
}

void Faults::mend(int what, int node) {
    switch (what) {
    case server_resumes:
        return group_.resume(node);
    case network_of_all:
        scene_.tell(nobody, "the networks are well");
        scene_.network.mend();
        return group_.disturb();
    case power_back:
        scene_.power |= bit(node);
        scene_.tell(node, "is up again");
        if (!scene_.setup.is_arbitrator(node)) {
            agents_.start(node);
            return serve_later(node, 100, 4000);
        }
        if (!group_.is_up(node))
            group_.start(node, {.by_initiator = false});
        return;
    case agent_back:
        if (scene_.powered(node))
            agents_.start(node);
        return;
    default:
        return agents_.set_stuck(node, false);
    }
}

void Faults::heal() {
    scene_.tell(nobody, "all faults have ended");
    scene_.network.mend();
    for (int process = 0; process < scene_.setup.processes(); ++process) {
        group_.resume(process);
        scene_.power |= bit(process);
        if (scene_.setup.is_arbitrator(process)) {
            mend(power_back, process);
            continue;
        }
        agents_.start(process);
        agents_.set_stuck(process, false);
        serve_later(process, 10, 2000);
    }
    group_.disturb();
}

} // namespace galera::simulation
