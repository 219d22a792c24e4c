// One node's life with a real MariaDB: installed, bootstrapped, written to, killed, looked into.
#include "common/node/child.hpp"
#include "common/node/initiator_state.hpp"
#include "common/node/observer.hpp"
#include "common/node/server_process.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace galera::node {
namespace {

using std::chrono::seconds;
using test::eventually;
using test::Scratch;
using test::text_of_file;
using test::write_text;
using testing::HasSubstr;

constexpr const char* provider = "/usr/lib/galera/libgalera_smm.so";
constexpr const char* nil_grastate = "# GALERA saved state\nversion: 2.1\n"
                                     "uuid:    00000000-0000-0000-0000-000000000000\n"
                                     "seqno:   -1\nsafe_to_bootstrap: 0\n";

bool is_installed() {
    ChildOptions options;
    options.command = {"mariadbd", "--version"};
    auto child = Child::start(options);
    return child && child->wait(seconds{60}) && std::filesystem::exists(provider);
}

/// Runs a program to its end.
testing::AssertionResult runs(std::vector<std::string> command, const Scratch& scratch) {
    ChildOptions options;
    options.command = std::move(command);
    options.output = scratch / "tool.log";
    auto child = Child::start(options);
    if (!child)
        return testing::AssertionFailure() << child.error().text;
    const auto end = child->wait(seconds{120});
    if (end && end->well())
        return testing::AssertionSuccess();
    return testing::AssertionFailure()
           << (end ? end->text() : "still runs") << ": " << text_of_file(options.output);
}

/// Stops it, all of its threads: after kill(2) alone they may still run for a while, and answer.
bool stopped(const Child& child) {
    child.signal(SIGSTOP);
    return eventually([&] {
        siginfo_t state{};
        return ::waitid(P_PID, static_cast<id_t>(child.pid()), &state,
                        WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
               state.si_pid == child.pid();
    });
}

/// An address of 127.0.2.0/24 that no other test of this machine has at the moment: whoever has
/// bound its guard port has the address.
class OwnAddress {
public:
    OwnAddress() {
        for (unsigned last = 11; last < 250; ++last) {
            UniqueFd guard{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_port = htons(4566);
            address.sin_addr.s_addr = htonl((127U << 24U) + (2U << 8U) + last);
            // bind(2) wants the general type of an address.
            if (::bind(guard.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                0) {
                guard_ = std::move(guard);
                text_ = "127.0.2." + std::to_string(last);
                return;
            }
        }
        throw std::runtime_error{"no free address in 127.0.2.0/24"};
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    UniqueFd guard_;
    std::string text_;
};

/// A node on an address of its own, its data directory installed and never started.
class Life : public testing::Test {
protected:
    void SetUp() override {
        if (!is_installed())
            GTEST_SKIP() << "MariaDB with Galera is not installed";
        std::filesystem::create_directory(datadir());
        std::filesystem::create_directory(scratch / "sock");
        std::filesystem::create_directory(scratch / "tmp");
        if (test::is_root()) {
            const passwd* mysql = ::getpwnam("mysql");
            ASSERT_NE(mysql, nullptr);
            for (const auto& owned : {datadir(), scratch / "sock", scratch / "tmp"})
                ASSERT_EQ(::chown(owned.c_str(), mysql->pw_uid, mysql->pw_gid), 0);
        }
        const std::string& address = own_address.text();
        write_text(option_file(),
                   "[mysqld]\nsocket=" + socket().string() + "\ndatadir=" + datadir().string() +
                       "\ntmpdir=" + (scratch / "tmp").string() +
                       "\nlog_error=" + (scratch / "sock" / "n1.err").string() +
                       "\npid_file=" + (scratch / "sock" / "n1.pid").string() + "\nport=33021" +
                       "\nbind_address=" + address + "\nbinlog_format=ROW\nwsrep_on=ON" +
                       "\nwsrep_provider=" + provider + "\nwsrep_cluster_name=node_test" +
                       "\nwsrep_cluster_address=gcomm://" + address +
                       "\nwsrep_node_address=" + address + "\nwsrep_node_name=n1" +
                       "\nwsrep_provider_options=\"gmcast.listen_addr=tcp://" + address +
                       ":4567;gcache.size=16M\"\ninnodb_buffer_pool_size=64M\n");
        std::vector<std::string> install{
            "mariadb-install-db", "--defaults-file=" + option_file().string(),
            "--auth-root-authentication-method=normal", "--skip-test-db"};
        if (test::is_root())
            install.emplace_back("--user=mysql");
        ASSERT_TRUE(runs(install, scratch)) << text_of_file(scratch / "sock" / "n1.err");
    }

    [[nodiscard]] std::filesystem::path datadir() const { return scratch / "data"; }
    [[nodiscard]] std::filesystem::path option_file() const { return scratch / "n1.cnf"; }
    [[nodiscard]] std::filesystem::path socket() const { return scratch / "sock" / "n1.sock"; }
    [[nodiscard]] std::filesystem::path grastate() const { return datadir() / "grastate.dat"; }

    [[nodiscard]] ObserverOptions observer_options() const {
        ObserverOptions options;
        options.identity.node_name = "n1";
        options.identity.cluster_name = "node_test";
        options.recovery = {"mariadbd", option_file(), {}, datadir(), scratch / "run"};
        options.session.socket = socket();
        options.session.user = "root"; // installed without a password
        options.run_dir = scratch / "run";
        return options;
    }

    Child start_server(const std::vector<std::string>& more) {
        ChildOptions options;
        options.command = {"mariadbd", "--defaults-file=" + option_file().string()};
        options.command.insert(options.command.end(), more.begin(), more.end());
        options.output = scratch / "server.log";
        options.user = server_user_of(datadir()).value();
        auto child = Child::start(options);
        if (!child)
            throw std::runtime_error{child.error().text};
        return std::move(*child);
    }

    testing::AssertionResult sql(const std::string& statements) {
        return runs({"mariadb", "--no-defaults", "--user=root", "--socket=" + socket().string(),
                     "--execute=" + statements},
                    scratch);
    }

    /// The first report of a node that is at rest or serves.
    static NodeReport settled(Observer& observer) {
        NodeReport report;
        EXPECT_TRUE(eventually([&] {
            report = observer.sample();
            observer.await_recovery();
            return report.server == ServerState::stopped || report.server == ServerState::serving;
        })) << "server state "
            << static_cast<int>(report.server) << ", " << report.agent.last_error;
        return report;
    }

    /// Bootstraps the node, writes three rows, and kills it. What it said last.
    NodeReport live_and_die(Observer& observer) {
        auto server = start_server({"--wsrep-new-cluster"});
        EXPECT_TRUE(eventually([&] { return is_member(observer.sample()); }))
            << text_of_file(scratch / "sock" / "n1.err");
        EXPECT_TRUE(sql("CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY);"
                        "INSERT INTO shop.t VALUES (1), (2), (3)"));
        auto last = observer.sample();
        server.signal(SIGKILL);
        EXPECT_TRUE(server.wait(seconds{60}));
        return last;
    }

    OwnAddress own_address;
    Scratch scratch;
};

TEST_F(Life, BeginsWithoutAHistory) {
    Observer observer{observer_options()};

    const auto first = observer.sample();
    EXPECT_EQ(first.server, ServerState::recovering) << "a sample does not wait";
    EXPECT_EQ(first.seqno_state, SeqnoState::recovering);
    observer.await_recovery();
    const auto report = observer.sample();

    EXPECT_EQ(report.server, ServerState::stopped);
    EXPECT_EQ(report.status, NodeStatus::stopped);
    EXPECT_EQ(report.seqno_state, SeqnoState::undefined);
    EXPECT_EQ(report.position, std::nullopt);
    EXPECT_EQ(report.applied_view, std::nullopt);
    EXPECT_EQ(report.taint, Taint::none);
    EXPECT_EQ(report.user_data, UserData::absent);
    EXPECT_EQ(report.view_file, false);
    EXPECT_EQ(report.agent.collector, CollectorState::ok) << report.agent.last_error;
    EXPECT_EQ(test::entries_in(scratch / "run"), 0U) << "nothing private is left";
}

TEST_F(Life, GoesOnAfterAPowerCutWhereItWas) {
    Observer observer{observer_options()};
    const auto alive = live_and_die(observer);

    ASSERT_TRUE(alive.position);
    EXPECT_TRUE(is_member(alive));
    EXPECT_EQ(alive.status, NodeStatus::running);
    EXPECT_EQ(alive.seqno_source, SeqnoSource::server);
    EXPECT_EQ(alive.cluster.size, 1U);
    EXPECT_EQ(alive.cluster.conf_id, 1U);
    EXPECT_EQ(alive.cluster.local_index, 0U);
    EXPECT_EQ(alive.cluster.weight, 1U);
    EXPECT_EQ(alive.cluster.connected, true);
    EXPECT_EQ(alive.cluster.desynced, false);
    EXPECT_EQ(alive.cluster.read_only, false);
    EXPECT_EQ(alive.cluster.state_uuid, alive.position->history);
    EXPECT_EQ(alive.durable_commit, true);
    EXPECT_EQ(alive.quorum_override, false);
    EXPECT_EQ(alive.replication.local_commits, 1U) << "an INSERT; the DDL is none";
    EXPECT_EQ(alive.replication.replicated, 3U);
    EXPECT_EQ(alive.replication.flow_control_active, false);
    EXPECT_TRUE(alive.replication.uptime);
    EXPECT_TRUE(alive.replication.cached_down_to);
    ASSERT_TRUE(alive.applied_view);
    EXPECT_EQ(alive.applied_view->id, 1U);
    ASSERT_EQ(alive.applied_view->members.size(), 1U);
    EXPECT_EQ(alive.applied_view->members[0].name, "n1");

    // Servers may share a tmpdir, and one that starts empties it.
    write_text(scratch / "tmp" / "#sql-temptable-of-a-neighbour.MAI", "");
    const auto dead = settled(observer);

    EXPECT_EQ(dead.server, ServerState::stopped);
    EXPECT_EQ(test::entries_in(scratch / "tmp"), 1U) << "the neighbour's table is still there";
    EXPECT_EQ(dead.position, alive.position) << "what InnoDB says is what the server said";
    EXPECT_EQ(dead.seqno_source, SeqnoSource::innodb);
    EXPECT_EQ(dead.applied_view, alive.applied_view);
    EXPECT_EQ(dead.taint, Taint::none);
    EXPECT_EQ(dead.user_data, UserData::present);
    EXPECT_EQ(dead.safe_to_bootstrap, true) << "it was alone";
    EXPECT_EQ(dead.saved_position, std::nullopt) << "grastate.dat says -1";
    EXPECT_EQ(dead.view_file, true);
    EXPECT_EQ(dead.agent.collector, CollectorState::ok) << dead.agent.last_error;
    EXPECT_EQ(dead.cluster.status, ClusterStatus::unknown);

    auto server =
        start_server({"--wsrep-new-cluster", "--wsrep_start_position=" + text_of(*dead.position)});
    EXPECT_TRUE(eventually([&] { return is_member(observer.sample()); }));
    const auto again = observer.sample();
    ASSERT_TRUE(again.position);
    EXPECT_EQ(again.position->history, alive.position->history) << "the same history goes on";
    EXPECT_EQ(again.applied_view->seqno.value(), alive.position->seqno.value() + 1);
    EXPECT_TRUE(sql("SELECT * FROM shop.t WHERE id = 3"));
    EXPECT_TRUE(server.stop(seconds{60}).well());
    const auto closed = settled(observer);
    EXPECT_EQ(closed.position, closed.saved_position) << "an orderly end";
    EXPECT_EQ(closed.view_file, false);
}

TEST_F(Life, IsLookedIntoOncePerStop) {
    Observer observer{observer_options()};
    live_and_die(observer);
    settled(observer);
    const auto log = std::filesystem::last_write_time(datadir() / "aria_log_control");
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(observer.sample().server, ServerState::stopped);
    EXPECT_EQ(std::filesystem::last_write_time(datadir() / "aria_log_control"), log);

    // Somebody else's server came and went between two samples.
    auto server = start_server({"--wsrep-recover"});
    EXPECT_TRUE(server.wait(seconds{60}));
    EXPECT_EQ(observer.sample().server, ServerState::recovering) << "what was found is void";
    EXPECT_EQ(settled(observer).seqno_state, SeqnoState::known);
}

// The memory was short, or the disk of the log full: its position is known, and is shown on.
TEST_F(Life, WhoseViewCouldNotBeReadIsLookedIntoAgain) {
    live_and_die(*std::make_unique<Observer>(observer_options()));
    const auto program = scratch / "server";
    write_text(program,
               "#!/bin/sh\nfor word; do [ \"$word\" != --wsrep-recover ] || exec mariadbd "
               "\"$@\"; done\nif [ -e '" +
                   (scratch / "mended").string() +
                   "' ]; then exec mariadbd \"$@\"; fi\necho short of memory >&2\nexit 1\n");
    std::filesystem::permissions(program, std::filesystem::perms{0755});
    auto options = observer_options();
    options.recovery.server_binary = program;
    Observer observer{options};
    const auto first = settled(observer);
    ASSERT_TRUE(first.position);
    EXPECT_EQ(first.applied_view, std::nullopt);
    EXPECT_THAT(first.agent.last_error, HasSubstr("short of memory"));
    write_text(scratch / "mended", "");
    NodeReport report;
    EXPECT_TRUE(eventually([&] {
        report = observer.sample();
        observer.await_recovery();
        EXPECT_EQ(report.position, first.position);
        EXPECT_EQ(report.server, ServerState::stopped);
        return report.applied_view.has_value();
    }));
    EXPECT_EQ(report.agent.last_error, "");
}

TEST_F(Life, IsNotLookedIntoWhileAnotherHasTheDirectory) {
    Observer observer{observer_options()};
    auto lock = DatadirLock::try_take(datadir());
    ASSERT_TRUE(lock.value());
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(observer.sample().server, ServerState::recovering);
        observer.await_recovery();
    }
    lock->reset();
    EXPECT_EQ(settled(observer).seqno_state, SeqnoState::undefined);
}

TEST_F(Life, TwoObserversDoNotDisturbEachOther) {
    Observer first{observer_options()};
    Observer second{observer_options()};
    const auto alive = live_and_die(first);
    EXPECT_EQ(first.sample().server, ServerState::recovering);
    EXPECT_EQ(second.sample().server, ServerState::recovering);
    first.await_recovery();
    second.await_recovery();
    EXPECT_EQ(settled(second).position, alive.position);
    EXPECT_EQ(settled(first).position, alive.position);
}

TEST_F(Life, ShowsWhenItsFilesContradictEachOther) {
    Observer observer{observer_options()};
    const auto alive = live_and_die(observer);
    const auto intact = text_of_file(grastate());
    const std::string foreign = std::string{intact}.replace(intact.find("uuid:") + 9, 36,
                                                            "11111111-2222-3333-4444-555555555555");
    const struct {
        const char* story{};
        std::optional<std::string> content; // of grastate.dat
        const char* beside{};               // an empty file there
        Taint taint{};
        const char* complaint{}; // empty: none
    } rows[] = {
        {"as it was", intact, "", Taint::none, ""},
        {"killed in the middle of a DDL", nil_grastate, "", Taint::nil_history, ""},
        {"grastate.dat removed", std::nullopt, "", Taint::nil_history, ""},
        {"grastate.dat garbled", "version: 2.1\nuuid: what\n", "", Taint::nil_history,
         "grastate.dat: line 2"},
        {"binary garbage", std::string(300, '\xff'), "", Taint::nil_history, "grastate.dat"},
        {"of another cluster", foreign, "", Taint::foreign_history, ""},
        {"a joiner whose SST began", "", "", Taint::cut, ""},
        {"and with a later history", nil_grastate, "sst_in_progress", Taint::cut, ""},
        {"rsync was killed", intact, "rsync_sst.pid", Taint::cut, ""},
        {"a donor lost power", intact, "wsrep_sst.pid", Taint::none, ""},
        {"a donor at the end of rsync", intact, "rsync_sst_complete", Taint::none, ""},
    };
    for (const auto& row : rows) {
        std::filesystem::remove(grastate());
        if (row.content)
            write_text(grastate(), *row.content);
        if (*row.beside != '\0')
            write_text(datadir() / row.beside, "");
        const auto report = settled(observer);
        EXPECT_EQ(report.taint, row.taint) << row.story;
        EXPECT_EQ(report.position, alive.position) << row.story;
        EXPECT_EQ(report.applied_view, alive.applied_view) << row.story;
        EXPECT_THAT(report.agent.last_error, HasSubstr(row.complaint)) << row.story;
        EXPECT_EQ(report.agent.collector == CollectorState::ok, *row.complaint == '\0')
            << row.story << ": " << report.agent.last_error;
        if (row.taint != Taint::none && row.content != foreign && row.content != nil_grastate &&
            row.content != intact) {
            EXPECT_EQ(report.safe_to_bootstrap, std::nullopt) << row.story;
        }
        if (*row.beside != '\0')
            std::filesystem::remove(datadir() / row.beside);
    }
}

TEST_F(Life, OfAServerThatRefusesUsIsNotTakenForADeadOne) {
    auto options = observer_options();
    options.session.user = "stranger";
    Observer observer{options};
    auto server = start_server({"--wsrep-new-cluster"});
    NodeReport report;
    EXPECT_TRUE(eventually([&] {
        report = observer.sample();
        EXPECT_THAT(report.server, testing::AnyOf(ServerState::starting, ServerState::unreachable));
        return report.server == ServerState::unreachable;
    }));
    EXPECT_EQ(report.status, NodeStatus::running);
    EXPECT_EQ(report.agent.connection, ServerConnection::access_denied);
    EXPECT_EQ(report.agent.collector, CollectorState::degraded);
    EXPECT_THAT(report.agent.last_error, HasSubstr("Access denied"));
    EXPECT_THAT(report.agent.last_error, HasSubstr("mysql-user"));
    server.stop(seconds{60});
}

TEST_F(Life, OfAServerThatHangsIsUnreachable) {
    auto options = observer_options();
    options.session.patience = seconds{1};
    Observer observer{options};
    auto server = start_server({"--wsrep-new-cluster"});
    EXPECT_TRUE(eventually([&] { return is_member(observer.sample()); }));

    ASSERT_TRUE(stopped(server));
    const auto hung = observer.sample();
    Observer newcomer{options}; // one that never had an answer
    const auto unheard = newcomer.sample();
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(newcomer.sample().server, ServerState::starting);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{800})
        << "it stays asked, and is looked in on";
    server.signal(SIGCONT);

    EXPECT_EQ(hung.server, ServerState::unreachable);
    EXPECT_EQ(hung.agent.connection, ServerConnection::no_answer);
    EXPECT_EQ(hung.seqno_state, SeqnoState::failed);
    EXPECT_EQ(hung.position, std::nullopt);
    EXPECT_EQ(hung.replication, ReplicationReport{});
    EXPECT_THAT(hung.agent.last_error, HasSubstr("does not answer"));
    EXPECT_EQ(unheard.server, ServerState::starting);
    EXPECT_EQ(unheard.agent.connection, ServerConnection::no_answer);
    EXPECT_EQ(unheard.seqno_state, SeqnoState::recovering);
    EXPECT_THAT(unheard.agent.last_error, testing::IsEmpty());

    // The answer to the question that hung is of before the write: it must not be taken for one
    // that was asked after it.
    ASSERT_TRUE(sql("CREATE DATABASE shop"));
    const auto first = observer.sample();
    EXPECT_TRUE(is_member(first)) << "it goes on at once";
    EXPECT_EQ(first.agent.connection, ServerConnection::ok);
    EXPECT_EQ(first.position, observer.sample().position);
    server.stop(seconds{60});
}

TEST_F(Life, OfAServerThatDropsTheConnectionGoesOn) {
    Observer observer{observer_options()};
    auto server = start_server({"--wsrep-new-cluster"});
    EXPECT_TRUE(eventually([&] { return is_member(observer.sample()); }));
    for (int time = 0; time < 3; ++time) {
        ASSERT_TRUE(sql("DELIMITER //\nBEGIN NOT ATOMIC FOR other IN"
                        " (SELECT id FROM information_schema.processlist"
                        "  WHERE user = 'root' AND id <> CONNECTION_ID())"
                        " DO KILL other.id; END FOR; END //"));
        const auto report = observer.sample();
        EXPECT_TRUE(is_member(report)) << report.agent.last_error;
        EXPECT_EQ(report.agent.connection, ServerConnection::ok);
    }
    server.stop(seconds{60});
}

TEST_F(Life, IsNotKnownWhereTheServerCannotRun) {
    write_text(scratch / "bad.cnf",
               text_of_file(option_file()) + "innodb_data_file_path=nonsense\n");
    const struct {
        std::string binary;
        std::string option_file;
        const char* complaint;
    } rows[] = {
        {"/nonexistent/mariadbd", option_file(), "/nonexistent/mariadbd"},
        {"/bin/false", option_file(), "exited with status 1"},
        {"/bin/true", option_file(), "ecover"},
        {"mariadbd", scratch / "bad.cnf", "[ERROR]"},
        {"mariadbd", scratch / "none.cnf", "none.cnf"},
    };
    for (const auto& row : rows) {
        auto options = observer_options();
        options.recovery.server_binary = row.binary;
        options.recovery.defaults_file = row.option_file;
        Observer observer{options};
        const auto report = settled(observer);
        EXPECT_EQ(report.seqno_state, SeqnoState::failed) << row.binary;
        EXPECT_EQ(report.position, std::nullopt) << row.binary;
        EXPECT_EQ(report.agent.collector, CollectorState::degraded) << row.binary;
        EXPECT_THAT(report.agent.last_error, HasSubstr(row.complaint));
        EXPECT_EQ(observer.sample().server, ServerState::stopped) << "not tried again at once";
    }
}

TEST_F(Life, ShowsWhatTheInitiatorIsAt) {
    Observer observer{observer_options()};
    auto lock = InitiatorLock::try_take(scratch / "run");
    ASSERT_TRUE(lock && *lock);
    const struct {
        InitiatorPhase phase;
        NodeStatus stopped;
        NodeStatus running;
    } rows[] = {
        {InitiatorPhase::surveying, NodeStatus::initiating, NodeStatus::running},
        {InitiatorPhase::claiming, NodeStatus::locked, NodeStatus::running},
        {InitiatorPhase::bootstrapping, NodeStatus::bootstrapping, NodeStatus::bootstrapping},
        {InitiatorPhase::joining, NodeStatus::initiating, NodeStatus::running},
    };
    settled(observer);
    for (const auto& row : rows) {
        ASSERT_TRUE((*lock)->publish(row.phase, std::nullopt));
        const auto report = observer.sample();
        EXPECT_EQ(report.status, row.stopped);
        EXPECT_EQ(report.initiator.phase, row.phase);
        EXPECT_EQ(report.initiator.decision, std::nullopt);
    }
    auto server = start_server({"--wsrep-new-cluster"});
    EXPECT_TRUE(eventually([&] { return is_member(observer.sample()); }));
    for (const auto& row : rows) {
        ASSERT_TRUE((*lock)->publish(row.phase, InitiatorDecision{.reason = Reason::primary_up}));
        const auto report = observer.sample();
        EXPECT_EQ(report.status, row.running);
        EXPECT_EQ(report.initiator.decision, InitiatorDecision{.reason = Reason::primary_up});
    }
    lock->reset();
    EXPECT_EQ(observer.sample().initiator.phase, std::nullopt);
    EXPECT_TRUE(observer.sample().initiator.decision);
    server.stop(seconds{60});
}

TEST_F(Life, OfAnObserverMayEndInTheMiddleOfARecovery) {
    live_and_die(*std::make_unique<Observer>(observer_options()));
    {
        Observer observer{observer_options()};
        EXPECT_EQ(observer.sample().server, ServerState::recovering);
    }
    EXPECT_EQ(find_server(datadir(), "mariadbd", option_file()).value(), std::nullopt);
    EXPECT_TRUE(DatadirLock::try_take(datadir()).value());
    Observer observer{observer_options()};
    EXPECT_EQ(settled(observer).seqno_state, SeqnoState::known);
}

TEST(EmptyDirectory, HasNoHistoryAndStaysEmpty) {
    const Scratch scratch;
    std::filesystem::create_directory(scratch / "data");
    ObserverOptions options;
    options.recovery = {"mariadbd", {}, {}, scratch / "data", scratch / "run"};
    options.session.socket = scratch / "none.sock";
    options.run_dir = scratch / "run";
    Observer observer{options};
    observer.sample();
    observer.await_recovery();
    const auto report = observer.sample();
    EXPECT_EQ(report.server, ServerState::stopped);
    EXPECT_EQ(report.seqno_state, SeqnoState::undefined);
    EXPECT_EQ(report.user_data, UserData::absent);
    EXPECT_EQ(test::entries_in(scratch / "data"), 0U);
}

TEST(MissingDirectory, IsNotTakenForAStoppedNode) {
    const Scratch scratch;
    ObserverOptions options;
    options.recovery = {"mariadbd", {}, {}, scratch / "none", scratch / "run"};
    options.run_dir = scratch / "run";
    const auto report = Observer{options}.sample();
    EXPECT_EQ(report.server, ServerState::unreachable);
    EXPECT_NE(report.status, NodeStatus::stopped);
    EXPECT_EQ(report.seqno_state, SeqnoState::failed);
    EXPECT_EQ(report.user_data, UserData::unknown);
    EXPECT_THAT(report.agent.last_error, HasSubstr(scratch / "none"));
}

TEST(UserData, IsWhatIsInSchemasThatAreNotTheServersOwn) {
    const struct {
        const char* story;
        const char* directory;
        const char* file; // in it; empty: none
        UserData expected;
    } rows[] = {
        {"the server's own", "mysql", "user.frm", UserData::absent},
        {"views of the server", "sys", "x.frm", UserData::absent},
        {"a hidden directory", ".sst", "ibdata1", UserData::absent},
        {"InnoDB's own", "#innodb_redo", "#ib_redo1", UserData::absent},
        {"the file system's own", "lost+found", "x", UserData::absent},
        {"an empty schema", "test", "db.opt", UserData::absent},
        {"an emptier schema", "test", "", UserData::absent},
        {"a table", "shop", "t.ibd", UserData::present},
    };
    for (const auto& row : rows) {
        const Scratch scratch;
        std::filesystem::create_directories(scratch / "data" / row.directory);
        if (*row.file != '\0')
            write_text(scratch / "data" / row.directory / row.file, "");
        ObserverOptions options;
        options.recovery = {"/bin/false", {}, {}, scratch / "data", scratch / "run"};
        options.run_dir = scratch / "run";
        EXPECT_EQ(Observer{options}.sample().user_data, row.expected) << row.story;
    }
}

} // namespace
} // namespace galera::node
