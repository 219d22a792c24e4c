// Answering from a snapshot: GET tells what is unknown from what does not exist; GETNEXT walks.
#include "agentx/snapshot.hpp"
#include "common/mib/columns.hpp"
#include "mibs/oids.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <poll.h>
#include <span>
#include <vector>

namespace galera::agentx {
namespace {

using mib::Absence;
using mib::Oid;
using std::chrono::milliseconds;
using Answer = std::variant<mib::Value, Absence>;

Oid instance(std::span<const std::uint32_t> object, std::initializer_list<std::uint32_t> index) {
    Oid oid{object.begin(), object.end()};
    oid.insert(oid.end(), index);
    return oid;
}

NodeReport recovering() {
    NodeReport report;
    report.agent.version = "0.1.0";
    report.agent.snapshot_id = 5;
    report.node_name = "db1";
    return report;
}

const Clock::time_point looked = Clock::now();

Answer answer(const Oid& oid, const NodeReport& report = recovering()) {
    return get(*make_snapshot(report, looked), oid, {.at = looked + milliseconds{40}});
}

TEST(Get, GivesWhatIsKnown) {
    EXPECT_EQ(answer(instance(oid::galeraSeqnoState, {0})), Answer{mib::Value{mib::Integer32{3}}});
    EXPECT_EQ(answer(instance(oid::galeraNodeName, {0})),
              Answer{mib::Value{mib::OctetString{"db1"}}});
}

TEST(Get, ComputesTheAgeWhenItAnswers) {
    EXPECT_EQ(answer(instance(oid::galeraSnapshotAge, {0})),
              Answer{mib::Value{mib::Unsigned32{40}}});
}

TEST(Get, CountsTheNotificationsWhenItAnswers) {
    const auto snapshot = make_snapshot(recovering(), looked);
    const Moment now{.at = looked, .notifications_sent = 3, .notifications_suppressed = 4};
    EXPECT_EQ(get(*snapshot, instance(oid::galeraNotificationsSent, {0}), now),
              Answer{mib::Value{mib::Counter32{3}}});
    EXPECT_EQ(get(*snapshot, instance(oid::galeraNotificationsSuppressed, {0}), now),
              Answer{mib::Value{mib::Counter32{4}}});
}

TEST(Get, TellsTheUnknownFromTheNonexistent) {
    const std::vector<std::pair<Oid, Absence>> table{
        {instance(oid::galeraSeqno, {0}), Absence::no_such_instance},
        {instance(oid::galeraSeqno, {}), Absence::no_such_instance},
        {instance(oid::galeraNodeName, {1}), Absence::no_such_instance},
        {instance(oid::galeraNodeName, {0, 0}), Absence::no_such_instance},
        {instance(oid::galeraViewMemberName, {1}), Absence::no_such_instance},
        {instance(oid::galeraViewMemberIndex, {1}), Absence::no_such_object},
        {instance(oid::galeraLineageEraCount, {0}), Absence::no_such_instance},
        {instance(oid::galeraLineageEraSeqno, {1}), Absence::no_such_instance},
        {instance(oid::galeraLineageEraName, {257}), Absence::no_such_instance},
        {instance(oid::galeraLineageIndex, {1}), Absence::no_such_object},
        {instance(oid::galeraLineageTable, {}), Absence::no_such_object},
        {instance(oid::galeraPeerName, {1, 4, 10, 0, 0, 1}), Absence::no_such_instance},
        {instance(oid::galeraPeerAddressType, {1, 4, 10, 0, 0, 1}), Absence::no_such_object},
        {instance(oid::galeraPeerAddress, {1, 4, 10, 0, 0, 1}), Absence::no_such_object},
        {instance(oid::galeraPeerTable, {}), Absence::no_such_object},
        {instance(oid::galeraNode, {}), Absence::no_such_object},
        {instance(oid::galeraNode, {99, 0}), Absence::no_such_object},
        {instance(oid::galeraInitiatorObjects, {9, 1, 0}), Absence::no_such_object},
    };
    for (const auto& [oid, absence] : table)
        EXPECT_EQ(answer(oid), Answer{absence}) << ::testing::PrintToString(oid);
}

NodeReport bootstrapped_twice() {
    auto report = recovering();
    report.lineage = {{*Seqno::from(4), *Uuid::parse("8f3a91c2-0000-4000-8000-000000000001")},
                      {*Seqno::from(90), *Uuid::parse("8f3a91c2-0000-4000-8000-000000000002")}};
    return report;
}

TEST(Get, GivesTheLineageOldestFirst) {
    const auto ask = [](std::span<const std::uint32_t> object, std::uint32_t index) {
        return answer(instance(object, {index}), bootstrapped_twice());
    };
    EXPECT_EQ(ask(oid::galeraLineageState, 0), Answer{mib::Value{mib::Integer32{1}}});
    EXPECT_EQ(ask(oid::galeraLineageEraCount, 0), Answer{mib::Value{mib::Unsigned32{2}}});
    EXPECT_EQ(ask(oid::galeraLineageEraSeqno, 1), Answer{mib::Value{mib::Counter64{4}}});
    EXPECT_EQ(ask(oid::galeraLineageEraSeqno, 2), Answer{mib::Value{mib::Counter64{90}}});
    EXPECT_EQ(ask(oid::galeraLineageEraName, 2),
              Answer{mib::Value{mib::OctetString{"8f3a91c2-0000-4000-8000-000000000002"}}});
    EXPECT_EQ(ask(oid::galeraLineageEraName, 3), Answer{Absence::no_such_instance});
}

TEST(Get, SaysOfAnUnknownLineageThatItIsUnknown) {
    EXPECT_EQ(answer(instance(oid::galeraLineageState, {0})),
              Answer{mib::Value{mib::Integer32{2}}});
}

NodeReport with_initiator() {
    auto report = recovering();
    report.initiator.phase = InitiatorPhase::claiming;
    report.initiator.decision = InitiatorDecision{.reason = Reason::furthest_ahead,
                                                  .elected = std::nullopt,
                                                  .decided_unix_seconds = 0,
                                                  .sentence = "bootstrap: furthest_ahead"};
    return report;
}

TEST(Get, GivesTheInitiatorsLastDecision) {
    const auto ask = [](std::span<const std::uint32_t> object) {
        return answer(instance(object, {0}), with_initiator());
    };
    EXPECT_EQ(ask(oid::galeraInitiatorPhase), Answer{mib::Value{mib::Integer32{2}}});
    EXPECT_EQ(ask(oid::galeraInitiatorVerdict), Answer{mib::Value{mib::Integer32{2}}});
    EXPECT_EQ(ask(oid::galeraInitiatorReason), Answer{mib::Value{mib::Integer32{4}}});
    EXPECT_EQ(ask(oid::galeraInitiatorSentence),
              Answer{mib::Value{mib::OctetString{"bootstrap: furthest_ahead"}}});
    EXPECT_EQ(ask(oid::galeraInitiatorElected), Answer{Absence::no_such_instance});
    for (const auto& object : {std::span<const std::uint32_t>{oid::galeraInitiatorPhase},
                               std::span<const std::uint32_t>{oid::galeraInitiatorVerdict},
                               std::span<const std::uint32_t>{oid::galeraInitiatorDecided}})
        EXPECT_EQ(answer(instance(object, {0})), Answer{Absence::no_such_instance});
}

TEST(Get, GivesAPeerByItsAddress) {
    auto report = recovering();
    report.peers.nodes = {{.address = {Address::Family::ipv4, {10, 0, 0, 1}, "10.0.0.1"},
                           .name = "db1",
                           .reachability = Reachability::no_answer}};
    const auto ask = [&report](std::span<const std::uint32_t> object,
                               std::initializer_list<std::uint32_t> index) {
        return answer(instance(object, index), report);
    };
    EXPECT_EQ(ask(oid::galeraPeerCount, {0}), Answer{mib::Value{mib::Unsigned32{1}}});
    EXPECT_EQ(ask(oid::galeraPeerName, {1, 4, 10, 0, 0, 1}),
              Answer{mib::Value{mib::OctetString{"db1"}}});
    EXPECT_EQ(ask(oid::galeraPeerStatus, {1, 4, 10, 0, 0, 1}), Answer{Absence::no_such_instance});
    EXPECT_EQ(ask(oid::galeraPeerName, {1, 4, 10, 0, 0, 2}), Answer{Absence::no_such_instance});
    EXPECT_EQ(ask(oid::galeraPeerName, {10, 0, 0, 1}), Answer{Absence::no_such_instance});
}

TEST(Get, BeforeTheFirstLookKnowsTheAgentOnly) {
    const auto snapshot = no_snapshot_yet("0.1.0", milliseconds{1000});
    const auto ask = [&](std::span<const std::uint32_t> object) {
        return get(*snapshot, instance(object, {0}), {.at = looked});
    };
    EXPECT_EQ(ask(oid::galeraAgentVersion), Answer{mib::Value{mib::OctetString{"0.1.0"}}});
    EXPECT_EQ(ask(oid::galeraSnapshotId), Answer{mib::Value{mib::Unsigned32{0}}});
    EXPECT_EQ(ask(oid::galeraCollectorState), Answer{mib::Value{mib::Integer32{1}}});
    EXPECT_EQ(ask(oid::galeraSampleInterval), Answer{mib::Value{mib::Unsigned32{1000}}});
    EXPECT_EQ(ask(oid::galeraNotificationsSent), Answer{mib::Value{mib::Counter32{0}}});
    EXPECT_EQ(ask(oid::galeraNotificationsSuppressed), Answer{mib::Value{mib::Counter32{0}}});
    EXPECT_EQ(ask(oid::galeraServerConnection), Answer{Absence::no_such_instance});
    EXPECT_EQ(ask(oid::galeraSnapshotAge), Answer{Absence::no_such_instance});
    EXPECT_EQ(ask(oid::galeraStatus), Answer{Absence::no_such_instance});
    EXPECT_EQ(ask(oid::galeraLineageState), Answer{Absence::no_such_instance});
    EXPECT_EQ(ask(oid::galeraNodeName), Answer{Absence::no_such_instance});
}

TEST(GetNext, WalksAllInstancesInOrderAndEnds) {
    const auto snapshot = make_snapshot(bootstrapped_twice(), looked);
    std::vector<Oid> walked;
    auto next =
        get_next(*snapshot, instance(oid::galeraInitiatorObjects, {}), true, {.at = looked});
    for (; next; next = get_next(*snapshot, next->oid, false, {.at = looked}))
        walked.push_back(next->oid);
    std::vector<Oid> expected;
    for (const auto& binding : snapshot->bindings)
        expected.push_back(binding.oid);
    EXPECT_EQ(walked, expected);
    EXPECT_FALSE(walked.empty());
}

TEST(GetNext, IncludesWhereItStartsOnlyWhenAsked) {
    const auto snapshot = make_snapshot(recovering(), looked);
    const auto version = instance(oid::galeraAgentVersion, {0});
    EXPECT_EQ(get_next(*snapshot, version, true, {.at = looked})->oid, version);
    EXPECT_EQ(get_next(*snapshot, version, false, {.at = looked})->oid,
              instance(oid::galeraSnapshotId, {0}));
}

TEST(GetNext, ComputesTheAgeToo) {
    const auto snapshot = make_snapshot(recovering(), looked);
    const auto next = get_next(*snapshot, instance(oid::galeraSnapshotAge, {}), false,
                               {.at = looked + milliseconds{70}});
    EXPECT_EQ(next->value, mib::Value{mib::Unsigned32{70}});
}

TEST(ValueOf, GivesWhatAScalarHas) {
    const auto snapshot = make_snapshot(recovering(), looked);
    ASSERT_NE(value_of(*snapshot, oid::galeraNodeName), nullptr);
    EXPECT_EQ(*value_of(*snapshot, oid::galeraNodeName), mib::Value{mib::OctetString{"db1"}});
    EXPECT_EQ(value_of(*snapshot, oid::galeraSeqno), nullptr);
}

TEST(SnapshotStore, WakesWhoWaitsForNews) {
    const auto news = Wakeup::make();
    ASSERT_TRUE(news);
    SnapshotStore store{no_snapshot_yet("0.1.0", milliseconds{1000}), *news};
    pollfd readable{.fd = news->fd(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&readable, 1, 0), 0);
    store.publish(make_snapshot(recovering(), looked));
    EXPECT_EQ(::poll(&readable, 1, 0), 1);
    EXPECT_EQ(store.latest()->id, 5U);
    news->take();
    EXPECT_EQ(::poll(&readable, 1, 0), 0);
}

} // namespace
} // namespace galera::agentx
