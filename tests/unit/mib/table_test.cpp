// The table of the objects against the MIB that people and tools read: two texts, one contract.
#include "common/mib/columns.hpp"
#include "mibs/oids.hpp"
#include "tests/unit/mib/mib_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace galera::mib {
namespace {

using ::testing::ElementsAreArray;

// The enumerators of the model in camelCase. A switch, so that the compiler counts them.

std::string label(NodeStatus value) {
    switch (value) {
    case NodeStatus::bootstrapping:
        return "bootstrapping";
    case NodeStatus::running:
        return "running";
    case NodeStatus::initiating:
        return "initiating";
    case NodeStatus::locked:
        return "locked";
    case NodeStatus::stopped:
        return "stopped";
    }
    return {};
}
std::string label(ServerState value) {
    switch (value) {
    case ServerState::stopped:
        return "stopped";
    case ServerState::recovering:
        return "recovering";
    case ServerState::starting:
        return "starting";
    case ServerState::serving:
        return "serving";
    case ServerState::unreachable:
        return "unreachable";
    }
    return {};
}
std::string label(SeqnoState value) {
    switch (value) {
    case SeqnoState::known:
        return "known";
    case SeqnoState::undefined:
        return "undefined";
    case SeqnoState::recovering:
        return "recovering";
    case SeqnoState::failed:
        return "failed";
    }
    return {};
}
std::string label(SeqnoSource value) {
    switch (value) {
    case SeqnoSource::none:
        return "none";
    case SeqnoSource::innodb:
        return "innodb";
    case SeqnoSource::server:
        return "server";
    }
    return {};
}
std::string label(Taint value) {
    switch (value) {
    case Taint::none:
        return "none";
    case Taint::cut:
        return "cut";
    case Taint::nil_history:
        return "nilHistory";
    case Taint::foreign_history:
        return "foreignHistory";
    case Taint::heuristic_rollback:
        return "heuristicRollback";
    }
    return {};
}
std::string label(UserData value) {
    switch (value) {
    case UserData::unknown:
        return "unknown";
    case UserData::absent:
        return "absent";
    case UserData::present:
        return "present";
    }
    return {};
}
std::string label(ClusterStatus value) {
    switch (value) {
    case ClusterStatus::unknown:
        return "unknown";
    case ClusterStatus::primary:
        return "primary";
    case ClusterStatus::non_primary:
        return "nonPrimary";
    case ClusterStatus::disconnected:
        return "disconnected";
    }
    return {};
}
std::string label(NodeState value) {
    switch (value) {
    case NodeState::unknown:
        return "unknown";
    case NodeState::initialized:
        return "initialized";
    case NodeState::joining:
        return "joining";
    case NodeState::donor:
        return "donor";
    case NodeState::joined:
        return "joined";
    case NodeState::synced:
        return "synced";
    case NodeState::error:
        return "error";
    }
    return {};
}
std::string label(CollectorState value) {
    switch (value) {
    case CollectorState::starting:
        return "starting";
    case CollectorState::ok:
        return "ok";
    case CollectorState::degraded:
        return "degraded";
    }
    return {};
}
std::string label(ServerConnection value) {
    switch (value) {
    case ServerConnection::none:
        return "none";
    case ServerConnection::ok:
        return "ok";
    case ServerConnection::no_answer:
        return "noAnswer";
    case ServerConnection::access_denied:
        return "accessDenied";
    case ServerConnection::too_many_connections:
        return "tooManyConnections";
    case ServerConnection::refused:
        return "refused";
    }
    return {};
}
std::string label(Transfer value) {
    switch (value) {
    case Transfer::none:
        return "none";
    case Transfer::ist:
        return "ist";
    case Transfer::sst:
        return "sst";
    }
    return {};
}
std::string label(StartGuard value) {
    switch (value) {
    case StartGuard::unknown:
        return "unknown";
    case StartGuard::off:
        return "off";
    case StartGuard::on:
        return "on";
    }
    return {};
}

std::string label(LineageState value) {
    switch (value) {
    case LineageState::known:
        return "known";
    case LineageState::unknown:
        return "unknown";
    }
    return {};
}

std::string label(InitiatorPhase value) {
    switch (value) {
    case InitiatorPhase::surveying:
        return "surveying";
    case InitiatorPhase::claiming:
        return "claiming";
    case InitiatorPhase::bootstrapping:
        return "bootstrapping";
    case InitiatorPhase::joining:
        return "joining";
    }
    return {};
}
std::string label(VerdictKind value) {
    switch (value) {
    case VerdictKind::join:
        return "join";
    case VerdictKind::bootstrap:
        return "bootstrap";
    case VerdictKind::wait:
        return "wait";
    case VerdictKind::refuse:
        return "refuse";
    }
    return {};
}

std::string label(Proof value) {
    switch (value) {
    case Proof::none:
        return "none";
    case Proof::census:
        return "census";
    case Proof::closure:
        return "closure";
    case Proof::last_to_leave:
        return "lastToLeave";
    case Proof::genesis:
        return "genesis";
    }
    return {};
}
std::string label(Reachability value) {
    switch (value) {
    case Reachability::unknown:
        return "unknown";
    case Reachability::answers:
        return "answers";
    case Reachability::stale:
        return "stale";
    case Reachability::no_answer:
        return "noAnswer";
    case Reachability::not_authentic:
        return "notAuthentic";
    case Reachability::no_agent:
        return "noAgent";
    case Reachability::unreadable:
        return "unreadable";
    case Reachability::alive:
        return "alive";
    case Reachability::legacy:
        return "legacy";
    }
    return {};
}

// These have a table of their own, which tests/unit/model ties to the README too.
std::map<int, std::string> labels_of_reasons() {
    std::map<int, std::string> all;
    for (const auto& row : reasons())
        all[static_cast<int>(row.reason)] = label_of(row.word);
    return all;
}

template <typename Enum>
std::map<int, std::string> labels() {
    std::map<int, std::string> all;
    for (int number = 0; number < 256; ++number)
        if (const auto text = label(static_cast<Enum>(number)); !text.empty())
            all[number] = text;
    return all;
}

const std::map<std::string, std::map<int, std::string>> enumerations{
    {"galeraCollectorState", labels<CollectorState>()},
    {"galeraServerConnection", labels<ServerConnection>()},
    {"galeraStatus", labels<NodeStatus>()},
    {"galeraServerState", labels<ServerState>()},
    {"galeraSeqnoState", labels<SeqnoState>()},
    {"galeraSeqnoSource", labels<SeqnoSource>()},
    {"galeraTaint", labels<Taint>()},
    {"galeraUserData", labels<UserData>()},
    {"galeraStartGuard", labels<StartGuard>()},
    {"galeraLineageState", labels<LineageState>()},
    {"galeraClusterStatus", labels<ClusterStatus>()},
    {"galeraNodeState", labels<NodeState>()},
    {"galeraTransfer", labels<Transfer>()},
    {"galeraInitiatorPhase", labels<InitiatorPhase>()},
    {"galeraInitiatorVerdict", labels<VerdictKind>()},
    {"galeraInitiatorReason", labels_of_reasons()},
    {"galeraInitiatorProof", labels<Proof>()},
    {"galeraPeerReachability", labels<Reachability>()},
    {"galeraPeerStatus", labels<NodeStatus>()},
    {"galeraPeerClusterStatus", labels<ClusterStatus>()},
    {"galeraPeerNodeState", labels<NodeState>()},
    {"galeraPeerSeqnoState", labels<SeqnoState>()},
};

// Of SMI's types and of the textual conventions of others: ours are resolved.
const std::map<std::string, Syntax> syntax_of{
    {"INTEGER", Syntax::integer32},         {"TruthValue", Syntax::integer32},
    {"InetAddressType", Syntax::integer32}, {"Unsigned32", Syntax::unsigned32},
    {"Gauge32", Syntax::unsigned32},        {"Counter32", Syntax::counter32},
    {"Counter64", Syntax::counter64},       {"OCTET STRING", Syntax::octet_string},
    {"InetAddress", Syntax::octet_string},  {"SnmpAdminString", Syntax::octet_string},
    {"DateAndTime", Syntax::octet_string},
};

std::vector<std::string> names_of(const std::vector<MibObject>& objects) {
    std::vector<std::string> names;
    std::ranges::transform(objects, std::back_inserter(names), &MibObject::name);
    return names;
}

// Name, OID and type of each row, scalars first.
struct Row {
    std::string name;
    Oid oid;
    Syntax syntax;
};
std::vector<Row> rows() {
    std::vector<Row> all;
    for (const auto& scalar : scalars())
        all.push_back(
            {std::string{scalar.name}, {scalar.oid.begin(), scalar.oid.end()}, scalar.syntax});
    for (const auto& column : member_columns())
        all.push_back(
            {std::string{column.name}, {column.oid.begin(), column.oid.end()}, column.syntax});
    for (const auto& column : era_columns())
        all.push_back(
            {std::string{column.name}, {column.oid.begin(), column.oid.end()}, column.syntax});
    for (const auto& column : past_view_columns())
        all.push_back(
            {std::string{column.name}, {column.oid.begin(), column.oid.end()}, column.syntax});
    for (const auto& column : peer_columns())
        all.push_back(
            {std::string{column.name}, {column.oid.begin(), column.oid.end()}, column.syntax});
    return all;
}

TEST(Mib, IsReadByTheseTests) {
    // The regular expression would rather find nothing than complain.
    EXPECT_EQ(mib_objects().size(), 129U);
    EXPECT_EQ(readable_objects().size(), 116U);
}

TEST(Table, HasEveryObjectOfTheMibAndNoOther) {
    std::vector<std::string> names;
    std::ranges::transform(rows(), std::back_inserter(names), &Row::name);
    EXPECT_THAT(names, ::testing::UnorderedElementsAreArray(names_of(readable_objects())));
}

TEST(Table, HasTheObjectIdentifiersOfTheMib) {
    for (const auto& row : rows()) {
        const auto* found = std::ranges::find(oid::named, row.name, &oid::Named::name);
        ASSERT_NE(found, oid::named.end()) << row.name;
        EXPECT_THAT(row.oid, ElementsAreArray(found->oid)) << row.name;
    }
}

TEST(Table, HasTheTypesOfTheMib) {
    std::map<std::string, Syntax> types;
    for (const auto& row : rows())
        types[row.name] = row.syntax;
    for (const auto& object : readable_objects()) {
        ASSERT_TRUE(syntax_of.contains(object.syntax)) << object.name << ": " << object.syntax;
        EXPECT_EQ(types[object.name], syntax_of.at(object.syntax)) << object.name;
    }
}

TEST(Table, IsInTheOrderOfTheObjectIdentifiers) {
    for (std::size_t next = 1; next < scalars().size(); ++next)
        EXPECT_TRUE(
            std::ranges::lexicographical_compare(scalars()[next - 1].oid, scalars()[next].oid))
            << scalars()[next].name;
}

TEST(Enumerations, OfTheMibAndOfTheCodeAgree) {
    std::size_t seen{0};
    for (const auto& object : readable_objects()) {
        if (object.labels.empty())
            continue;
        ASSERT_TRUE(enumerations.contains(object.name)) << object.name;
        EXPECT_EQ(object.labels, enumerations.at(object.name)) << object.name;
        ++seen;
    }
    EXPECT_EQ(seen, enumerations.size());
}

TEST(ObjectIdentifiers, AreBelowOneRootThatTheMibDefines) {
    EXPECT_THAT(oid::galeraInitiatorMIB,
                ElementsAreArray({1U, 3U, 6U, 1U, 4U, 1U, 8072U, 9999U, 9999U, 4567U}));
    EXPECT_THAT(oid::galeraStatus,
                ElementsAreArray({1U, 3U, 6U, 1U, 4U, 1U, 8072U, 9999U, 9999U, 4567U, 1U, 2U, 1U}));
    for (const auto& named : oid::named)
        EXPECT_THAT(std::vector(named.oid.begin(), named.oid.begin() + 10),
                    ElementsAreArray(oid::galeraInitiatorMIB))
            << named.name;
}

TEST(DecisionInstances, AreScalarsOnceEach) {
    auto instances = decision_instances();
    EXPECT_EQ(instances.size(), 40U) << "it must not grow: one PDU holds it, with room to spare";
    EXPECT_LE(instances.size(), get_instances_max);
    EXPECT_TRUE(std::ranges::is_sorted(instances));
    EXPECT_EQ(std::ranges::adjacent_find(instances), instances.end());
    for (const auto& instance : instances)
        EXPECT_EQ(instance.back(), 0U);
}

TEST(TableInstances, FitOneGetForAClusterOfEverydaySize) {
    const auto gets = table_instances({.members = 3, .eras = 2, .views = 9});
    ASSERT_EQ(gets.size(), 1U);
    EXPECT_EQ(gets[0].size(), 1 + 3 * member_columns().size() + 1 + 2 * era_columns().size() + 1 +
                                  9 * past_view_columns().size() + 1);
}

TEST(TableInstances, OfEmptyTablesAreNone) {
    EXPECT_TRUE(table_instances({}).empty());
}

// The cells behind the last rows are asked for as well: an agent whose table goes on behind its
// count must not be read short.
TEST(TableInstances, ShowWhereTheTablesEnd) {
    const auto gets = table_instances({.members = 3, .eras = 2, .views = 7});
    for (const auto& [column, row] :
         {std::pair{std::span<const std::uint32_t>{oid::galeraViewMemberUuid}, 4U},
          std::pair{std::span<const std::uint32_t>{oid::galeraLineageEraSeqno}, 3U},
          std::pair{std::span<const std::uint32_t>{oid::galeraPastViewId}, 8U}}) {
        Oid behind{column.begin(), column.end()};
        behind.push_back(row);
        EXPECT_THAT(gets[0], ::testing::Contains(behind));
    }
}

// Every cell once, in GETs that are full but for the last, each of which names the snapshot.
TEST(TableInstances, AreSplitIntoGetsThatNameTheSnapshotEach) {
    const std::vector<RowCounts> sizes{
        {1, 0, 0},  {0, 1, 0},  {0, 0, 1},   {3, 0, 0},
        {18, 1, 0}, // 59 cells: a full GET
        {18, 0, 1}, {19, 0, 0}, {3, 200, 1}, {0, 28, 0},
        {0, 29, 0}, {1, 1, 17}, {1, 1, 18},  {view_members_max, eras_max, views_kept_max},
    };
    for (const auto& rows : sizes) {
        SCOPED_TRACE(std::to_string(rows.members) + " members, " + std::to_string(rows.eras) +
                     " eras, " + std::to_string(rows.views) + " views");
        const auto gets = table_instances(rows);
        std::set<Oid> cells;
        for (const auto& get : gets) {
            ASSERT_GT(get.size(), 1U);
            EXPECT_LE(get.size(), get_instances_max);
            EXPECT_THAT(std::vector(get[0].begin(), get[0].end() - 1),
                        ElementsAreArray(oid::galeraSnapshotId));
            for (const auto& cell : std::span{get}.subspan(1))
                EXPECT_TRUE(cells.insert(cell).second) << ::testing::PrintToString(cell);
        }
        const auto expected = rows.members * member_columns().size() + 1 +
                              rows.eras * era_columns().size() + 1 +
                              rows.views * past_view_columns().size() + 1;
        EXPECT_EQ(cells.size(), expected);
        EXPECT_EQ(gets.size(), (expected + get_instances_max - 2) / (get_instances_max - 1));
    }
}

// A count that came from elsewhere makes no request without end.
TEST(TableInstances, AreBounded) {
    EXPECT_EQ(table_instances({~std::size_t{0}, ~std::size_t{0}, ~std::size_t{0}}),
              table_instances({view_members_max, eras_max, views_kept_max}));
}

} // namespace
} // namespace galera::mib
