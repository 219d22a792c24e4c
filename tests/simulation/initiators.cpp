#include "tests/simulation/initiators.hpp"

#include "initiator/act/lineage.hpp"

#include <algorithm>

namespace galera::simulation {

using decision::Proof;
using decision::Reason;
using decision::Silence;
using decision::VerdictKind;

namespace {

constexpr int tries_max = 3;
constexpr Time try_timeout = 1000;

/// The event carries the peer and how often it has been asked.
constexpr int packed(int peer, int tries) {
    return peer + tries * processes_max;
}

} // namespace

bool Initiators::is_current(const Event& event) const {
    return at(event.who).up && at(event.who).life == event.life;
}

Shown Initiators::shown(int node) const {
    if (!at(node).up)
        return std::nullopt;
    return at(node).phase;
}

void Initiators::start(int node) {
    auto& initiator = mine(node);
    if (initiator.up)
        return;
    const auto life = initiator.life + 1;
    initiator.up = true;
    initiator.holds_ground = false;
    initiator.life = life;
    initiator.begun = scene_.now;
    initiator.phase = node::InitiatorPhase::surveying;
    initiator.acting.reset();
    initiator.own_server = 0;
    initiator.stalled_until = 0;
    run::LoopOptions options;
    options.rules.cluster_name = "cluster";
    options.rules.roster_digest = "roster";
    options.rules.sample_interval = std::chrono::milliseconds{scene_.setup.sample_interval};
    options.poll_interval = std::chrono::milliseconds{scene_.setup.poll_interval};
    const auto lost = lost_[static_cast<std::size_t>(node)];
    for (int peer = 0; peer < scene_.setup.nodes; ++peer) {
        if (holds(lost, peer))
            options.rules.assume_lost.push_back(address_of(peer));
    }
    initiator.loop.emplace(std::move(options));
    scene_.tell(node, "initiator starts",
                lost != 0 ? ", assumes lost " + text_of_members(lost) : "");
    look(node);
}

void Initiators::kill(int node) {
    auto& initiator = mine(node);
    initiator.up = false;
    initiator.holds_ground = false;
    ++initiator.life;
}

void Initiators::stall(int node, Time until) {
    mine(node).stalled_until = until;
}

void Initiators::assume_lost(int node, Members lost) {
    lost_[static_cast<std::size_t>(node)] = lost;
}

void Initiators::give(int node, run::Answer answer) {
    mine(node).said = std::move(answer);
    mine(node).tells_survey = false;
}

void Initiators::step_done_in(int node, Time time) {
    scene_.schedule.add(scene_.now + time, Kind::step_done, node, 0, mine(node).life);
}

// --- the survey

void Initiators::look(int node) {
    auto& initiator = mine(node);
    ++scene_.tally.polls;
    initiator.tells_survey = true;
    auto& seen = std::get<run::Seen>(initiator.survey);
    seen.since_begin = std::chrono::milliseconds{scene_.now - initiator.begun};
    seen.survey.local = static_cast<std::size_t>(node);
    seen.survey.answers.resize(static_cast<std::size_t>(scene_.setup.nodes));
    initiator.answers_missing = 0;
    initiator.asked_at = scene_.now;
    initiator.asked_again = false;
    for (int peer = 0; peer < scene_.setup.nodes; ++peer) {
        auto& answer = seen.survey.answers[static_cast<std::size_t>(peer)];
        if (answer.name.empty()) {
            answer.name = name_of(peer);
            answer.node = {address_of(peer), answer.name};
        }
        ask(node, peer);
    }
}

void Initiators::ask(int node, int peer) {
    auto& initiator = mine(node);
    ++initiator.answers_missing;
    const auto delay = peer == node ? 1 : scene_.random.between(1, scene_.network.delay_max);
    scene_.schedule.add(scene_.now + delay, Kind::answer, node, packed(peer, 1), initiator.life);
}

/// As initiator/survey does it: where somebody's silence took long, those who spoke are asked
/// again.
bool Initiators::ask_again(int node) {
    auto& initiator = mine(node);
    if (initiator.asked_again || scene_.now - initiator.asked_at <= scene_.setup.sample_interval)
        return false;
    initiator.asked_again = true;
    const auto& answers = std::get<run::Seen>(initiator.survey).survey.answers;
    for (int peer = 0; peer < scene_.setup.nodes; ++peer) {
        if (answers[static_cast<std::size_t>(peer)].report())
            ask(node, peer);
    }
    return initiator.answers_missing > 0;
}

void Initiators::on_answer(const Event& event) {
    if (!is_current(event))
        return;
    auto& initiator = mine(event.who);
    const int peer = event.other % processes_max;
    const int tries = event.other / processes_max;
    auto& seen = std::get<run::Seen>(initiator.survey);
    auto& said = seen.survey.answers[static_cast<std::size_t>(peer)].said;
    const bool local = peer == event.who;
    const bool lost = !local && (scene_.random.chance(scene_.network.loss_percent) ||
                                 !scene_.network.carries(event.who, peer) ||
                                 !scene_.network.carries(peer, event.who));
    if ((lost || !scene_.powered(peer)) && tries < tries_max) {
        scene_.schedule.add(scene_.now + try_timeout, Kind::answer, event.who,
                            packed(peer, tries + 1), event.life);
        return;
    }
    if (lost || !scene_.powered(peer)) {
        said = Silence::no_answer;
    } else if (!agents_.at(peer).up) {
        said = Silence::no_agent;
    } else {
        if (!std::holds_alternative<NodeReport>(said))
            said = agents_.blank_report(peer);
        agents_.answer(peer, std::get<NodeReport>(said));
    }
    if (--initiator.answers_missing > 0)
        return;
    const auto back = std::holds_alternative<Silence>(said)
                          ? try_timeout
                          : scene_.random.between(1, scene_.network.delay_max);
    scene_.schedule.add(scene_.now + back, Kind::seen, event.who, 0, event.life);
}

void Initiators::on_seen(const Event& event) {
    if (!is_current(event))
        return;
    if (ask_again(event.who))
        return;
    auto& initiator = mine(event.who);
    auto& seen = std::get<run::Seen>(initiator.survey);
    for (int peer = 0; peer < scene_.setup.nodes; ++peer) {
        auto& said = seen.survey.answers[static_cast<std::size_t>(peer)].said;
        const bool listens = group_.is_up(peer) && group_.server(peer).stage != Stage::starting;
        if (std::holds_alternative<Silence>(said) && listens &&
            scene_.network.connects(event.who, peer))
            said = Silence::alive; // the port probe
    }
    const auto& server = group_.server(event.who);
    const bool runs = server.life == initiator.own_server && server.stage != Stage::down;
    if (initiator.own_server == 0)
        seen.own_server = run::OwnServer::none;
    else
        seen.own_server = runs ? run::OwnServer::up : run::OwnServer::ended;
    const auto* here = seen.survey.here().report();
    initiator.seen_position = here ? here->position : std::nullopt;
    go_on(event.who);
}

// --- the steps

void Initiators::on_step_done(const Event& event) {
    if (is_current(event))
        go_on(event.who);
}

void Initiators::go_on(int node) {
    auto& initiator = mine(node);
    if (scene_.now < initiator.stalled_until)
        return step_done_in(node, initiator.stalled_until - scene_.now);
    const auto step =
        initiator.loop->next(initiator.tells_survey ? initiator.survey : initiator.said);
    if (scene_.telling && initiator.tells_survey)
        tell_verdict(node);
    if (std::holds_alternative<run::Look>(step))
        return look(node);
    if (const auto* start = std::get_if<run::Start>(&step))
        return begin_start(node, start->verdict);
    if (const auto* finish = std::get_if<run::End>(&step))
        return end(node, finish->status);
    auto waits = scene_.random.between(1, 20);
    if (const auto* publish = std::get_if<run::Publish>(&step)) {
        initiator.phase = publish->phase;
        scene_.tell(node, "initiator shows phase ", static_cast<int>(publish->phase));
    } else if (const auto* pause = std::get_if<run::Pause>(&step)) {
        waits = pause->time.count();
    } else if (const auto* adopt = std::get_if<run::Adopt>(&step)) {
        auto& record = scene_.disk(node).record;
        record = act::record_of_member(record, adopt->view, adopt->lineage);
        scene_.tell(node, "initiator records the lineage that others tell");
    } else {
        scene_.tell(node, "initiator stops its server");
        group_.stop(node);
        initiator.own_server = 0;
        waits = 2500;
    }
    give(node, run::Done{});
    step_done_in(node, waits);
}

void Initiators::begin_start(int node, const decision::Verdict& verdict) {
    auto& initiator = mine(node);
    initiator.acting = verdict;
    if (group_.is_up(node) || agents_.recovers(node)) {
        give(node, run::StartOutcome::ground_changed);
        return step_done_in(node, 10);
    }
    initiator.holds_ground = true;
    scene_.schedule.add(scene_.now + scene_.random.between(200, 900), Kind::take_ground, node, 0,
                        initiator.life);
}

void Initiators::on_take_ground(const Event& event) {
    if (!is_current(event))
        return;
    auto& initiator = mine(event.who);
    const auto tip = scene_.disk(event.who).tip;
    const auto recovered =
        tip == nothing ? std::nullopt : std::optional{scene_.order.position(tip)};
    if (group_.is_up(event.who) || recovered != initiator.seen_position) {
        initiator.holds_ground = false;
        scene_.tell(event.who, "initiator: the ground has changed");
        give(event.who, run::StartOutcome::ground_changed);
        return go_on(event.who);
    }
    prepare_files(event.who, *initiator.acting);
    scene_.schedule.add(scene_.now + scene_.random.between(5, 50), Kind::launch, event.who, 0,
                        event.life);
}

/// As initiator/act does it, before the server starts.
void Initiators::prepare_files(int node, const decision::Verdict& verdict) {
    auto& disk = scene_.disk(node);
    const bool bootstraps = verdict.kind == VerdictKind::bootstrap;
    const auto& seen = std::get<run::Seen>(at(node).survey).survey;
    if (auto record = act::record_for_start(disk.record, verdict, *seen.here().report(),
                                            era_name(0, ++eras_drawn_)))
        disk.record = std::move(record);
    if (bootstraps) {
        disk.safe_to_bootstrap = true;
        disk.nil = false;
    } else if (!verdict.start_position && (disk.tip != nothing || disk.user_data)) {
        disk.torn = disk.traces = true; // marked: its data is to be overwritten
    }
    disk.view_file = false;
}

void Initiators::on_launch(const Event& event) {
    if (!is_current(event))
        return;
    auto& initiator = mine(event.who);
    const auto& verdict = *initiator.acting;
    const bool bootstraps = verdict.kind == VerdictKind::bootstrap;
    if (bootstraps)
        ++scene_.tally.bootstraps[static_cast<std::size_t>(verdict.proof)];
    else
        ++scene_.tally.joins;
    scene_.tell(event.who, "initiator starts the server: ", word_of(verdict.kind), " by ",
                word_of(verdict.proof), " at ", scene_.text_of_entry(scene_.disk(event.who).tip));
    group_.start(event.who,
                 {.bootstraps = bootstraps,
                  .knows_position = verdict.start_position.has_value(),
                  .by_initiator = true,
                  .all_reported = verdict.proof == Proof::census,
                  .discards = verdict.reason == Reason::data_discarded,
                  .lost = lost_[static_cast<std::size_t>(event.who)],
                  .towards = verdict.elected && !bootstraps
                                 ? group_.server(static_cast<int>(*verdict.elected)).component
                                 : nobody});
    initiator.own_server = group_.server(event.who).life;
    initiator.holds_ground = false;
    give(event.who, run::StartOutcome::started);
    go_on(event.who);
}

void Initiators::end(int node, ExitStatus status) {
    auto& initiator = mine(node);
    const auto reason =
        initiator.loop->verdict() ? initiator.loop->verdict()->reason : Reason::local_unknown;
    kill(node);
    scene_.tell(node, "initiator ends with status ", static_cast<int>(status));
    if (status == ExitStatus::server_failed)
        scene_.schedule.add(scene_.now + scene_.random.between(500, 4000), Kind::start_service,
                            node);
    if (status != ExitStatus::refused)
        return;
    ++scene_.tally.refusals[static_cast<std::size_t>(reason)];
    if (!scene_.operator_needed)
        scene_.breach(Invariant::no_false_refusal,
                      name_of(node) + " refuses: " + std::string{word_of(reason)});
}

void Initiators::tell_verdict(int node) {
    const auto& initiator = at(node);
    const auto& survey = std::get<run::Seen>(initiator.survey).survey;
    std::string heard;
    for (std::size_t peer = 0; peer < survey.answers.size(); ++peer) {
        const auto& answer = survey.answers[peer];
        heard += ' ' + answer.name + '=';
        if (const auto* report = answer.report()) {
            constexpr std::array states{"stopped", "recovering", "starting", "serving",
                                        "unreachable"};
            constexpr std::array words{"bootstrapping", "running", "initiating", "locked",
                                       "stopped"};
            heard += std::string{words[static_cast<std::size_t>(report->status) - 1]} + '/' +
                     states[static_cast<std::size_t>(report->server) - 1];
            if (in_primary(*report))
                heard += "/primary";
            if (report->position)
                heard += ':' + std::to_string(report->position->seqno.value());
            if (report->applied_view)
                heard += "(view " + std::to_string(report->applied_view->id) + '@' +
                         std::to_string(report->applied_view->seqno.value()) + ')';
            if (report->lineage)
                for (const auto& era : *report->lineage)
                    heard += "[era " + std::to_string(era.first.value()) + ' ' +
                             era.name.short_text() + ']';
            else
                heard += "[eras unknown]";
            if (report->taint != Taint::none)
                heard += report->taint == Taint::cut ? "!cut" : "!nil";
            if (report->agent.snapshot_age > std::chrono::milliseconds{1500})
                heard += "!old";
        } else {
            constexpr std::array silences{"silent", "unauthentic", "no agent", "unreadable",
                                          "alive"};
            heard += silences[static_cast<std::size_t>(std::get<Silence>(answer.said))];
        }
    }
    const auto& verdict = initiator.loop->verdict();
    if (!verdict)
        return scene_.tell(node, "sees", heard, " -> its own report is older than the run");
    scene_.tell(node, "sees", heard, " -> ", word_of(verdict->kind), ' ', word_of(verdict->reason));
}

} // namespace galera::simulation
