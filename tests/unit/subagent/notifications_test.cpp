// Which changes are told, when, and what becomes of those that may not be told yet.
#include "agentx/notifications.hpp"
#include "common/galera/address_text.hpp"
#include "mibs/oids.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace galera::agentx {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using enum NotificationKind;

constexpr seconds interval{2};

NodeReport stopped() {
    NodeReport report;
    report.agent.version = "0.1.0";
    report.agent.snapshot_id = 1;
    report.agent.collector = CollectorState::ok;
    report.node_name = "db1";
    report.cluster_name = "shop";
    return report;
}

NodeReport serving(std::uint32_t size) {
    auto report = stopped();
    report.status = NodeStatus::running;
    report.server = ServerState::serving;
    report.cluster.status = ClusterStatus::primary;
    report.cluster.node_state = NodeState::synced;
    report.cluster.size = size;
    return report;
}

NodeReport decided(Reason reason) {
    auto report = stopped();
    report.initiator.decision = InitiatorDecision{
        .reason = reason, .elected = std::nullopt, .decided_unix_seconds = 5, .sentence = "so"};
    return report;
}

struct NotificationsTest : ::testing::Test {
    NotificationPolicy policy{interval};
    Clock::time_point now = Clock::now();

    void see(NodeReport report) {
        report.agent.snapshot_id = ++id;
        policy.observe(make_snapshot(report, now));
    }
    /// The kinds that are due, each confirmed at once.
    std::vector<NotificationKind> told() {
        auto kinds = under_way();
        for (const auto kind : kinds)
            policy.confirmed(kind);
        return kinds;
    }
    std::vector<NotificationKind> under_way() {
        std::vector<NotificationKind> kinds;
        for (const auto& each : policy.due(now)) {
            kinds.push_back(each.kind);
            last = each;
        }
        return kinds;
    }
    [[nodiscard]] std::uint32_t sent() const { return policy.counts().sent; }
    [[nodiscard]] std::uint32_t suppressed() const { return policy.counts().suppressed; }

    std::uint32_t id{0};
    Notification last;
};

TEST_F(NotificationsTest, SayNothingOfTheFirstSnapshot) {
    see(serving(3));
    see(serving(3));
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_EQ(policy.next_due(), std::nullopt);
    EXPECT_EQ(sent() + suppressed(), 0U);
}

