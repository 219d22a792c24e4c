// What servers of the three products say of themselves. The first was seen here; of the others the
// names and the ways to write values were read in listings that their users have published.
#include "common/galera/server_status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <sstream>

namespace galera {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// Lines of "name value"; a value may be empty or hold blanks.
ServerVariables variables(const std::string& listing) {
    ServerVariables read;
    std::istringstream lines{listing};
    for (std::string line; std::getline(lines, line);)
        if (const auto blank = line.find(' '); blank != std::string::npos)
            read[line.substr(0, blank)] = line.substr(blank + 1);
    return read;
}

ServerStatus status(const std::string& listing) {
    return read_server_status(variables(listing)).value();
}
ReplicationReport replication(const std::string& listing) {
    return status(listing).replication;
}

Uuid history() {
    return *Uuid::parse("f013c3dd-e87f-11f1-a462-ab7fd210c406");
}
Seqno seqno(std::int64_t value) {
    return *Seqno::from(value);
}

// MariaDB 10.11.19 with galera-4 26.4.23, second node of two.
const std::string mariadb = R"(read_only OFF
wsrep_desync OFF
wsrep_provider_options evs.auto_evict = 0; pc.ignore_quorum = false; pc.ignore_sb = false; pc.weight = 1; 
innodb_flush_log_at_trx_commit 1
Uptime 8
wsrep_local_state_uuid f013c3dd-e87f-11f1-a462-ab7fd210c406
wsrep_protocol_version 11
wsrep_last_committed 30006
wsrep_replicated 30002
wsrep_replicated_bytes 21761000
wsrep_received 6
wsrep_received_bytes 470
wsrep_local_commits 30000
wsrep_local_cert_failures 2
wsrep_local_replays 1
wsrep_local_send_queue 3
wsrep_local_send_queue_max 4
wsrep_local_send_queue_min 0
wsrep_local_send_queue_avg 0.0185185
wsrep_local_recv_queue 5
wsrep_local_recv_queue_max 7
wsrep_local_recv_queue_min 1
wsrep_local_recv_queue_avg 0.166667
wsrep_local_cached_downto 2
wsrep_flow_control_paused_ns 1500000000
wsrep_flow_control_paused 0.01
wsrep_flow_control_sent 8
wsrep_flow_control_recv 9
wsrep_flow_control_active false
wsrep_flow_control_requested false
wsrep_cert_deps_distance 12.5
wsrep_apply_window 1
wsrep_commit_window 1.0004
wsrep_local_state 4
wsrep_local_state_comment Synced
wsrep_cert_interval 2.5
wsrep_incoming_addresses 127.0.0.11:3306,127.0.0.12:3306
wsrep_cluster_weight 2
wsrep_evs_repl_latency 6.695e-05/0.000169858/0.000241038/5.91526e-05/6
wsrep_cluster_conf_id 2
wsrep_cluster_size 2
wsrep_cluster_state_uuid f013c3dd-e87f-11f1-a462-ab7fd210c406
wsrep_cluster_status Primary
wsrep_connected ON
wsrep_local_bf_aborts 4
wsrep_local_index 1
wsrep_ready ON
)";

// Percona XtraDB Cluster 5.7, with Galera 3: fractions with six digits, another name of the flow
// control, 0 for an empty write set cache, in the middle of an IST.
const std::string percona_5_7 = R"(wsrep_local_state_uuid f013c3dd-e87f-11f1-a462-ab7fd210c406
wsrep_last_applied 11
wsrep_last_committed 1421771
wsrep_local_recv_queue_avg 0.000000
wsrep_local_cached_downto 0
wsrep_flow_control_paused_ns 0
wsrep_flow_control_interval [ 173, 173 ]
wsrep_flow_control_status ON
wsrep_cert_deps_distance 1.000000
wsrep_local_state 1
wsrep_local_state_comment Joining: receiving State Transfer
wsrep_ist_receive_status 3% complete, received seqno 1421771 of 1415410-1589676
wsrep_evs_repl_latency 0.000538706/0.00661727/0.0185985/0.00706663/4
wsrep_cluster_status Primary
wsrep_ready OFF
)";

// Percona XtraDB Cluster 8.0, with Galera 4: both names of the flow control, the IST in numbers
// too.
const std::string percona_8_0 = R"(wsrep_local_state_uuid f013c3dd-e87f-11f1-a462-ab7fd210c406
wsrep_last_committed 22
wsrep_monitor_status (L/A/C) [ (41, 41), (22, 22), (22, 22) ]
wsrep_local_recv_queue_avg 0
wsrep_local_cached_downto 5
wsrep_flow_control_active true
wsrep_flow_control_status OFF
wsrep_cert_deps_distance 1
wsrep_local_state 4
wsrep_local_state_comment Synced
wsrep_ist_receive_status 
wsrep_ist_receive_seqno_start 0
wsrep_ist_receive_seqno_current 0
wsrep_ist_receive_seqno_end 0
wsrep_evs_repl_latency 0/0/0/0/0
wsrep_cluster_status Primary
)";

