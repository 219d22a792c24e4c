// Who has a data directory: told by locks, by the current directory, by the command line.
#include "common/node/child.hpp"
#include "common/node/server_process.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace galera::node {
namespace {

using test::Scratch;
using test::write_text;
using Kind = ServerProcess::Kind;

/// Processes with the name and command line of a server: a shell under that name, which waits.
class ServerProcesses : public testing::Test {
protected:
    ServerProcesses() {
        std::filesystem::create_directory(scratch / "data");
        std::filesystem::create_directory(scratch / "other");
        write_text(scratch / "n1.cnf", "");
        write_text(scratch / "n2.cnf", "");
        EXPECT_EQ(::mkfifo((scratch / "fifo").c_str(), 0600), 0);
    }

    Child start(const std::string& name, const std::filesystem::path& directory,
                std::vector<std::string> words, std::optional<ServerUser> user = std::nullopt) {
        if (!std::filesystem::exists(scratch / name))
            std::filesystem::copy_file(std::filesystem::canonical("/bin/sh"), scratch / name);
        std::filesystem::remove(scratch / "ready");
        ChildOptions options;
        options.command = {scratch / name, "-c",
                           "cd " + directory.string() + " && echo y > " +
                               (scratch / "ready").string() + " && read x < " +
                               (scratch / "fifo").string(),
                           "sh"};
        options.command.insert(options.command.end(), words.begin(), words.end());
        options.user = std::move(user);
        auto child = Child::start(options);
        if (!child)
            throw std::runtime_error{child.error().text};
        EXPECT_TRUE(
            test::eventually([&] { return test::text_of_file(scratch / "ready") == "y\n"; }));
        return std::move(*child);
    }

    std::optional<ServerProcess> found() {
        const auto server =
            find_server(scratch / "data", "/opt/db/bin/my-own-server", scratch / "n1.cnf");
        EXPECT_TRUE(server) << server.error().text;
        return server.value_or(std::nullopt);
    }

