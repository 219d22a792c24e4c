#include "tests/simulation/world.hpp"

#include <algorithm>

namespace galera::simulation {

namespace {

constexpr Time tick_time = 200;
/// Once all is well, a cluster of these sizes is up within so many polls of a second.
constexpr Time up_within = 150000;
/// How long a server may be outside a Primary component before its operator restarts it.
constexpr Time patience = 8000;

Setup setup_of(const Wanted& wanted) {
    Random random{wanted.seed ^ 0x5e70U};
    Setup setup;
    const auto drawn = random.below(10);
    setup.nodes = drawn < 6 ? 3 : drawn < 8 ? 4 : 5;
    if (wanted.nodes != 0)
        setup.nodes = wanted.nodes;
    setup.arbitrator = random.chance(15);
    setup.fresh = random.chance(5);
    setup.forced = wanted.forced;
    setup.operators = !wanted.forced && random.chance(30);
    if (random.chance(15))
        setup.nondurable =
            static_cast<Members>(random.below(Members{1} << static_cast<unsigned>(setup.nodes)));
    setup.gcache_entries = random.chance(50) ? 1000 : random.between(2, 15);
    setup.sample_interval = random.chance(80) ? 1000 : 500;
    setup.poll_interval = random.chance(80) ? 1000 : 2000;
    return setup;
}

class World {
public:
    explicit World(const Wanted& wanted) : scene_{setup_of(wanted), wanted.seed, wanted.tells} {}

    Outcome run();

private:
    void begin();
    void handle(const Event& event);
    void tick();
    void restart_stranded(int node);
    [[nodiscard]] bool all_are_members() const;
    void judge_end();

    Scene scene_;
    Group group_{scene_};
    Agents agents_{scene_, group_};
    Initiators initiators_{scene_, group_, agents_};
    Faults faults_{scene_, group_, agents_, initiators_};
    Time healed_{0};
    bool ended_{false};
};

void World::begin() {
    const auto& setup = scene_.setup;
    if (!setup.fresh)
        group_.begin_with_members();
    for (int node = 0; node < setup.nodes; ++node) {
        agents_.start(node);
        if (setup.fresh)
            scene_.schedule.add(scene_.random.between(0, 8000), Kind::start_service, node);
    }
    if (setup.fresh && setup.arbitrator)
        group_.start(setup.nodes, {.by_initiator = false});
    if (setup.fresh && scene_.random.chance(40))
        scene_.disk(static_cast<int>(scene_.random.below(setup.nodes))).user_data = true;
    scene_.schedule.add(tick_time, Kind::tick);
    scene_.schedule.add(faults_.plan(), Kind::heal);
    scene_.tell(nobody, setup.nodes, " nodes", setup.arbitrator ? ", an arbitrator" : "",
                setup.fresh ? ", fresh" : "",
                "; do not commit durably: ", text_of_members(setup.nondurable));
}

Outcome World::run() {
    begin();
    while (!ended_ && !scene_.violation) {
        const auto event = scene_.schedule.take();
        scene_.now = event.at;
        handle(event);
    }
    scene_.tally.histories = 1;
    return {scene_.tally, std::move(scene_.violation), std::move(scene_.story)};
}

void World::handle(const Event& event) {
    switch (event.kind) {
    case Kind::tick:
        return tick();
    case Kind::regroup:
        return group_.regroup(event.who);
    case Kind::connect:
        return group_.connect(event.who, event.life);
    case Kind::sample:
        return agents_.sample(event.who, event.life, initiators_.shown(event.who),
                              initiators_.at(event.who).holds_ground);
    case Kind::answer:
        return initiators_.on_answer(event);
    case Kind::seen:
        return initiators_.on_seen(event);
    case Kind::step_done:
        return initiators_.on_step_done(event);
    case Kind::take_ground:
        return initiators_.on_take_ground(event);
    case Kind::launch:
        return initiators_.on_launch(event);
    case Kind::fault:
        return faults_.strike(event.other, event.who);
    case Kind::mend:
        return event.other == nobody ? group_.stopped(event.who, event.life)
                                     : faults_.mend(event.other, event.who);
    case Kind::start_service:
        if (scene_.powered(event.who))
            initiators_.start(event.who);
        return;
    case Kind::heal:
        healed_ = scene_.now;
        return faults_.heal();
    }
}

void World::tick() {
    group_.tick();
    scene_.schedule.add(scene_.now + tick_time, Kind::tick);
    if (healed_ == 0)
        return;
    for (int node = 0; node < scene_.setup.nodes; ++node)
        restart_stranded(node);
    if (all_are_members() || scene_.now > healed_ + up_within) {
        ended_ = true;
        judge_end();
    }
}

/// A server that lost its Primary component for good is its operator's to restart; and a service
/// whose server died is called again.
void World::restart_stranded(int node) {
    const auto& server = group_.server(node);
    const bool outside = server.stage == Stage::outside && scene_.now - server.since > patience;
    if (outside) {
        scene_.tell(node, "OPERATOR restarts the service");
        initiators_.kill(node);
        group_.stop(node);
        scene_.schedule.add(scene_.now + 2500, Kind::start_service, node);
    }
    const bool idle = server.stage == Stage::down && !initiators_.at(node).up;
    if (idle && scene_.random.chance(5))
        scene_.schedule.add(scene_.now + 500, Kind::start_service, node);
}

bool World::all_are_members() const {
    for (int node = 0; node < scene_.setup.nodes; ++node) {
        const auto& server = group_.server(node);
        if (server.stage != Stage::member || !server.synced || !group_.in_primary(node))
            return false;
    }
    return true;
}

void World::judge_end() {
    if (all_are_members())
        return;
    std::string waits;
    for (int node = 0; node < scene_.setup.nodes; ++node) {
        const auto& initiator = initiators_.at(node);
        if (!initiator.up || !initiator.loop->verdict())
            continue;
        const auto reason = initiator.loop->verdict()->reason;
        ++scene_.tally.waits[static_cast<std::size_t>(reason)];
        waits += ' ' + name_of(node) + ' ' + std::string{word_of(reason)};
    }
    ++scene_.tally.waits_at_end;
    // Nobody knows what the disk of a node without a history once held: a cluster that lost its
    // power before all nodes had come in for the first time needs its operator. And where nodes
    // lost what they had not flushed, the highest may be one that was marked to be overwritten. Nor
    // does anybody know whether a joiner that no agent saw as a member ever became one, where
    // grastate.dat does not tell.
    bool excused = scene_.operator_needed;
    for (int node = 0; node < scene_.setup.nodes; ++node) {
        const auto& disk = scene_.disk(node);
        const bool unseen = disk.nil && !disk.torn && disk.record && disk.record->joining;
        excused |= disk.tip == nothing || unseen || (scene_.setup.nondurable != 0 && disk.torn);
    }
    if (excused)
        return;
    // Or it is one whose past only those knew who have lost it.
    if (scene_.setup.nondurable != 0 && waits.find("lineage_unknown") != std::string::npos)
        scene_.excuse(Excuse::past_lost, "the cluster is not up:" + waits);
    else
        scene_.breach(Invariant::comes_up, "the cluster is not up:" + waits);
}

} // namespace

Outcome simulate(const Wanted& wanted) {
    return World{wanted}.run();
}

} // namespace galera::simulation