// MySQL-wsrep, with Galera 4, in the middle of an IST: the provider's own names, nothing of the
// IST's range.
const std::string mysql_wsrep = R"(read_only 0
wsrep_local_state_uuid f013c3dd-e87f-11f1-a462-ab7fd210c406
wsrep_last_committed 6782
wsrep_local_cached_downto 18446744073709551615
wsrep_flow_control_active false
wsrep_local_state 1
wsrep_local_state_comment Joining: receiving State Transfer
wsrep_cluster_conf_id 18446744073709551615
wsrep_cluster_status non-Primary
wsrep_cluster_state_uuid 00000000-0000-0000-0000-000000000000
wsrep_local_index 18446744073709551615
wsrep_connected ON
wsrep_ready OFF
)";

TEST(ServerStatus, OfTheClusterAsMariaDBWritesIt) {
    const auto read = status(mariadb);
    EXPECT_EQ(read.position.value(), (Position{history(), seqno(30006)}));
    EXPECT_EQ(read.durable_commit, true);
    EXPECT_EQ(read.quorum_override, false);
    EXPECT_EQ(read.cluster.status, ClusterStatus::primary);
    EXPECT_EQ(read.cluster.size, 2U);
    EXPECT_EQ(read.cluster.conf_id, 2U);
    EXPECT_EQ(read.cluster.state_uuid, history());
    EXPECT_EQ(read.cluster.weight, 2U);
    EXPECT_EQ(read.cluster.node_state, NodeState::synced);
    EXPECT_EQ(read.cluster.ready, true);
    EXPECT_EQ(read.cluster.connected, true);
    EXPECT_EQ(read.cluster.desynced, false);
    EXPECT_EQ(read.cluster.read_only, false);
    EXPECT_EQ(read.cluster.local_index, 1U);
}

