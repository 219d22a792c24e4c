// Every key of the configuration does something: what it sets, and what follows from that. And what
// a file may look like around the keys.
#include "common/config/config.hpp"
#include "common/config/keys.hpp"
#include "common/config/links.hpp"
#include "common/config/observe.hpp"
#include "tests/unit/config/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace galera::config {

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Result<Invocation> read(Program program, const std::vector<std::string>& words,
                        const char* called = "program") {
    std::vector<const char*> argv{called};
    for (const auto& word : words)
        argv.push_back(word.c_str());
    return read_invocation(program, static_cast<int>(argv.size()), argv.data());
}

// One row a key: a value that is not the default, and the settings that it makes of the defaults.
// A value may need other lines beside it.

struct Effect {
    std::string_view key;
    std::string_view value;
    std::function<void(Settings&)> change;
    std::string_view beside{};
};

const std::vector<Effect> effects{
    {"defaults-file", "/etc/my.cnf", [](Settings& s) { s.defaults_file = "/etc/my.cnf"; }},
    {"cluster-address", "gcomm://a,b", [](Settings& s) { s.cluster_address = "gcomm://a,b"; }},
    {"node-address", "10.0.0.1", [](Settings& s) { s.node_address = "10.0.0.1"; }},
    {"datadir", "/srv/db", [](Settings& s) { s.datadir = "/srv/db"; }},
    {"mysql-socket", "/run/db.sock", [](Settings& s) { s.mysql_socket = "/run/db.sock"; }},
    {"mysql-user", "monitor", [](Settings& s) { s.mysql_user = "monitor"; }},
    {"arbitrator", "10.0.0.9", [](Settings& s) { s.arbitrator = {"10.0.0.9"}; }},
    {"snmp-version", "2c", [](Settings& s) { s.snmp_version = SnmpVersion::v2c; }},
    {"snmp-user", "me", [](Settings& s) { s.snmp_user = "me"; }},
    {"snmp-level", "authNoPriv", [](Settings& s) { s.snmp_level = SnmpLevel::auth_no_priv; }},
    {"snmp-auth-protocol", "SHA-512", [](Settings& s) { s.snmp_auth_protocol = SnmpAuth::sha512; }},
    {"snmp-auth-file", "/etc/auth", [](Settings& s) { s.snmp_auth_file = "/etc/auth"; }},
    {"snmp-priv-protocol", "AES-256", [](Settings& s) { s.snmp_priv_protocol = SnmpPriv::aes256; }},
    {"snmp-priv-file", "/etc/priv", [](Settings& s) { s.snmp_priv_file = "/etc/priv"; }},
    {"snmp-community", "a#b", [](Settings& s) { s.snmp_community = "a#b"; }},
    {"snmp-port", "1161", [](Settings& s) { s.snmp_port = 1161; }},
    {"snmp-timeout", "250ms", [](Settings& s) { s.snmp_timeout = 250ms; }},
    {"snmp-retries", "0", [](Settings& s) { s.snmp_retries = 0; }},
    {"agentx-socket", "tcp:host:705", [](Settings& s) { s.agentx_socket = "tcp:host:705"; }},
    {"agentx-ping-interval", "7s", [](Settings& s) { s.agentx_ping_interval = 7s; }},
    {"notification-interval", "0", [](Settings& s) { s.notification_interval = 0ms; }},
    {"sample-interval", "5s", [](Settings& s) { s.sample_interval = 5s; }},
    {"run-dir", "/run/other", [](Settings& s) { s.run_dir = "/run/other"; }},
    {"state-dir", "/var/other", [](Settings& s) { s.state_dir = "/var/other"; }},
    {"backend", "exec", [](Settings& s) { s.backend = Backend::exec; }},
    {"unit", "mysql.service", [](Settings& s) { s.unit = "mysql.service"; }},
    {"sysv-start", "/etc/init.d/db start",
     [](Settings& s) {
         s.sysv_start = {"/etc/init.d/db", "start"};
     }},
    {"sysv-bootstrap", "/etc/init.d/db bootstrap",
     [](Settings& s) {
         s.sysv_bootstrap = {"/etc/init.d/db", "bootstrap"};
     }},
    {"server-binary", "/opt/mysqld", [](Settings& s) { s.server_binary = "/opt/mysqld"; }},
    {"server-arg", "--a=\"b\" c", [](Settings& s) { s.server_arg = {"--a=\"b\" c"}; }},
    {"wait-timeout", "15min", [](Settings& s) { s.wait_timeout = 15min; }},
    {"poll-interval", "100ms", [](Settings& s) { s.poll_interval = 100ms; }},
    {"evidence", "census", [](Settings& s) { s.evidence = Evidence::census; }},
    {"assume-lost", "10.0.0.3", [](Settings& s) { s.assume_lost = {"10.0.0.3"}; }},
    {"recover-non-primary", "yes", [](Settings& s) { s.recover_non_primary = true; }},
    {"legacy-extend", "yes", [](Settings& s) { s.legacy_extend = true; }},
};

