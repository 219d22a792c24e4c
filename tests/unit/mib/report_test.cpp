// A report goes out as bindings and comes back the same; what the MIB does not allow comes back
// as an error that names the object.
#include "common/mib/columns.hpp"
#include "mibs/oids.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace galera::mib {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

Uuid uuid(char digit) {
    std::string text{"8f3a91c2-5d7e-11ef-8a3b-9f1c2d3e4f50"};
    text[0] = digit;
    return *Uuid::parse(text);
}

// One of many.
Uuid numbered_uuid(std::size_t number) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text{"000a91c2-5d7e-11ef-8a3b-9f1c2d3e4f50"};
    for (std::size_t place = 3; place > 0; --place, number /= 16)
        text[place - 1] = digits[number % 16];
    return *Uuid::parse(text);
}

Position position(std::int64_t seqno) {
    return {uuid('8'), *Seqno::from(seqno)};
}

View view_of(std::size_t members) {
    View view{.history = uuid('8'), .id = 3, .seqno = *Seqno::from(7), .members = {}};
    for (std::size_t at = 0; at < members; ++at)
        view.members.push_back({.uuid = numbered_uuid(at),
                                .name = "db" + std::to_string(at + 1),
                                .incoming_address = at == 2 ? "" : "10.0.0.2:3306"});
    return view;
}

// Bootstrapped so often after its first era.
Lineage lineage_of(std::size_t eras) {
    Lineage lineage;
    for (std::size_t at = 0; at < eras; ++at)
        lineage.push_back(
            {*Seqno::from(static_cast<std::int64_t>(100 * at + 4)), numbered_uuid(at)});
    return lineage;
}

// The last views of that many.
ViewLog views_of(std::size_t views) {
    ViewLog log;
    for (std::size_t at = 0; at < views; ++at)
        log.push_back({{at + 1, *Seqno::from(static_cast<std::int64_t>(10 * at + 3))},
                       0xfedcba9876543210U + at});
    return log;
}

// A node that stopped and was recovered, as simple as reports get.
NodeReport stopped() {
    NodeReport report;
    report.agent = {.version = "0.1.0",
                    .snapshot_id = 17,
                    .snapshot_unix_seconds = 1'795'428'000,
                    .snapshot_age = milliseconds{250},
                    .collector = CollectorState::ok,
                    .last_error = "",
                    .connection = ServerConnection::none,
                    .sample_interval = milliseconds{1000},
                    .notifications_sent = 0,
                    .notifications_suppressed = 0};
    report.seqno_state = SeqnoState::known;
    report.seqno_source = SeqnoSource::innodb;
    report.position = position(1210);
    report.node_name = "db1";
    report.node_address = Address{Address::Family::ipv4, {10, 0, 0, 1}, "10.0.0.1"};
    report.cluster_name = "shop";
    report.roster_digest = "0123456789abcdef";
    return report;
}

