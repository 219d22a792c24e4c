// The lock and the state of the local initiator, as the agent reads them.
#include "common/galera/address_text.hpp"
#include "common/node/initiator_state.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <vector>

namespace galera::node {
namespace {

using test::Scratch;
using test::write_text;

using Phase = std::optional<InitiatorPhase>;
using Decision = std::optional<InitiatorDecision>;

Phase seen(const Scratch& scratch) {
    const auto at_work = read_initiator_at_work(scratch / "run");
    EXPECT_TRUE(at_work) << at_work.error().text;
    return at_work && *at_work ? Phase{(*at_work)->phase} : std::nullopt;
}

Decision decided(const Scratch& scratch) {
    const auto record = read_published_decision(scratch / "run");
    EXPECT_TRUE(record) << record.error().text;
    return record && *record ? Decision{(*record)->decision} : std::nullopt;
}

InitiatorDecision decision_of(Reason reason, const std::string& sentence) {
    return {.reason = reason,
            .proof = Proof::closure,
            .elected = parse_address("10.0.0.2"),
            .missing = "db3 (10.0.0.3) does not answer SNMP",
            .decided_unix_seconds = 1'795'428'000,
            .sentence = sentence,
            .run = {1'795'427'990, 12, 1, "--assume-lost 10.0.0.3"}};
}

/// What a holder writes, behind the line of its identity.
const std::string good_lines =
    "phase: bootstrapping\nclaimed: 1795428001\nreason: furthest_ahead\nproof: census\n"
    "elected: 10.0.0.1\ndecided: 1795428000\nstarted: 1795427990\nsurveys: 12\nattempts: 1\n"
    "overrides: \nmissing: \nsentence: bootstrap\nend\n";

TEST(InitiatorState, OfNobodyHasNoPhaseWhateverTheFilesSay) {
    const Scratch scratch;
    EXPECT_EQ(seen(scratch), std::nullopt) << "not even the directory is there";
    EXPECT_EQ(decided(scratch), std::nullopt);
    std::filesystem::create_directory(scratch / "run");
    write_text(scratch / "run" / "initiator.lock", "4711 0123456789abcdef\n");
    write_text(scratch / "run" / "initiator.state", "holder: 4711 0123456789abcdef\n" + good_lines);
    EXPECT_EQ(seen(scratch), std::nullopt) << "their writer is dead";
    ASSERT_TRUE(decided(scratch)) << "what it decided is not";
    EXPECT_EQ(decided(scratch)->reason, Reason::furthest_ahead);
}

TEST(InitiatorState, IsWhatTheHolderPublishedLast) {
    const Scratch scratch;
    const auto lock = InitiatorLock::try_take(scratch / "run");
    ASSERT_TRUE(lock && *lock) << (lock ? "held" : lock.error().text);
    EXPECT_EQ(seen(scratch), InitiatorPhase::surveying) << "it has not said anything yet";
    for (const InitiatorPhase phase : {InitiatorPhase::surveying, InitiatorPhase::claiming,
                                       InitiatorPhase::bootstrapping, InitiatorPhase::joining}) {
        ASSERT_TRUE((*lock)->publish(phase, std::nullopt));
        EXPECT_EQ(seen(scratch), phase);
        EXPECT_EQ(decided(scratch), std::nullopt);
    }
    for (const auto& row : reasons()) {
        auto decision = decision_of(row.reason, "wait: closure_open; db2 does not answer SNMP");
        ASSERT_TRUE((*lock)->publish(InitiatorPhase::surveying, decision));
        EXPECT_EQ(decided(scratch), decision) << row.word;
        decision.elected.reset();
        decision.decided_unix_seconds = -1;
        decision.sentence.clear();
        ASSERT_TRUE((*lock)->publish(InitiatorPhase::claiming, decision));
        EXPECT_EQ(decided(scratch), decision) << row.word;
        EXPECT_EQ(seen(scratch), InitiatorPhase::claiming);
    }
    struct stat status {};
    ASSERT_EQ(::stat((scratch / "run" / "initiator.state").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0644U) << "the agent may run as another user";
}

TEST(InitiatorState, SaysSinceWhenAClaimIsHeld) {
    const Scratch scratch;
    const auto lock = InitiatorLock::try_take(scratch / "run");
    ASSERT_TRUE(lock && *lock);
    ASSERT_TRUE((*lock)->publish(InitiatorPhase::claiming, std::nullopt, 1'795'428'001));
    const auto at_work = read_initiator_at_work(scratch / "run").value();
    EXPECT_EQ(at_work, (InitiatorAtWork{InitiatorPhase::claiming, 1'795'428'001}));
}

TEST(InitiatorState, KeepsASentenceToOneLine) {
    const Scratch scratch;
    const auto lock = InitiatorLock::try_take(scratch / "run");
    ASSERT_TRUE(lock && *lock);
    ASSERT_TRUE((*lock)->publish(InitiatorPhase::claiming,
                                 decision_of(Reason::census_open, "two\nphase: joining\n")));
    EXPECT_EQ(seen(scratch), InitiatorPhase::claiming);
    EXPECT_EQ(decided(scratch), decision_of(Reason::census_open, "two phase: joining "));
    ASSERT_TRUE((*lock)->publish(InitiatorPhase::claiming,
                                 decision_of(Reason::census_open, std::string(100'000, 'x'))));
    EXPECT_EQ(seen(scratch), InitiatorPhase::claiming);
    EXPECT_EQ(decided(scratch)->sentence, std::string(8192, 'x'));
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
    const auto decision = decision_of(Reason::furthest_ahead, "bootstrap");
    ASSERT_TRUE((*first)->publish(InitiatorPhase::bootstrapping, decision));
    first->reset();
    EXPECT_EQ(decided(scratch), decision);

    const auto second = InitiatorLock::try_take(scratch / "run");
    ASSERT_TRUE(second && *second);
    EXPECT_EQ(seen(scratch), InitiatorPhase::surveying) << "and no more";
    EXPECT_EQ(decided(scratch), decision) << "until the next one decides";
    ASSERT_TRUE((*second)->publish(InitiatorPhase::surveying, std::nullopt));
    EXPECT_EQ(decided(scratch), std::nullopt);
}

TEST(InitiatorLock, IsNotBelievedBeforeItsHolderHasSignedIt) {
    const Scratch scratch;
    std::filesystem::create_directory(scratch / "run");
    write_text(scratch / "run" / "initiator.lock", "4711 0123456789abcdef\n");
    write_text(scratch / "run" / "initiator.state", "holder: 4711 0123456789abcdef\n" + good_lines);
    // The moment after the lock was taken: byte 0 is locked, the files are the last holder's.
    const UniqueFd fd{::open((scratch / "run" / "initiator.lock").c_str(), O_RDWR | O_CLOEXEC)};
    struct flock right {};
    right.l_type = F_WRLCK;
    right.l_len = 1;
    ASSERT_EQ(::fcntl(fd.get(), F_OFD_SETLK, &right), 0);
    EXPECT_EQ(seen(scratch), InitiatorPhase::surveying);
}

TEST(InitiatorState, ThatIsGarbledCountsAsSurveying) {
    const Scratch scratch;
    const auto lock = InitiatorLock::try_take(scratch / "run");
    ASSERT_TRUE(lock && *lock);
    auto identity = test::text_of_file(scratch / "run" / "initiator.lock");
    identity.pop_back();
    const auto by_holder = [&](const std::string& lines) {
        return "holder: " + identity + "\n" + lines;
    };
    const auto changed = [&](const std::string& from, const std::string& to) {
        auto lines = good_lines;
        return by_holder(lines.replace(lines.find(from), from.size(), to));
    };
    write_text(scratch / "run" / "initiator.state", by_holder(good_lines));
    ASSERT_EQ(seen(scratch), InitiatorPhase::bootstrapping);
    const std::vector<std::string> contents = {
        "",
        by_holder(""),
        by_holder("phase: bootstrapping"), // cut
        by_holder("phase: bootstrapping\nclaimed: -\n"),
        by_holder("phase: crowned\nclaimed: -\nend\n"),
        "phase: claiming\n" + by_holder(""),
        "holder: \n" + good_lines,
        by_holder("phase: bootstrapping\nverdict: bootstrap: furthest_ahead\n"),      // version 0.0
        by_holder("phase: bootstrapping\nreason: furthest_ahead\nelected: 10.0.0.1\n" // 0.1
                  "decided: 1795428000\nsentence: bootstrap\n"),
        changed("bootstrapping", "joining"), // which holds no claim
        std::string(64, '\0'),
    };
    for (const auto& content : contents) {
        write_text(scratch / "run" / "initiator.state", content);
        EXPECT_EQ(seen(scratch), InitiatorPhase::surveying) << content;
        EXPECT_EQ(decided(scratch), std::nullopt) << content;
    }
    write_text(scratch / "run" / "initiator.state", "holder: " + identity + "0\n" + good_lines);
    EXPECT_EQ(seen(scratch), InitiatorPhase::surveying) << "another one's";
    EXPECT_TRUE(decided(scratch));
    write_text(scratch / "run" / "initiator.state", std::string(1U << 20U, 'x'));
    EXPECT_FALSE(read_initiator_at_work(scratch / "run")) << "no initiator writes so much";
    EXPECT_FALSE(read_published_decision(scratch / "run"));
}

// A state that cannot be read is no sign of an initiator where nobody holds the lock.
TEST(InitiatorState, ThatCannotBeReadAndHasNoHolderHasNoPhase) {
    const Scratch scratch;
    std::filesystem::create_directories(scratch / "run" / "initiator.state"); // a directory
    EXPECT_EQ(seen(scratch), std::nullopt);
    EXPECT_FALSE(read_published_decision(scratch / "run"));
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
            lock && *lock &&
            (*lock)
                ->publish(InitiatorPhase::claiming, decision_of(Reason::furthest_ahead, "mine"))
                .has_value();
        const char said = claims ? 'y' : 'n';
        if (::write(ends[1], &said, 1) == 1)
            ::pause();
        ::_exit(1);
    }
    char said = 0;
    ASSERT_EQ(::read(ends[0], &said, 1), 1);
    ASSERT_EQ(said, 'y');
    EXPECT_EQ(seen(scratch), InitiatorPhase::claiming);

    ::kill(holder, SIGKILL);
    ASSERT_EQ(::waitpid(holder, nullptr, 0), holder);

    EXPECT_EQ(seen(scratch), std::nullopt);
    EXPECT_EQ(decided(scratch), decision_of(Reason::furthest_ahead, "mine"));
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
