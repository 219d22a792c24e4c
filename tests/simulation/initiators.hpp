// The initiators: a real run::Loop on each node, whose steps are carried out on virtual time.
#pragma once

#include "initiator/run/loop.hpp"
#include "tests/simulation/agent.hpp"

#include <array>
#include <optional>

namespace galera::simulation {

struct Initiator {
    bool up{false};
    bool holds_ground{false}; // has the lock of the data directory
    unsigned life{0};
    std::optional<run::Loop> loop;
    run::Answer survey{run::Seen{}}; // kept, so that its memory is
    run::Answer said;
    bool tells_survey{true};
    Time begun{0};
    node::InitiatorPhase phase{node::InitiatorPhase::surveying};
    int answers_missing{0};
    Time asked_at{0};
    bool asked_again{false};
    std::optional<decision::Verdict> acting;
    std::optional<Position> seen_position;
    unsigned own_server{0}; // the life of the server that it started; 0: none
    Time stalled_until{0};
};

class Initiators {
public:
    Initiators(Scene& scene, Group& group, Agents& agents)
        : scene_{scene}, group_{group}, agents_{agents} {}

    /// Nothing happens where one runs.
    void start(int node);
    void kill(int node);
    void stall(int node, Time until);
    /// What an operator adds from the next start on.
    void assume_lost(int node, Members lost);

    void on_answer(const Event& event);
    void on_seen(const Event& event);
    void on_step_done(const Event& event);
    void on_take_ground(const Event& event);
    void on_launch(const Event& event);

    [[nodiscard]] const Initiator& at(int node) const {
        return initiators_[static_cast<std::size_t>(node)];
    }
    [[nodiscard]] Shown shown(int node) const;

private:
    [[nodiscard]] Initiator& mine(int node) { return initiators_[static_cast<std::size_t>(node)]; }
    [[nodiscard]] bool is_current(const Event& event) const;
    void go_on(int node);
    void look(int node);
    void ask(int node, int peer);
    bool ask_again(int node);
    void begin_start(int node, const decision::Verdict& verdict);
    void end(int node, ExitStatus status);
    void prepare_files(int node, const decision::Verdict& verdict);
    void give(int node, run::Answer answer);
    void step_done_in(int node, Time time);
    void tell_verdict(int node);

    Scene& scene_;
    Group& group_;
    Agents& agents_;
    std::array<Initiator, nodes_max> initiators_;
    std::array<Members, nodes_max> lost_{};
    unsigned eras_drawn_{0};
};

} // namespace galera::simulation