// A member of a cluster with everything that can be known.
NodeReport serving() {
    auto report = stopped();
    report.status = NodeStatus::running;
    report.server = ServerState::serving;
    report.seqno_source = SeqnoSource::server;
    report.saved_position = position(4);
    report.safe_to_bootstrap = false;
    report.view_file = true;
    report.user_data = UserData::present;
    report.quorum_override = false;
    report.durable_commit = true;
    report.start_guard = StartGuard::on;
    report.applied_view = view_of(3);
    report.lineage = lineage_of(2);
    report.views = views_of(2);
    report.cluster = {.status = ClusterStatus::primary,
                      .size = 3,
                      .conf_id = 3,
                      .state_uuid = uuid('8'),
                      .weight = 3,
                      .node_state = NodeState::synced,
                      .ready = true,
                      .connected = true,
                      .desynced = false,
                      .read_only = false,
                      .local_index = 0};
    report.replication = {.uptime = std::chrono::seconds{86400},
                          .replicated = 30002,
                          .replicated_octets = 21'761'000,
                          .received = 6,
                          .received_octets = 470,
                          .local_commits = 30000,
                          .cert_failures = 2,
                          .bf_aborts = 4,
                          .replays = 1,
                          .flow_control_sent = 8,
                          .flow_control_received = 9,
                          .flow_control_paused = std::chrono::nanoseconds{1'500'000'000},
                          .flow_control_active = false,
                          .send_queue = 3,
                          .send_queue_min = 0,
                          .send_queue_max = 4,
                          .send_queue_avg_thousandths = 19,
                          .receive_queue = 5,
                          .receive_queue_min = 1,
                          .receive_queue_max = 7,
                          .receive_queue_avg_thousandths = 167,
                          .cert_deps_distance_thousandths = 12500,
                          .apply_window_thousandths = 1000,
                          .commit_window_thousandths = 1001,
                          .cached_down_to = *Seqno::from(2),
                          .evs_latency_min = std::chrono::microseconds{67},
                          .evs_latency_avg = std::chrono::microseconds{170},
                          .evs_latency_max = std::chrono::microseconds{241},
                          .evs_latency_samples = 6,
                          .transfer = Transfer::ist,
                          .ist_first = *Seqno::from(5),
                          .ist_current = *Seqno::from(6),
                          .ist_last = *Seqno::from(7),
                          .sst_octets = 123'456'789'012};
    report.peers.surveyed_unix_seconds = 1'795'428'003;
    report.initiator = {
        .phase = InitiatorPhase::claiming,
        .claimed_unix_seconds = 1'795'428'001,
        .decision = InitiatorDecision{
            .reason = Reason::furthest_ahead,
            .proof = Proof::closure,
            .elected = Address{Address::Family::ipv4, {10, 0, 0, 1}, "10.0.0.1"},
            .missing = "db3 (10.0.0.3) does not answer SNMP",
            .decided_unix_seconds = 1'795'428'000,
            .sentence = "bootstrap: furthest_ahead; 8f3a91c2..:7 here",
            .run = {1'795'427'990, 12, 1, "--assume-lost 10.0.0.4 --discard-local-data"}}};
    return report;
}

// What an agent answers: the binding, noSuchInstance for a known object without one.
std::vector<Varbind> answer(const std::vector<Oid>& request, const std::vector<Binding>& bindings) {
    std::vector<Varbind> response;
    for (const auto& instance : request) {
        const auto found = std::ranges::find(bindings, instance, &Binding::oid);
        if (found == bindings.end())
            response.push_back({instance, Absence::no_such_instance});
        else
            response.push_back({instance, found->value});
    }
    return response;
}

std::vector<Oid> all_scalar_instances() {
    std::vector<Oid> instances;
    for (const auto& scalar : scalars()) {
        instances.emplace_back(scalar.oid.begin(), scalar.oid.end());
        instances.back().push_back(0);
    }
    return instances;
}

std::vector<std::vector<Varbind>> answers(const std::vector<std::vector<Oid>>& requests,
                                          const std::vector<Binding>& bindings) {
    std::vector<std::vector<Varbind>> responses;
    responses.reserve(requests.size());
    for (const auto& request : requests)
        responses.push_back(answer(request, bindings));
    return responses;
}

// The whole way of a survey: the report, then its tables of the same snapshot.
NodeReport there_and_back(const NodeReport& report) {
    const auto bindings = encode(report);
    auto decoded = decode_report(answer(all_scalar_instances(), bindings));
    if (!decoded) {
        ADD_FAILURE() << decoded.error().error.text;
        return {};
    }
    auto tables = decode_tables(answers(table_instances(decoded->rows), bindings), *decoded);
    if (!tables || !*tables) {
        ADD_FAILURE() << (tables ? "another snapshot" : tables.error().text);
        return {};
    }
    if (decoded->report.applied_view)
        decoded->report.applied_view->members = (*tables)->members;
    if (decoded->report.lineage)
        decoded->report.lineage = (*tables)->eras;
    decoded->report.views = (*tables)->views;
    return decoded->report;
}

void expect_same(const NodeReport& left, const NodeReport& right) {
    // Encoded again, field by field, so that a difference has a name.
    for (const auto& scalar : scalars())
        EXPECT_EQ(scalar.encode(left), scalar.encode(right)) << scalar.name;
    EXPECT_EQ(left.applied_view, right.applied_view);
    EXPECT_EQ(left.lineage, right.lineage);
    EXPECT_EQ(left.views, right.views);
    EXPECT_EQ(left.replication, right.replication);
    EXPECT_EQ(left.initiator, right.initiator);
    EXPECT_EQ(left.peers, right.peers);
    EXPECT_EQ(left.position, right.position);
    EXPECT_EQ(left.saved_position, right.saved_position);
    EXPECT_EQ(left.node_address, right.node_address);
    if (left.node_address && right.node_address) {
        EXPECT_EQ(left.node_address->text, right.node_address->text);
    }
    EXPECT_EQ(left.agent.snapshot_unix_seconds, right.agent.snapshot_unix_seconds);
    EXPECT_EQ(left.agent.snapshot_age, right.agent.snapshot_age);
    EXPECT_EQ(left.agent.version, right.agent.version);
}

using Change = std::function<void(NodeReport&)>;

TEST(RoundTrip, OfAStoppedNodeAndOfAMember) {
    expect_same(stopped(), there_and_back(stopped()));
    expect_same(serving(), there_and_back(serving()));
}

template <typename Enum>
void each(Enum last, const std::function<void(NodeReport&, Enum)>& put) {
    for (int number = 1; number <= static_cast<int>(last); ++number) {
        auto report = serving();
        put(report, static_cast<Enum>(number));
        expect_same(report, there_and_back(report));
    }
}

TEST(RoundTrip, OfEveryEnumerator) {
    each<NodeStatus>(NodeStatus::stopped, [](auto& r, auto v) { r.status = v; });
    each<ServerState>(ServerState::unreachable, [](auto& r, auto v) { r.server = v; });
    each<SeqnoState>(SeqnoState::failed, [](auto& r, auto v) {
        r.seqno_state = v;
        if (v != SeqnoState::known)
            r.position.reset();
    });
    each<SeqnoSource>(SeqnoSource::server, [](auto& r, auto v) { r.seqno_source = v; });
    each<Taint>(Taint::heuristic_rollback, [](auto& r, auto v) { r.taint = v; });
    each<UserData>(UserData::present, [](auto& r, auto v) { r.user_data = v; });
    each<ClusterStatus>(ClusterStatus::disconnected, [](auto& r, auto v) { r.cluster.status = v; });
    each<NodeState>(NodeState::error, [](auto& r, auto v) { r.cluster.node_state = v; });
    each<CollectorState>(CollectorState::degraded, [](auto& r, auto v) { r.agent.collector = v; });
    each<ServerConnection>(ServerConnection::refused,
                           [](auto& r, auto v) { r.agent.connection = v; });
    each<Transfer>(Transfer::sst, [](auto& r, auto v) { r.replication.transfer = v; });
    each<StartGuard>(StartGuard::on, [](auto& r, auto v) { r.start_guard = v; });
    each<InitiatorPhase>(InitiatorPhase::joining, [](auto& r, auto v) {
        r.initiator.phase = v;
        if (!holds_claim(v))
            r.initiator.claimed_unix_seconds.reset();
    });
    each<Proof>(Proof::genesis, [](auto& r, auto v) { r.initiator.decision->proof = v; });
    each<Reason>(Reason::legacy_ahead, [](auto& r, auto v) { r.initiator.decision->reason = v; });
}

TEST(RoundTrip, OfWhatMayBeAbsentAndOfTheEdges) {
    const std::vector<std::pair<const char*, Change>> changes{
        {"no saved position", [](auto& r) { r.saved_position.reset(); }},
        {"no flag", [](auto& r) { r.safe_to_bootstrap.reset(); }},
        {"safe", [](auto& r) { r.safe_to_bootstrap = true; }},
        {"no view file known", [](auto& r) { r.view_file.reset(); }},
        {"no quorum known", [](auto& r) { r.quorum_override.reset(); }},
        {"no durability known", [](auto& r) { r.durable_commit.reset(); }},
        {"no address", [](auto& r) { r.node_address.reset(); }},
        {"IPv6",
         [](auto& r) {
             r.node_address = Address{Address::Family::ipv6, {0xfd}, "fd00::2"};
             r.node_address->octets[15] = 2;
         }},
        {"no view", [](auto& r) { r.applied_view.reset(); }},
        {"one member", [](auto& r) { r.applied_view = view_of(1); }},
        {"as many members as can be", [](auto& r) { r.applied_view = view_of(view_members_max); }},
        {"view id of 64 bit", [](auto& r) { r.applied_view->id = ~std::uint64_t{0}; }},
        {"lineage unknown", [](auto& r) { r.lineage.reset(); }},
        {"first era", [](auto& r) { r.lineage = Lineage{}; }},
        {"one era", [](auto& r) { r.lineage = lineage_of(1); }},
        {"no past views", [](auto& r) { r.views.clear(); }},
        {"as many past views as are kept", [](auto& r) { r.views = views_of(views_kept_max); }},
        {"as many eras as can be", [](auto& r) { r.lineage = lineage_of(eras_max); }},
        {"eras without a view",
         [](auto& r) {
             r.applied_view.reset();
             r.lineage = lineage_of(3);
         }},
        {"both tables full",
         [](auto& r) {
             r.applied_view = view_of(view_members_max);
             r.lineage = lineage_of(eras_max);
         }},
        {"an era at the highest seqno",
         [](auto& r) {
             r.lineage->push_back(
                 {*Seqno::from(std::numeric_limits<std::int64_t>::max()), uuid('f')});
         }},
        {"server silent", [](auto& r) { r.cluster = {}; }},
        {"no replication known", [](auto& r) { r.replication = {}; }},
        {"counters at their end",
         [](auto& r) {
             r.replication.replicated = ~std::uint64_t{0};
             r.replication.flow_control_paused = std::chrono::nanoseconds::max();
             r.replication.cached_down_to = *Seqno::from(std::numeric_limits<std::int64_t>::max());
         }},
        {"gauges at their end",
         [](auto& r) {
             r.replication.uptime = std::chrono::seconds{~std::uint32_t{0}};
             r.replication.receive_queue = ~std::uint32_t{0};
             r.replication.evs_latency_max = std::chrono::microseconds{~std::uint32_t{0}};
         }},
        {"no roster", [](auto& r) { r.roster_digest.clear(); }},
        {"empty names", [](auto& r) { r.node_name = r.cluster_name = ""; }},
        {"long names", [](auto& r) { r.node_name = std::string(255, 'x'); }},
        {"an error", [](auto& r) { r.agent.last_error = "ibdata1: no permission"; }},
        {"seqno 0", [](auto& r) { r.position = position(0); }},
        {"highest seqno",
         [](auto& r) { r.position = position(std::numeric_limits<std::int64_t>::max()); }},
        {"fresh", [](auto& r) { r.agent.snapshot_age = milliseconds{0}; }},
        {"1970", [](auto& r) { r.agent.snapshot_unix_seconds = 0; }},
        {"before 1970", [](auto& r) { r.agent.snapshot_unix_seconds = -1; }},
        {"leap day", [](auto& r) { r.agent.snapshot_unix_seconds = 1'835'481'599; }},
        {"no initiator", [](auto& r) { r.initiator = {}; }},
        {"no decision yet", [](auto& r) { r.initiator.decision.reset(); }},
        {"the last decision of one that has ended",
         [](auto& r) {
             r.initiator.phase.reset();
             r.initiator.claimed_unix_seconds.reset();
         }},
        {"no claim time", [](auto& r) { r.initiator.claimed_unix_seconds.reset(); }},
        {"nobody missing, no overrides",
         [](auto& r) { r.initiator.decision->missing = r.initiator.decision->run.overrides = ""; }},
        {"many surveys and starts",
         [](auto& r) {
             r.initiator.decision->run.surveys = r.initiator.decision->run.attempts = ~0U;
         }},
        {"nobody asked yet", [](auto& r) { r.peers.surveyed_unix_seconds.reset(); }},
        {"nobody elected", [](auto& r) { r.initiator.decision->elected.reset(); }},
        {"an empty sentence", [](auto& r) { r.initiator.decision->sentence.clear(); }},
        {"a long sentence",
         [](auto& r) { r.initiator.decision->sentence = std::string(1024, 's'); }},
        {"counters of notifications at their ends",
         [](auto& r) {
             r.agent.notifications_sent = ~std::uint32_t{0};
             r.agent.notifications_suppressed = 1;
         }},
        {"another interval", [](auto& r) { r.agent.sample_interval = milliseconds{200}; }},
        {"highest id", [](auto& r) { r.agent.snapshot_id = ~std::uint32_t{0}; }},
    };
    for (const auto& [what, change] : changes) {
        SCOPED_TRACE(what);
        auto report = serving();
        change(report);
        expect_same(report, there_and_back(report));
    }
}

TEST(RoundTrip, OfATimeThatNoDateCanHoldIsOfTheNearest) {
    using limits = std::numeric_limits<std::int64_t>;
    constexpr std::int64_t first = -62'167'219'200; // the year 0
    constexpr std::int64_t last = 253'402'300'799;  // the end of 9999
    for (const auto& [seconds, nearest] : {std::pair{limits::min(), first},
                                           {first - 1, first},
                                           {last + 1, last},
                                           {limits::max(), last}}) {
        SCOPED_TRACE(seconds);
        auto report = serving();
        report.initiator.decision->decided_unix_seconds = seconds;
        const auto read = there_and_back(report);
        report.initiator.decision->decided_unix_seconds = nearest;
        expect_same(report, read);
    }
}

TEST(Encode, KeepsTheOrderOfTheObjectIdentifiers) {
    const auto bindings = encode(serving());
    EXPECT_TRUE(std::ranges::is_sorted(bindings, {}, &Binding::oid));
}

TEST(Encode, SaysNothingOfTheNodeBeforeTheFirstSnapshot) {
    auto report = serving();
    report.agent.snapshot_id = 0;
    const auto bindings = encode(report);
    // version, id, collector state, last error, sample interval, counters of notifications
    ASSERT_EQ(bindings.size(), 7U);
    for (const auto& binding : bindings)
        EXPECT_EQ(binding.oid[oid::galeraAgent.size() - 1], oid::galeraAgent.back());
}

TEST(Encode, PrintsPositionsAsGaleraDoes) {
    auto report = stopped();
    const auto find = [&report](auto& object) -> std::optional<Value> {
        Oid instance{object.begin(), object.end()};
        instance.push_back(0);
        for (const auto& binding : encode(report))
            if (binding.oid == instance)
                return binding.value;
        return std::nullopt;
    };
    EXPECT_EQ(find(oid::galeraPosition),
              Value{OctetString{"8f3a91c2-5d7e-11ef-8a3b-9f1c2d3e4f50:1210"}});
    EXPECT_EQ(find(oid::galeraSeqno), Value{Counter64{1210}});

    report.seqno_state = SeqnoState::undefined;
    report.position.reset();
    EXPECT_EQ(find(oid::galeraPosition),
              Value{OctetString{"00000000-0000-0000-0000-000000000000:-1"}});
    EXPECT_EQ(find(oid::galeraSeqno), std::nullopt);

    report.seqno_state = SeqnoState::recovering;
    EXPECT_EQ(find(oid::galeraPosition), std::nullopt);
    EXPECT_EQ(find(oid::galeraSeqno), std::nullopt);
    EXPECT_EQ(find(oid::galeraStateUuid), std::nullopt);
}

TEST(Encode, CutsTextsBetweenCharacters) {
    auto report = serving();
    report.agent.last_error = std::string(254, 'x') + "\u00e4 and more";
    EXPECT_EQ(there_and_back(report).agent.last_error, std::string(254, 'x'));
}

// One text that is none makes Prometheus' exporter drop all that the node says.
TEST(Encode, GivesTextsInUtf8) {
    auto report = serving();
    report.node_name = "n\xE9";
    report.cluster_name = "sh\xF6p";
    report.agent.last_error = "caf\xE9:\n no such file";
    report.initiator.decision->sentence = "wait: n\xE9";
    const auto read = there_and_back(report);
    EXPECT_EQ(read.node_name, "n?");
    EXPECT_EQ(read.cluster_name, "sh?p");
    EXPECT_EQ(read.agent.last_error, "caf?:  no such file");
    EXPECT_EQ(read.initiator.decision->sentence, "wait: n?");
}

TEST(Encode, CutsASentenceBetweenCharacters) {
    auto report = serving();
    report.initiator.decision->sentence = std::string(1023, 'x') + "\u00e4 and more";
    EXPECT_EQ(there_and_back(report).initiator.decision->sentence, std::string(1023, 'x'));
}

// A member that is cut short is another member to whoever looks for it in the roster.
TEST(Encode, PublishesNoPartOfAViewThatTheTableCannotHold) {
    auto long_name = view_of(3);
    long_name.members[1].name = std::string(256, 'n');
    auto long_address = view_of(3);
    long_address.members[2].incoming_address = std::string(250, '1') + ":13306";
    auto twice = view_of(3);
    twice.members[2].uuid = twice.members[0].uuid;
    for (const auto& view :
         {view_of(0), view_of(view_members_max + 1), long_name, long_address, twice}) {
        auto report = serving();
        report.applied_view = view;
        EXPECT_EQ(there_and_back(report).applied_view, std::nullopt);
        EXPECT_EQ(there_and_back(report).lineage, report.lineage) << "which is whole";
    }
    auto whole = serving();
    whole.applied_view->members[1].name = std::string(255, 'n');
    whole.applied_view->members[1].incoming_address = std::string(255, 'a');
    EXPECT_EQ(there_and_back(whole).applied_view, whole.applied_view);
}

// What the peers would reject as a whole report is published as what it is: unknown.
TEST(Encode, PublishesNoPastViewsThatTheTableCannotHold) {
    auto falling = views_of(3);
    std::swap(falling[0].place, falling[2].place);
    for (const auto& views : {views_of(views_kept_max + 1), falling}) {
        auto report = serving();
        report.views = views;
        EXPECT_EQ(there_and_back(report).views, ViewLog{});
    }
}

TEST(Encode, PublishesALineageThatTheTableCannotHoldAsUnknown) {
    auto too_many = lineage_of(eras_max);
    too_many.push_back({*Seqno::from(1'000'000), uuid('f')});
    auto falling = lineage_of(3);
    std::swap(falling[1], falling[2]);
    auto twice = lineage_of(2);
    twice[1].first = twice[0].first;
    for (const auto& lineage : {too_many, falling, twice}) {
        auto report = serving();
        report.lineage = lineage;
        EXPECT_EQ(there_and_back(report).lineage, std::nullopt);
    }
}

TEST(SnapshotAge, StaysInsideItsType) {
    EXPECT_EQ(snapshot_age_value(milliseconds{-5}), Value{Unsigned32{0}});
    EXPECT_EQ(snapshot_age_value(milliseconds{1500}), Value{Unsigned32{1500}});
    EXPECT_EQ(snapshot_age_value(std::chrono::hours{24 * 365}), Value{Unsigned32{~0U}});
}

// Responses that are no reports: one varbind of a good one replaced.

struct BadValue {
    const char* what;
    std::span<const std::uint32_t> object;
    std::variant<Value, Absence> content;
    const char* error; // part of the text
};

std::vector<Varbind> response_with(const BadValue& bad, const NodeReport& report = serving()) {
    auto response = answer(all_scalar_instances(), encode(report));
    Oid instance{bad.object.begin(), bad.object.end()};
    instance.push_back(0);
    std::ranges::find(response, instance, &Varbind::oid)->content = bad.content;
    return response;
}

std::string_view name_of(std::span<const std::uint32_t> object) {
    return std::ranges::find_if(
               oid::named,
               [&](const oid::Named& named) { return std::ranges::equal(named.oid, object); })
        ->name;
}

const std::string uuid_text{"8f3a91c2-5d7e-11ef-8a3b-9f1c2d3e4f50"};

Value text(std::string value) {
    return OctetString{std::move(value)};
}

TEST(DecodeReport, RejectsWhatTheMibDoesNotAllow) {
    const std::vector<BadValue> table{
        {"enumeration 0", oid::galeraStatus, Integer32{0}, "none of its values"},
        {"enumeration too high", oid::galeraStatus, Integer32{6}, "none of its values"},
        {"enumeration negative", oid::galeraTaint, Integer32{-1}, "none of its values"},
        {"enumeration wraps", oid::galeraNodeState, Integer32{256 + 6}, "none of its values"},
        {"seqno state", oid::galeraSeqnoState, Integer32{5}, "none of its values"},
        {"another enumerator without its position", oid::galeraSeqnoState, Integer32{3},
         "contradicts galeraSeqnoState"},
        {"truth 0", oid::galeraReady, Integer32{0}, "neither true"},
        {"truth 3", oid::galeraSafeToBootstrap, Integer32{3}, "neither true"},
        {"type", oid::galeraStatus, text("running"), "another type"},
        {"Counter64 as Unsigned32", oid::galeraViewId, Unsigned32{3}, "another type"},
        {"seqno above 63 bit", oid::galeraViewSeqno, Counter64{1ULL << 63U}, "no seqno"},
        {"seqno and position", oid::galeraSeqno, Counter64{1211}, "contradicts galeraPosition"},
        {"history and position", oid::galeraStateUuid, text("00000000-5d7e-11ef-8a3b-9f1c2d3e4f50"),
         "contradicts galeraPosition"},
        {"history", oid::galeraStateUuid, text(uuid_text.substr(1)), "no UUID"},
        {"nil history", oid::galeraViewHistory, text("00000000-0000-0000-0000-000000000000"),
         "no UUID"},
        {"no hexadecimal", oid::galeraClusterStateUuid,
         text("8f3a91c2-5d7e-11ef-8a3b-9f1c2d3e4f5g"), "no UUID"},
        {"position empty", oid::galeraPosition, text(""), "no position"},
        {"position without seqno", oid::galeraPosition, text(uuid_text), "no position"},
        {"position with empty seqno", oid::galeraPosition, text(uuid_text + ":"), "no position"},
        {"position with -1", oid::galeraPosition, text(uuid_text + ":-1"), "no position"},
        {"position with -2", oid::galeraPosition, text(uuid_text + ":-2"), "no position"},
        {"position with plus", oid::galeraPosition, text(uuid_text + ":+2"), "no position"},
        {"position with GTID", oid::galeraPosition, text(uuid_text + ":7,0-1-7"), "no position"},
        {"position above 63 bit", oid::galeraPosition, text(uuid_text + ":9223372036854775808"),
         "no position"},
        {"position with NUL", oid::galeraPosition, text(uuid_text + ":7" + std::string(1, '\0')),
         "no position"},
        {"nil position with seqno", oid::galeraPosition,
         text("00000000-0000-0000-0000-000000000000:7"), "no position"},
        {"nil position of a known one", oid::galeraPosition,
         text("00000000-0000-0000-0000-000000000000:-1"), "contradicts galeraSeqnoState"},
        {"saved nil position", oid::galeraSavedPosition,
         text("00000000-0000-0000-0000-000000000000:-1"), "no instance"},
        {"address type 0", oid::galeraNodeAddressType, Integer32{0}, "neither ipv4"},
        {"address type dns", oid::galeraNodeAddressType, Integer32{16}, "neither ipv4"},
        {"address type of another", oid::galeraNodeAddressType, Integer32{2},
         "contradicts galeraNodeAddressType"},
        {"address too short", oid::galeraNodeAddress, text("\n\n\n"), "3 bytes"},
        {"address without type", oid::galeraNodeAddressType, Absence::no_such_instance,
         "without galeraNodeAddressType"},
        {"type without address", oid::galeraNodeAddress, Absence::no_such_instance,
         "no value, against"},
        {"digest too short", oid::galeraRosterDigest, text("0123"), "16 hexadecimal"},
        {"digest of another kind", oid::galeraRosterDigest, text("0123456789abcdeg"),
         "16 hexadecimal"},
        {"text too long", oid::galeraNodeName, text(std::string(256, 'x')), "256 bytes"},
        {"error too long", oid::galeraLastError, text(std::string(60000, 'x')), "60000 bytes"},
        {"too many members", oid::galeraViewMemberCount, Unsigned32{view_members_max + 1},
         "257 members"},
        {"far too many members", oid::galeraViewMemberCount, Unsigned32{~0U}, "members, of 1 to"},
        {"no members", oid::galeraViewMemberCount, Unsigned32{0}, "0 members"},
        {"lineage state 0", oid::galeraLineageState, Integer32{0}, "none of its values"},
        {"lineage state 3", oid::galeraLineageState, Integer32{3}, "none of its values"},
        {"lineage state absent", oid::galeraLineageState, Absence::no_such_instance,
         "must have one"},
        {"eras of an unknown lineage", oid::galeraLineageState, Integer32{2},
         "against galeraLineageState"},
        {"a known lineage without its eras", oid::galeraLineageEraCount, Absence::no_such_instance,
         "against galeraLineageState"},
        {"past views absent", oid::galeraPastViewCount, Absence::no_such_instance,
         "galeraPastViewCount"},
        {"too many past views", oid::galeraPastViewCount, Unsigned32{views_kept_max + 1},
         "33 views"},
        {"too many eras", oid::galeraLineageEraCount, Unsigned32{eras_max + 1}, "257 eras"},
        {"far too many eras", oid::galeraLineageEraCount, Unsigned32{~0U}, "eras, of at most"},
        {"half a view", oid::galeraViewHistory, Absence::no_such_instance, "parts of the applied"},
        {"date too short", oid::galeraSnapshotTime, text("2026"), "4 bytes"},
        {"month 13", oid::galeraSnapshotTime, text({7, '\xea', 13, 1, 0, 0, 0, 0}),
         "does not exist"},
        {"hour 24", oid::galeraSnapshotTime, text({7, '\xea', 12, 1, 24, 0, 0, 0}),
         "does not exist"},
        {"time zone", oid::galeraSnapshotTime, text({7, '\xea', 12, 1, 0, 0, 0, 0, 'Z', 0, 0}),
         "does not exist"},
        {"connection 0", oid::galeraServerConnection, Integer32{0}, "none of its values"},
        {"connection absent", oid::galeraServerConnection, Absence::no_such_instance,
         "must have one"},
        {"counter of 64 bits", oid::galeraNotificationsSent, Counter64{0}, "another type"},
        {"gauge as a counter", oid::galeraSendQueue, Counter32{0}, "another type"},
        {"transfer 4", oid::galeraTransfer, Integer32{4}, "none of its values"},
        {"cached seqno", oid::galeraCachedDownTo, Counter64{~std::uint64_t{0}}, "is no seqno"},
        {"paused for 585 years", oid::galeraFlowControlPausedNs, Counter64{~std::uint64_t{0}},
         "is no duration"},
        {"phase 0", oid::galeraInitiatorPhase, Integer32{0}, "none of its values"},
        {"phase 5", oid::galeraInitiatorPhase, Integer32{5}, "none of its values"},
        {"verdict 0", oid::galeraInitiatorVerdict, Integer32{0}, "none of its values"},
        {"verdict of another reason", oid::galeraInitiatorVerdict, Integer32{3},
         "contradicts galeraInitiatorReason"},
        {"reason 0", oid::galeraInitiatorReason, Integer32{0}, "none of its values"},
        {"reason of a later version", oid::galeraInitiatorReason, Integer32{200},
         "none of its values"},
        {"reason wraps", oid::galeraInitiatorReason, Integer32{256 + 4}, "none of its values"},
        {"decision without its reason", oid::galeraInitiatorReason, Absence::no_such_instance,
         "parts of the last decision"},
        {"decision without its time", oid::galeraInitiatorDecided, Absence::no_such_instance,
         "parts of the last decision"},
        {"decision without its proof", oid::galeraInitiatorProof, Absence::no_such_instance,
         "parts of the last decision"},
        {"decision without its run", oid::galeraInitiatorOverrides, Absence::no_such_instance,
         "parts of the last decision"},
        {"sentence too long", oid::galeraInitiatorSentence, text(std::string(1025, 'x')),
         "1025 bytes, of at most 1024"},
        {"proof 0", oid::galeraInitiatorProof, Integer32{0}, "none of its values"},
        {"proof 6", oid::galeraInitiatorProof, Integer32{6}, "none of its values"},
        {"proof wraps", oid::galeraInitiatorProof, Integer32{256 + 2}, "none of its values"},
        {"missing too long", oid::galeraInitiatorMissing, text(std::string(1025, 'x')),
         "1025 bytes, of at most 1024"},
        {"start of the run", oid::galeraInitiatorStarted, text("today"), "5 bytes"},
        {"claim without its phase", oid::galeraInitiatorPhase, Integer32{1},
         "against galeraInitiatorPhase"},
        {"claim of nobody", oid::galeraInitiatorPhase, Absence::no_such_instance,
         "against galeraInitiatorPhase"},
        {"survey without a date", oid::galeraPeersSurveyed, text(""), "0 bytes"},
        {"peer count absent", oid::galeraPeerCount, Absence::no_such_instance, "must have one"},
        {"elected by name", oid::galeraInitiatorElected, text("db2"), "'db2' is no address"},
        {"status absent", oid::galeraStatus, Absence::no_such_instance, "must have one"},
        {"age absent", oid::galeraSnapshotAge, Absence::no_such_instance, "must have one"},
        {"position absent", oid::galeraPosition, Absence::no_such_instance, ""},
        {"object unknown there", oid::galeraReady, Absence::no_such_object, "another version"},
    };
    for (const auto& bad : table) {
        SCOPED_TRACE(bad.what);
        const auto decoded = decode_report(response_with(bad));
        ASSERT_FALSE(decoded);
        EXPECT_EQ(decoded.error().kind, Unreadable::garbled);
        EXPECT_THAT(decoded.error().error.text, HasSubstr(bad.error));
        EXPECT_THAT(decoded.error().error.text, HasSubstr("galera"));
    }
}

TEST(DecodeReport, NamesTheObject) {
    const auto decoded = decode_report(response_with({"", oid::galeraNodeState, Integer32{9}, ""}));
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().error.text, "galeraNodeState: 9 is none of its values");
}

TEST(DecodeReport, MissesEachObjectThatDecides) {
    const auto bindings = encode(serving());
    for (const auto& left_out : decision_instances()) {
        auto response = answer(decision_instances(), bindings);
        std::erase_if(response, [&](const Varbind& varbind) { return varbind.oid == left_out; });
        const auto decoded = decode_report(response);
        ASSERT_FALSE(decoded) << name_of(std::span{left_out}.first(left_out.size() - 1));
        EXPECT_EQ(decoded.error().kind, Unreadable::garbled);
    }
}

TEST(DecodeReport, NeedsNoMoreThanWhatDecides) {
    const auto decoded = decode_report(answer(decision_instances(), encode(serving())));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->report.position, serving().position);
    EXPECT_EQ(decoded->rows.members, 3U);
    EXPECT_EQ(decoded->rows.eras, 2U);
    EXPECT_EQ(decoded->rows.views, 2U);
}

TEST(DecodeReport, TellsAnAbsentAgentFromAGarbledOne) {
    std::vector<Varbind> nothing;
    for (const auto& instance : decision_instances())
        nothing.push_back({instance, Absence::no_such_object});
    const auto absent = decode_report(nothing);
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().kind, Unreadable::no_agent);
    EXPECT_THAT(absent.error().error.text, HasSubstr("galera-agentx"));

    const auto empty = decode_report({});
    ASSERT_FALSE(empty);
    EXPECT_EQ(empty.error().kind, Unreadable::garbled);
}

TEST(DecodeReport, DoesNotTakeAnAgentThatHasNotLookedForAReport) {
    auto report = serving();
    report.agent.snapshot_id = 0;
    const auto decoded = decode_report(answer(decision_instances(), encode(report)));
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().kind, Unreadable::garbled);
    EXPECT_THAT(decoded.error().error.text, HasSubstr("not looked"));
}

TEST(DecodeReport, TakesADateWithATimeZone) {
    // 2026-12-01 00:00 at +01:00, and without a zone.
    const auto zoned = decode_report(response_with(
        {"", oid::galeraSnapshotTime, text({7, '\xea', 12, 1, 0, 0, 0, 0, '+', 1, 0}), ""}));
    ASSERT_TRUE(zoned);
    EXPECT_EQ(zoned->report.agent.snapshot_unix_seconds, 1'796'079'600);
    const auto local = decode_report(
        response_with({"", oid::galeraSnapshotTime, text({7, '\xea', 12, 1, 0, 0, 0, 0}), ""}));
    ASSERT_TRUE(local);
    EXPECT_EQ(local->report.agent.snapshot_unix_seconds, 1'796'083'200);
}

// The GETs of the tables.

// What the first GET says of a report: what the tables are decoded for.
DecodedReport first_get(const NodeReport& report) {
    auto decoded = decode_report(answer(decision_instances(), encode(report)));
    EXPECT_TRUE(decoded);
    return decoded ? *std::move(decoded) : DecodedReport{};
}

std::vector<std::vector<Varbind>> table_responses(const NodeReport& report) {
    const auto decoded = first_get(report);
    return answers(table_instances(decoded.rows), encode(report));
}

NodeReport of_many() {
    auto report = serving();
    report.applied_view = view_of(40);
    report.lineage = lineage_of(30);
    report.views = views_of(20);
    return report;
}

TEST(DecodeTables, OfAnotherSnapshotAreNotTaken) {
    auto decoded = first_get(serving());
    decoded.report.agent.snapshot_id = 16;
    const auto tables = decode_tables(table_responses(serving()), decoded);
    ASSERT_TRUE(tables);
    EXPECT_FALSE(*tables);
}

// A new snapshot between any two of the GETs of large tables.
TEST(DecodeTables, OfWhichOnePartIsOfAnotherSnapshotAreNotTaken) {
    const auto decoded = first_get(of_many());
    const auto good = table_responses(of_many());
    ASSERT_GT(good.size(), 2U);
    for (std::size_t part = 0; part < good.size(); ++part) {
        auto responses = good;
        responses[part][0].content = Unsigned32{18};
        const auto tables = decode_tables(responses, decoded);
        ASSERT_TRUE(tables);
        EXPECT_FALSE(*tables) << part;
    }
}

TEST(DecodeTables, AreAllThereOrNone) {
    const auto decoded = first_get(of_many());
    const auto good = table_responses(of_many());
    ASSERT_TRUE(decode_tables(good, decoded));
    for (std::size_t part = 0; part < good.size(); ++part) {
        for (std::size_t cell = 0; cell < good[part].size(); ++cell) {
            auto responses = good;
            auto& response = responses[part];
            const bool has_a_value = std::holds_alternative<Value>(response[cell].content);
            if (has_a_value) {
                response[cell].content = Absence::no_such_instance;
                EXPECT_FALSE(decode_tables(responses, decoded)) << part << ", " << cell;
            }
            response.erase(response.begin() + static_cast<std::ptrdiff_t>(cell));
            EXPECT_FALSE(decode_tables(responses, decoded)) << part << ", " << cell;
        }
        auto responses = good;
        responses.erase(responses.begin() + static_cast<std::ptrdiff_t>(part));
        EXPECT_FALSE(decode_tables(responses, decoded)) << part;
    }
    EXPECT_FALSE(decode_tables({}, decoded));
}

TEST(DecodeTables, RejectWhatTheMibDoesNotAllow) {
    auto report = serving();
    report.applied_view = view_of(2);
    const auto decoded = first_get(report);
    const auto good = table_responses(report);
    ASSERT_EQ(good.size(), 1U);
    struct Case {
        // 1 uuid.1, 2 name.1, 3 address.1, 4.. member 2, 7 uuid.3; 8 seqno.1, 9 name.1, 10..,
        // 12 seqno.3; 13 id.1, 14 seqno.1, 15 members.1, 16.., 19 id.3
        std::size_t cell;
        std::variant<Value, Absence> content;
        const char* error;
    };
    const std::vector<Case> table{
        {1, text("00000000-0000-0000-0000-000000000000"), "galeraViewMemberUuid.1"},
        {1, Integer32{1}, "another type"},
        {5, text(std::string(256, 'x')), "galeraViewMemberName.2: a text of 256 bytes"},
        {6, Absence::no_such_object, "another version"},
        {4, text(numbered_uuid(0).text()), "galeraViewMemberUuid.2: this member has a row already"},
        {7, text(uuid_text), "galeraViewMemberUuid.3: it must be there with no value"},
        {7, Absence::no_such_object, "galeraViewMemberUuid.3: it must be there with no value"},
        {12, Counter64{900}, "galeraLineageEraSeqno.3: it must be there with no value"},
        {12, Integer32{0}, "galeraLineageEraSeqno.3: it must be there with no value"},
        {8, Counter64{1ULL << 63U}, "galeraLineageEraSeqno.1: 9223372036854775808 is no seqno"},
        {8, Unsigned32{4}, "another type"},
        {8, Counter64{104}, "galeraLineageEraSeqno.2: 104 is not above 104"},
        {9, text("00000000-0000-0000-0000-000000000000"), "galeraLineageEraName.1"},
        {9, text(uuid_text + "0"), "galeraLineageEraName.1"},
        {10, Counter64{0}, "galeraLineageEraSeqno.2: 0 is not above 4, the one before"},
        {11, text("era"), "galeraLineageEraName.2: 'era' is no UUID"},
        {11, Absence::no_such_object, "another version"},
        {14, Counter64{1ULL << 63U}, "galeraPastViewSeqno.1: 9223372036854775808 is no seqno"},
        {17, Counter64{3}, "galeraPastViewSeqno.2: 3 is not above 3, the one before"},
        {15, text("1234567"), "galeraPastViewMembers.1: a digest of 7 octets, not 8"},
        {15, Counter64{1}, "another type"},
        {16, Absence::no_such_instance, "galeraPastViewId.2"},
        {19, Counter64{3}, "galeraPastViewId.3: it must be there with no value"},
        {0, Absence::no_such_object, "galeraSnapshotId"},
        {0, Unsigned32{0}, "not looked"},
    };
    for (const auto& bad : table) {
        SCOPED_TRACE(bad.error);
        auto responses = good;
        responses[0][bad.cell].content = bad.content;
        const auto tables = decode_tables(responses, decoded);
        ASSERT_FALSE(tables);
        EXPECT_THAT(tables.error().text, HasSubstr(bad.error));
    }
}

// An agent whose count is lower than its table: what was asked for is there, and it is not all.
TEST(DecodeTables, AreNotReadShort) {
    const auto bindings = encode(of_many());
    for (const auto& rows : {RowCounts{39, 30, 20}, RowCounts{40, 29, 20}, RowCounts{1, 30, 20},
                             RowCounts{40, 0, 20}, RowCounts{40, 30, 19}, RowCounts{40, 30, 0}}) {
        auto decoded = first_get(of_many());
        decoded.rows = rows;
        const auto tables = decode_tables(answers(table_instances(rows), bindings), decoded);
        EXPECT_FALSE(tables) << rows.members << " members, " << rows.eras << " eras, " << rows.views
                             << " views";
    }
}

TEST(DecodeTables, OfFullTablesEndBehindTheLastRow) {
    auto report = serving();
    report.applied_view = view_of(view_members_max);
    report.lineage = lineage_of(eras_max);
    report.views = views_of(views_kept_max);
    const auto tables = decode_tables(table_responses(report), first_get(report));
    ASSERT_TRUE(tables && *tables);
    EXPECT_EQ((*tables)->members, report.applied_view->members);
    EXPECT_EQ((*tables)->eras, report.lineage);
    EXPECT_EQ((*tables)->views, report.views);
}

TEST(DecodeTables, RejectMoreRowsThanTheMibAllows) {
    auto decoded = first_get(serving());
    decoded.rows.members = view_members_max + 1;
    auto tables = decode_tables(table_responses(serving()), decoded);
    ASSERT_FALSE(tables);
    EXPECT_THAT(tables.error().text, HasSubstr("galeraViewMemberCount: 257 members"));
    decoded = first_get(serving());
    decoded.rows.eras = eras_max + 1;
    tables = decode_tables(table_responses(serving()), decoded);
    ASSERT_FALSE(tables);
    EXPECT_THAT(tables.error().text, HasSubstr("galeraLineageEraCount: 257 eras"));
    decoded = first_get(serving());
    decoded.rows.views = views_kept_max + 1;
    tables = decode_tables(table_responses(serving()), decoded);
    ASSERT_FALSE(tables);
    EXPECT_THAT(tables.error().text, HasSubstr("galeraPastViewCount: 33 views"));
}

} // namespace
} // namespace galera::mib