    Scratch scratch;
};

TEST_F(ServerProcesses, AreNoneInAQuietDirectory) {
    EXPECT_EQ(found(), std::nullopt);
}

TEST_F(ServerProcesses, AreToldFromOthers) {
    const auto data = (scratch / "data").string();
    const auto other = (scratch / "other").string();
    const auto n1 = (scratch / "n1.cnf").string();
    const auto n2 = (scratch / "n2.cnf").string();
    std::filesystem::create_symlink(data, scratch / "link");
    const struct {
        const char* story;
        const char* name;
        std::string directory;
        std::vector<std::string> words;
        std::optional<Kind> kind;
    } rows[] = {
        {"a server at home", "mariadbd", data, {}, Kind::server},
        {"Oracle's name", "mysqld", data, {}, Kind::server},
        {"the configured name", "my-own-server", data, {}, Kind::server},
        {"a backup that stands there", "mariabackup", data, {"--datadir=" + data}, {}},
        {"a server elsewhere", "mariadbd", other, {}, {}},
        {"one that has not moved in yet", "mariadbd", "/", {"--datadir=" + data}, Kind::server},
        {"by a link", "mariadbd", "/", {"--datadir=" + (scratch / "link").string()}, Kind::server},
        {"as two words", "mariadbd", "/", {"--datadir", data}, Kind::server},
        {"by our option file", "mariadbd", "/", {"--defaults-file=" + n1}, Kind::server},
        {"by another one", "mariadbd", "/", {"--defaults-file=" + n2}, {}},
        {"the directory goes before the file",
         "mariadbd",
         "/",
         {"--defaults-file=" + n1, "--datadir=" + other},
         {}},
        {"the last directory counts",
         "mariadbd",
         "/",
         {"--datadir=" + other, "--datadir=" + data},
         Kind::server},
        {"an installation", "mariadbd", data, {"--bootstrap"}, Kind::server},
        {"a recovery", "mariadbd", data, {"--wsrep-recover"}, Kind::recovery},
        {"galera_recovery", "mariadbd", data, {"--user=mysql", "--wsrep_recover"}, Kind::recovery},
        {"recovery switched off", "mariadbd", data, {"--wsrep-recover=0"}, Kind::server},
        {"our private server",
         "mariadbd",
         data,
         {"--wsrep_provider=none", "--innodb-read-only=1"},
         Kind::recovery},
        {"without a provider, but writing",
         "mariadbd",
         data,
         {"--wsrep_provider=none"},
         Kind::server},
        {"it prints its options", "mariadbd", "/", {"--datadir=" + data, "--help"}, {}},
    };
    for (const auto& row : rows) {
        auto child = start(row.name, row.directory, row.words);
        const auto server = found();
        EXPECT_EQ(server.has_value(), row.kind.has_value()) << row.story;
        if (server && row.kind) {
            EXPECT_EQ(server->kind, *row.kind) << row.story;
            EXPECT_EQ(server->pid, child.pid()) << row.story;
        }
        child.stop(std::chrono::seconds{5});
        EXPECT_EQ(found(), std::nullopt) << row.story << ", and it has ended";
    }
}

TEST_F(ServerProcesses, ThatShareAnOptionFileAreToldByTheirHomes) {
    write_text(scratch / "other" / "ibdata1", "");
    const auto child =
        start("mariadbd", scratch / "other",
              {"--defaults-file=" + (scratch / "n1.cnf").string(), "--defaults-group-suffix=.2"});
    EXPECT_EQ(found(), std::nullopt);
}

// A container's, say: its user may have nothing to do with this directory.
TEST_F(ServerProcesses, OfUsersWhoMayNotWriteThereAreNotItsServer) {
    if (!test::is_root())
        GTEST_SKIP() << "only root can become another user";
    const auto data = scratch / "data";
    std::filesystem::permissions(scratch.path(), std::filesystem::perms{0777});
    std::filesystem::permissions(scratch / "fifo", std::filesystem::perms{0666});
    const ServerUser other{.uid = 4711, .gid = 4711, .name = "other", .home = "/"};
    const auto child = start("mariadbd", data, {"--datadir=" + data.string()}, other);
    EXPECT_EQ(found(), std::nullopt);
    std::filesystem::permissions(data, std::filesystem::perms{0775});
    EXPECT_TRUE(found()) << "of its group, perhaps";
    std::filesystem::permissions(data, std::filesystem::perms{0755});
    ASSERT_EQ(::chown(data.c_str(), other.uid, other.gid), 0);
    EXPECT_TRUE(found());
}

TEST_F(ServerProcesses, AServerGoesBeforeARecovery) {
    const auto recovery = start("mysqld", scratch / "data", {"--wsrep-recover"});
    const auto joiner = start("mariadbd", scratch / "data", {});
    EXPECT_EQ(found(), (ServerProcess{joiner.pid(), Kind::server}));
}

/// A process that has locked a file as InnoDB and Aria do, whatever its name.
class LockHolder {
public:
    explicit LockHolder(const std::filesystem::path& file) {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0)
            throw std::runtime_error{"pipe"};
        const UniqueFd reading{ends[0]};
        const UniqueFd writing{ends[1]};
        const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        pid_ = ::fork();
        if (pid_ == 0) {
            struct flock lock {};
            lock.l_type = F_WRLCK;
            const char locked = ::fcntl(fd, F_SETLK, &lock) == 0 ? 'y' : 'n';
            if (::write(writing.get(), &locked, 1) == 1)
                ::pause();
            ::_exit(1);
        }
        ::close(fd);
        char locked = 0;
        EXPECT_EQ(::read(reading.get(), &locked, 1), 1);
        EXPECT_EQ(locked, 'y');
    }
    ~LockHolder() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    LockHolder(const LockHolder&) = delete;
    LockHolder& operator=(const LockHolder&) = delete;
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    pid_t pid_{-1};
};

TEST_F(ServerProcesses, WhoHoldsTheLocksHasTheDirectory) {
    for (const char* file : {"ibdata1", "aria_log_control"}) {
        {
            const LockHolder holder{scratch / "data" / file};
            EXPECT_EQ(found(), (ServerProcess{holder.pid(), Kind::server})) << file;
        }
        EXPECT_EQ(found(), std::nullopt) << "a file without a lock is nobody's";
    }
}

TEST_F(ServerProcesses, CannotBeLookedForInAMissingDirectory) {
    EXPECT_THAT(find_server(scratch / "none", "mariadbd", {}).error().text,
                testing::HasSubstr("none"));
    EXPECT_FALSE(find_server(scratch / "n1.cnf", "mariadbd", {})) << "that is a file";
}

} // namespace
} // namespace galera::node
