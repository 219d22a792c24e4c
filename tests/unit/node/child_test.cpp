// Children: how they start, what they inherit, how they end.
#include "common/node/child.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>

namespace galera::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Scratch;
using test::text_of_file;
using test::write_text;
using testing::HasSubstr;
using testing::Not;

ChildOptions shell(const std::string& script, const std::filesystem::path& output = {}) {
    ChildOptions options;
    options.command = {"/bin/sh", "-c", script};
    options.output = output;
    return options;
}

/// Runs it to its end and returns what it wrote.
std::string output_of(ChildOptions options, const Scratch& scratch) {
    options.output = scratch / "output";
    auto child = Child::start(options);
    EXPECT_TRUE(child) << child.error().text;
    if (!child)
        return {};
    const auto end = child->wait(seconds{60});
    EXPECT_TRUE(end && end->well()) << (end ? end->text() : "still runs");
    return text_of_file(scratch / "output");
}

bool is_alive(pid_t pid) {
    return ::kill(pid, 0) == 0;
}

TEST(Child, TellsHowItEnded) {
    const struct {
        const char* script;
        bool well;
        const char* text;
    } rows[] = {
        {"exit 0", true, "exited with status 0"},
        {"exit 7", false, "exited with status 7"},
        {"kill -ABRT $$", false, "was killed by signal 6 (Aborted)"},
        {"kill -KILL $$", false, "was killed by signal 9 (Killed)"},
    };
    for (const auto& row : rows) {
        auto child = Child::start(shell(row.script));
        ASSERT_TRUE(child) << child.error().text;
        const auto end = child->wait(seconds{60});
        ASSERT_TRUE(end) << row.script;
        EXPECT_EQ(end->well(), row.well) << row.script;
        EXPECT_EQ(end->text(), row.text);
        EXPECT_EQ(child->wait(milliseconds{0})->text(), row.text) << "asked again";
    }
}

TEST(Child, ThatCannotStartIsAnErrorThatNamesIt) {
    const Scratch scratch;
    write_text(scratch / "no-program", "text");
    write_text(scratch / "no-interpreter", "#!/nonexistent/interpreter\n");
    std::filesystem::permissions(scratch / "no-interpreter", std::filesystem::perms{0755});
    const struct {
        std::string program;
        const char* complaint;
    } rows[] = {
        {"galera-no-such-program", "no such program in PATH"},
        {"/nonexistent/mariadbd", "No such file or directory"},
        {scratch / "no-program", "Permission denied"},
        {scratch / "no-interpreter", "No such file or directory"},
        {scratch.path(), "Permission denied"},
    };
    for (const auto& row : rows) {
        ChildOptions options;
        options.command = {row.program};
        const auto child = Child::start(options);
        ASSERT_FALSE(child) << row.program;
        EXPECT_THAT(child.error().text, HasSubstr(row.program));
        EXPECT_THAT(child.error().text, HasSubstr(row.complaint));
    }
    EXPECT_FALSE(Child::start(ChildOptions{})) << "no command at all";
    EXPECT_THAT(Child::start(shell("exit 0", scratch / "none" / "log")).error().text,
                HasSubstr("cannot open it for output"));
}

TEST(Child, AppendsToItsOutputAndReadsNothing) {
    const Scratch scratch;
    write_text(scratch / "output", "before\n");
    EXPECT_EQ(output_of(shell("echo out; echo err >&2; cat"), scratch), "before\nout\nerr\n");
}