TEST_F(NotificationsTest, NothingIsDueBeforeThereIsASnapshot) {
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(NotificationsTest, TellOfEachChangeOnce) {
    see(stopped());
    see(serving(1));
    EXPECT_THAT(told(), ElementsAre(status_changed, cluster_status_changed, cluster_size_changed));
    see(serving(1));
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_EQ(sent(), 3U);
    EXPECT_EQ(suppressed(), 0U);
}

/// What each kind tells of, and what it does not.
struct Change {
    const char* what;
    NodeReport before;
    NodeReport after;
    std::vector<NotificationKind> kinds;
};

TEST_F(NotificationsTest, TellOfWhatTheMibSays) {
    auto starting = stopped();
    starting.status = NodeStatus::running;
    starting.server = ServerState::starting;
    auto donor = serving(3);
    donor.cluster.node_state = NodeState::donor;
    auto degraded = stopped();
    degraded.agent.collector = CollectorState::degraded;
    degraded.agent.last_error = "no permission";
    auto other_error = degraded;
    other_error.agent.last_error = "no such directory";
    auto elected = decided(Reason::elected_other);
    elected.initiator.decision->elected = *parse_address("10.0.0.2");
    auto elected_another = elected;
    elected_another.initiator.decision->elected = *parse_address("10.0.0.3");
    auto later = decided(Reason::closure_open);
    later.initiator.decision->decided_unix_seconds = 9;
    later.initiator.decision->sentence = "still so";
    auto claiming = stopped();
    claiming.status = NodeStatus::locked;
    for (const auto& [what, before, after, kinds] : {
             Change{"a server starts", stopped(), starting, {status_changed}},
             Change{"a claim", stopped(), claiming, {status_changed}},
             Change{
                 "a server stops", serving(3), stopped(), {status_changed, cluster_status_changed}},
             Change{"a member leaves", serving(3), serving(2), {cluster_size_changed}},
             Change{"a state transfer", serving(3), donor, {}},
             Change{"something cannot be read", stopped(), degraded, {collector_failed}},
             Change{"it can be read again", degraded, stopped(), {collector_failed}},
             Change{"another thing cannot be read", degraded, other_error, {}},
             Change{"it decides", stopped(), decided(Reason::closure_open), {initiator_decision}},
             Change{"another reason",
                    decided(Reason::closure_open),
                    decided(Reason::census_open),
                    {initiator_decision}},
             Change{"the same, later", decided(Reason::closure_open), later, {}},
             Change{"another elected", elected, elected_another, {initiator_decision}},
             Change{"it refuses",
                    decided(Reason::closure_open),
                    decided(Reason::histories_differ),
                    {initiator_refusal}},
             Change{"it refuses for another reason",
                    decided(Reason::history_forked),
                    decided(Reason::histories_differ),
                    {initiator_refusal}},
             Change{"it does not refuse any more",
                    decided(Reason::histories_differ),
                    decided(Reason::closure_open),
                    {initiator_decision}},
         }) {
        NotificationPolicy fresh{interval};
        fresh.observe(make_snapshot(before, now));
        fresh.observe(make_snapshot(after, now));
        std::vector<NotificationKind> told_kinds;
        for (const auto& each : fresh.due(now))
            told_kinds.push_back(each.kind);
        EXPECT_EQ(told_kinds, kinds) << what;
    }
}

TEST_F(NotificationsTest, CarryTheirObjectsOfOneSnapshotWithInstances) {
    see(stopped());
    see(decided(Reason::histories_differ));
    ASSERT_THAT(told(), ElementsAre(initiator_refusal));
    EXPECT_TRUE(std::ranges::equal(last.oid, oid::galeraInitiatorRefusal));
    const auto instance = [](std::span<const std::uint32_t> object) {
        mib::Oid oid{object.begin(), object.end()};
        oid.push_back(0);
        return oid;
    };
    EXPECT_THAT(
        last.bindings,
        ElementsAre(
            mib::Binding{instance(oid::galeraNodeName), mib::OctetString{"db1"}},
            mib::Binding{instance(oid::galeraClusterName), mib::OctetString{"shop"}},
            mib::Binding{instance(oid::galeraInitiatorVerdict), mib::Integer32{4}},
            mib::Binding{instance(oid::galeraInitiatorReason),
                         mib::Integer32{static_cast<std::int32_t>(Reason::histories_differ)}},
            mib::Binding{instance(oid::galeraInitiatorSentence), mib::OctetString{"so"}}));
}

TEST_F(NotificationsTest, OfOneKindComeOnceInAnInterval) {
    see(serving(3));
    see(serving(2));
    EXPECT_THAT(told(), ElementsAre(cluster_size_changed));
    now += milliseconds{1999};
    see(serving(1));
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_EQ(policy.next_due(), now + milliseconds{1});
    now += milliseconds{1};
    EXPECT_THAT(told(), ElementsAre(cluster_size_changed));
    EXPECT_EQ(sent(), 2U);
    EXPECT_EQ(suppressed(), 0U) << "held is not suppressed";
}

TEST_F(NotificationsTest, OfOtherKindsDoNotWait) {
    see(serving(3));
    see(serving(2));
    EXPECT_THAT(told(), ElementsAre(cluster_size_changed));
    see(stopped());
    EXPECT_THAT(told(), ElementsAre(status_changed, cluster_status_changed));
}

TEST_F(NotificationsTest, TellTheLatestOfWhatCameMeanwhile) {
    see(serving(5));
    see(serving(4));
    EXPECT_THAT(told(), ElementsAre(cluster_size_changed));
    see(serving(3));
    see(serving(2));
    see(serving(2));
    see(serving(1));
    now += interval;
    EXPECT_THAT(told(), ElementsAre(cluster_size_changed));
    EXPECT_EQ(last.bindings.back().value, mib::Value{mib::Unsigned32{1}});
    EXPECT_EQ(sent(), 2U);
    EXPECT_EQ(suppressed(), 2U);
}

TEST_F(NotificationsTest, SayNothingOfWhatWentBackMeanwhile) {
    see(serving(3));
    see(serving(2));
    EXPECT_THAT(told(), ElementsAre(cluster_size_changed));
    see(serving(1));
    see(serving(2));
    now += interval;
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_EQ(policy.next_due(), std::nullopt);
    EXPECT_EQ(suppressed(), 2U) << "neither the change nor that it was undone";
}

TEST_F(NotificationsTest, AreHeldWhileNobodyTakesThem) {
    see(serving(3));
    see(serving(2)); // no snmpd: nobody asks for what is due
    see(serving(1));
    now += std::chrono::hours{1};
    see(serving(2));
    EXPECT_THAT(told(), ElementsAre(cluster_size_changed));
    EXPECT_EQ(last.bindings.back().value, mib::Value{mib::Unsigned32{2}});
    EXPECT_EQ(suppressed(), 2U);
}

TEST_F(NotificationsTest, TellTheSizeThatIsKnownAgain) {
    see(serving(3));
    see(stopped());
    EXPECT_THAT(told(), ElementsAre(status_changed, cluster_status_changed));
    now += interval;
    see(serving(3));
    EXPECT_THAT(told(), ElementsAre(status_changed, cluster_status_changed, cluster_size_changed));
}

TEST_F(NotificationsTest, DropASizeThatIsNotKnownAnyMore) {
    see(serving(3));
    see(serving(2));
    see(stopped());
    EXPECT_THAT(told(), ElementsAre(status_changed, cluster_status_changed));
    EXPECT_EQ(suppressed(), 1U);
}

TEST_F(NotificationsTest, OfARefusalComeAgainWhenItRefusesAgain) {
    see(decided(Reason::histories_differ));
    see(decided(Reason::closure_open));
    EXPECT_THAT(told(), ElementsAre(initiator_decision));
    now += interval;
    see(decided(Reason::histories_differ));
    EXPECT_THAT(told(), ElementsAre(initiator_refusal));
    now += interval;
    see(decided(Reason::closure_open));
    EXPECT_THAT(told(), ElementsAre(initiator_decision)) << "it is told again, too";
}

TEST_F(NotificationsTest, CountOnlyOnceTheyAreConfirmed) {
    see(serving(3));
    see(serving(2));
    EXPECT_THAT(under_way(), ElementsAre(cluster_size_changed));
    EXPECT_EQ(sent(), 0U);
    policy.confirmed(cluster_size_changed);
    policy.confirmed(cluster_size_changed); // nothing is under way any more
    EXPECT_EQ(sent(), 1U);
}

TEST_F(NotificationsTest, GoOneAfterTheOther) {
    see(serving(3));
    see(serving(2));
    EXPECT_THAT(under_way(), ElementsAre(cluster_size_changed));
    now += interval;
    see(serving(1));
    EXPECT_THAT(under_way(), IsEmpty());
    EXPECT_EQ(policy.next_due(), std::nullopt) << "it waits for the confirmation";
    policy.confirmed(cluster_size_changed);
    EXPECT_THAT(under_way(), ElementsAre(cluster_size_changed));
}

TEST_F(NotificationsTest, ThatWereLostAreToldAgainIfTheyAreStillTrue) {
    see(serving(3));
    see(serving(2));
    EXPECT_THAT(under_way(), ElementsAre(cluster_size_changed));
    policy.lost(cluster_size_changed);
    EXPECT_THAT(under_way(), IsEmpty()) << "within the interval";
    now += interval;
    EXPECT_THAT(told(), ElementsAre(cluster_size_changed));
    EXPECT_EQ(last.bindings.back().value, mib::Value{mib::Unsigned32{2}});
    EXPECT_EQ(sent(), 1U);
    EXPECT_EQ(suppressed(), 0U);
}

TEST_F(NotificationsTest, ThatWereLostGiveWayToWhatCameAfter) {
    see(serving(3));
    see(serving(2));
    EXPECT_THAT(under_way(), ElementsAre(cluster_size_changed));
    see(serving(1));
    policy.lost(cluster_size_changed);
    now += interval;
    EXPECT_THAT(told(), ElementsAre(cluster_size_changed));
    EXPECT_EQ(last.bindings.back().value, mib::Value{mib::Unsigned32{1}});
    EXPECT_EQ(suppressed(), 1U);
}

TEST_F(NotificationsTest, ThatWereLostAndWentBackAreNotTold) {
    see(serving(3));
    see(serving(2));
    EXPECT_THAT(under_way(), ElementsAre(cluster_size_changed));
    see(serving(3));
    policy.lost(cluster_size_changed);
    now += interval;
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_EQ(suppressed(), 2U);
}

TEST_F(NotificationsTest, ThatWereLostAndAreNotKnownAnyMoreAreNotTold) {
    see(serving(3));
    see(serving(2));
    EXPECT_THAT(under_way(), ElementsAre(cluster_size_changed));
    see(stopped());
    EXPECT_THAT(told(), ElementsAre(status_changed, cluster_status_changed));
    policy.lost(cluster_size_changed);
    now += interval;
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_EQ(suppressed(), 1U);
}

TEST_F(NotificationsTest, AreAllSentOrCounted) {
    std::minstd_rand random{20261125};
    const auto one_of = [&random](unsigned count) { return random() % count; };
    std::uint32_t size{3};
    std::uint32_t changes{0};
    see(serving(size));
    for (int step = 0; step < 20'000; ++step)
        switch (one_of(5)) {
        case 0:
            now += interval / static_cast<int>(1 + one_of(3));
            break;
        case 1:
        case 2: {
            const auto before = std::exchange(size, 1 + one_of(3));
            changes += size != before ? 1 : 0;
            see(serving(size));
            break;
        }
        case 3:
            static_cast<void>(under_way());
            break;
        default:
            if (one_of(2) == 0)
                policy.confirmed(cluster_size_changed);
            else
                policy.lost(cluster_size_changed);
        }
    policy.confirmed(cluster_size_changed);
    now += interval;
    static_cast<void>(told());
    EXPECT_EQ(policy.next_due(), std::nullopt);
    EXPECT_GT(sent(), 100U);
    EXPECT_GT(suppressed(), 100U);
    EXPECT_EQ(sent() + suppressed(), changes);
}

TEST_F(NotificationsTest, GoByTheIntervalThatIsInForce) {
    see(serving(3));
    policy.set_interval(milliseconds{0});
    see(serving(2));
    EXPECT_THAT(told(), ElementsAre(cluster_size_changed));
    see(serving(1));
    EXPECT_THAT(told(), ElementsAre(cluster_size_changed));
}

} // namespace
} // namespace galera::agentx