TEST(ServerStatus, OfReplicationAsMariaDBWritesIt) {
    const auto read = replication(mariadb);
    EXPECT_EQ(read.uptime, seconds{8});
    EXPECT_EQ(read.replicated, 30002U);
    EXPECT_EQ(read.replicated_octets, 21761000U);
    EXPECT_EQ(read.received, 6U);
    EXPECT_EQ(read.received_octets, 470U);
    EXPECT_EQ(read.local_commits, 30000U);
    EXPECT_EQ(read.cert_failures, 2U);
    EXPECT_EQ(read.bf_aborts, 4U);
    EXPECT_EQ(read.replays, 1U);
    EXPECT_EQ(read.flow_control_sent, 8U);
    EXPECT_EQ(read.flow_control_received, 9U);
    EXPECT_EQ(read.flow_control_paused, nanoseconds{1'500'000'000});
    EXPECT_EQ(read.flow_control_active, false);
    EXPECT_EQ(read.send_queue, 3U);
    EXPECT_EQ(read.send_queue_min, 0U);
    EXPECT_EQ(read.send_queue_max, 4U);
    EXPECT_EQ(read.send_queue_avg_thousandths, 19U);
    EXPECT_EQ(read.receive_queue, 5U);
    EXPECT_EQ(read.receive_queue_min, 1U);
    EXPECT_EQ(read.receive_queue_max, 7U);
    EXPECT_EQ(read.receive_queue_avg_thousandths, 167U);
    EXPECT_EQ(read.cert_deps_distance_thousandths, 12500U);
    EXPECT_EQ(read.apply_window_thousandths, 1000U);
    EXPECT_EQ(read.commit_window_thousandths, 1000U);
    EXPECT_EQ(read.cached_down_to, seqno(2));
    EXPECT_EQ(read.evs_latency_min, microseconds{67});
    EXPECT_EQ(read.evs_latency_avg, microseconds{170});
    EXPECT_EQ(read.evs_latency_max, microseconds{241});
    EXPECT_EQ(read.evs_latency_samples, 6U);
    EXPECT_EQ(read.transfer, Transfer::none);
    EXPECT_EQ(read.ist_first, std::nullopt);
    EXPECT_EQ(read.ist_current, std::nullopt);
    EXPECT_EQ(read.ist_last, std::nullopt);
    EXPECT_EQ(read.sst_octets, std::nullopt);
}

TEST(ServerStatus, OfAnIstAsPerconaWritesIt) {
    const auto read = status(percona_5_7);
    EXPECT_EQ(read.cluster.node_state, NodeState::joining);
    EXPECT_EQ(read.replication.flow_control_active, true);
    EXPECT_EQ(read.replication.receive_queue_avg_thousandths, 0U);
    EXPECT_EQ(read.replication.cert_deps_distance_thousandths, 1000U);
    EXPECT_EQ(read.replication.cached_down_to, std::nullopt);
    EXPECT_EQ(read.replication.evs_latency_max, microseconds{18'599}) << "rounded";
    EXPECT_EQ(read.replication.transfer, Transfer::ist);
    EXPECT_EQ(read.replication.ist_first, seqno(1415410));
    EXPECT_EQ(read.replication.ist_current, seqno(1421771));
    EXPECT_EQ(read.replication.ist_last, seqno(1589676));
}

TEST(ServerStatus, TakesTheNumbersOfAnIstBeforeTheirText) {
    const auto read = replication("wsrep_ist_receive_status 92% complete, in other words\n"
                                  "wsrep_ist_receive_seqno_start 38\n"
                                  "wsrep_ist_receive_seqno_current 51\n"
                                  "wsrep_ist_receive_seqno_end 52\n");
    EXPECT_EQ(read.transfer, Transfer::ist);
    EXPECT_EQ(read.ist_first, seqno(38));
    EXPECT_EQ(read.ist_current, seqno(51));
    EXPECT_EQ(read.ist_last, seqno(52));
}

TEST(ServerStatus, OfNoIstAsPerconaWritesIt) {
    const auto read = replication(percona_8_0);
    EXPECT_EQ(read.flow_control_active, true);
    EXPECT_EQ(read.cached_down_to, seqno(5));
    EXPECT_EQ(read.evs_latency_samples, 0U);
    EXPECT_EQ(read.evs_latency_min, std::nullopt) << "no message, no time";
    EXPECT_EQ(read.transfer, Transfer::none);
    EXPECT_EQ(read.ist_current, std::nullopt);
}

TEST(ServerStatus, OfAnIstAsGaleraItselfTellsIt) {
    const auto read = status(mysql_wsrep);
    EXPECT_EQ(read.cluster.read_only, false);
    EXPECT_EQ(read.cluster.conf_id, std::nullopt);
    EXPECT_EQ(read.cluster.local_index, std::nullopt);
    EXPECT_EQ(read.cluster.state_uuid, std::nullopt);
    EXPECT_EQ(read.cluster.ready, false);
    EXPECT_EQ(read.replication.cached_down_to, std::nullopt);
    EXPECT_EQ(read.replication.transfer, Transfer::ist);
    EXPECT_EQ(read.replication.ist_first, std::nullopt);
    EXPECT_EQ(read.replication.ist_current, seqno(6782));
    EXPECT_EQ(read.replication.ist_last, std::nullopt);
}

// By mysqldump, the only way in which a server answers meanwhile.
TEST(ServerStatus, OfAJoinerWithoutAHistoryIsAnSst) {
    const auto read = status("wsrep_local_state_comment Joining: receiving State Transfer\n"
                             "wsrep_local_state_uuid 00000000-0000-0000-0000-000000000000\n"
                             "wsrep_last_committed -1\n");
    EXPECT_EQ(read.position.value(), std::nullopt);
    EXPECT_EQ(read.replication.transfer, Transfer::sst);
    EXPECT_EQ(read.replication.ist_current, std::nullopt);
}

// With wsrep_on=OFF, or no provider, the variables of Galera itself are missing; the server's own
// go on, and say Primary still if the switch was turned in a running member.
TEST(ServerStatus, OfAServerWithoutGaleraIsNoWordAboutItsHistory) {
    const auto read = status("wsrep_cluster_status Primary\n"
                             "wsrep_cluster_state_uuid f013c3dd-e87f-11f1-a462-ab7fd210c406\n"
                             "wsrep_cluster_size 1\n"
                             "wsrep_ready ON\n");
    ASSERT_FALSE(read.position);
    EXPECT_THAT(read.position.error().text, testing::HasSubstr("runs without Galera"));
    EXPECT_EQ(read.cluster.node_state, NodeState::unknown);
    EXPECT_FALSE(status("wsrep_local_state_uuid \n").position);
}

TEST(ServerStatus, OfHalfAPositionIsNone) {
    for (const std::string committed :
         {"wsrep_last_committed -1\n", "wsrep_last_committed x\n", ""}) {
        const auto read =
            status("wsrep_local_state_uuid f013c3dd-e87f-11f1-a462-ab7fd210c406\n" + committed);
        ASSERT_FALSE(read.position) << committed;
        EXPECT_THAT(read.position.error().text, testing::HasSubstr("wsrep_last_committed is"));
    }
    EXPECT_FALSE(status("wsrep_local_state_uuid f013\nwsrep_last_committed 5\n").position);
}

TEST(ServerStatus, OfNothingIsUnknown) {
    const auto read = status("");
    EXPECT_EQ(read.cluster.status, ClusterStatus::unknown);
    EXPECT_EQ(read.cluster.node_state, NodeState::unknown);
    EXPECT_EQ(read.cluster.ready, std::nullopt);
    EXPECT_FALSE(read.position);
    EXPECT_EQ(read.durable_commit, std::nullopt);
    EXPECT_EQ(read.quorum_override, std::nullopt);
    EXPECT_EQ(read.replication, ReplicationReport{});
}

TEST(ServerStatus, SwitchesHaveManyWords) {
    const auto active = [](const std::string& word) {
        return replication("wsrep_flow_control_active " + word + "\n").flow_control_active;
    };
    for (const char* word : {"ON", "on", "true", "TRUE", "1", "YES"})
        EXPECT_EQ(active(word), true) << word;
    for (const char* word : {"OFF", "off", "false", "0", "NO"})
        EXPECT_EQ(active(word), false) << word;
    for (const char* word : {"", "2", "maybe"})
        EXPECT_EQ(active(word), std::nullopt) << word;
}

// MariaDB 12 knows more kinds of read_only than two.
TEST(ServerStatus, ReadOnlyIsEverythingButOff) {
    EXPECT_EQ(status("read_only NO_LOCK\n").cluster.read_only, true);
    EXPECT_EQ(status("read_only ON\n").cluster.read_only, true);
    EXPECT_EQ(status("read_only OFF\n").cluster.read_only, false);
}

TEST(ServerStatus, WhatIsNoNumberOfItsKindIsNotKnown) {
    for (const char* word : {"", "-1", "x", "1x", " 1", "18446744073709551616"}) {
        const std::string text{word};
        EXPECT_EQ(replication("wsrep_replicated " + text + "\n").replicated, std::nullopt) << text;
        EXPECT_EQ(replication("wsrep_local_send_queue " + text + "\n").send_queue, std::nullopt);
        EXPECT_EQ(replication("Uptime " + text + "\n").uptime, std::nullopt) << text;
        EXPECT_EQ(replication("wsrep_flow_control_paused_ns " + text + "\n").flow_control_paused,
                  std::nullopt);
    }
    for (const char* word : {"", "-1", "nan", "-nan", "inf", "1e999", "x", "1.0x"}) {
        const std::string text{word};
        EXPECT_EQ(replication("wsrep_apply_window " + text + "\n").apply_window_thousandths,
                  std::nullopt)
            << text;
    }
    for (const char* word : {"", "1/2/3", "1/2/3/4/x", "//// "})
        EXPECT_EQ(
            replication("wsrep_evs_repl_latency " + std::string{word} + "\n").evs_latency_samples,
            std::nullopt)
            << word;
    EXPECT_EQ(status("wsrep_local_state 9\n").cluster.node_state, NodeState::unknown);
}

TEST(ServerStatus, AnAverageThatDoesNotFitIsTheLargest) {
    EXPECT_EQ(replication("wsrep_apply_window 1e12\n").apply_window_thousandths,
              std::numeric_limits<std::uint32_t>::max());
    EXPECT_EQ(replication("wsrep_evs_repl_latency 0/1/1e9/0/1\n").evs_latency_max,
              microseconds{std::numeric_limits<std::uint32_t>::max()});
}

// A text of another form tells that there is an IST, and nothing of how far it is.
TEST(ServerStatus, AnIstOfAnotherTextHasNoNumbers) {
    for (const char* text : {"99% complete", "received seqno x of y-z", " of received seqno 1",
                             "received seqno 0 of 0-0", "received seqno  of "}) {
        const auto read = replication("wsrep_ist_receive_status " + std::string{text} + "\n");
        EXPECT_EQ(read.transfer, Transfer::ist) << text;
        EXPECT_EQ(read.ist_first, std::nullopt) << text;
        EXPECT_EQ(read.ist_current, std::nullopt) << text;
        EXPECT_EQ(read.ist_last, std::nullopt) << text;
    }
}

// Whether the quorum is overridden must not be guessed.
TEST(ServerStatus, FailsOnProviderOptionsThatCannotBeRead) {
    const auto read = read_server_status(variables("wsrep_provider_options pc.ignore_sb\n"));
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().text, testing::HasSubstr("wsrep_provider_options"));
    EXPECT_EQ(status("wsrep_provider_options pc.ignore_sb = true; \n").quorum_override, true);
}

} // namespace
} // namespace galera
