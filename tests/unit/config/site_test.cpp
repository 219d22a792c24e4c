// A site from real option files, through the real my_print_defaults.
#include "common/config/config.hpp"
#include "tests/unit/config/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <pwd.h>
#include <unistd.h>

namespace galera::config {

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class SiteTest : public ScratchTest {
protected:
    SiteTest() { std::filesystem::create_directory(datadir); }

    /// An option file of a node, with more lines that win over its own.
    [[nodiscard]] std::string option_file(std::string_view more) const {
        return "[mysqld]\nwsrep_on = ON\nwsrep_provider = /usr/lib/galera/libgalera_smm.so\n"
               "wsrep_cluster_address = gcomm://127.0.4.3,127.0.4.1,127.0.4.2\n"
               "wsrep_node_address = 127.0.4.2\ndatadir = " +
               datadir.string() + "\n" + std::string(more) + "\n";
    }
    [[nodiscard]] Result<Site> complete_with(const std::string& content) const {
        Settings settings = base;
        settings.defaults_file = write("n.cnf", content);
        return complete(settings);
    }
    [[nodiscard]] Site site(std::string_view more = {}) const {
        auto completed = complete_with(option_file(more));
        EXPECT_TRUE(completed) << completed.error().text;
        return completed ? *std::move(completed) : Site{};
    }
    [[nodiscard]] std::string error(const std::string& content) const {
        const auto completed = complete_with(content);
        return completed ? "(no error)" : completed.error().text;
    }
    [[nodiscard]] std::string error_with(std::string_view more) const {
        return error(option_file(more));
    }

    std::filesystem::path datadir = directory / "data";
    Settings base;
};

std::vector<std::string> addresses(const Roster& roster) {
    std::vector<std::string> texts;
    for (const auto& node : roster)
        texts.push_back(node.address.text);
    return texts;
}

std::string this_host() {
    std::array<char, 256> name{};
    EXPECT_EQ(::gethostname(name.data(), name.size() - 1), 0);
    return name.data();
}

TEST_F(SiteTest, OfAPlainOptionFile) {
    const auto completed = site("wsrep_cluster_name = shop\nwsrep_node_name = db2\n"
                                "socket = /run/db2.sock\nlog_error = /var/log/db2.err");
    EXPECT_THAT(addresses(completed.roster), ElementsAre("127.0.4.1", "127.0.4.2", "127.0.4.3"));
    EXPECT_EQ(completed.node_address.text, "127.0.4.2");
    EXPECT_EQ(completed.cluster_name, "shop");
    EXPECT_EQ(completed.node_name, "db2");
    EXPECT_EQ(completed.datadir, datadir);
    EXPECT_EQ(completed.mysql_socket, "/run/db2.sock");
    EXPECT_EQ(completed.error_log, "/var/log/db2.err");
    EXPECT_EQ(completed.group_port, 4567);
    EXPECT_EQ(completed.mysql_user, ::getpwuid(::geteuid())->pw_name);
    EXPECT_TRUE(completed.durable_commit);
    EXPECT_FALSE(completed.quorum_override);
    EXPECT_THAT(completed.arbitrators, IsEmpty());
}

TEST_F(SiteTest, WhereTheOptionFileIsSilentIsAsTheServerWouldBe) {
    const auto completed = site();
    EXPECT_EQ(completed.cluster_name, "my_wsrep_cluster");
    EXPECT_EQ(site("wsrep_cluster_name = sh\xF6p\n"
                   "wsrep_cluster_address = gcomm://127.0.0.12\nwsrep_node_address = 127.0.0.12\n")
                  .cluster_name,
              "sh?p")
        << "as others read it by SNMP";
    EXPECT_EQ(completed.node_name, this_host());
    EXPECT_EQ(completed.mysql_socket, "/run/mysqld/mysqld.sock");
    EXPECT_EQ(completed.error_log, "");
}

TEST_F(SiteTest, ReadsAllGroupsAndIncludesOfTheServer) {
    const auto included = write("included.cnf", "[mariadb]\nwsrep_cluster_name = included\n");
    EXPECT_EQ(site("[galera]\nwsrep-node-name = g\n[client]\nwsrep_cluster_name = no\n!include " +
                   included.string())
                  .cluster_name,
              "included");
    EXPECT_EQ(site("[galera]\nwsrep-node-name = g").node_name, "g");
}

// my_print_defaults gives up after ten files; what it left out is not known.
TEST_F(SiteTest, OfAnOptionFileThatIncludesItselfIsRefused) {
    EXPECT_THAT(error_with("!include " + (directory / "n.cnf").string()),
                AllOf(StartsWith("my_print_defaults: Warning: skipping '!include"),
                      HasSubstr("n.cnf"), EndsWith("; let no option file include itself")));
    std::filesystem::create_directory(directory / "conf.d");
    const auto folder = (directory / "conf.d").string();
    const auto first = write("conf.d/a.cnf", "[mysqld]\n!includedir " + folder + "\n");
    EXPECT_THAT(error_with("!includedir " + folder),
                AllOf(HasSubstr(first.string()), EndsWith("; let no option file include itself")));
}

TEST_F(SiteTest, ResolvesWhatIsRelativeToTheDataDirectory) {
    const auto completed = site("socket = db.sock\nlog_error = db");
    EXPECT_EQ(completed.mysql_socket, datadir / "db.sock");
    EXPECT_EQ(completed.error_log, datadir / "db.err"); // the server adds the extension
    EXPECT_EQ(site("log_error = db.log").error_log, datadir / "db.log");
    EXPECT_EQ(site("log_error").error_log, datadir / (this_host() + ".err"));
    EXPECT_EQ(site("log_error\nskip-log-error").error_log, "");
}

TEST_F(SiteTest, TakesTheSettingsBeforeTheOptionFile) {
    base.cluster_address = "gcomm://127.0.4.7,127.0.4.8";
    base.node_address = "127.0.4.8:4567";
    base.datadir = directory;
    base.mysql_socket = "/run/other.sock";
    base.mysql_user = "watcher";
    const auto completed = site("socket = /run/db2.sock");
    EXPECT_THAT(addresses(completed.roster), ElementsAre("127.0.4.7", "127.0.4.8"));
    EXPECT_EQ(completed.node_address.text, "127.0.4.8");
    EXPECT_EQ(completed.datadir, directory);
    EXPECT_EQ(completed.mysql_socket, "/run/other.sock");
    EXPECT_EQ(completed.mysql_user, "watcher");
    EXPECT_EQ(completed.settings, [&] {
        auto expected = base;
        expected.defaults_file = directory / "n.cnf";
        return expected;
    }());
}

TEST_F(SiteTest, FindsTheNodeAddressByTheBindAddress) {
    EXPECT_EQ(site("wsrep_node_address =\nbind-address = 127.0.4.3").node_address.text,
              "127.0.4.3");
    EXPECT_EQ(
        site("wsrep_node_address = 127.0.4.1:4567\nbind-address = 127.0.4.3").node_address.text,
        "127.0.4.1");
    for (const auto* const anywhere : {"0.0.0.0", "::", "*", "127.0.4.1,127.0.4.2"})
        EXPECT_THAT(error_with(std::string("wsrep_node_address =\nbind-address = ") + anywhere),
                    HasSubstr("set node-address to the address of this node"));
}

TEST_F(SiteTest, KeepsTheNamesOfTheRoster) {
    base.cluster_address = "gcomm://localhost,127.0.4.2";
    const auto completed = site();
    ASSERT_EQ(completed.roster.size(), 2U);
    EXPECT_EQ(completed.roster[0].name, "localhost");
    EXPECT_EQ(completed.roster[0].address.text, "127.0.0.1"); // IPv4 before ::1, on every node
    EXPECT_EQ(completed.roster[1].name, "");
}

TEST_F(SiteTest, LeavesTheArbitratorOutOfTheRoster) {
    base.arbitrator = {"127.0.4.3:4567"};
    const auto completed = site();
    EXPECT_THAT(addresses(completed.roster), ElementsAre("127.0.4.1", "127.0.4.2"));
    ASSERT_EQ(completed.arbitrators.size(), 1U);
    EXPECT_EQ(completed.arbitrators.front().text, "127.0.4.3");
}

TEST_F(SiteTest, KnowsThePortOfGroupCommunication) {
    const std::string listen = "wsrep_provider_options = \"gcache.size=16M; gmcast.listen_addr = ";
    EXPECT_EQ(site(listen + "tcp://127.0.4.2:14567\"").group_port, 14567);
    EXPECT_EQ(site(listen + "ssl://[::]:14568\"").group_port, 14568);
    EXPECT_EQ(site(listen + "tcp://0.0.0.0\"").group_port, 4567);
    EXPECT_EQ(site("wsrep_cluster_address = gcomm://127.0.4.1:5567,127.0.4.2:5567").group_port,
              5567);
    const auto each = site("wsrep_cluster_address = gcomm://127.0.4.1:5567,127.0.4.2").roster;
    EXPECT_EQ(each[0].group_port, 5567);
    EXPECT_EQ(each[1].group_port, std::nullopt);
    EXPECT_THAT(error_with(listen + "tcp://127.0.4.2:x\""), HasSubstr("gmcast.listen_addr"));
}

TEST_F(SiteTest, KnowsWhatWeakensTheEvidence) {
    EXPECT_TRUE(site("wsrep_provider_options = pc.ignore_sb=true").quorum_override);
    EXPECT_TRUE(
        site("wsrep_cluster_address = gcomm://127.0.4.2?pc.ignore_quorum=yes").quorum_override);
    EXPECT_FALSE(site("wsrep_provider_options = pc.ignore_sb=no").quorum_override);
    EXPECT_FALSE(site("innodb_flush_log_at_trx_commit = 2").durable_commit);
    EXPECT_FALSE(site("innodb-flush-log-at-trx-commit = 0").durable_commit);
    EXPECT_TRUE(site("innodb_flush_log_at_trx_commit = 1").durable_commit);
}

// What an administrator is told.

struct Refused {
    const char* more;
    const char* said;
};

TEST_F(SiteTest, SaysWhatIsWrongInTheOptionFile) {
    for (const auto& [more, said] : {
             Refused{"wsrep_on = OFF", "wsrep_on is not ON"},
             Refused{"skip-wsrep-on", "wsrep_on is not ON"},
             Refused{"wsrep_on = maybe", "wsrep_on is 'maybe'"},
             Refused{"wsrep_provider = none", "wsrep_provider is not set"},
             Refused{"wsrep_provider =", "wsrep_provider is not set"},
             Refused{"wsrep_cluster_address = gcomm://", "'gcomm://' names nobody"},
             Refused{"wsrep_cluster_address = tcp://127.0.4.1", "gcomm://"},
             Refused{"wsrep_cluster_address = gcomm://127.0.4.256", "127.0.4.256"},
             Refused{"wsrep_node_address = 127.0.4.9",
                     "127.0.4.9, is not among the data nodes of the cluster address: 127.0.4.1, "
                     "127.0.4.2, 127.0.4.3"},
             Refused{"wsrep_node_address = 127.0.4.2:99999", "wsrep_node_address"},
             Refused{"datadir = data", "datadir 'data' is a relative path"},
             Refused{"datadir = /nonexistent/data",
                     "/nonexistent/data: the data directory is missing"},
             Refused{"datadir = /etc/passwd", "/etc/passwd: the data directory is not a directory"},
             Refused{"wsrep_provider_options = nonsense", "nonsense"},
         }) {
        const auto text = error_with(more);
        EXPECT_THAT(text, HasSubstr(said)) << more;
        EXPECT_THAT(text, Not(HasSubstr("\n"))) << more;
    }
}

TEST_F(SiteTest, SaysWhichNameDoesNotResolve) {
    const std::string too_long(64, 'a'); // for a label, so that nobody is asked
    EXPECT_THAT(error_with("wsrep_cluster_address = gcomm://127.0.4.2," + too_long + ".b"),
                AllOf(HasSubstr("host 'aaaa"), HasSubstr("does not resolve")));
}

TEST_F(SiteTest, SaysThatNoClusterAddressIsSet) {
    EXPECT_THAT(error("[mysqld]\nwsrep_on\nwsrep_provider=/x.so\n"),
                AllOf(StartsWith((directory / "n.cnf").string()),
                      HasSubstr("wsrep_cluster_address is not set")));
}

// The server has its own, whatever this program asks: "gcomm://" there is an order to bootstrap.
TEST_F(SiteTest, DoesNotHideTheClusterAddressOfTheServer) {
    base.cluster_address = "gcomm://127.0.4.1,127.0.4.2";
    EXPECT_THAT(error_with("wsrep_cluster_address = gcomm://"),
                HasSubstr("takes it for an order to bootstrap"));
    EXPECT_THAT(error_with("wsrep_cluster_address = gcomm://?pc.wait_prim=no"),
                HasSubstr("takes it for an order to bootstrap"));
    EXPECT_TRUE(site("wsrep_cluster_address = gcomm://127.0.4.2?pc.ignore_sb=yes").quorum_override);
}

TEST_F(SiteTest, SaysThatTheOptionFileIsNone) {
    for (const auto& [content, said] :
         {std::pair<std::string, const char*>{"", "wsrep_on is not ON"},
          {std::string(3000, '\0'), "wsrep_on is not ON"},
          {"\x7f"
           "ELF\x01\x02\x03 rubbish\n",
           "Found option without preceding group"},
          {"[mysqld\nx = 1\n", "Wrong group definition"},
          {"[mysqld]\n= 3\n", "an option without a name"},
          {"wsrep_on = ON\n", "Found option without preceding group"}}) {
        const auto text = error(content);
        EXPECT_THAT(text, AllOf(HasSubstr((directory / "n.cnf").string()), HasSubstr(said)));
        EXPECT_THAT(text, Not(HasSubstr("\n")));
    }
}

TEST_F(SiteTest, SaysThatThereIsNoOptionFile) {
    Settings settings;
    settings.defaults_file = directory / "none.cnf";
    EXPECT_EQ(complete(settings).error().text,
              settings.defaults_file.string() + ": there is no such file; correct defaults-file");
    settings.defaults_file = directory;
    EXPECT_EQ(complete(settings).error().text,
              directory.string() + ": this is not a file; correct defaults-file");
    if (::geteuid() == 0)
        return; // root may read everything
    settings.defaults_file = write("n.cnf", option_file(""), 0);
    EXPECT_THAT(complete(settings).error().text, HasSubstr("let the user of this program read it"));
}

// The server ignores such a file without a word in its exit status, and so would be another node.
TEST_F(SiteTest, DoesNotGoOnWithoutAFileThatIsIgnored) {
    Settings settings;
    settings.defaults_file = write("n.cnf", option_file(""), 0666);
    const auto completed = complete(settings);
    ASSERT_FALSE(completed);
    EXPECT_THAT(completed.error().text,
                AllOf(HasSubstr("World-writable config file"), HasSubstr("chmod o-w")));
}

TEST_F(SiteTest, SaysWhichPackageIsMissing) {
    const char* const set = ::getenv("PATH");
    const std::string path = set != nullptr ? set : "";
    ::setenv("PATH", directory.c_str(), 1);
    const auto text = error_with("");
    ::setenv("PATH", path.c_str(), 1);
    if (text == "(no error)")
        GTEST_SKIP() << "my_print_defaults is found without PATH";
    EXPECT_THAT(text, HasSubstr("package mariadb-client-core"));
}

} // namespace

} // namespace galera::config
