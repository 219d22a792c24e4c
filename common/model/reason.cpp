// The table of reasons.
#include "common/model/reason.hpp"

#include <algorithm>
#include <array>

namespace galera {

namespace {

using enum VerdictKind;

constexpr std::array table{
    ReasonRow{Reason::already_member, join, "already_member",
              "this node is Synced in a Primary component", ""},
    ReasonRow{Reason::primary_up, join, "primary_up",
              "a Primary component is up and this node lies on its line", ""},

    ReasonRow{Reason::data_discarded, join, "data_discarded",
              "a Primary component is up, and this node's data is to be overwritten as you said",
              ""},

    ReasonRow{Reason::furthest_ahead, bootstrap, "furthest_ahead",
              "no node can hold more than this one", ""},
    ReasonRow{Reason::fresh_cluster, bootstrap, "fresh_cluster",
              "every node reported, none has a history, and this one is to begin it", ""},

    ReasonRow{Reason::last_to_leave, bootstrap, "last_to_leave",
              "this node was the last one of an orderly shutdown", ""},
    ReasonRow{Reason::primary_restored, bootstrap, "primary_restored",
              "every node runs outside a Primary component, and none holds more than this one", ""},

    ReasonRow{Reason::elected_other, wait, "elected_other", "another node is to bootstrap",
              "start galera-initiator on that node"},
    ReasonRow{Reason::census_open, wait, "census_open",
              "not every node of the cluster has reported a position, and a missing one could hold "
              "more",
              "bring the missing nodes up, with snmpd and galera-agentx; name every node of the "
              "last view in cluster-address, and one that will never come back with --assume-lost "
              "ADDRESS, too"},
    ReasonRow{
        Reason::closure_open, wait, "closure_open", "a node that has not reported could hold more",
        "bring the missing nodes up, with snmpd and galera-agentx; for one that will never come "
        "back: --assume-lost ADDRESS"},
    ReasonRow{
        Reason::lineage_unknown, wait, "lineage_unknown",
        "it cannot be shown that the nodes did not live apart",
        "if they never did, remove state-dir/lineage on all nodes while all are down; else let "
        "this node be overwritten: --discard-local-data"},
    ReasonRow{Reason::primary_behind, wait, "primary_behind",
              "this node holds more than the Primary component has applied",
              "if the Primary is idle and stays behind, this node's rows were never seen by it: "
              "save them before you use --discard-local-data"},
    ReasonRow{Reason::peer_starting, wait, "peer_starting",
              "a server is starting or does not answer its agent",
              "look at the error log of that server if it stays so"},
    ReasonRow{
        Reason::peer_alive, wait, "peer_alive",
        "a node does not report, and its server accepts connections, or was up when it last did",
        "install or repair snmpd and galera-agentx on that node, or stop its server"},
    ReasonRow{Reason::peer_non_primary, wait, "peer_non_primary",
              "a server runs outside any Primary component",
              "stop that server, or restore its Primary component"},
    ReasonRow{Reason::peer_claims, wait, "peer_claims", "another node is about to bootstrap", ""},
    ReasonRow{Reason::peer_bootstraps, wait, "peer_bootstraps", "another node bootstraps", ""},
    ReasonRow{Reason::rival_claim, wait, "rival_claim", "two nodes claim to bootstrap", ""},
    ReasonRow{Reason::local_unknown, wait, "local_unknown",
              "the local agent has not reported what this node holds",
              "see that snmpd and galera-agentx run here and have the same credentials"},
    ReasonRow{Reason::local_server_up, wait, "local_server_up",
              "a server that is no member runs in this data directory",
              "wait until it is Synced, or stop it"},
    ReasonRow{Reason::highest_is_cut, wait, "highest_is_cut",
              "only a node whose state transfer was cut holds the highest position",
              "bring up the donor of that state transfer"},
    ReasonRow{Reason::primary_lost, wait, "primary_lost",
              "every node runs outside a Primary component, and nobody may restore one",
              "repair the network between the nodes, and they find each other by themselves; else "
              "let them go on from the one that holds most: start galera-initiator on all of them "
              "with --recover-non-primary"},
    ReasonRow{Reason::restore_open, wait, "restore_open",
              "a Primary component is restored only while every node runs outside of one, at a "
              "known position",
              "bring the named nodes up; or stop the servers of all nodes and start all through "
              "galera-initiator"},
    ReasonRow{Reason::legacy_ahead, wait, "legacy_ahead",
              "a node that still runs the old scripts says that it holds more",
              "run galera-agentx on that node, so that what it holds can count"},

    ReasonRow{Reason::two_primaries, refuse, "two_primaries",
              "Primary components of two histories are up",
              "decide which one is right and stop the other"},
    ReasonRow{Reason::history_differs, refuse, "history_differs",
              "this node holds another history than the Primary component",
              "save what you need from its data directory, then use --discard-local-data"},
    ReasonRow{Reason::histories_differ, refuse, "histories_differ",
              "the nodes hold positions of more than one history",
              "decide which history is right and empty the data directories of the others"},
    ReasonRow{Reason::history_forked, refuse, "history_forked",
              "nodes of one history have lived apart, and hold different rows at the same seqnos",
              "decide which side is right; on the other, save what you need and use "
              "--discard-local-data"},
    ReasonRow{Reason::local_data_unaccounted, refuse, "local_data_unaccounted",
              "this node holds user data and no history, and joining would overwrite it",
              "save what you need from its data directory, then use --discard-local-data"},
    ReasonRow{Reason::several_hold_data, refuse, "several_hold_data",
              "no node has a history and more than one holds user data",
              "keep the user data on one node only"},
    ReasonRow{Reason::cluster_name_differs, refuse, "cluster_name_differs",
              "a node belongs to a cluster of another name",
              "make wsrep_cluster_name and wsrep_cluster_address the same on all nodes"},
    ReasonRow{Reason::roster_differs, refuse, "roster_differs", "a node has another roster",
              "make wsrep_cluster_address the same on all nodes"},
    ReasonRow{Reason::address_differs, refuse, "address_differs",
              "a node answers under another node's address",
              "make wsrep_node_address the address that the roster names"},
};

} // namespace

std::span<const ReasonRow> reasons() {
    return table;
}

const ReasonRow& row_of(Reason reason) {
    return *std::ranges::find(table, reason, &ReasonRow::reason);
}

std::string_view word_of(Reason reason) {
    return row_of(reason).word;
}

std::string_view word_of(VerdictKind verdict) {
    switch (verdict) {
    case join:
        return "join";
    case bootstrap:
        return "bootstrap";
    case wait:
        return "wait";
    case refuse:
        break;
    }
    return "refuse";
}

std::string_view word_of(Proof proof) {
    switch (proof) {
    case Proof::census:
        return "census";
    case Proof::closure:
        return "closure";
    case Proof::last_to_leave:
        return "last_to_leave";
    case Proof::genesis:
        return "genesis";
    case Proof::none:
        break;
    }
    return "none";
}

std::optional<Reason> reason_of(std::string_view word) {
    const auto* const found = std::ranges::find(table, word, &ReasonRow::word);
    return found == table.end() ? std::nullopt : std::optional{found->reason};
}

} // namespace galera
