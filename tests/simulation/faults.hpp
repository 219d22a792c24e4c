// What goes wrong, drawn from the seed, and how it ends.
#pragma once

#include "tests/simulation/initiators.hpp"

namespace galera::simulation {

class Faults {
public:
    Faults(Scene& scene, Group& group, Agents& agents, Initiators& initiators)
        : scene_{scene}, group_{group}, agents_{agents}, initiators_{initiators} {}

    /// Plans the faults of the history; returns when all have ended.
    Time plan();
    void strike(int fault, int node);
    void mend(int what, int node);
    /// The networks, the machines and the programs are well again.
    void heal();

private:
    void add(Time at, int node, int fault);
    void plan_story();
    void plan_outage(Time begin, Members whom);
    void await_moment(int fault, int node);
    [[nodiscard]] int some_node();
    void strike_management(int fault, int node);
    void strike_machine(int fault, int node);
    void fail_server(int node);
    void cut_power(int node, Time away);
    void lose_uuid(int node);
    void replace_disk(int node);
    void write_off();
    void assume_lost(int node);
    void start_by_hand(int node);
    void mend_later(int what, int node, Time least, Time most);
    void serve_later(int node, Time least, Time most);
    [[nodiscard]] Members some_nodes();

    Scene& scene_;
    Group& group_;
    Agents& agents_;
    Initiators& initiators_;
};

} // namespace galera::simulation
