// What people write into the file and on the command line, and what they are told when it is wrong.
#include "common/config/config.hpp"
#include "common/config/keys.hpp"
#include "tests/unit/config/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <sstream>

namespace galera::config {

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Words = std::vector<std::string>;

Result<Invocation> read(Program program, const Words& words) {
    std::vector<const char*> argv{"program"};
    for (const auto& word : words)
        argv.push_back(word.c_str());
    return read_invocation(program, static_cast<int>(argv.size()), argv.data());
}

std::string error_of(const Result<Invocation>& read) {
    return read ? "(no error)" : read.error().text;
}

class Options : public ScratchTest {
protected:
    /// galera-check with this file, which asks the least of it.
    [[nodiscard]] Result<Invocation> read_file(std::string_view content, const Words& more = {},
                                               unsigned mode = 0640) const {
        Words words{"--config", write("site.conf", content, mode).string(), "status"};
        words.insert(words.end(), more.begin(), more.end());
        return read(Program::check, words);
    }
    [[nodiscard]] Settings settings(std::string_view content, const Words& more = {}) const {
        const auto invocation = read_file(content, more);
        EXPECT_TRUE(invocation) << invocation.error().text;
        return invocation ? invocation->settings : Settings{};
    }
    /// The error without the directory in front.
    [[nodiscard]] std::string error(std::string_view content, const Words& more = {}) const {
        auto text = error_of(read_file(content, more));
        const auto prefix = directory.string() + "/";
        return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
    }
};

// The good cases.

TEST_F(Options, OfAnEmptyFileAreTheDefaults) {
    EXPECT_EQ(settings(""), Settings{});
}

TEST_F(Options, AreReadFromAFileAsPeopleWriteIt) {
    const auto read = settings("# our cluster\n"
                               "\n"
                               "datadir=/srv/db\r\n"
                               "  snmp-port\t =  1161   # not the usual one\n"
                               "snmp-community = a#b\n"
                               "arbitrator = 10.0.0.9\n"
                               "arbitrator = [fd00::9]:4567\n"
                               "server-arg = --wsrep-provider-options=\"gcache.size=16M\"\n"
                               "wait-timeout = 1h"); // the last line without its end
    Settings expected;
    expected.datadir = "/srv/db";
    expected.snmp_port = 1161;
    expected.snmp_community = "a#b";
    expected.arbitrator = {"10.0.0.9", "[fd00::9]:4567"};
    expected.server_arg = {"--wsrep-provider-options=\"gcache.size=16M\""};
    expected.wait_timeout = 1h;
    EXPECT_EQ(read, expected);
}

TEST_F(Options, OfTheCommandLineGoBeforeTheFile) {
    const auto read = settings("datadir = /srv/db\nsnmp-port = 1161\nserver-arg = --a\n",
                               {"--datadir=/srv/other", "--server-arg=--b", "--server-arg=--c"});
    EXPECT_EQ(read.datadir, "/srv/other");
    EXPECT_EQ(read.snmp_port, 1161);
    EXPECT_THAT(read.server_arg, ElementsAre("--b", "--c"));
}

TEST_F(Options, OfYesOrNoNeedNoValueOnTheCommandLine) {
    EXPECT_FALSE(settings("").recover_non_primary);
    EXPECT_FALSE(settings("").legacy_extend);
    EXPECT_TRUE(settings("", {"--recover-non-primary"}).recover_non_primary);
    EXPECT_TRUE(settings("recover-non-primary = yes\n").recover_non_primary);
    EXPECT_TRUE(settings("legacy-extend = yes\n").legacy_extend);
    EXPECT_FALSE(settings("legacy-extend = yes\n", {"--legacy-extend=no"}).legacy_extend);
    const auto file = write("site.conf", "").string();
    const auto before_the_command =
        read(Program::check, {"--config", file, "--legacy-extend", "status"});
    ASSERT_TRUE(before_the_command) << before_the_command.error().text;
    EXPECT_TRUE(before_the_command->settings.legacy_extend);
    EXPECT_EQ(before_the_command->command, "status");
}

TEST_F(Options, OfTheCommandLineReplaceWhatIsWrongInTheFile) {
    EXPECT_EQ(settings("snmp-timeout = soon\n", {"--snmp-timeout", "2s"}).snmp_timeout, 2s);
}

struct GoodDuration {
    const char* text;
    std::chrono::milliseconds means;
};
TEST_F(Options, TakeDurationsWithAUnit) {
    for (const auto& [text, means] :
         {GoodDuration{"500ms", 500ms}, GoodDuration{"2s", 2s}, GoodDuration{"15min", 15min},
          GoodDuration{"1h", 1h}, GoodDuration{"0", 0ms}, GoodDuration{"0s", 0ms},
          GoodDuration{"8760h", 8760h}})
        EXPECT_EQ(settings(std::string("wait-timeout = ") + text + "\n").wait_timeout, means)
            << text;
}

// The bad cases: key, value, and what is said about it.

struct BadValue {
    const char* line;
    const char* said;
};

TEST_F(Options, SayWhatIsWrongWithAValue) {
    for (const auto& [line, said] : {
             BadValue{"wait-timeout = 5", "'5' has no unit; write 5s for seconds, or ms, min or h"},
             BadValue{"wait-timeout = 5m", "'5m' is not a duration; write 500ms, 2s, 15min or 1h"},
             BadValue{"wait-timeout = 1.5s", "'1.5s' is not a duration"},
             BadValue{"wait-timeout = -1s", "'-1s' is not a duration"},
             BadValue{"wait-timeout = s", "'s' is not a duration"},
             BadValue{"wait-timeout = 2 s", "'2 s' is not a duration"},
             BadValue{"wait-timeout = 99999999999999999999s",
                      "'99999999999999999999s' is not between 0h and 8760h"},
             BadValue{"wait-timeout = 9223372036854775807h", "is not between 0h and 8760h"},
             BadValue{"snmp-timeout = 9ms", "'9ms' is not between 10ms and 1min"},
             BadValue{"snmp-timeout = 61s", "'61s' is not between 10ms and 1min"},
             BadValue{"snmp-timeout = 0", "'0' is not between 10ms and 1min"},
             BadValue{"sample-interval = 99ms", "is not between 100ms and 1min"},
             BadValue{"poll-interval = 11min", "is not between 100ms and 10min"},
             BadValue{"snmp-retries = 21", "'21' is not a number from 0 to 20"},
             BadValue{"snmp-retries = -1", "'-1' is not a number from 0 to 20"},
             BadValue{"legacy-extend = true", "'true' is neither yes nor no"},
             BadValue{"snmp-retries = two", "'two' is not a number from 0 to 20"},
             BadValue{"snmp-port = 0", "'0' is not a number from 1 to 65535"},
             BadValue{"snmp-port = 65536", "'65536' is not a number from 1 to 65535"},
             BadValue{"snmp-port = 161x", "'161x' is not a number from 1 to 65535"},
             BadValue{"snmp-version = 1", "'1' is not an SNMP version that is supported; write 3, "
                                          "or 2c on a network that you trust"},
             BadValue{"snmp-user = a-name-of-more-than-thirty-two-octets",
                      "is longer than the 32 octets"},
             BadValue{"snmp-level = private", "'private' is not a level of security; write one of "
                                              "authPriv, authNoPriv, noAuthNoPriv"},
             BadValue{"snmp-auth-protocol = MD5",
                      "'MD5' is not a protocol that signs; write one of SHA-1, SHA-224, SHA-256, "
                      "SHA-384, SHA-512"},
             BadValue{"snmp-priv-protocol = DES",
                      "'DES' is not a protocol that encrypts; write one "
                      "of AES-128, AES-192, AES-256"},
             BadValue{"snmp-auth-file = secret", "this is no path from / on"},
             BadValue{"snmp-priv-file = secret", "this is no path from / on"},
             BadValue{"backend = magic", "'magic' is not a backend; write systemd, sysv or exec"},
             BadValue{"unit = /lib/mariadb.service", "is not the name of a service"},
             BadValue{"unit = .service", "'.service' is not the name of a service"},
             BadValue{"unit = mariadb.target/x", "is not the name of a service"},
             BadValue{"unit = mariadb.socket", "is not the name of a service"},
             BadValue{"sysv-start = systemctl start mariadb && true",
                      "wants a shell, and there is none; write a script and name it here"},
             BadValue{"sysv-bootstrap = /bin/sh -c 'x'", "wants a shell, and there is none"},
             BadValue{"evidence = hope",
                      "'hope' is not a kind of evidence; write closure or census"},
             BadValue{"defaults-file = my.cnf",
                      "'my.cnf' is a relative path; write it in full, from / on"},
             BadValue{"datadir = data", "'data' is a relative path"},
             BadValue{"mysql-socket = s", "'s' is a relative path"},
             BadValue{"run-dir = ../run", "'../run' is a relative path"},
             BadValue{"state-dir = ~/state", "'~/state' is a relative path"},
             BadValue{"server-binary = ./mariadbd", "'./mariadbd' is a relative path"},
             BadValue{"agentx-socket = master", "'master' is a relative path"},
             BadValue{"agentx-socket = localhost:705", "or tcp:HOST:PORT"},
             BadValue{"agentx-socket = tcp:705", "is not a socket of a host"},
             BadValue{"agentx-socket = tcp::705", "is not a socket of a host"},
             BadValue{"agentx-socket = tcp:localhost:0", "is not a socket of a host"},
             BadValue{"agentx-socket = tcp:localhost:", "write tcp:HOST:PORT"},
             BadValue{"agentx-ping-interval = 999ms", "'999ms' is not between 1s and 1min"},
             BadValue{"agentx-ping-interval = 61s", "'61s' is not between 1s and 1min"},
             BadValue{"agentx-ping-interval = 1500ms", "'1500ms' is not a number of whole seconds"},
             BadValue{"notification-interval = 2h", "'2h' is not between 0h and 1h"},
         }) {
        const std::string key{line, std::string_view{line}.find(' ')};
        EXPECT_THAT(error(std::string("# first line\n") + line + "\n"),
                    AllOf(StartsWith("site.conf:2: " + key + ": "), HasSubstr(said)));
    }
}

TEST_F(Options, SayTheSameOfTheCommandLine) {
    EXPECT_EQ(error("", {"--snmp-port=0"}), "--snmp-port: '0' is not a number from 1 to 65535");
}

TEST_F(Options, SayWhatIsWrongWithALine) {
    for (const auto& [line, said] : {
             BadValue{"foo = 1", "unknown key 'foo'"},
             BadValue{"data-dir = /x", "unknown key 'data-dir'; did you mean 'datadir'?"},
             BadValue{"snmp_retrys = 1", "unknown key 'snmp_retrys'"},
             BadValue{"snmp_port = 1", "unknown key 'snmp_port'; did you mean 'snmp-port'?"},
             BadValue{"Datadir = /x", "unknown key 'Datadir'; did you mean 'datadir'?"},
             BadValue{"discard-local-data = 10.0.0.3", "unknown key 'discard-local-data'"},
             BadValue{"snmp-auth-passphrase = word", "unknown key 'snmp-auth-passphrase'"},
             BadValue{"config = /x", "unknown key 'config'"},
             BadValue{"help", "unknown key 'help'"},
             BadValue{"= 5", "unknown key ''"},
             BadValue{"datadir", "'datadir' is not followed by = and a value"},
             BadValue{"datadir =", "'datadir' has no value"},
             BadValue{"datadir = # /srv", "'datadir' has no value"},
             BadValue{"datadir = \"/srv\"", "'datadir' is in quotes; write the value without them"},
             BadValue{"[galera]", "sections are not used here; remove the line '[galera]'"},
         })
        EXPECT_THAT(error(std::string("\n\n") + line),
                    StartsWith(std::string("site.conf:3: ") + said));
}

TEST_F(Options, MayBeSetOnce) {
    EXPECT_EQ(error("datadir = /a\n\ndatadir = /b\n"),
              "site.conf:3: 'datadir' may be set once, and is already set at " +
                  (directory / "site.conf").string() + ":1");
    EXPECT_EQ(error("", {"--datadir=/a", "--datadir=/b"}),
              "--datadir: 'datadir' may be set once, and is already set at --datadir");
}

TEST_F(Options, OfAFileThatIsNoTextAreOneClearLine) {
    const std::string binary{"\x7f"
                             "ELF\x02\x01\x01\0\0\0\0\n",
                             12};
    EXPECT_EQ(error(binary), "site.conf: this is not a text file; write lines of key = value");
    EXPECT_EQ(error(std::string(4096, '\0')),
              "site.conf: this is not a text file; write lines of key = value");
    EXPECT_THAT(error("d\xC3\xA4tadir = /x\n"), StartsWith("site.conf:1: unknown key 'd??tadir'"));
    EXPECT_THAT(error(std::string(100'000, 'x')),
                AllOf(StartsWith("site.conf:1: unknown key 'xxx"), EndsWith("xx..'")));
    EXPECT_THAT(error(std::string(2'000'000, '\n')), StartsWith("site.conf: "));
}

TEST_F(Options, NeedTheFileThatTheCommandLineNames) {
    EXPECT_EQ(error_of(read(Program::check, {"--config=/nonexistent/a.conf", "status"})),
              "/nonexistent/a.conf: there is no such file; correct --config");
    EXPECT_THAT(error_of(read(Program::check, {"--config=" + directory.string(), "status"})),
                StartsWith(directory.string()));
}

// Secrets.

TEST_F(Options, DoNotTakeTheCommunityFromTheCommandLine) {
    EXPECT_THAT(error("", {"--snmp-community=secret"}),
                AllOf(HasSubstr("set it in the configuration file"), Not(HasSubstr("secret'"))));
}

TEST_F(Options, DoNotTakeTheCommunityFromAFileThatOthersCanAccess) {
    for (const unsigned mode : {0644U, 0642U, 0641U, 0604U})
        EXPECT_THAT(error_of(read_file("\nsnmp-community = word\n", {}, mode)),
                    AllOf(HasSubstr("site.conf:2: 'snmp-community' is a secret"),
                          HasSubstr("run chmod o= " + (directory / "site.conf").string()),
                          Not(HasSubstr("word"))));
    for (const unsigned mode : {0600U, 0640U, 0660U})
        EXPECT_EQ(error_of(read_file("snmp-community = word\n", {}, mode)), "(no error)");
    EXPECT_EQ(error_of(read_file("datadir = /srv\n", {}, 0644)), "(no error)");
}

// What asks peers must be told how.

class AccessToPeers : public Options {
protected:
    [[nodiscard]] std::string file() const { return (directory / "site.conf").string(); }
    [[nodiscard]] Result<Invocation> ask(std::string_view content) const {
        return read(Program::initiator, {"--config", write("site.conf", content).string(), "plan"});
    }
    /// A file of a passphrase, and the line that sets it.
    [[nodiscard]] std::string secret(const std::string& key, std::string_view content,
                                     unsigned mode = 0640) const {
        return key + " = " + write(key, content, mode).string() + "\n";
    }
};

TEST_F(AccessToPeers, OfVersion2cNeedsACommunity) {
    EXPECT_THAT(error_of(ask("snmp-version = 2c\n")),
                StartsWith(file() + ": snmp-community is not set"));
    EXPECT_EQ(error_of(ask("snmp-version = 2c\nsnmp-community = word\n")), "(no error)");
}

TEST_F(AccessToPeers, IsByVersion3UnlessSaidOtherwise) {
    EXPECT_THAT(error_of(ask("")), StartsWith(file() + ": snmp-user is not set; set the SNMPv3"));
    EXPECT_THAT(error_of(ask("snmp-community = word\n")),
                StartsWith(file() + ": snmp-user is not set"));
}

TEST_F(AccessToPeers, OfVersion3NeedsWhatItsLevelWants) {
    const auto auth = secret("snmp-auth-file", "it signs a lot\n");
    const auto priv = secret("snmp-priv-file", "it hides a lot\n");
    const std::string user = "snmp-user = galera\n";
    EXPECT_THAT(error_of(ask(user)), StartsWith(file() + ": snmp-auth-file is not set; set the"));
    EXPECT_THAT(error_of(ask(user + auth)),
                StartsWith(file() + ": snmp-priv-file is not set; set the"));
    EXPECT_EQ(error_of(ask(user + auth + priv)), "(no error)");
    EXPECT_EQ(error_of(ask(user + auth + "snmp-level = authNoPriv\n")), "(no error)");
    EXPECT_EQ(error_of(ask(user + "snmp-level = noAuthNoPriv\n")), "(no error)");
}

TEST_F(AccessToPeers, ReadsPassphrasesFromTheirFirstLines) {
    const auto asked = ask("snmp-user = galera\nsnmp-auth-protocol = sha-512\n"
                           "snmp-priv-protocol = AES\n" +
                           secret("snmp-auth-file", "it signs a lot\nnot this\n") +
                           secret("snmp-priv-file", " it hides a lot \r\n"));
    ASSERT_TRUE(asked) << asked.error().text;
    EXPECT_EQ(asked->settings.snmp_auth_passphrase, "it signs a lot");
    EXPECT_EQ(asked->settings.snmp_priv_passphrase, " it hides a lot ");
    EXPECT_EQ(asked->settings.snmp_auth_protocol, SnmpAuth::sha512);
    EXPECT_EQ(asked->settings.snmp_priv_protocol, SnmpPriv::aes128);
}

TEST_F(AccessToPeers, SaysWhatIsWrongWithAFileOfAPassphrase) {
    const std::string user = "snmp-user = galera\n";
    const auto path = (directory / "snmp-auth-file").string();
    for (const unsigned mode : {0644U, 0642U, 0641U, 0604U})
        EXPECT_THAT(error_of(ask(user + secret("snmp-auth-file", "it signs a lot\n", mode))),
                    AllOf(StartsWith("snmp-auth-file: " + path + ": it holds a secret, and others"),
                          HasSubstr("run chmod o= " + path), Not(HasSubstr("signs a lot"))));
    for (const auto* const content : {"", "\n", "sevenoc", "sevenoc\r\n", "\nit signs a lot\n"})
        EXPECT_THAT(error_of(ask(user + secret("snmp-auth-file", content))),
                    StartsWith("snmp-auth-file: " + path +
                               ": its first line must be a passphrase "
                               "of 8 octets or more"));
    EXPECT_EQ(error_of(ask(user + secret("snmp-auth-file", "eightoct") +
                           secret("snmp-priv-file", "eightoct"))),
              "(no error)");
    EXPECT_THAT(error_of(ask(user + "snmp-auth-file = /nonexistent/secret\n")),
                StartsWith("snmp-auth-file: /nonexistent/secret: there is no such file; write"));
    EXPECT_THAT(error_of(ask(user + "snmp-auth-file = " + directory.string() + "\n")),
                StartsWith("snmp-auth-file: " + directory.string()));
}

TEST_F(AccessToPeers, IsNothingToProgramsThatAskNobody) {
    EXPECT_EQ(error_of(read_file("snmp-user = galera\nsnmp-auth-file = /nonexistent\n")),
              "(no error)");
}

// How the server is started.

TEST_F(Options, TakeTheUnitAsSystemctlDoes) {
    EXPECT_EQ(settings("unit = mysql\n").unit, "mysql.service");
    EXPECT_EQ(settings("unit = mariadb@n1.service\n").unit, "mariadb@n1.service");
}

TEST_F(Options, TakeCommandsAsWords) {
    const auto read = settings("sysv-start = /etc/init.d/mysql  start\n"
                               "sysv-bootstrap = /etc/init.d/mysql start --wsrep-new-cluster\n");
    EXPECT_THAT(read.sysv_start, ElementsAre("/etc/init.d/mysql", "start"));
    EXPECT_THAT(read.sysv_bootstrap,
                ElementsAre("/etc/init.d/mysql", "start", "--wsrep-new-cluster"));
}

TEST_F(Options, ForTheForegroundMeanTheBackendExec) {
    const auto ask = [&](const std::string& backend, const char* command) {
        const auto file =
            write("site.conf", "snmp-version = 2c\nsnmp-community = word\n" + backend);
        return read(Program::initiator, {"--config", file.string(), "--foreground", command});
    };
    for (const auto* const backend : {"", "backend = exec\n"}) {
        const auto asked = ask(backend, "start");
        ASSERT_TRUE(asked) << asked.error().text;
        EXPECT_TRUE(asked->settings.foreground);
        EXPECT_EQ(asked->settings.backend, Backend::exec);
    }
    EXPECT_THAT(error_of(ask("backend = systemd\n", "start")), HasSubstr("set backend = exec"));
    EXPECT_THAT(error_of(ask("", "plan")), HasSubstr("goes with start"));
}

// The command line.

struct Line {
    Program program;
    Words words;
    const char* said;
};

TEST(CommandLine, SaysWhatIsWrongWithIt) {
    for (const auto& [program, words, said] : {
             Line{Program::initiator, {}, "no command; say one of start, plan, status"},
             Line{Program::initiator, {"stop"}, "unknown command 'stop'; see galera-initiator"},
             Line{
                 Program::initiator, {"start", "plan"}, "one command at a time: 'start' or 'plan'"},
             Line{Program::check, {}, "no command; say one of status, seqno, position"},
             Line{Program::check, {"start"}, "unknown command 'start'; see galera-check --help"},
             Line{Program::check, {"status", "--json"}, "unknown option '--json'"},
             Line{Program::agentx, {"start"}, "galera-agentx takes no command"},
             Line{Program::agentx,
                  {"--datdir=/x"},
                  "unknown option '--datdir'; did you mean '--datadir'?"},
             Line{Program::agentx, {"--snmp"}, "unknown option '--snmp'"}, // no guessing
             Line{Program::agentx, {"-x"}, "unknown option '-x'"},
             Line{Program::agentx, {"--datadir"}, "argument"},
             Line{Program::agentx, {"--datadir="}, "datadir"},
             Line{Program::agentx, {"--config"}, "argument"},
             Line{Program::agentx, {"--help=yes"}, "help"},
         }) {
        const auto text = error_of(read(program, words));
        EXPECT_THAT(text, HasSubstr(said));
        EXPECT_THAT(text, Not(HasSubstr("\n")));
    }
}

TEST(CommandLine, AsksForHelpAndVersionWithoutAFile) {
    for (const auto* const word : {"--help", "-h"}) {
        const auto asked = read(Program::initiator, {word, "--config=/nonexistent"});
        ASSERT_TRUE(asked) << asked.error().text;
        EXPECT_TRUE(asked->help);
    }
    const auto asked = read(Program::agentx, {"--version"});
    ASSERT_TRUE(asked);
    EXPECT_TRUE(asked->version);
}

TEST_F(Options, OfAnInvocationStandBesideTheCommand) {
    const auto file = write("site.conf", "snmp-version = 2c\nsnmp-community = word\n").string();
    for (const auto* const command : {"start", "plan", "status"}) {
        const auto asked = read(Program::initiator, {"--config", file, "--json", command});
        ASSERT_TRUE(asked) << asked.error().text;
        EXPECT_EQ(asked->command, command);
        EXPECT_TRUE(asked->json);
        EXPECT_FALSE(asked->help);
    }
}

TEST(CommandLine, MayBeEmptyToTheLastWord) {
    const auto asked = read_invocation(Program::agentx, 0, nullptr);
    EXPECT_TRUE(asked || !asked.error().text.empty());
}

// One table: defaults, help and example say the same.

TEST(KeyTable, HasTheDefaultsOfTheSettings) {
    for (const auto& key : key_table) {
        if (key.otherwise.empty())
            continue;
        Settings settings;
        const auto read = key.read(std::string(key.otherwise), settings);
        ASSERT_TRUE(read) << key.name << ": " << read.error().text;
        EXPECT_EQ(settings, Settings{}) << key.name;
    }
}

std::string on_one_line(std::string_view text) {
    std::istringstream words{std::string(text)};
    std::string line;
    for (std::string word; words >> word;)
        line += (line.empty() ? "" : " ") + word;
    return line;
}

TEST(Help, NamesEveryKeyWithDefaultAndMeaning) {
    for (const auto program : {Program::agentx, Program::initiator, Program::check}) {
        const auto help = on_one_line(help_text(program));
        for (const auto& key : key_table) {
            EXPECT_THAT(help, HasSubstr("--" + std::string(key.name) + " " +
                                        std::string(key.value) + " " + std::string(key.meaning)));
            if (!key.otherwise.empty()) {
                EXPECT_THAT(help, HasSubstr(std::string(key.meaning) +
                                            " (default: " + std::string(key.otherwise) + ")"));
            }
        }
    }
    EXPECT_THAT(help_text(Program::initiator), HasSubstr("start|plan|status"));
    EXPECT_THAT(help_text(Program::initiator), HasSubstr("--json"));
    EXPECT_THAT(help_text(Program::check), Not(HasSubstr("--json")));
    EXPECT_THAT(help_text(Program::initiator), HasSubstr("4 refused: an operator is needed"));
}

class Example : public ScratchTest {
protected:
    void SetUp() override {
        std::ifstream file{SOURCE_TREE "/packaging/galera-initiator.conf.example"};
        ASSERT_TRUE(file);
        example.assign(std::istreambuf_iterator<char>{file}, {});
    }
    /// With the '#' gone from every line that sets a key: "#key = value"; prose has "# ".
    [[nodiscard]] std::string with_all_keys() const {
        std::istringstream lines{example};
        std::string all;
        for (std::string line; std::getline(lines, line);)
            all += (line.size() > 1 && line[0] == '#' && line[1] != ' ' ? line.substr(1) : line) +
                   "\n";
        return all;
    }
    [[nodiscard]] std::string prose() const {
        std::string words = example;
        std::ranges::replace(words, '#', ' ');
        return on_one_line(words);
    }
    std::string example;
};

TEST_F(Example, IsAllComment) {
    std::istringstream lines{example};
    for (std::string line; std::getline(lines, line);)
        EXPECT_TRUE(line.empty() || line.front() == '#') << line;
}

TEST_F(Example, SetsEveryKeyWithItsMeaningAndDefault) {
    for (const auto& key : key_table) {
        const auto line = std::string(key.name) + " = " + std::string(key.otherwise);
        EXPECT_THAT(prose(), HasSubstr(std::string(key.meaning) + " " + line));
        EXPECT_THAT(with_all_keys(), HasSubstr("\n" + line)) << "as '#" << line << "'";
    }
}

TEST_F(Example, IsReadWithAllKeys) {
    auto keys = with_all_keys();
    const auto secret = write("secret", "change-me\n").string();
    for (const auto* const there :
         {"/etc/galera-initiator/snmp-auth", "/etc/galera-initiator/snmp-priv"})
        keys.replace(keys.find(there), std::string_view{there}.size(), secret);
    const auto file = write("site.conf", keys).string();
    const auto asked = read(Program::initiator, {"--config", file, "start"});
    ASSERT_TRUE(asked) << asked.error().text;
    Settings expected; // what has no default stands there as an example
    const auto& read = asked->settings;
    expected.defaults_file = read.defaults_file;
    expected.cluster_address = read.cluster_address;
    expected.node_address = read.node_address;
    expected.datadir = read.datadir;
    expected.mysql_socket = read.mysql_socket;
    expected.mysql_user = read.mysql_user;
    expected.arbitrator = read.arbitrator;
    expected.snmp_community = read.snmp_community;
    expected.snmp_user = read.snmp_user;
    expected.snmp_auth_file = read.snmp_auth_file;
    expected.snmp_priv_file = read.snmp_priv_file;
    expected.snmp_auth_passphrase = expected.snmp_priv_passphrase = "change-me";
    expected.backend = read.backend;
    expected.sysv_start = read.sysv_start;
    expected.sysv_bootstrap = read.sysv_bootstrap;
    expected.server_arg = read.server_arg;
    expected.assume_lost = read.assume_lost;
    EXPECT_EQ(read, expected);
}

} // namespace

} // namespace galera::config