TEST(Child, WritesToAnOpenFile) {
    const Scratch scratch;
    const UniqueFd file{::open((scratch / "output").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
    auto options = shell("echo out; echo err >&2", scratch / "none" / "log");
    options.output_fd = file.get();
    auto child = Child::start(options);
    ASSERT_TRUE(child) << child.error().text;
    EXPECT_TRUE(child->wait(seconds{60})->well());
    EXPECT_EQ(text_of_file(scratch / "output"), "out\nerr\n");
}

TEST(Child, IsFoundInTheSbinDirectoriesToo) {
    const Scratch scratch;
    const char* set = std::getenv("PATH");
    const std::string path = set != nullptr ? set : "/usr/bin:/bin";
    ASSERT_EQ(::setenv("PATH", "relative:/usr/bin:/bin", 1), 0);
    ChildOptions options;
    options.command = {"chroot", "--version"}; // lives in /usr/sbin
    EXPECT_THAT(output_of(options, scratch), HasSubstr("chroot"));
    ASSERT_EQ(::setenv("PATH", path.c_str(), 1), 0);
}

TEST(Child, InheritsOnlyTheNamedFile) {
    const Scratch scratch;
    write_text(scratch / "kept", "");
    write_text(scratch / "other", "");
    // Both without O_CLOEXEC, as a careless library opens files.
    const UniqueFd kept{::open((scratch / "kept").c_str(), O_RDONLY)};
    const UniqueFd other{::open((scratch / "other").c_str(), O_RDONLY)};
    auto options = shell("ls -l /proc/$$/fd");
    options.inherited_fd = kept.get();

    const auto files = output_of(options, scratch);

    EXPECT_THAT(files, HasSubstr(scratch / "kept"));
    EXPECT_THAT(files, Not(HasSubstr(scratch / "other")));
}

TEST(Child, GetsTheUsualSignals) {
    const Scratch scratch;
    sigset_t blocked;
    sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &blocked, &before), 0);
    const auto previous = std::signal(SIGPIPE, SIG_IGN);

    const auto signals = output_of(shell("exec grep '^Sig[BI]' /proc/self/status"), scratch);

    std::signal(SIGPIPE, previous);
    sigset_t after;
    ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, &before, &after), 0);
    EXPECT_EQ(signals, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    EXPECT_EQ(::sigismember(&after, SIGTERM), 1) << "ours are as they were";
    EXPECT_EQ(::sigismember(&after, SIGINT), 0);
}

TEST(Child, CannotSpeakToOurServiceManager) {
    const Scratch scratch;
    ASSERT_EQ(::setenv("NOTIFY_SOCKET", "/run/systemd/notify", 1), 0);
    ASSERT_EQ(::setenv("GALERA_TEST_WORD", "kept", 1), 0);
    const auto said = output_of(shell("echo ${NOTIFY_SOCKET-none} $GALERA_TEST_WORD"), scratch);
    ASSERT_EQ(::unsetenv("NOTIFY_SOCKET"), 0);
    EXPECT_EQ(said, "none kept\n");
}

TEST(Child, ThatIgnoresSigtermIsKilledAfterItsGrace) {
    const Scratch scratch;
    ASSERT_EQ(::mkfifo((scratch / "fifo").c_str(), 0600), 0);
    auto child = Child::start(shell(
        "trap '' TERM; echo ready; read x < " + (scratch / "fifo").string(), scratch / "out"));
    ASSERT_TRUE(child);
    ASSERT_TRUE(test::eventually([&] { return text_of_file(scratch / "out") == "ready\n"; }));

    EXPECT_FALSE(child->wait(milliseconds{0})) << "it runs";
    EXPECT_EQ(child->stop(milliseconds{50}).signal, SIGKILL);
    EXPECT_EQ(child->stop(milliseconds{50}).signal, SIGKILL) << "twice does no harm";
}

TEST(Child, GoesWithItsObjectUnlessDetached) {
    pid_t bound = 0;
    pid_t free = 0;
    {
        ChildOptions options;
        options.command = {"sleep", "1000"};
        auto child = Child::start(options);
        ASSERT_TRUE(child);
        bound = child->pid();
        options.detached = true;
        auto detached = Child::start(options);
        ASSERT_TRUE(detached);
        free = detached->pid();
        EXPECT_EQ(::getsid(free), free) << "a session of its own";
        Child moved = std::move(*child);
        EXPECT_EQ(moved.pid(), bound);
        EXPECT_TRUE(is_alive(bound));
    }
    EXPECT_FALSE(is_alive(bound));
    EXPECT_TRUE(is_alive(free));
    ::kill(free, SIGKILL);
    ASSERT_EQ(::waitpid(free, nullptr, 0), free);
}

