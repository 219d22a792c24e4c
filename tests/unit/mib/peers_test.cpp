// galeraPeerTable: indexed by addresses, with holes where a node said nothing, in the order of the
// index however large the roster.
#include "common/galera/address_text.hpp"
#include "common/mib/columns.hpp"
#include "mibs/oids.hpp"
#include "tests/unit/mib/mib_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace galera::mib {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

PeerReport silent(const std::string& address) {
    return {.address = *parse_address(address),
            .name = "",
            .reachability = Reachability::no_answer,
            .condition = std::nullopt,
            .last_seen = std::nullopt};
}

PeerReport answering(const std::string& address) {
    auto peer = silent(address);
    peer.name = "db1";
    peer.local = true;
    peer.reachability = Reachability::answers;
    peer.condition =
        PeerCondition{.status = NodeStatus::running,
                      .cluster = ClusterStatus::non_primary,
                      .node_state = NodeState::initialized,
                      .seqno_state = SeqnoState::known,
                      .position = Position{*Uuid::parse("8f3a91c2-5d7e-11ef-8a3b-9f1c2d3e4f50"),
                                           *Seqno::from(1210)}};
    peer.last_seen = PeerSighting{1'795'428'000, std::chrono::microseconds{812}};
    return peer;
}

NodeReport of(std::vector<PeerReport> peers) {
    NodeReport report;
    report.agent.snapshot_id = 5;
    report.peers.nodes = std::move(peers);
    return report;
}

// The cells of the table, by the name of the column and the index behind it.
std::map<std::string, std::map<Oid, Value>> cells(const NodeReport& report) {
    std::map<std::string, std::map<Oid, Value>> found;
    for (const auto& [oid, value] : encode(report))
        for (const auto& column : peer_columns())
            if (std::ranges::equal(column.oid,
                                   std::span{oid}.first(std::min(column.oid.size(), oid.size()))))
                found[std::string{column.name}][Oid{
                    oid.begin() + static_cast<std::ptrdiff_t>(column.oid.size()), oid.end()}] =
                    value;
    return found;
}

const Oid index_v4{1, 4, 10, 0, 0, 1};

// RFC 4001 and RFC 2578, section 7.7: the type, the length, an arc an octet.
TEST(PeerIndex, IsTheTypeTheLengthAndTheOctets) {
    const auto names = cells(of({silent("10.0.0.1"), silent("fd00::2")}))["galeraPeerName"];
    std::vector<Oid> indexes;
    for (const auto& [index, value] : names)
        indexes.push_back(index);
    EXPECT_THAT(indexes, ElementsAre(index_v4, Oid{2, 16, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                                   0, 0, 2}));
}

TEST(PeerIndex, IsThatOfTheMib) {
    EXPECT_THAT(mib_text(), ::testing::HasSubstr("INDEX       { galeraPeerAddressType, "
                                                 "galeraPeerAddress }"));
    for (const auto& column : peer_columns()) {
        EXPECT_FALSE(std::ranges::equal(column.oid, oid::galeraPeerAddressType));
        EXPECT_FALSE(std::ranges::equal(column.oid, oid::galeraPeerAddress));
    }
}

TEST(PeerRow, SaysWhatTheNodeSaid) {
    auto row = cells(of({answering("10.0.0.1")}));
    EXPECT_EQ(row.size(), peer_columns().size()) << "every column has a value";
    const auto cell = [&row](const std::string& column) { return row[column].at(index_v4); };
    EXPECT_EQ(cell("galeraPeerName"), Value{OctetString{"db1"}});
    EXPECT_EQ(cell("galeraPeerLocal"), Value{Integer32{1}});
    EXPECT_EQ(cell("galeraPeerReachability"), Value{Integer32{2}});
    EXPECT_EQ(cell("galeraPeerStatus"), Value{Integer32{2}});
    EXPECT_EQ(cell("galeraPeerClusterStatus"), Value{Integer32{3}});
    EXPECT_EQ(cell("galeraPeerNodeState"), Value{Integer32{2}});
    EXPECT_EQ(cell("galeraPeerSeqnoState"), Value{Integer32{1}});
    EXPECT_EQ(cell("galeraPeerPosition"),
              Value{OctetString{"8f3a91c2-5d7e-11ef-8a3b-9f1c2d3e4f50:1210"}});
    EXPECT_EQ(cell("galeraPeerSeqno"), Value{Counter64{1210}});
    const std::string last_seen("\x07\xea\x0b\x17\x0a\x00\x00\x00+\x00\x00", 11);
    EXPECT_EQ(cell("galeraPeerLastSeen"), Value{OctetString{last_seen}});
    EXPECT_EQ(cell("galeraPeerRoundTrip"), Value{Unsigned32{812}});
}

TEST(PeerRow, OfASilentNodeHasHoles) {
    auto row = cells(of({silent("10.0.0.1")}));
    EXPECT_THAT(row, ::testing::UnorderedElementsAre(::testing::Key("galeraPeerName"),
                                                     ::testing::Key("galeraPeerLocal"),
                                                     ::testing::Key("galeraPeerReachability")));
    EXPECT_EQ(row["galeraPeerName"].at(index_v4), Value{OctetString{""}});
    EXPECT_EQ(row["galeraPeerLocal"].at(index_v4), Value{Integer32{2}});
}

TEST(PeerRow, OfASilentNodeThatSpokeBeforeSaysWhen) {
    auto peer = silent("10.0.0.1");
    peer.last_seen =
        PeerSighting{1'795'428'000, std::chrono::microseconds{~std::uint64_t{0} >> 1U}};
    auto row = cells(of({peer}));
    EXPECT_EQ(row.size(), 5U);
    EXPECT_EQ(row["galeraPeerRoundTrip"].at(index_v4), Value{Unsigned32{~0U}});
}

TEST(PeerRow, OfANodeWithoutAKnownPositionHasNoSeqno) {
    auto peer = answering("10.0.0.1");
    peer.condition->position.reset();
    peer.condition->seqno_state = SeqnoState::undefined;
    auto row = cells(of({peer}));
    EXPECT_EQ(row["galeraPeerPosition"].at(index_v4),
              Value{OctetString{"00000000-0000-0000-0000-000000000000:-1"}});
    EXPECT_THAT(row["galeraPeerSeqno"], IsEmpty());
    for (const auto state : {SeqnoState::recovering, SeqnoState::failed}) {
        peer.condition->seqno_state = state;
        row = cells(of({peer}));
        EXPECT_THAT(row["galeraPeerPosition"], IsEmpty());
        EXPECT_THAT(row["galeraPeerSeqno"], IsEmpty());
    }
}

TEST(PeerRow, HasANameThatTheMibAllows) {
    auto peer = silent("10.0.0.1");
    peer.name = std::string(254, 'x') + "\u00e4";
    EXPECT_EQ(cells(of({peer}))["galeraPeerName"].at(index_v4),
              Value{OctetString{std::string(254, 'x')}});
}

// Columns with holes, short and long indexes, and scalars before and behind.
TEST(PeerTable, OfAnyRosterIsInTheOrderOfTheObjectIdentifiers) {
    std::vector<PeerReport> peers;
    for (std::size_t node = 0; node < 300; ++node) {
        const auto address =
            node < 200 ? "10.0." + std::to_string(node / 40) + "." + std::to_string(node % 40 * 6)
                       : "fd00::" + std::to_string(node);
        peers.push_back(node % 3 == 0 ? silent(address) : answering(address));
    }
    std::ranges::sort(peers, {}, &PeerReport::address);
    const auto report = of(peers);
    const auto bindings = encode(report);
    EXPECT_TRUE(std::ranges::is_sorted(bindings, {}, &Binding::oid));
    const auto twice = std::ranges::adjacent_find(
        bindings, [](const auto& left, const auto& right) { return left.oid == right.oid; });
    EXPECT_EQ(twice, bindings.end());
    auto table = cells(report);
    EXPECT_EQ(table["galeraPeerReachability"].size(), 300U);
    EXPECT_EQ(table["galeraPeerStatus"].size(), 200U);
}

TEST(PeerTable, IsNotThereBeforeTheFirstSnapshot) {
    auto report = of({answering("10.0.0.1")});
    report.agent.snapshot_id = 0;
    EXPECT_THAT(cells(report), IsEmpty());
}

TEST(PeerTable, HasNoPartInADecision) {
    for (const auto& instance : decision_instances())
        EXPECT_FALSE(std::ranges::equal(oid::galeraPeerTable,
                                        std::span{instance}.first(oid::galeraPeerTable.size())));
    for (const auto& scalar : scalars()) {
        const bool is_for_people =
            scalar.name.starts_with("galeraPeer") || scalar.name.starts_with("galeraInitiator");
        EXPECT_FALSE(is_for_people && scalar.decides) << scalar.name;
    }
}

} // namespace
} // namespace galera::mib
