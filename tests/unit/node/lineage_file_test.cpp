#include "common/node/lineage_file.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gtest/gtest.h>

namespace galera::node {
namespace {

using test::Scratch;

constexpr const char* history = "8f33a0a2-0e4b-11ef-9d5c-4f3ac8e57c11";

NodeReport report_of(ServerState server, bool durable) {
    NodeReport report;
    const auto uuid = *Uuid::parse(history);
    report.server = server;
    report.position = Position{uuid, *Seqno::from(9)};
    report.applied_view = View{uuid, 1, *Seqno::from(7), {{uuid, "db1", "10.0.0.1:3306"}}};
    report.durable_commit = durable;
    return report;
}

/// What a look shows of durability that finds this; `by_file` is what the option file says.
std::optional<bool> shown(const Scratch& scratch, ServerState server, bool by_file) {
    auto report = report_of(server, by_file);
    const auto followed = follow_lineage(scratch.path(), false, report);
    EXPECT_TRUE(followed) << followed.error().text;
    return report.durable_commit;
}

// SET GLOBAL innodb_flush_log_at_trx_commit = 2 dies with the server, and so may its last second.
TEST(LineageFile, RemembersThatTheServerDidNotCommitDurably) {
    const Scratch scratch;
    EXPECT_EQ(shown(scratch, ServerState::serving, false), false);
    EXPECT_EQ(shown(scratch, ServerState::stopped, true), false);
    EXPECT_EQ(shown(scratch, ServerState::stopped, true), false);
    EXPECT_EQ(shown(scratch, ServerState::serving, true), true);
    EXPECT_EQ(shown(scratch, ServerState::stopped, true), true);
    EXPECT_EQ(shown(scratch, ServerState::stopped, false), false);
}

NodeReport starting_in(Transfer transfer) {
    NodeReport report;
    report.server = ServerState::starting;
    report.replication.transfer = transfer;
    return report;
}
NodeReport in_primary_as(NodeState state) {
    auto report = report_of(ServerState::serving, true);
    report.cluster.status = ClusterStatus::primary;
    report.cluster.node_state = state;
    return report;
}
Taint shown_taint(const Scratch& scratch, NodeReport report, Taint by_files = Taint::none) {
    report.taint = by_files;
    const auto followed = follow_lineage(scratch.path(), false, report);
    EXPECT_TRUE(followed) << followed.error().text;
    return report.taint;
}

// Where rsync's script has ended in order it has left nothing: grastate.dat names no history, and
// InnoDB has the donor's position over a part of its tables.
TEST(LineageFile, RemembersThatAStateTransferHasNotEndedInAMember) {
    const Scratch scratch;
    const auto stopped = report_of(ServerState::stopped, true);
    shown_taint(scratch, in_primary_as(NodeState::synced));
    EXPECT_EQ(shown_taint(scratch, stopped, Taint::nil_history), Taint::nil_history);
    shown_taint(scratch, starting_in(Transfer::ist));
    EXPECT_EQ(shown_taint(scratch, stopped, Taint::nil_history), Taint::nil_history);
    for (const auto whole : {NodeState::joined, NodeState::donor, NodeState::synced}) {
        shown_taint(scratch, starting_in(Transfer::sst));
        EXPECT_EQ(shown_taint(scratch, stopped, Taint::nil_history), Taint::cut);
        EXPECT_EQ(shown_taint(scratch, stopped, Taint::none), Taint::none) << "Galera knows better";
        shown_taint(scratch, in_primary_as(NodeState::joining));
        EXPECT_EQ(shown_taint(scratch, stopped, Taint::nil_history), Taint::cut);
        shown_taint(scratch, in_primary_as(whole));
        EXPECT_EQ(shown_taint(scratch, stopped, Taint::nil_history), Taint::nil_history);
    }
}

} // namespace
} // namespace galera::node