class Keys : public ScratchTest {
protected:
    [[nodiscard]] Result<Settings> settings(const std::string& content) const {
        auto invocation =
            read(Program::check, {"--config", write("site.conf", content).string(), "status"});
        if (!invocation)
            return failure(invocation.error());
        return std::move(invocation->settings);
    }
    [[nodiscard]] std::string error(const std::string& content) const {
        const auto read = settings(content);
        return read ? "(no error)" : read.error().text;
    }
};

TEST_F(Keys, HaveAnEffectEach) {
    for (const auto& key : key_table) {
        const auto effect = std::ranges::find(effects, key.name, &Effect::key);
        ASSERT_NE(effect, effects.end()) << "no row for " << key.name;
        const auto line = std::string{key.name} + " = " + std::string{effect->value} + "\n";
        const auto before = settings(std::string{effect->beside});
        const auto after = settings(std::string{effect->beside} + line);
        ASSERT_TRUE(before && after) << line << error(std::string{effect->beside} + line);
        auto expected = *before;
        effect->change(expected);
        EXPECT_EQ(*after, expected) << line;
        EXPECT_NE(*after, *before) << line << "changes nothing";
    }
    EXPECT_EQ(effects.size(), key_table.size()) << "a row for a key that is none";
}

TEST_F(Keys, HaveTheSameEffectAsOptions) {
    const auto file = write("empty.conf", "").string();
    for (const auto& effect : effects) {
        const auto* const key = std::ranges::find(key_table, effect.key, &Key::name);
        if (key == key_table.end() || key->secret || !effect.beside.empty())
            continue;
        const auto word = "--" + std::string{effect.key} + "=" + std::string{effect.value};
        const auto read_word = read(Program::check, {"--config", file, word, "status"});
        ASSERT_TRUE(read_word) << read_word.error().text;
        Settings expected;
        effect.change(expected);
        EXPECT_EQ(read_word->settings, expected) << word;
    }
}

// What follows for the programs from the keys that the database's own option file stands behind.
TEST_F(Keys, GoBeforeTheOptionFileOfTheDatabase) {
    const auto data = directory / "data";
    const auto other = directory / "other";
    std::filesystem::create_directory(data);
    std::filesystem::create_directory(other);
    const auto cnf = write("n.cnf", "[mysqld]\nwsrep_on=ON\n"
                                    "wsrep_provider=/usr/lib/galera/libgalera_smm.so\n"
                                    "wsrep_cluster_address=gcomm://127.0.4.1,127.0.4.2\n"
                                    "wsrep_node_address=127.0.4.1\nsocket=/run/a.sock\ndatadir=" +
                                        data.string() + "\n");
    const auto site = [&](const std::string& lines) {
        const auto read = settings("defaults-file = " + cnf.string() + "\n" + lines);
        EXPECT_TRUE(read) << read.error().text;
        const auto completed = complete(*read);
        EXPECT_TRUE(completed) << completed.error().text;
        return completed.value_or(Site{});
    };
    EXPECT_EQ(site("").datadir, data);
    EXPECT_EQ(site("datadir = " + other.string() + "\n").datadir, other);
    EXPECT_EQ(site("").node_address.text, "127.0.4.1");
    EXPECT_EQ(site("node-address = 127.0.4.2\n").node_address.text, "127.0.4.2");
    EXPECT_EQ(site("").mysql_socket, "/run/a.sock");
    EXPECT_EQ(site("mysql-socket = /run/b.sock\n").mysql_socket, "/run/b.sock");
    EXPECT_EQ(site("mysql-user = me\n").mysql_user, "me");
    EXPECT_EQ(site("").roster.size(), 2U);
    EXPECT_EQ(site("cluster-address = gcomm://127.0.4.1,127.0.4.2,127.0.4.3\n").roster.size(), 3U);
    EXPECT_EQ(site("arbitrator = 127.0.4.9\n").arbitrators.size(), 1U);
    EXPECT_EQ(site("assume-lost = 127.0.4.2\n").assume_lost.front().text, "127.0.4.2");
    const auto observed = observer_options(site("server-binary = /opt/mysqld\nserver-arg = --x\n"));
    EXPECT_EQ(observed.recovery.server_binary, "/opt/mysqld");
    EXPECT_THAT(observed.recovery.server_args, ElementsAre("--x"));
}