// The child ends and leaves a process behind that SIGTERM does not end, as an init script leaves
// mysqld_safe.
TEST(Child, IsStoppedWithAllThatItHasStarted) {
    const Scratch scratch;
    const auto left = (scratch / "left").string();
    auto options =
        shell("(trap '' TERM; : >'" + left + "'; sleep 1000; sleep 1000) & until [ -e '" + left +
                  "' ]; do sleep 0.01; done; echo $!; exit 7",
              scratch / "output");
    options.detached = true;
    auto child = Child::start(options);
    ASSERT_TRUE(child) << child.error().text;
    while (!child->has_ended())
        std::this_thread::yield();
    const auto pid = std::stoi(text_of_file(scratch / "output"));
    const UniqueFd pidfd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U))};
    ASSERT_TRUE(pidfd);
    pollfd end{pidfd.get(), POLLIN, 0};
    ASSERT_EQ(::poll(&end, 1, 0), 0) << "it was not left behind";
    child->stop_group(milliseconds{100});
    EXPECT_EQ(::poll(&end, 1, 60000), 1) << "it goes on";
    EXPECT_EQ(child->wait(milliseconds{0})->exit_code, 7);
}

TEST(Child, CanBeTiedToTheThreadThatStartedIt) {
    auto options = shell("sleep 1000");
    options.command = {"sleep", "1000"};
    options.parent_death_signal = SIGTERM;
    std::optional<Child> child;
    std::thread{[&] {
        if (auto started = Child::start(options))
            child.emplace(std::move(*started));
    }}.join();
    ASSERT_TRUE(child);
    const auto end = child->wait(seconds{60});
    ASSERT_TRUE(end);
    EXPECT_EQ(end->signal, SIGTERM);
}

TEST(Child, StartsFromManyThreadsAtOnce) {
    std::vector<std::jthread> threads;
    std::atomic<int> well{0};
    threads.reserve(8);
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&well] {
            for (int round = 0; round < 10; ++round) {
                auto child = Child::start(shell("exit 0"));
                if (child && child->wait(seconds{60}) == ChildEnd{0, std::nullopt})
                    ++well;
            }
        });
    threads.clear();
    EXPECT_EQ(well, 80);
}

TEST(ServerUser, IsTheOwnerOfTheDataDirectoryForRootAlone) {
    const Scratch scratch;
    EXPECT_EQ(server_user_of(scratch.path()).value(), std::nullopt) << "it is our own";
    EXPECT_FALSE(server_user_of(scratch / "none"));
    if (!test::is_root())
        GTEST_SKIP() << "only root can give directories away";
    const passwd* nobody = ::getpwnam("nobody");
    ASSERT_NE(nobody, nullptr);
    ASSERT_EQ(::chown(scratch.path().c_str(), nobody->pw_uid, nobody->pw_gid), 0);
    const auto user = server_user_of(scratch.path());
    ASSERT_TRUE(user && *user);
    EXPECT_EQ((*user)->name, "nobody");
    ASSERT_EQ(::chown(scratch.path().c_str(), 61234, 61234), 0);
    EXPECT_THAT(server_user_of(scratch.path()).error().text, HasSubstr("61234"));
}

TEST(ServerUser, IsWhatTheChildBecomes) {
    if (!test::is_root())
        GTEST_SKIP() << "only root can become another user";
    const Scratch scratch;
    const passwd* nobody = ::getpwnam("nobody");
    ASSERT_NE(nobody, nullptr);
    auto options = shell("id -un; id -ru; id -G; echo $HOME; grep ^CapEff /proc/self/status");
    options.user = ServerUser{nobody->pw_uid, nobody->pw_gid, "nobody", nobody->pw_dir};

    const auto said = output_of(options, scratch);

    EXPECT_EQ(said, "nobody\n" + std::to_string(nobody->pw_uid) + "\n" +
                        std::to_string(nobody->pw_gid) + "\n" + nobody->pw_dir +
                        "\nCapEff:\t0000000000000000\n");
}

} // namespace
} // namespace galera::node
