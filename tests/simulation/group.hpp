// Galera: servers that form components, agree on one order, and send each other state. FACTS.md
// says how; times are those of a small database.
#pragma once

#include "tests/simulation/scene.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace galera::simulation {

enum class Stage : std::uint8_t {
    down,
    starting, // looks for a Primary component, or waits to be let in
    joining,  // in the view, without the state that belongs to it
    member,   // in the view, with its state
    outside,  // lost its Primary component
    stopping, // has left in order
};

/// How a server is started.
struct StartOrder {
    bool bootstraps{false};
    bool knows_position{true}; // the start position was given
    bool by_initiator{true};
    bool all_reported{false}; // the proof was a census
    bool discards{false};     // an operator said that its data may go
    Members lost{0};          // whom an operator has called lost
    int towards{nobody};      // the component that the verdict saw
};

struct Transfer {
    enum class Kind : std::uint8_t { none, incremental, whole };
    Kind kind{Kind::none};
    int donor{nobody};
    unsigned donor_life{0};
    int target{nothing}; // what the joiner will hold
    Time ends{0};
};

struct Server {
    Stage stage{Stage::down};
    bool paused{false};
    bool listening{false}; // answers SQL
    bool complete{false};  // holds all that its component holds, applied or received
    bool synced{false};
    bool looking{false}; // a connect event is due
    unsigned life{0};
    StartOrder start;
    int component{nobody};
    int join_view{nothing};
    int delivered{nothing};      // what Galera has handed over, in order
    std::int64_t session{0};     // write sets above it are of clients that still wait for it
    std::int64_t cache_first{0}; // the first write set that its gcache holds
    Transfer transfer;
    Time since{0}; // when it came to this stage
};

struct Component {
    std::vector<int> line; // by seqno: the entry, as far as it is assigned
    std::uint64_t view_id{0};
    Members members{0}; // of the last Primary view, without those that left in order
    Members waiting{0};
    bool primary{true};
    bool headless{false}; // a quorum of joiners: nobody holds the state
    bool shrunk{false};   // somebody left in order since the last view
    int regroups_due{0};
    int safe{nothing}; // the last that any member was handed over: all have received it

    [[nodiscard]] int tip() const { return line.back(); }
};

class Group {
public:
    explicit Group(Scene& scene) : scene_{scene} {}

    [[nodiscard]] const Server& server(int process) const {
        return servers_[static_cast<std::size_t>(process)];
    }
    [[nodiscard]] bool is_up(int process) const { return server(process).stage != Stage::down; }
    /// As `wsrep_cluster_status` says: it may not have noticed yet that it is cut off.
    [[nodiscard]] bool in_primary(int process) const;
    [[nodiscard]] bool lives(const Component& component) const;
    [[nodiscard]] std::size_t size_of_component(int process) const;
    /// `wsrep_cluster_conf_id`, of a process that is in a component.
    [[nodiscard]] std::uint64_t view_id(int process) const;

    /// All nodes are members from the beginning.
    void begin_with_members();
    void start(int process, const StartOrder& order);
    void stop(int process);
    void stopped(int process, unsigned life);
    void crash(int process, bool power);
    void pause(int process);
    void resume(int process);
    /// Somebody came, went, or cannot be reached any more: the components will notice.
    void disturb();
    void connect(int process, unsigned life);
    void regroup(int component);
    void tick();

    /// Counts what may have changed a node's files: starts, stops, new disks.
    [[nodiscard]] unsigned files_version(int process) const {
        return versions_[static_cast<std::size_t>(process)];
    }
    void touch_files(int process) { ++versions_[static_cast<std::size_t>(process)]; }

private:
    [[nodiscard]] Server& at(int process) { return servers_[static_cast<std::size_t>(process)]; }
    [[nodiscard]] Component& component(int number) {
        return components_[static_cast<std::size_t>(number)];
    }
    [[nodiscard]] bool is_responsive(int process) const;
    [[nodiscard]] Members responsive(Members among, int component) const;
    [[nodiscard]] Members connected_to(int first, Members among) const;
    [[nodiscard]] bool is_intact(int number) const;
    [[nodiscard]] std::array<unsigned, processes_max> lives_now() const;
    [[nodiscard]] std::vector<int> line_to(int tip) const;
    [[nodiscard]] int reachable_primary(int process) const;

    void plan_regroup(int component, Time least, Time most);
    void look_for_peers(int process, Time after);
    void go_to(int process, Stage stage);
    void end(int process, const char* why);

    // group.cpp
    void found_component(int process);
    void check_bootstrap(int process);
    void regroup_primary(int number);
    void form_again(int number);
    void lose_quorum(int number, Members present);
    void put_outside(int process);
    [[nodiscard]] Members follow_returned(int number, Members joined);
    [[nodiscard]] std::uint64_t view_id_at(int entry) const;
    [[nodiscard]] bool is_later(int entry, int other) const;
    void install_view(int number, Members part, Members joined);
    void enter(int process, int number);

    // transfer.cpp
    void write(int number);
    void deliver(int process);
    void apply(int process, std::int64_t count);
    void acknowledge(int process, int entry);
    void receive_state(int process);
    void begin_transfer(int process);
    void admit(int process, int number);
    void become_complete(int process);
    [[nodiscard]] int choose_donor(int process, std::int64_t from) const;

    Scene& scene_;
    std::array<Server, processes_max> servers_;
    std::array<unsigned, processes_max> versions_{};
    std::vector<Component> components_;
};

inline int count(Members members) {
    return std::popcount(members);
}

} // namespace galera::simulation