// What a file may look like.

struct Odd {
    std::string content;
    std::string said; // of the error; empty: snmp-port is 1161
};

TEST_F(Keys, AreReadOrRefusedWhateverTheFileLooksLike) {
    using namespace std::string_literals;
    for (const auto& [content, said] : {
             Odd{"snmp-port = 1161", ""},
             Odd{"snmp-port = 1161\r\n", ""},
             Odd{"\r\n\r\nsnmp-port = 1161\r", ""},
             Odd{"\n\n\n\n  snmp-port=1161\t\n\n", ""},
             Odd{"#" + std::string(200'000, 'x') + "\nsnmp-port = 1161\n", ""},
             Odd{"snmp-port = 1161" + std::string(100'000, ' ') + "# long\n", ""},
             Odd{"snmp-port = 1161\nsnmp-port = 1161\n", "'snmp-port' may be set once"},
             Odd{"\xEF\xBB\xBFsnmp-port = 1161\n", "unknown key"},
             Odd{"snmp-port = 1161\0\n"s, "this is not a text file"},
             Odd{"snmp-port = 1161\n\0"s, "this is not a text file"},
             Odd{"snmp-port = 11\x1b[2J61\n", "this is not a text file"},
             Odd{"snmp-port = 1161\n[mysqld]\n", "sections are not used here"},
             Odd{"snmp-port = '1161'\n", "in quotes"},
             Odd{"snmp-port = \"1161\"\n", "in quotes"},
             Odd{"snmp-port : 1161\n", "'snmp-port' is not followed by = and a value"},
             Odd{"snmp-port 1161\n", "'snmp-port' is not followed by = and a value"},
             Odd{"snmp-port == 1161\n", "'= 1161' is not a number"},
             Odd{"snmp-port = 1161 1162\n", "is not a number"},
             Odd{"snmp-port = " + std::string(100'000, '1') + "\n", "is not a number"},
             Odd{"snmp-potr = 1161\n", "did you mean 'snmp-port'?"},
             Odd{"sNMP_PORT = 1161\n", "unknown key"},
             Odd{"!include other.conf\n", "unknown key '!include'"},
         }) {
        const auto read = settings(content);
        ASSERT_EQ(read.has_value(), said.empty()) << content.substr(0, 60) << error(content);
        if (read)
            EXPECT_EQ(read->snmp_port, 1161);
        else
            EXPECT_THAT(read.error().text, AllOf(HasSubstr(said), Not(HasSubstr("\n"))));
    }
}

// The names of the Python scripts.

TEST(Links, SayTheirCommandThemselves) {
    for (const auto& link : link_table) {
        const auto path = "/usr/bin/" + std::string{link.name};
        EXPECT_EQ(link_of(link.program, path), &link);
        EXPECT_EQ(link_of(link.program, link.name), &link);
        const auto asked = read(link.program, {"--help"}, path.c_str());
        EXPECT_TRUE(asked && asked->help);
    }
    EXPECT_EQ(link_of(Program::check, "/usr/bin/galera-check"), nullptr);
    EXPECT_EQ(link_of(Program::check, "/galera_check/galera-check"), nullptr);
    EXPECT_EQ(link_of(Program::check, "galera_init"), nullptr) << "it is of another program";
    EXPECT_EQ(link_of(Program::check, ""), nullptr);
    EXPECT_EQ(link_of(Program::check, 0, nullptr), nullptr);
}

TEST_F(Keys, AreReadByALinkToo) {
    const auto file = write("site.conf", "snmp-port = 1161\n").string();
    const auto asked = read(Program::check, {"--config", file}, "/usr/bin/galera_seqno");
    ASSERT_TRUE(asked) << asked.error().text;
    EXPECT_EQ(asked->command, "seqno");
    EXPECT_EQ(asked->settings.snmp_port, 1161);
    const auto said = read(Program::check, {"status", "--config", file}, "galera_check");
    ASSERT_TRUE(said) << said.error().text;
    EXPECT_EQ(said->command, "status");
}

TEST_F(Keys, AreReadForAWatch) {
    const auto file = write("site.conf", "snmp-version = 2c\nsnmp-community = w\n").string();
    const auto asked = read(Program::initiator, {"--config", file, "status", "--watch"});
    ASSERT_TRUE(asked) << asked.error().text;
    EXPECT_TRUE(asked->watch);
    const auto wrong = read(Program::initiator, {"--config", file, "plan", "--watch"});
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().text, StartsWith("--watch is for status"));
}

} // namespace

} // namespace galera::config
