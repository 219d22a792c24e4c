// What a report says where the record of the lineage cannot be read. No server is needed for it.
#include "common/node/observer.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace galera::node {
namespace {

using test::Scratch;
using test::write_text;

NodeReport look(const Scratch& scratch, bool quorum_override) {
    std::filesystem::create_directories(scratch / "data");
    ObserverOptions options;
    options.identity.quorum_override = quorum_override;
    options.recovery = {"mariadbd", {}, {}, scratch / "data", scratch / "run"};
    options.session.socket = scratch / "socket";
    options.run_dir = scratch / "run";
    options.state_dir = scratch / "state";
    return Observer{std::move(options)}.sample();
}

TEST(Report, WithoutARecordBelievesTheConfiguration) {
    const Scratch scratch;
    EXPECT_EQ(look(scratch, false).quorum_override, false);
    EXPECT_EQ(look(scratch, true).quorum_override, true);
}

// A node that ran with pc.ignore_sb once says so for as long as its record lasts. A record that
// cannot be read must not make it one that never did.
TEST(Report, WithARecordThatCannotBeReadKnowsNeitherLineageNorOverride) {
    const Scratch scratch;
    std::filesystem::create_directory(scratch / "state");
    for (const auto* const content : {"", "history", "known yes\nend\n", "\x01\x02"}) {
        write_text(scratch / "state" / "lineage", content);
        const auto report = look(scratch, false);
        EXPECT_EQ(report.lineage, std::nullopt) << content;
        EXPECT_EQ(report.quorum_override, std::nullopt) << content;
        EXPECT_EQ(report.agent.collector, CollectorState::degraded);
        EXPECT_THAT(report.agent.last_error, testing::HasSubstr("lineage")) << content;
        EXPECT_EQ(look(scratch, true).quorum_override, true) << "which is known all the same";
    }
}

TEST(Report, OfOneThatRecoversNothingSaysThatAStoppedNodeIsStopped) {
    const Scratch scratch;
    std::filesystem::create_directories(scratch / "data");
    write_text(scratch / "data" / "ibdata1", "");
    ObserverOptions options;
    options.recovery = {"/bin/false", {}, {}, scratch / "data", scratch / "run"};
    options.session.socket = scratch / "socket";
    options.run_dir = scratch / "run";
    options.recovers = false;
    Observer observer{std::move(options)};
    for (int i = 0; i < 3; ++i) {
        const auto report = observer.sample();
        EXPECT_EQ(report.status, NodeStatus::stopped);
        EXPECT_EQ(report.seqno_state, SeqnoState::recovering);
        EXPECT_EQ(report.agent.last_error, "");
        observer.await_recovery();
    }
    EXPECT_FALSE(std::filesystem::exists(scratch / "run" / "recovery.err"));
}

} // namespace
} // namespace galera::node
