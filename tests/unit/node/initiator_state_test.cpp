// The lock and the state of the local initiator, as the agent reads them.
#include "common/node/initiator_state.hpp"
#include "tests/unit/node/scratch.hpp"

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

std::optional<InitiatorState> seen(const Scratch& scratch) {
    const auto state = read_initiator_state(scratch / "run");
    EXPECT_TRUE(state) << state.error().text;
    return state.value_or(std::nullopt);
}

TEST(InitiatorState, OfNobodyIsEmptyWhateverTheFilesSay) {
    const Scratch scratch;
    EXPECT_EQ(seen(scratch), std::nullopt) << "not even the directory is there";
    std::filesystem::create_directory(scratch / "run");
    write_text(scratch / "run" / "initiator.lock", "4711 0123456789abcdef\n");
    write_text(scratch / "run" / "initiator.state",
               "holder: 4711 0123456789abcdef\nphase: bootstrapping\nverdict: bootstrap\n");
    EXPECT_EQ(seen(scratch), std::nullopt) << "their writer is dead";
}

TEST(InitiatorState, IsWhatTheHolderPublishedLast) {
    const Scratch scratch;
    const auto lock = InitiatorLock::try_take(scratch / "run");
    ASSERT_TRUE(lock && *lock) << (lock ? "held" : lock.error().text);
    EXPECT_EQ(seen(scratch), InitiatorState{}) << "it has not said anything yet";
    for (const InitiatorPhase phase : {InitiatorPhase::surveying, InitiatorPhase::claiming,
                                       InitiatorPhase::bootstrapping, InitiatorPhase::joining}) {
        const InitiatorState state{phase, "wait: missing_evidence; db2 is silent"};
        ASSERT_TRUE((*lock)->publish(state));
        EXPECT_EQ(seen(scratch), state);
    }
    struct stat status {};
    ASSERT_EQ(::stat((scratch / "run" / "initiator.state").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0644U) << "the agent may run as another user";
}

TEST(InitiatorState, KeepsAVerdictToOneLine) {
    const Scratch scratch;
    const auto lock = InitiatorLock::try_take(scratch / "run");
    ASSERT_TRUE(lock && *lock);
    ASSERT_TRUE((*lock)->publish({InitiatorPhase::claiming, "two\nphase: joining\n"}));
    EXPECT_EQ(seen(scratch), (InitiatorState{InitiatorPhase::claiming, "two phase: joining "}));
}

TEST(InitiatorLock, HasOneHolder) {
    const Scratch scratch;
    auto first = InitiatorLock::try_take(scratch / "run");
    ASSERT_TRUE(first && *first);
    EXPECT_FALSE(InitiatorLock::try_take(scratch / "run").value());
    first->reset();
    EXPECT_EQ(seen(scratch), std::nullopt);
    EXPECT_TRUE(InitiatorLock::try_take(scratch / "run").value());
}

TEST(InitiatorLock, OfTheNextHolderDoesNotReviveTheClaimOfTheLast) {
    const Scratch scratch;
    auto first = InitiatorLock::try_take(scratch / "run");
    ASSERT_TRUE(first && *first);
    ASSERT_TRUE((*first)->publish({InitiatorPhase::bootstrapping, "bootstrap"}));
    first->reset();

    const auto second = InitiatorLock::try_take(scratch / "run");
    ASSERT_TRUE(second && *second);
    EXPECT_EQ(seen(scratch), InitiatorState{}) << "surveying, and no more";
}

TEST(InitiatorLock, IsNotBelievedBeforeItsHolderHasSignedIt) {
    const Scratch scratch;
    std::filesystem::create_directory(scratch / "run");
    write_text(scratch / "run" / "initiator.lock", "4711 0123456789abcdef\n");
    write_text(scratch / "run" / "initiator.state",
               "holder: 4711 0123456789abcdef\nphase: bootstrapping\nverdict: bootstrap\n");
    // The moment after the lock was taken: byte 0 is locked, the files are the last holder's.
    const UniqueFd fd{::open((scratch / "run" / "initiator.lock").c_str(), O_RDWR | O_CLOEXEC)};
    struct flock right {};
    right.l_type = F_WRLCK;
    right.l_len = 1;
    ASSERT_EQ(::fcntl(fd.get(), F_OFD_SETLK, &right), 0);
    EXPECT_EQ(seen(scratch), InitiatorState{});
}

TEST(InitiatorState, ThatIsGarbledCountsAsSurveying) {
    const Scratch scratch;
    const auto lock = InitiatorLock::try_take(scratch / "run");
    ASSERT_TRUE(lock && *lock);
    auto identity = test::text_of_file(scratch / "run" / "initiator.lock");
    identity.pop_back();
    const std::array<std::string, 6> contents = {
        "",
        "holder: " + identity + "\nphase: bootstrapping\n",
        "holder: " + identity + "\nphase: crowned\nverdict: x\n",
        "holder: " + identity + "0\nphase: claiming\nverdict: x\n",
        "phase: claiming\nholder: " + identity + "\nverdict: x\n",
        std::string(64, '\0'),
    };
    for (const auto& content : contents) {
        write_text(scratch / "run" / "initiator.state", content);
        EXPECT_EQ(seen(scratch), InitiatorState{}) << content;
    }
    write_text(scratch / "run" / "initiator.state", std::string(1U << 20U, 'x'));
    EXPECT_FALSE(read_initiator_state(scratch / "run")) << "no initiator writes so much";
}

TEST(InitiatorLock, DiesWithItsHolder) {
    const Scratch scratch;
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t holder = ::fork();
    ASSERT_GE(holder, 0);
    if (holder == 0) {
        const auto lock = InitiatorLock::try_take(scratch / "run");
        const bool claims =
            lock && *lock && (*lock)->publish({InitiatorPhase::claiming, "mine"}).has_value();
        const char said = claims ? 'y' : 'n';
        if (::write(ends[1], &said, 1) == 1)
            ::pause();
        ::_exit(1);
    }
    char said = 0;
    ASSERT_EQ(::read(ends[0], &said, 1), 1);
    ASSERT_EQ(said, 'y');
    EXPECT_EQ(seen(scratch), (InitiatorState{InitiatorPhase::claiming, "mine"}));

    ::kill(holder, SIGKILL);
    ASSERT_EQ(::waitpid(holder, nullptr, 0), holder);

    EXPECT_EQ(seen(scratch), std::nullopt);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(InitiatorLock, InAPlaceThatCannotBeIsAnErrorThatNamesIt) {
    const Scratch scratch;
    write_text(scratch / "run", "a file");
    const auto lock = InitiatorLock::try_take(scratch / "run");
    ASSERT_FALSE(lock);
    EXPECT_NE(lock.error().text.find(scratch / "run"), std::string::npos);
}

} // namespace
} // namespace galera::node
