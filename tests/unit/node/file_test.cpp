// Files as the programs meet them: missing, odd, too large, someone else's, locked.
#include "common/node/child.hpp"
#include "common/node/file.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sys/stat.h>

namespace galera::node {
namespace {

using test::Scratch;
using test::text_of_file;
using test::write_text;
using testing::HasSubstr;

struct stat status_of(const std::filesystem::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status;
}

TEST(ReadFile, TellsAbsenceFromEmptiness) {
    const Scratch scratch;
    write_text(scratch / "empty", "");
    write_text(scratch / "full", std::string_view{"a\0b\n", 4});

    EXPECT_EQ(read_file(scratch / "none", 10).value(), std::nullopt);
    EXPECT_EQ(read_file(scratch / "empty", 10).value(), "");
    EXPECT_EQ(read_file(scratch / "full", 4).value(), (std::string{"a\0b\n", 4}));
}

TEST(ReadFile, RefusesWhatIsNotAFileOfThatSize) {
    const Scratch scratch;
    write_text(scratch / "large", "12345");
    ASSERT_EQ(::mkfifo((scratch / "fifo").c_str(), 0600), 0);

    EXPECT_THAT(read_file(scratch / "large", 4).error().text,
                testing::AllOf(HasSubstr("large"), HasSubstr("larger than 4 bytes")));
    EXPECT_THAT(read_file(scratch / "fifo", 4).error().text, HasSubstr("not a regular file"));
    EXPECT_THAT(read_file(scratch.path(), 4).error().text, HasSubstr("not a regular file"));
    EXPECT_THAT(read_file(scratch / "large" / "below", 4).error().text,
                HasSubstr("Not a directory"));
}

// What the database's user puts there may lead to what root alone may read.
TEST(ReadFile, FollowsLinksOnlyWhereItIsTold) {
    const Scratch scratch;
    write_text(scratch / "file", "text");
    std::filesystem::create_symlink("file", scratch / "link");
    EXPECT_THAT(read_file(scratch / "link", 4).error().text, HasSubstr("is a link"));
    EXPECT_EQ(read_file(scratch / "link", 4, Links::followed).value(), "text");
}

TEST(ReadEnd, IsWhatLiesBehindThePlace) {
    const Scratch scratch;
    write_text(scratch / "log", "one\ntwo\n");
    std::filesystem::create_symlink("log", scratch / "link");
    const struct {
        const char* name;
        std::uintmax_t offset;
        std::size_t bytes_max;
        const char* text;
        bool cut;
    } rows[] = {
        {"log", 0, 100, "one\ntwo\n", false},
        {"log", 4, 100, "two\n", false},
        {"log", 8, 100, "", false},
        {"log", 9, 100, "one\ntwo\n", false},
        {"log", 0, 5, "\ntwo\n", true},
        {"log", 4, 4, "two\n", false},
        {"none", 0, 100, "", false},
        {"link", 0, 100, "", false},
        {".", 0, 100, "", false},
    };
    for (const auto& row : rows) {
        const auto end = read_end(scratch / row.name, row.offset, row.bytes_max);
        EXPECT_EQ(end.text, row.text) << row.name << ' ' << row.offset;
        EXPECT_EQ(end.cut, row.cut) << row.name << ' ' << row.offset;
    }
}

TEST(ReplaceFile, KeepsOwnerAndModeAndLeavesNothingBeside) {
    const Scratch scratch;
    const auto path = scratch / "grastate.dat";
    write_text(path, "old, and longer than what follows");
    ASSERT_EQ(::chmod(path.c_str(), 0660), 0);
    if (test::is_root()) {
        ASSERT_EQ(::chown(path.c_str(), 4711, 4712), 0);
    }
    const auto before = status_of(path);

    ASSERT_TRUE(replace_file(path, "new\n", 0600));

    const auto after = status_of(path);
    EXPECT_EQ(text_of_file(path), "new\n");
    EXPECT_EQ(after.st_mode, before.st_mode);
    EXPECT_EQ(after.st_uid, before.st_uid);
    EXPECT_EQ(after.st_gid, before.st_gid);
    EXPECT_NE(after.st_ino, before.st_ino) << "replaced, not overwritten";
    EXPECT_EQ(test::entries_in(scratch.path()), 1U);
}

TEST(ReplaceFile, GivesANewFileItsMode) {
    const Scratch scratch;
    ASSERT_TRUE(replace_file(scratch / "new", "x", 0644));
    EXPECT_EQ(status_of(scratch / "new").st_mode & 07777U, 0644U);
}

TEST(ReplaceFile, ThatCannotBeDoneChangesNothing) {
    const Scratch scratch;
    write_text(scratch / "target", "kept");
    std::filesystem::create_symlink(scratch / "target", scratch / "link");

    EXPECT_THAT(replace_file(scratch / "link", "x", 0600).error().text,
                HasSubstr("not a regular file"));
    EXPECT_FALSE(replace_file(scratch / "none" / "file", "x", 0600));
    EXPECT_FALSE(replace_file(scratch.path(), "x", 0600));
    EXPECT_EQ(text_of_file(scratch / "target"), "kept");
    EXPECT_EQ(test::entries_in(scratch.path()), 2U);
}

TEST(SetAside, RenamesWithinTheDirectory) {
    const Scratch scratch;
    write_text(scratch / "gvwstate.dat", "view");

    ASSERT_TRUE(set_aside(scratch / "gvwstate.dat", scratch / "gvwstate.dat.aside"));
    EXPECT_EQ(text_of_file(scratch / "gvwstate.dat.aside"), "view");
    EXPECT_TRUE(set_aside(scratch / "gvwstate.dat", scratch / "gvwstate.dat.aside"))
        << "nothing to do the second time";
    EXPECT_EQ(text_of_file(scratch / "gvwstate.dat.aside"), "view");
    EXPECT_FALSE(set_aside(scratch / "gvwstate.dat.aside", "/tmp/elsewhere"));
}

TEST(EnsureDirectory, MakesItWithItsParentsWhateverTheUmask) {
    const Scratch scratch;
    const mode_t before = ::umask(0077);
    const auto made = ensure_directory(scratch / "run" / "initiator");
    ::umask(before);

    ASSERT_TRUE(made) << made.error().text;
    EXPECT_EQ(status_of(scratch / "run" / "initiator").st_mode & 07777U, 0755U);
    EXPECT_TRUE(ensure_directory(scratch / "run" / "initiator")) << "it is there already";
    EXPECT_TRUE(ensure_directory((scratch / "run" / "initiator").string() + "/"));
}

TEST(EnsureDirectory, NamesTheFileThatIsInItsPlace) {
    const Scratch scratch;
    write_text(scratch / "run", "");
    EXPECT_THAT(ensure_directory(scratch / "run").error().text, HasSubstr("not a directory"));
    EXPECT_FALSE(ensure_directory(scratch / "run" / "initiator"));
}

TEST(DatadirLock, HasOneHolderAndLeavesNoFile) {
    const Scratch scratch;
    {
        const auto first = DatadirLock::try_take(scratch.path());
        ASSERT_TRUE(first.value());
        EXPECT_FALSE(DatadirLock::try_take(scratch.path()).value()) << "the first has it";
    }
    EXPECT_TRUE(DatadirLock::try_take(scratch.path()).value()) << "the first has gone";
    EXPECT_EQ(test::entries_in(scratch.path()), 0U);
}

TEST(DatadirLock, OfAMissingDirectoryIsAnError) {
    const Scratch scratch;
    EXPECT_THAT(DatadirLock::try_take(scratch / "none").error().text, HasSubstr("none"));
}

TEST(DatadirLock, StaysWithTheChildThatInheritedIt) {
    const Scratch scratch;
    auto lock = DatadirLock::try_take(scratch.path());
    ASSERT_TRUE(lock.value());
    const auto start_sleeper = [](std::optional<int> inherited) {
        ChildOptions options;
        options.command = {"sleep", "1000"};
        options.inherited_fd = inherited;
        return Child::start(options);
    };
    auto stranger = start_sleeper(std::nullopt);
    auto heir = start_sleeper((*lock)->fd());
    ASSERT_TRUE(stranger && heir);

    lock->reset();

    EXPECT_FALSE(DatadirLock::try_take(scratch.path()).value()) << "the heir has it";
    heir->stop(std::chrono::seconds{5});
    EXPECT_TRUE(DatadirLock::try_take(scratch.path()).value()) << "the stranger never had it";
}

} // namespace
} // namespace galera::node
