// Options as MariaDB understands them. What a prefix does was asked of `mariadbd --verbose --help`.
#include "common/galera/address_text.hpp"
#include "common/galera/server_options.hpp"
#include "tests/unit/galera/real_files.hpp"

#include <gmock/gmock.h>

namespace galera {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

ServerOptions options(std::string_view printed) {
    return ServerOptions::parse(printed).value();
}

TEST(ServerOptions, OfARealNode) {
    const auto read = options(real::printed_defaults);
    EXPECT_EQ(read.find("wsrep_provider"), "/usr/lib/galera/libgalera_smm.so");
    EXPECT_EQ(read.find("wsrep_cluster_name"), "galera room");
    EXPECT_EQ(read.find("pid_file"), "/tmp/galera/n1.pid");
    EXPECT_EQ(read.find("log_error"), "/tmp/galera/n1.err");
    EXPECT_EQ(read.find_switch("wsrep_on").value(), true);
    EXPECT_EQ(read.find_switch("log_bin").value(), false);
    EXPECT_EQ(read.find("innodb_flush_log_at_trx_commit"), std::nullopt);
    EXPECT_EQ(read.get("innodb_flush_log_at_trx_commit", "1"), "1");
    EXPECT_EQ(
        parse_cluster_address(read.find("wsrep_cluster_address").value()).value().hosts.size(), 2U);
    EXPECT_THAT(parse_provider_options(read.find("wsrep_provider_options").value()).value(),
                ElementsAre(Pair("gcache.size", "16M"),
                            Pair("gmcast.listen_addr", "tcp://127.0.1.1:4567"),
                            Pair("ist.recv_addr", "127.0.1.1:4568")));
}

TEST(ServerOptions, MayBeNone) {
    EXPECT_EQ(options("").find("wsrep_on"), std::nullopt);
}

TEST(ServerOptions, KeepTheValueAsItStands) {
    const auto read = options("--a=b=c\n--empty=\n--blank= x \n--quote=q\"w\n--utf8=\xC3\xA4\n");
    EXPECT_EQ(read.find("a"), "b=c");
    EXPECT_EQ(read.find("empty"), "");
    EXPECT_EQ(read.find("blank"), " x ");
    EXPECT_EQ(read.find("quote"), "q\"w");
    EXPECT_EQ(read.find("utf8"), "\xC3\xA4");
}

TEST(ServerOptions, TheLastOneCounts) {
    EXPECT_EQ(
        options("--wsrep_cluster_name=a\n--wsrep-cluster-name=b\n").find("wsrep_cluster_name"),
        "b");
    EXPECT_EQ(options("--wsrep-on=1\n--skip-wsrep-on\n").find_switch("wsrep_on").value(), false);
}

TEST(ServerOptions, PrefixesMeanWhatTheyMeanToTheServer) {
    const std::pair<std::string, bool> cases[] = {
        {"--wsrep-on", true},
        {"--wsrep_on=1", true},
        {"--wsrep-on=True", true},
        {"--Wsrep_On=on", true},
        {"--loose-wsrep-on", true},
        {"--LOOSE_wsrep_on=1", true},
        {"--loose-loose-wsrep-on=1", true},
        {"--enable-wsrep_on", true},
        {"--enable-wsrep-on=OFF", true}, // only "0" negates
        {"--enable-wsrep-on=0", false},
        {"--skip-wsrep-on", false},
        {"--skip-wsrep-on=OFF", false},
        {"--skip-wsrep-on=", false},
        {"--skip-wsrep-on=0", true},
        {"--disable-wsrep-on", false},
        {"--loose-skip-wsrep-on", false},
        {"--skip-enable-wsrep-on", true}, // the innermost decides
        {"--enable-skip-wsrep-on", false},
        {"--skip-loose-wsrep-on", true},
        {"--wsrep-on=OFF", false},
        {"--wsrep-on=False", false},
        {"--wsrep-on=0", false},
    };
    for (const auto& [word, expected] : cases)
        EXPECT_EQ(options(word + '\n').find_switch("wsrep_on").value(), expected) << word;
}

TEST(ServerOptions, LimitsAreNoValues) {
    const auto read = options("--wsrep-slave-threads=4\n--maximum-wsrep-slave-threads=9\n"
                              "--autoset-wsrep-slave-threads\n");
    EXPECT_EQ(read.find("wsrep_slave_threads"), "4");
}

// Seen: "boolean value 'YES' wasn't recognized. Set to OFF."
TEST(ServerOptions, ASwitchIsNotGuessed) {
    for (const auto* const value : {"YES", "yes", "no", "2", "", " ON", "maybe", "\xFF"}) {
        const auto found = options("--wsrep_on="s + value + '\n').find_switch("wsrep_on");
        ASSERT_FALSE(found) << value;
        EXPECT_THAT(found.error().text, HasSubstr("which the server takes for OFF"));
    }
    EXPECT_EQ(options("--port=1\n").find_switch("wsrep_on").value(), std::nullopt);
}

TEST(ServerOptions, ThatCannotBeReadSayWhy) {
    const std::pair<std::string, std::string_view> cases[] = {
        {"--datadir=/var/lib/mysql\n--wsrep_cluster_address=gcomm://a,b",
         "'--wsrep_cluster_address' in line 2 of its output, which was cut off"},
        {"--wsrep_sst_auth=root:secret", "printed '--wsrep_sst_auth' in line 1"},
        {"--wsrep_node_name=a\nb\n", "printed 'b' in line 2 of its output, which is not an option"},
        {"\n", "printed '' in line 1 of its output, which is not an option"},
        {"-u mysql\n", "which is not an option"},
        {"Could not open required defaults file: /x\n", "which is not an option"},
        {"--\n", "an option without a name"},
        {"--=x\n", "an option without a name"},
        {"--skip-\n", "an option without a name"},
        {"--a=\0b\n"s, "which is not an option"},
        {"--wsrep_cluster_address=gcomm://" + std::string(4000, 'a') + "\n",
         "for the server too; write it shorter"},
    };
    for (const auto& [printed, error] : cases) {
        const auto read = ServerOptions::parse(printed);
        EXPECT_THAT(read ? "no error" : read.error().text, HasSubstr(error)) << printed;
    }
}

TEST(ProviderOptions, InForceAreReadWithTheirEmptyValues) {
    const auto read = parse_provider_options(real::provider_options_in_force).value();
    EXPECT_EQ(read.size(), 9U);
    EXPECT_EQ(read.at("gcomm.thread_prio"), "");
    EXPECT_EQ(read.at("gmcast.listen_addr"), "tcp://127.0.1.1:4567");
    EXPECT_FALSE(overrides_quorum(read));
}

TEST(ProviderOptions, AreSeparatedBySemicolons) {
    EXPECT_THAT(parse_provider_options("").value(), IsEmpty());
    EXPECT_THAT(parse_provider_options(" ; ;; ").value(), IsEmpty());
    EXPECT_THAT(parse_provider_options("a=1;b = 2 ;\ta=3\r").value(),
                ElementsAre(Pair("a", "3"), Pair("b", "2")));
    EXPECT_THAT(parse_provider_options("a=x\\;y;b=2").value(),
                ElementsAre(Pair("a", "x\\;y"), Pair("b", "2")));
}

TEST(ProviderOptions, ThatCannotBeReadSayWhich) {
    for (const auto* const text : {"gcache.size", "a=1; gcache.size ;b=2", "=x", " = x"}) {
        const auto read = parse_provider_options(text);
        ASSERT_FALSE(read) << text;
        EXPECT_THAT(read.error().text, HasSubstr("is not of the form name=value")) << text;
    }
}

TEST(Quorum, IsOverriddenByAnythingThatIsNotFalse) {
    for (const auto* const value : {"1", "yes", "YES", "true", "on", "y", "sure", "", "perhaps"}) {
        EXPECT_TRUE(overrides_quorum({{"pc.ignore_sb", value}})) << value;
        EXPECT_TRUE(overrides_quorum({{"pc.ignore_quorum", value}})) << value;
    }
    for (const auto* const value : {"0", "no", "No", "off", "false", "n", "none", "nope"}) {
        EXPECT_FALSE(overrides_quorum({{"pc.ignore_sb", value}, {"pc.ignore_quorum", value}}))
            << value;
    }
    EXPECT_FALSE(overrides_quorum({{"pc.recovery", "yes"}}));
}

} // namespace
} // namespace galera
