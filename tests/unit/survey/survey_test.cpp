// Surveys over real sockets: agents that answer from reports, a real snmpd without a subagent,
// addresses where nobody is.
#include "initiator/survey/survey.hpp"
#include "tests/unit/snmp/loopback.hpp"
#include "tests/unit/survey/report_agent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace galera::survey {

namespace {

using decision::Silence;
using loopback::address;
using loopback::answering;
using loopback::BoundSocket;
using loopback::Bytes;
using loopback::UdpPeer;
using std::chrono::milliseconds;
using testing::ElementsAre;

const std::atomic<bool> not_cancelled{false};
const std::string first_host = "127.0.4.101";

const History history = *History::parse("8f3a91c2-0000-4000-8000-000000000001");

/// The Uuid of the n-th member.
Uuid member_uuid(std::size_t n) {
    const auto digits = std::to_string(n);
    return *Uuid::parse("00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits);
}

/// Bootstrapped so often after its first era.
Lineage lineage_of(std::size_t eras) {
    Lineage lineage;
    for (std::size_t at = 0; at < eras; ++at)
        lineage.push_back(
            {*Seqno::from(static_cast<std::int64_t>(10 * at + 4)), member_uuid(at + 1)});
    return lineage;
}

/// What a stopped node with a view of three and two eras says.
NodeReport report_of(const std::string& host, const std::string& name) {
    NodeReport report;
    report.agent.version = "0.1.0";
    report.agent.snapshot_id = 7;
    report.agent.collector = CollectorState::ok;
    report.seqno_state = SeqnoState::known;
    report.seqno_source = SeqnoSource::innodb;
    report.position = Position{history, *Seqno::from(1210)};
    report.node_name = name;
    report.node_address = address(host);
    report.cluster_name = "shop";
    report.roster_digest = "0123456789abcdef";
    report.quorum_override = false;
    report.durable_commit = true;
    report.applied_view = View{history,
                               4,
                               *Seqno::from(7),
                               {{member_uuid(1), "db1", "127.0.4.101:3306"},
                                {member_uuid(2), "db2", "127.0.4.102:3306"},
                                {member_uuid(3), "arbitrator", ""}}};
    report.lineage = lineage_of(2);
    report.views = {past_of(*report.applied_view)};
    return report;
}

/// A site whose roster is 127.0.4.101 and up, all of whom answer, and are asked once for each thing
/// however slow the machine is; this node is the first.
config::Site site_of(std::size_t nodes, std::uint16_t port) {
    config::Site site;
    std::vector<RosterNode> roster;
    for (std::size_t place = 0; place < nodes; ++place)
        roster.push_back({address("127.0.4." + std::to_string(101 + place)), ""});
    site.roster = make_roster(std::move(roster));
    site.node_address = address(first_host);
    site.group_port = loopback::free_port(first_host);
    site.settings.snmp_version = config::SnmpVersion::v2c;
    site.settings.snmp_community = "word";
    site.settings.snmp_port = port;
    site.settings.snmp_timeout = loopback::patience;
    site.settings.sample_interval = loopback::patience;
    site.settings.snmp_retries = 0;
    return site;
}

/// One whose nodes are silent, or some of them.
config::Site silent_site_of(std::size_t nodes, std::uint16_t port, unsigned retries = 1) {
    auto site = site_of(nodes, port);
    site.settings.snmp_timeout = milliseconds{250};
    site.settings.snmp_retries = retries;
    return site;
}

decision::Survey survey_of(const config::Site& site) {
    auto survey = take_survey(site, not_cancelled);
    EXPECT_TRUE(survey) << survey.error().text;
    return survey ? *std::move(survey) : decision::Survey{};
}

Silence silence(const decision::Answer& answer) {
    const auto* const found = std::get_if<Silence>(&answer.said);
    EXPECT_NE(found, nullptr) << answer.node.address.text << " has said something";
    return found != nullptr ? *found : Silence{};
}

std::vector<std::string> names(const decision::Survey& survey) {
    std::vector<std::string> found;
    for (const auto& answer : survey.answers)
        found.push_back(answer.name);
    return found;
}

/// What a survey asks for, of all that the report has.
std::vector<mib::Binding> asked_of(const NodeReport& report) {
    auto asked = mib::decision_instances();
    for (const auto& get : mib::table_instances({view_members_max, eras_max, views_kept_max}))
        std::ranges::copy(get, std::back_inserter(asked));
    auto bindings = mib::encode(report);
    std::erase_if(bindings, [&](const auto& binding) {
        return std::ranges::find(asked, binding.oid) == asked.end();
    });
    return bindings;
}

// How far a transfer has come is for people: no report is lost, or asked for twice, for its sake.
TEST(Survey, AsksANodeThatReceivesStateHowFarItHasCome) {
    auto joiner = report_of(first_host, "db1");
    joiner.server = ServerState::starting;
    joiner.cluster = {};
    joiner.replication.transfer = Transfer::sst;
    joiner.replication.sst_octets = 1'000'000;
    const auto whole = mib::encode(joiner);
    auto garbled = whole;
    const auto octets = mib::progress_instances().back();
    std::ranges::find(garbled, octets, &mib::Binding::oid)->value = mib::OctetString{"7"};
    auto untold = whole;
    std::erase_if(untold, [&](const auto& binding) { return binding.oid == octets; });
    for (const auto& [bindings, expected] :
         {std::pair{whole, std::optional<std::uint64_t>{1'000'000}}, {garbled, {}}, {untold, {}}}) {
        const auto port = loopback::free_port(first_host);
        const auto& said = bindings; // clang++ 14 captures no part of a pair
        const UdpPeer agent{first_host, port, answering([&](int) { return said; })};
        const auto survey = survey_of(site_of(1, port));
        const auto* const report = survey.here().report();
        ASSERT_NE(report, nullptr);
        EXPECT_EQ(report->position, joiner.position);
        EXPECT_EQ(report->applied_view, joiner.applied_view);
        EXPECT_EQ(report->replication.transfer, Transfer::sst);
        EXPECT_EQ(report->replication.sst_octets, expected);
    }
}

TEST(Survey, AsksNobodyElseForThat) {
    auto member = report_of(first_host, "db1");
    member.replication.transfer = Transfer::sst;
    const auto port = loopback::free_port(first_host);
    const UdpPeer agent{first_host, port, answering([&](int) { return mib::encode(member); })};
    EXPECT_EQ(survey_of(site_of(1, port)).here().report()->replication.transfer, Transfer::none);
}

// It falls silent in between: what it has reported stands.
TEST(Survey, KeepsTheReportOfAJoinerThatSaysNoMore) {
    auto joiner = report_of(first_host, "db1");
    joiner.server = ServerState::starting;
    const auto gets = 1 + static_cast<int>(mib::table_instances({3, 2, 1}).size());
    const auto answer = answering([&](int) { return mib::encode(joiner); });
    const auto port = loopback::free_port(first_host);
    const UdpPeer agent{first_host, port, [&](const Bytes& request, int count) {
                            return count > gets ? std::vector<Bytes>{} : answer(request, count);
                        }};
    const auto survey = survey_of(silent_site_of(1, port, 0));
    ASSERT_NE(survey.here().report(), nullptr);
    EXPECT_EQ(survey.here().report()->applied_view, joiner.applied_view);
}

TEST(Survey, BringsTheWholeReportOfEveryNode) {
    const auto db1 = report_of("127.0.4.101", "db1");
    auto db2 = report_of("127.0.4.102", "db2");
    db2.position = Position{history, *Seqno::from(1204)};
    auto db3 = report_of("127.0.4.103", "db3"); // a new, empty node: no history, no view
    db3.seqno_state = SeqnoState::undefined;
    db3.position.reset();
    db3.applied_view.reset();
    db3.lineage = Lineage{}; // known: the first era
    db3.views.clear();

    const auto port = loopback::free_port(first_host);
    const std::vector reports{db1, db2, db3};
    std::deque<UdpPeer> agents;
    for (const auto& report : reports)
        agents.emplace_back(report.node_address->text, port,
                            answering([&report](int) { return mib::encode(report); }));
    const auto survey = survey_of(site_of(3, port));

    ASSERT_EQ(survey.answers.size(), 3U);
    EXPECT_EQ(survey.local, 0U);
    for (std::size_t place = 0; place < reports.size(); ++place) {
        ASSERT_NE(survey.answers[place].report(), nullptr);
        auto heard = *survey.answers[place].report();
        EXPECT_GE(heard.agent.snapshot_age, reports[place].agent.snapshot_age);
        heard.agent.snapshot_age = reports[place].agent.snapshot_age;
        EXPECT_TRUE(asked_of(heard) == asked_of(reports[place])) << place;
        EXPECT_GT(survey.answers[place].round_trip.count(), 0);
    }
    EXPECT_EQ(survey.answers[0].report()->applied_view, db1.applied_view);
    EXPECT_FALSE(survey.answers[2].report()->applied_view);
    for (std::size_t place = 0; place < reports.size(); ++place) {
        EXPECT_EQ(survey.answers[place].report()->lineage, reports[place].lineage) << place;
        EXPECT_EQ(survey.answers[place].report()->views, reports[place].views) << place;
    }
    EXPECT_EQ(agents[0].requests(), 2); // both tables in one GET
    EXPECT_EQ(agents[2].requests(), 1); // no row in either
}

// An unknown lineage is not an empty one: it proves nothing.
TEST(Survey, TellsAnUnknownLineageFromTheFirstEra) {
    auto db1 = report_of("127.0.4.101", "db1");
    db1.lineage.reset();
    auto db2 = report_of("127.0.4.102", "db2");
    db2.lineage = Lineage{};
    const auto port = loopback::free_port(first_host);
    const UdpPeer agent1{"127.0.4.101", port, answering([&](int) { return mib::encode(db1); })};
    const UdpPeer agent2{"127.0.4.102", port, answering([&](int) { return mib::encode(db2); })};
    const auto survey = survey_of(site_of(2, port));
    ASSERT_NE(survey.answers[0].report(), nullptr);
    ASSERT_NE(survey.answers[1].report(), nullptr);
    EXPECT_EQ(survey.answers[0].report()->lineage, std::nullopt);
    EXPECT_EQ(survey.answers[1].report()->lineage, Lineage{});
}

TEST(Survey, BringsTheErasOfANodeWithoutAView) {
    const auto port = loopback::free_port(first_host);
    auto db1 = report_of(first_host, "db1");
    db1.applied_view.reset();
    const UdpPeer agent{first_host, port, answering([&](int) { return mib::encode(db1); })};
    const auto survey = survey_of(site_of(1, port));
    ASSERT_NE(survey.here().report(), nullptr);
    EXPECT_EQ(survey.here().report()->lineage, db1.lineage);
    EXPECT_FALSE(survey.here().report()->applied_view);
}

/// A node with as many members and eras as the MIB takes.
NodeReport report_of_many(std::uint32_t snapshot_id) {
    auto report = report_of(first_host, "db1");
    report.agent.snapshot_id = snapshot_id;
    auto& members = report.applied_view->members;
    while (members.size() < view_members_max)
        members.push_back(
            {member_uuid(members.size() + 1), std::string(255, 'n'), "127.0.4.104:3306"});
    report.lineage = lineage_of(eras_max);
    return report;
}

/// The GETs that bring it: the report, and its tables in parts.
int gets_of_many() {
    return 1 + static_cast<int>(mib::table_instances({view_members_max, eras_max, 0}).size());
}

TEST(Survey, BringsTheLargestTablesInSeveralGets) {
    const auto port = loopback::free_port(first_host);
    const auto largest = report_of_many(7);
    const UdpPeer agent{first_host, port, answering([&](int) { return mib::encode(largest); })};
    const auto survey = survey_of(site_of(1, port));
    ASSERT_NE(survey.here().report(), nullptr);
    EXPECT_EQ(survey.here().report()->applied_view, largest.applied_view);
    EXPECT_EQ(survey.here().report()->lineage, largest.lineage);
    EXPECT_EQ(agent.requests(), gets_of_many());
}

TEST(Survey, FindsThisNodeWhereverItsAddressStands) {
    auto site = silent_site_of(3, loopback::free_port(first_host));
    site.node_address = address("127.0.4.103");
    EXPECT_EQ(survey_of(site).local, 2U);
    site.node_address = address("127.0.4.99");
    const auto lost = take_survey(site, not_cancelled);
    ASSERT_FALSE(lost);
    EXPECT_THAT(lost.error().text, testing::HasSubstr("127.0.4.99"));
}

// db1 answers and says its name, db2 is known from db1's view, db3 from the configuration.
TEST(Survey, NamesNodesByTheBestThatIsKnown) {
    const auto db1 = report_of("127.0.4.101", "db1");
    const auto port = loopback::free_port(first_host);
    const UdpPeer agent{first_host, port, answering([&](int) { return mib::encode(db1); })};
    constexpr unsigned retries = 12; // for the one that answers, if it is slow
    auto site = silent_site_of(4, port, retries);
    site.roster[0].name = site.roster[1].name = site.roster[2].name = "by-configuration";
    const auto survey = survey_of(site);
    EXPECT_THAT(names(survey), ElementsAre("db1", "db2", "by-configuration", ""));
    EXPECT_EQ(silence(survey.answers[1]), Silence::no_answer);
}

TEST(Survey, TakesTheNameFromAViewWhereTheNodeItselfHasNone) {
    const auto nameless = report_of("127.0.4.101", "");
    const auto port = loopback::free_port(first_host);
    const UdpPeer agent{first_host, port, answering([&](int) { return mib::encode(nameless); })};
    EXPECT_THAT(names(survey_of(site_of(1, port))), ElementsAre("db1"));
}

// A new snapshot between the report and its tables.

TEST(SnapshotThatChanges, IsAskedForAgain) {
    const auto port = loopback::free_port(first_host);
    const UdpPeer agent{first_host, port, answering([](int count) {
                            auto report = report_of(first_host, "db1");
                            report.agent.snapshot_id = count < 2 ? 7 : 8;
                            return mib::encode(report);
                        })};
    const auto survey = survey_of(site_of(1, port));
    ASSERT_NE(survey.here().report(), nullptr);
    EXPECT_EQ(survey.here().report()->agent.snapshot_id, 8U);
    EXPECT_EQ(survey.here().report()->applied_view->members.size(), 3U);
    EXPECT_EQ(agent.requests(), 4);
}

// The parts of large tables are of one moment too: the new snapshot has one era more.
TEST(SnapshotThatChanges, BetweenTwoPartsOfTheTablesIsAskedForAgain) {
    auto before = report_of_many(7);
    before.lineage->pop_back();
    const auto after = report_of_many(8);
    for (const int last_before : {1, 2, gets_of_many() / 2, gets_of_many() - 1}) {
        SCOPED_TRACE(last_before);
        const auto port = loopback::free_port(first_host);
        const UdpPeer agent{first_host, port, answering([&](int count) {
                                return mib::encode(count <= last_before ? before : after);
                            })};
        const auto survey = survey_of(site_of(1, port));
        ASSERT_NE(survey.here().report(), nullptr);
        EXPECT_EQ(survey.here().report()->agent.snapshot_id, 8U);
        EXPECT_EQ(survey.here().report()->lineage, after.lineage);
        EXPECT_EQ(survey.here().report()->applied_view, after.applied_view);
    }
}

TEST(SnapshotThatChanges, EachTimeIsUnknown) {
    const auto port = loopback::free_port(first_host);
    const UdpPeer agent{first_host, port, answering([](int count) {
                            auto report = report_of(first_host, "db1");
                            report.agent.snapshot_id = static_cast<std::uint32_t>(count);
                            return mib::encode(report);
                        })};
    EXPECT_EQ(silence(survey_of(site_of(1, port)).here()), Silence::unknown);
    EXPECT_EQ(agent.requests(), 4);
}

// The kinds of silence.

TEST(Silence, OfAMachineThatIsOffIsNoAnswer) {
    EXPECT_EQ(silence(survey_of(silent_site_of(1, loopback::free_port(first_host))).here()),
              Silence::no_answer);
}

TEST(Silence, OfARealSnmpdWithoutTheSubagentIsNoAgent) {
    const auto port = loopback::free_port(first_host);
    const loopback::Snmpd snmpd{"udp:" + first_host + ":" + std::to_string(port), "word"};
    auto site = site_of(1, port);
    site.settings.snmp_timeout = milliseconds{100}; // until snmpd is up
    site.settings.snmp_retries = 600;
    EXPECT_EQ(silence(survey_of(site).here()), Silence::no_agent);
}

TEST(Silence, OfAnAgentBeforeItsFirstSnapshotIsUnknown) {
    const auto port = loopback::free_port(first_host);
    const UdpPeer agent{first_host, port, answering([](int) { return mib::encode(NodeReport{}); })};
    EXPECT_EQ(silence(survey_of(site_of(1, port)).here()), Silence::unknown);
}

TEST(Silence, OfAnAgentWithAnImpossibleValueIsUnknown) {
    const auto port = loopback::free_port(first_host);
    const UdpPeer agent{first_host, port, answering([](int) {
                            auto bindings = mib::encode(report_of(first_host, "db1"));
                            for (auto& binding : bindings)
                                if (auto* const word = std::get_if<mib::Integer32>(&binding.value))
                                    word->value = 77;
                            return bindings;
                        })};
    EXPECT_EQ(silence(survey_of(site_of(1, port)).here()), Silence::unknown);
}

TEST(Silence, OfAnAgentThatLosesACellOfItsTablesIsUnknown) {
    const auto cells = mib::table_instances({3, 2, 1}).front();
    const auto all = mib::encode(report_of(first_host, "db1"));
    for (const auto& lost : std::span{cells}.subspan(1)) {
        if (std::ranges::find(all, lost, &mib::Binding::oid) == all.end())
            continue; // behind the last row
        const auto port = loopback::free_port(first_host);
        const UdpPeer agent{
            first_host, port, answering([&](int) {
                auto bindings = mib::encode(report_of(first_host, "db1"));
                std::erase_if(bindings, [&](const auto& binding) { return binding.oid == lost; });
                return bindings;
            })};
        EXPECT_EQ(silence(survey_of(site_of(1, port)).here()), Silence::unknown);
    }
}

/// What an agent answers whose count of rows is not that of its table.
std::vector<mib::Binding> miscounting(const NodeReport& report, mib::Oid count,
                                      std::uint32_t said) {
    count.push_back(0);
    auto bindings = mib::encode(report);
    std::ranges::find(bindings, count, &mib::Binding::oid)->value = mib::Unsigned32{said};
    return bindings;
}

mib::Oid scalar(std::string_view name) {
    const auto found = std::ranges::find(mib::scalars(), name, &mib::Scalar::name);
    return {found->oid.begin(), found->oid.end()};
}

// Three members, two eras, and a past view: a count that is less would make a shorter view or
// lineage of them, a count that is more has no rows, and an absurd one must not make GETs without
// end.
TEST(Silence, OfAnAgentThatMiscountsItsRowsIsUnknown) {
    for (const auto& [name, said, gets] :
         {std::tuple{"galeraViewMemberCount", 1U, 2}, std::tuple{"galeraViewMemberCount", 2U, 2},
          std::tuple{"galeraViewMemberCount", 4U, 2}, std::tuple{"galeraViewMemberCount", 0U, 1},
          std::tuple{"galeraViewMemberCount", 257U, 1}, std::tuple{"galeraViewMemberCount", ~0U, 1},
          std::tuple{"galeraLineageEraCount", 0U, 2}, std::tuple{"galeraLineageEraCount", 1U, 2},
          std::tuple{"galeraLineageEraCount", 3U, 2}, std::tuple{"galeraLineageEraCount", 257U, 1},
          std::tuple{"galeraLineageEraCount", ~0U, 1}, std::tuple{"galeraPastViewCount", 0U, 2},
          std::tuple{"galeraPastViewCount", 2U, 2}, std::tuple{"galeraPastViewCount", ~0U, 1}}) {
        SCOPED_TRACE(std::string{name} + " " + std::to_string(said));
        const auto port = loopback::free_port(first_host);
        auto bindings = miscounting(report_of(first_host, "db1"), scalar(name), said);
        const UdpPeer agent{first_host, port, answering([&](int) { return bindings; })};
        EXPECT_EQ(silence(survey_of(site_of(1, port)).here()), Silence::unknown);
        EXPECT_EQ(agent.requests(), gets);
    }
}

// A view that names one member three times is a view of one.
TEST(Silence, OfAnAgentThatRepeatsAMemberIsUnknown) {
    const auto port = loopback::free_port(first_host);
    const auto cells = mib::table_instances({3, 0, 0}).front();
    auto bindings = mib::encode(report_of(first_host, "db1"));
    const auto value = [&](const mib::Oid& cell) -> mib::Value& {
        return std::ranges::find(bindings, cell, &mib::Binding::oid)->value;
    };
    const auto columns = mib::member_columns().size();
    value(cells[1 + columns]) = value(cells[1]);
    const UdpPeer agent{first_host, port, answering([&](int) { return bindings; })};
    EXPECT_EQ(silence(survey_of(site_of(1, port)).here()), Silence::unknown);
}

// Any one value of another type, or a text that is longer than the MIB allows.
TEST(Silence, OfAnAgentWithAValueOfAnotherKindIsUnknown) {
    auto asked = mib::decision_instances();
    std::ranges::copy(mib::table_instances({3, 2, 1}).front(), std::back_inserter(asked));
    const auto good = mib::encode(report_of(first_host, "db1"));
    for (const auto& instance : asked) {
        const auto place = std::ranges::find(good, instance, &mib::Binding::oid) - good.begin();
        if (place == std::ssize(good))
            continue;
        auto bad = good;
        auto& value = bad[static_cast<std::size_t>(place)].value;
        if (std::holds_alternative<mib::OctetString>(value))
            value = mib::OctetString{std::string(300, 'x')};
        else
            value = mib::OctetString{"7"};
        const auto port = loopback::free_port(first_host);
        const UdpPeer agent{first_host, port, answering([&](int) { return bad; })};
        EXPECT_EQ(silence(survey_of(site_of(1, port)).here()), Silence::unknown)
            << testing::PrintToString(instance);
    }
}

// The order of the eras is what tells lives apart: one that falls back is garbage, not evidence.
TEST(Silence, OfAnAgentWhoseErasDoNotRiseIsUnknown) {
    const auto first_seqno = mib::table_instances({0, 1, 0}).front().at(1);
    const auto port = loopback::free_port(first_host);
    const UdpPeer agent{first_host, port, answering([&](int) {
                            auto bindings = mib::encode(report_of(first_host, "db1"));
                            std::ranges::find(bindings, first_seqno, &mib::Binding::oid)->value =
                                mib::Counter64{1000};
                            return bindings;
                        })};
    EXPECT_EQ(silence(survey_of(site_of(1, port)).here()), Silence::unknown);
}

TEST(Silence, OfAnAgentThatDiesHalfWayIsNoAnswer) {
    const auto port = loopback::free_port(first_host);
    const auto db1 = report_of(first_host, "db1");
    const UdpPeer agent{first_host, port, [&](const Bytes& request, int count) {
                            return count > 1 ? std::vector<Bytes>{}
                                             : std::vector<Bytes>{
                                                   loopback::respond(request, mib::encode(db1))};
                        }};
    EXPECT_EQ(silence(survey_of(silent_site_of(1, port)).here()), Silence::no_answer);
}

// A hung snmpd over a running database: the port of group communication accepts connections.
TEST(Silence, OfANodeWhoseGroupPortAcceptsIsAlive) {
    auto site = silent_site_of(2, loopback::free_port(first_host));
    const BoundSocket group{"127.0.4.102", site.group_port, SOCK_STREAM};
    const auto survey = survey_of(site);
    EXPECT_EQ(silence(survey.answers[0]), Silence::no_answer);
    EXPECT_EQ(silence(survey.answers[1]), Silence::alive);
}

TEST(Silence, IsLookedIntoAtThePortThatTheClusterAddressGives) {
    auto site = silent_site_of(2, loopback::free_port(first_host));
    const auto its_port = loopback::free_port("127.0.4.102");
    const BoundSocket group{"127.0.4.102", its_port, SOCK_STREAM};
    EXPECT_EQ(silence(survey_of(site).answers[1]), Silence::no_answer);
    site.roster[1].group_port = its_port;
    EXPECT_EQ(silence(survey_of(site).answers[1]), Silence::alive);
}

TEST(Silence, OfASubagentOverARunningDatabaseIsAliveToo) {
    const auto port = loopback::free_port(first_host);
    auto site = site_of(1, port);
    const BoundSocket group{first_host, site.group_port, SOCK_STREAM};
    const UdpPeer agent{first_host, port, answering([](int) { return mib::encode(NodeReport{}); })};
    EXPECT_EQ(silence(survey_of(site).here()), Silence::alive);
}

// A node that reports is not connected to: Galera would log a stranger at its port.
TEST(NodeThatReports, IsNotConnectedTo) {
    const auto port = loopback::free_port(first_host);
    const auto db1 = report_of(first_host, "db1");
    auto site = site_of(1, port);
    const BoundSocket group{first_host, site.group_port, SOCK_STREAM};
    const UdpPeer agent{first_host, port, answering([&](int) { return mib::encode(db1); })};
    ASSERT_NE(survey_of(site).here().report(), nullptr);
    pollfd waiting{group.fd(), POLLIN, 0};
    EXPECT_EQ(::poll(&waiting, 1, 0), 0);
}

TEST(Silence, OfManyCostsOneDeadline) {
    constexpr std::size_t nodes = 40;
    const auto site = silent_site_of(nodes, loopback::free_port(first_host));
    const auto begin = std::chrono::steady_clock::now();
    const auto survey = survey_of(site);
    const auto took = std::chrono::steady_clock::now() - begin;
    for (const auto& answer : survey.answers)
        EXPECT_EQ(silence(answer), Silence::no_answer);
    EXPECT_LT(took, nodes / 2 * site.settings.snmp_timeout * (site.settings.snmp_retries + 1))
        << "they were asked one after another";
}

// Its server was started while the second node's silence was waited for.
TEST(Silence, OfOneLetsTheOthersBeAskedAgain) {
    const auto port = loopback::free_port(first_host);
    const UdpPeer agent{first_host, port, answering([](int count) {
                            auto report = report_of(first_host, "db1");
                            if (count > 2) { // the report and its tables were asked for once
                                report.server = ServerState::starting;
                                report.agent.snapshot_id = 8;
                            }
                            return mib::encode(report);
                        })};
    auto site = silent_site_of(2, port);
    site.settings.sample_interval = milliseconds{100};
    const auto survey = survey_of(site);
    ASSERT_NE(survey.here().report(), nullptr);
    EXPECT_EQ(survey.here().report()->server, ServerState::starting);
}

TEST(CancelledSurvey, EndsAtOnceWithoutAnswers) {
    const std::atomic<bool> cancelled{true};
    auto site = site_of(2, loopback::free_port(first_host));
    site.settings.snmp_timeout = std::chrono::minutes{1};
    const auto survey = take_survey(site, cancelled);
    ASSERT_TRUE(survey);
    EXPECT_EQ(silence(survey->here()), Silence::no_answer);
}

} // namespace

} // namespace galera::survey
