// Addresses are ordered as numbers, and a roster does not depend on the order of a configuration.
#include "common/model/roster.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace galera {
namespace {

using testing::ElementsAre;

Address ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    Address address;
    std::ranges::copy(std::array{a, b, c, d}, address.octets.begin());
    address.text = std::to_string(a) + '.' + std::to_string(b) + '.' + std::to_string(c) + '.' +
                   std::to_string(d);
    return address;
}

/// fd00::LAST
Address ipv6(std::uint8_t last) {
    Address address;
    address.family = Address::Family::ipv6;
    address.octets.front() = 0xfd;
    address.octets.back() = last;
    address.text = "fd00::" + std::to_string(last);
    return address;
}

RosterNode node(const Address& address, std::string name = "") {
    return {address, std::move(name), {}};
}

TEST(AddressOrder, IsNumericAndNotThatOfTheText) {
    EXPECT_LT(ipv4(10, 0, 0, 2), ipv4(10, 0, 0, 10));
    EXPECT_LT(ipv4(9, 255, 255, 255), ipv4(10, 0, 0, 0));
    EXPECT_LT(ipv4(127, 0, 0, 1), ipv4(192, 0, 0, 1)); // octets have no sign
}

TEST(AddressOrder, PutsEveryIpv4BeforeEveryIpv6) {
    EXPECT_LT(ipv4(255, 255, 255, 255), ipv6(1));
}

TEST(AddressOrder, DoesNotLookAtTheText) {
    auto same = ipv4(10, 0, 0, 1);
    same.text = "ten";
    EXPECT_EQ(same, ipv4(10, 0, 0, 1));
}

TEST(Roster, IsTheSameInWhateverOrderTheNodesWereNamed) {
    std::vector<RosterNode> nodes{node(ipv4(10, 0, 0, 1)), node(ipv4(10, 0, 0, 2)),
                                  node(ipv4(10, 0, 0, 10)), node(ipv6(1))};
    const auto expected = nodes;
    std::ranges::reverse(nodes);
    EXPECT_EQ(make_roster(nodes), expected);
    EXPECT_EQ(roster_digest(make_roster(nodes)), roster_digest(expected));
}

TEST(Roster, HoldsEachAddressOnceByTheNameThatCameFirst) {
    EXPECT_THAT(make_roster({node(ipv4(10, 0, 0, 1), "db1"), node(ipv4(10, 0, 0, 2)),
                             node(ipv4(10, 0, 0, 1), "other")}),
                ElementsAre(node(ipv4(10, 0, 0, 1), "db1"), node(ipv4(10, 0, 0, 2))));
}

// db1 resolves to two addresses, one of which the configuration also names by itself.
TEST(Roster, HoldsEachNodeOnceByAllItsAddresses) {
    const RosterNode db1{ipv4(10, 0, 0, 1), "db1", {ipv6(1)}};
    const RosterNode bridge{ipv4(10, 0, 0, 2), "", {ipv4(10, 0, 0, 3)}};
    for (auto nodes : {std::vector{node(ipv6(1)), db1}, std::vector{db1, node(ipv6(1))},
                       std::vector{node(ipv6(1)), node(ipv4(10, 0, 0, 1)), db1}})
        EXPECT_THAT(make_roster(std::move(nodes)), ElementsAre(db1));
    EXPECT_THAT(make_roster({node(ipv4(10, 0, 0, 3)), node(ipv4(10, 0, 0, 2)), bridge}),
                ElementsAre(bridge));
    EXPECT_THAT(addresses_of(db1), ElementsAre(ipv4(10, 0, 0, 1), ipv6(1)));
}

TEST(Roster, CanBeEmpty) {
    EXPECT_TRUE(make_roster({}).empty());
}

// Computed by another program: the digest is compared between machines and versions.
TEST(RosterDigest, StaysWhatItIs) {
    EXPECT_EQ(roster_digest({}), "cbf29ce484222325");
    EXPECT_EQ(
        roster_digest({node(ipv4(10, 0, 0, 1)), node(ipv4(10, 0, 0, 2)), node(ipv4(10, 0, 0, 3))}),
        "e737a3822da74255");
    EXPECT_EQ(roster_digest({node(ipv4(10, 0, 0, 2)), node(ipv4(10, 0, 0, 10)), node(ipv6(1))}),
              "3346ec5a1e4fcf5e");
}

TEST(RosterDigest, DoesNotDependOnNames) {
    EXPECT_EQ(roster_digest({node(ipv4(10, 0, 0, 1), "db1")}),
              roster_digest({node(ipv4(10, 0, 0, 1))}));
}

TEST(RosterDigest, TellsRostersApart) {
    const Roster two{node(ipv4(10, 0, 0, 1)), node(ipv4(10, 0, 0, 2))};
    const Roster one{node(ipv4(10, 0, 0, 1))};
    const Roster else_where{node(ipv4(10, 0, 0, 1)), node(ipv4(10, 0, 0, 3))};
    EXPECT_NE(roster_digest(two), roster_digest(one));
    EXPECT_NE(roster_digest(two), roster_digest(else_where));
}

} // namespace
} // namespace galera
