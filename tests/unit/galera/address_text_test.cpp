// Addresses as people write them into option files.
#include "common/galera/address_text.hpp"
#include "common/galera/server_options.hpp"

#include <gmock/gmock.h>

namespace galera {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr std::nullopt_t no_port = std::nullopt;

TEST(NumericAddress, IsReadIntoItsUsualForm) {
    const std::pair<std::string, std::string> cases[] = {
        {"10.0.0.2", "10.0.0.2"},
        {"0.0.0.0", "0.0.0.0"},
        {"255.255.255.255", "255.255.255.255"},
        {"fd00::2", "fd00::2"},
        {"FD00:0:0:0:0:0:0:2", "fd00::2"},
        {"::1", "::1"},
        {"::ffff:10.0.0.2", "10.0.0.2"}, // one node, not two
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    for (const auto& [written, usual] : cases) {
        const auto address = parse_address(written);
        ASSERT_TRUE(address) << written;
        EXPECT_EQ(address->text, usual);
        EXPECT_EQ(parse_address(usual), address) << written;
    }
}

TEST(NumericAddress, KeepsUnusedOctetsZero) {
    const auto address = parse_address("10.0.0.2").value();
    EXPECT_EQ(address.family, Address::Family::ipv4);
    EXPECT_THAT(address.octets, ElementsAre(10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    EXPECT_EQ(parse_address("::ffff:10.0.0.2").value().octets, address.octets);
}

TEST(NumericAddress, IsNothingElse) {
    const std::string bad[] = {
        "",
        "db1",
        "10.0.0",
        "10.1",
        "10.0.0.256",
        "10.0.0.2:4567",
        " 10.0.0.2",
        "10.0.0.2 ",
        "10.0.0.02",
        "0x0a000002",
        "[fd00::2]",
        "fd00::2::3",
        "fe80::1%lo",
        ":",
        "10.0.0.2\0"s,
        "10.0.0.2\0.example"s,
        std::string(1 << 16, '1'),
    };
    for (const auto& text : bad)
        EXPECT_FALSE(parse_address(text)) << text;
}

TEST(HostAndPort, AreToldApart) {
    const std::pair<std::string, HostPort> cases[] = {
        {"db1", {"db1", no_port}},
        {"db1.example.org:4567", {"db1.example.org", 4567}},
        {"db_1-a", {"db_1-a", no_port}},
        {"10.0.0.1", {"10.0.0.1", no_port}},
        {"10.0.0.1:1", {"10.0.0.1", 1}},
        {"10.0.0.1:65535", {"10.0.0.1", 65535}},
        {"[fd00::1]:4567", {"fd00::1", 4567}},
        {"[fd00::1]", {"fd00::1", no_port}},
        {"fd00::1", {"fd00::1", no_port}},
    };
    for (const auto& [text, expected] : cases)
        EXPECT_EQ(parse_host_port(text).value(), expected) << text;
}

TEST(HostAndPort, ThatCannotBeReadSayWhy) {
    const std::pair<std::string, std::string_view> cases[] = {
        {"", "names no host"},
        {":4567", "names no host"},
        {std::string(254, 'a'), "names no host"},
        {"10.0.0.1:", "port '' is not a number from 1 to 65535"},
        {"10.0.0.1:0", "port '0'"},
        {"10.0.0.1:65536", "port '65536'"},
        {"10.0.0.1:-1", "port '-1'"},
        {"10.0.0.1:45x", "port '45x'"},
        {"10.0.0.1: 4567", "port ' 4567'"},
        {"10.0.0.256", "host '10.0.0.256' is not an IPv4 address"},
        {"10.1", "host '10.1' is not an IPv4 address"}, // a resolver would take it for 10.0.0.1
        {"fd00::1:4567:x", "one with a port needs brackets"},
        {"[fd00::1", "lacks its ']'"},
        {"[fd00::1]4567", "without a port"},
        {"[fd00::1]:", "port ''"},
        {"[]", "no IPv6 address in its brackets"},
        {"[db1]", "no IPv6 address in its brackets"},
        {"[10.0.0.1]", "no IPv6 address in its brackets"},
        {"user@db1", "neither a name nor an address"},
        {"tcp://db1", "port '//db1'"},
        {"db1/path", "neither a name nor an address"},
        {"db 1", "neither a name nor an address"},
        {"db1\0"s, "host 'db1?'"},
        {"\xFF\xFE", "host '\?\?'"},
    };
    for (const auto& [text, error] : cases) {
        const auto read = parse_host_port(text);
        EXPECT_THAT(read ? "no error" : read.error().text, HasSubstr(error)) << text;
    }
}

TEST(ClusterAddress, NamesTheNodesInTheirOrder) {
    const auto read =
        parse_cluster_address("gcomm://db1,10.0.0.2:4567, [fd00::3] ?pc.wait_prim=no");
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_THAT(read->hosts, ElementsAre(HostPort{"db1", no_port}, HostPort{"10.0.0.2", 4567},
                                         HostPort{"fd00::3", no_port}));
    EXPECT_THAT(read->options, ElementsAre(Pair("pc.wait_prim", "no")));
}

TEST(ClusterAddress, WithoutNodesMeansABootstrap) {
    for (const auto* const text : {"gcomm://", " gcomm:// ", "gcomm://?", "gcomm://?pc.npvo=yes"})
        EXPECT_THAT(parse_cluster_address(text).value().hosts, IsEmpty()) << text;
}

TEST(ClusterAddress, MayEndInAComma) {
    EXPECT_EQ(parse_cluster_address("gcomm://db1,db2,").value(),
              parse_cluster_address("gcomm://db1,db2").value());
}

// Seen: with "?pc.ignore_sb=yes" here and "pc.ignore_sb=no" there, Galera reports true.
TEST(ClusterAddress, CanOverrideTheQuorum) {
    const auto overrides = [](std::string_view text) {
        return overrides_quorum(parse_cluster_address(text).value().options);
    };
    EXPECT_TRUE(overrides("gcomm://db1,db2?pc.ignore_sb=yes"));
    EXPECT_TRUE(overrides("gcomm://db1,db2?pc.weight=2&pc.ignore_quorum=1"));
    EXPECT_FALSE(overrides("gcomm://db1,db2?pc.ignore_sb=no"));
    EXPECT_FALSE(overrides("gcomm://db1,db2"));
}

TEST(ClusterAddress, ThatCannotBeReadSaysWhy) {
    const std::pair<std::string, std::string_view> cases[] = {
        {"", "does not begin with gcomm://"},
        {"db1,db2", "does not begin with gcomm://"},
        {"dummy://", "does not begin with gcomm://"},
        {"GCOMM://db1", "does not begin with gcomm://"},
        {"gcomm:/db1", "does not begin with gcomm://"},
        {"gcomm://,", "names no host"},
        {"gcomm://db1,,db2", "names no host"},
        {"gcomm://,db1", "names no host"},
        {"gcomm://db1,db2,,", "names no host"},
        {"gcomm://db1 db2", "host 'db1 db2'"},
        {"gcomm://db1;db2", "host 'db1;db2'"},
        {"gcomm://db1,10.0.0.2:99999", "port '99999'"},
        {"gcomm://db1?pc.ignore_sb", "option 'pc.ignore_sb' behind '?'"},
        {"gcomm://db1?=yes", "option '=yes' behind '?'"},
        {"gcomm://db1?a=b=c", "option 'a=b=c' behind '?'"},
        {"gcomm://db1\0,db2"s, "host 'db1?'"},
    };
    for (const auto& [text, error] : cases) {
        const auto read = parse_cluster_address(text);
        EXPECT_THAT(read ? "no error" : read.error().text, HasSubstr(error)) << text;
    }
}

} // namespace
} // namespace galera
