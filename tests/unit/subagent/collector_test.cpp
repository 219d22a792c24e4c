// The collector looks at once, then each interval, and at once when the initiator's files change.
#include "agentx/collector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace galera::agentx {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds patience{60};

/// A directory that goes with the test.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string name{"/tmp/galera-collector-test.XXXXXX"};
        if (mkdtemp(name.data()) == nullptr)
            throw std::runtime_error{"mkdtemp"};
        path_ = name;
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// A node that counts how often it was looked at, and the log of its collector.
class Node {
public:
    Collector::Sample sample() {
        return [this] {
            const std::lock_guard hold{mutex_};
            ++looks_;
            changed_.notify_all();
            NodeReport report;
            report.seqno_state = seqno_state_;
            report.server = server_;
            report.agent.last_error = error_;
            return report;
        };
    }
    Log log() {
        return [this](const std::string& line) {
            const std::lock_guard hold{mutex_};
            lines_.push_back(line);
            changed_.notify_all();
        };
    }
    void recovers() {
        const std::lock_guard hold{mutex_};
        seqno_state_ = SeqnoState::recovering;
    }
    void falls_silent() {
        const std::lock_guard hold{mutex_};
        server_ = ServerState::unreachable;
    }
    void breaks(const std::string& error) {
        const std::lock_guard hold{mutex_};
        error_ = error;
    }
    int looks() {
        const std::lock_guard hold{mutex_};
        return looks_;
    }
    Collector::Publish publish() {
        return [this](const std::shared_ptr<const Snapshot>& snapshot) {
            const std::lock_guard hold{mutex_};
            ids_.push_back(snapshot->id);
            changed_.notify_all();
        };
    }
    /// Those of the first snapshots.
    std::vector<std::uint32_t> ids(std::size_t count) {
        std::unique_lock hold{mutex_};
        changed_.wait_for(hold, patience, [&] { return ids_.size() >= count; });
        ids_.resize(std::min(ids_.size(), count));
        return ids_;
    }
    bool looked(int times) {
        std::unique_lock hold{mutex_};
        return changed_.wait_for(hold, patience, [&] { return looks_ >= times; });
    }
    bool logged(std::vector<std::string> lines) {
        std::unique_lock hold{mutex_};
        return changed_.wait_for(hold, patience, [&] { return lines_ == lines; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int looks_{0};
    SeqnoState seqno_state_{SeqnoState::undefined};
    ServerState server_{ServerState::stopped};
    std::string error_;
    std::vector<std::string> lines_;
    std::vector<std::uint32_t> ids_;
};

struct CollectorTest : ::testing::Test {
    TemporaryDirectory directory;
    Node node;

    Result<Collector> start(milliseconds interval, const std::filesystem::path& run_dir) {
        return Collector::start({.version = "0.1.0", .interval = interval, .run_dir = run_dir},
                                node.sample(), node.publish(), node.log());
    }
};

TEST_F(CollectorTest, LooksAgainAndAgain) {
    const auto collector = start(milliseconds{5}, directory.path());
    ASSERT_TRUE(collector);
    EXPECT_TRUE(node.looked(5));
}

TEST_F(CollectorTest, NumbersItsSnapshotsFromADrawnNumberOn) {
    std::set<std::uint32_t> first;
    for (int start_of_the_agent = 0; start_of_the_agent < 3; ++start_of_the_agent) {
        Node looked_at;
        const auto collector = Collector::start(
            {.version = "", .interval = milliseconds{5}, .run_dir = directory.path()},
            looked_at.sample(), looked_at.publish(), looked_at.log());
        ASSERT_TRUE(collector);
        const auto ids = looked_at.ids(3);
        ASSERT_EQ(ids.size(), 3U);
        EXPECT_EQ(ids[1], ids[0] + 1);
        EXPECT_EQ(ids[2], ids[1] + 1);
        first.insert(ids[0]);
    }
    EXPECT_EQ(first.size(), 3U) << "an agent that is started again must not repeat its numbers";
}

CollectorOptions options(milliseconds interval, const std::filesystem::path& run_dir) {
    return {.version = "0.1.0", .interval = interval, .run_dir = run_dir};
}

TEST_F(CollectorTest, LooksInAnotherWayAtOnceAndGoesOnCounting) {
    auto collector = start(std::chrono::hours{1}, directory.path());
    ASSERT_TRUE(collector);
    ASSERT_TRUE(node.looked(1));
    Node other;
    const auto both = [look = node.sample(), other_look = other.sample()] {
        look();
        return other_look();
    };
    collector->change(options(milliseconds{5}, directory.path()), both);
    EXPECT_TRUE(other.looked(3));
    const auto ids = node.ids(4);
    ASSERT_EQ(ids.size(), 4U);
    EXPECT_EQ(ids[3], ids[0] + 3);
}

TEST_F(CollectorTest, KeepsItsWayWhereOnlyTheIntervalChanges) {
    auto collector = start(std::chrono::hours{1}, directory.path());
    ASSERT_TRUE(collector);
    ASSERT_TRUE(node.looked(1));
    collector->change(options(milliseconds{5}, directory.path()), nullptr);
    EXPECT_TRUE(node.looked(4));
}

TEST_F(CollectorTest, TakesTheLastOfSeveralChanges) {
    std::mutex gate; // closed: the first look lasts
    gate.lock();
    const auto slow = [&gate, look = node.sample()] {
        auto report = look();
        const std::lock_guard wait{gate};
        return report;
    };
    auto collector = Collector::start(options(std::chrono::hours{1}, directory.path()), slow,
                                      node.publish(), node.log());
    ASSERT_TRUE(collector);
    ASSERT_TRUE(node.looked(1));
    Node second;
    Node third;
    collector->change(options(std::chrono::hours{1}, directory.path()), second.sample());
    collector->change(options(std::chrono::hours{1}, directory.path()), third.sample());
    collector->change(options(milliseconds{5}, directory.path()), nullptr);
    gate.unlock();
    EXPECT_TRUE(third.looked(3));
    EXPECT_EQ(second.looks(), 0);
    EXPECT_EQ(node.looks(), 1);
}

TEST_F(CollectorTest, WatchesTheNewRunDirectory) {
    auto collector = start(std::chrono::hours{1}, directory.path());
    ASSERT_TRUE(collector);
    ASSERT_TRUE(node.looked(1));
    const auto moved = directory.path() / "moved";
    std::filesystem::create_directory(moved);
    collector->change(options(std::chrono::hours{1}, moved), nullptr);
    ASSERT_TRUE(node.looked(2));
    std::ofstream{moved / "initiator.lock"} << "x\n";
    EXPECT_TRUE(node.looked(3));
}

TEST_F(CollectorTest, EndsInTheMiddleOfALongInterval) {
    const auto began = Clock::now();
    {
        const auto collector = start(std::chrono::hours{1}, directory.path());
        ASSERT_TRUE(collector);
        EXPECT_TRUE(node.looked(1));
    }
    EXPECT_LT(Clock::now() - began, patience);
}

void write(const std::filesystem::path& path) {
    std::ofstream{path} << "x\n";
}

TEST_F(CollectorTest, SeesTheInitiatorAtOnce) {
    const auto collector = start(std::chrono::hours{1}, directory.path());
    ASSERT_TRUE(collector);
    ASSERT_TRUE(node.looked(1));
    write(directory.path() / "new");
    std::filesystem::rename(directory.path() / "new", directory.path() / "initiator.state");
    EXPECT_TRUE(node.looked(2));
    write(directory.path() / "initiator.lock");
    EXPECT_TRUE(node.looked(3));
}

TEST_F(CollectorTest, IsNotWokenByItsOwnReading) {
    write(directory.path() / "initiator.lock");
    write(directory.path() / "initiator.state");
    const auto read = [this, look = node.sample()] {
        std::string word;
        std::ifstream{directory.path() / "initiator.lock"} >> word;
        std::ifstream{directory.path() / "initiator.state"} >> word;
        return look();
    };
    constexpr milliseconds interval{300};
    const auto began = Clock::now();
    const auto collector =
        Collector::start({.version = "", .interval = interval, .run_dir = directory.path()}, read,
                         node.publish(), node.log());
    ASSERT_TRUE(collector);
    ASSERT_TRUE(node.looked(3));
    EXPECT_GE(Clock::now() - began, 2 * interval);
}

TEST_F(CollectorTest, LooksMoreOftenWhileTheNodeIsOnItsWay) {
    node.recovers();
    constexpr seconds interval{20};
    const auto began = Clock::now();
    const auto collector = start(interval, directory.path());
    ASSERT_TRUE(collector);
    EXPECT_TRUE(node.looked(2));
    EXPECT_LT(Clock::now() - began, interval);
}

// It may be about to answer for the first time; one that hangs for long is not worth it.
TEST_F(CollectorTest, LooksMoreOftenForSomeTimeAtAServerThatDoesNotAnswer) {
    node.falls_silent();
    constexpr milliseconds interval{100};
    constexpr int often = 51;
    const auto collector = start(interval, directory.path());
    ASSERT_TRUE(collector);
    auto began = Clock::now();
    EXPECT_TRUE(node.looked(often - 1));
    EXPECT_LT(Clock::now() - began, (often - 1) * interval);
    EXPECT_TRUE(node.looked(often + 2));
    began = Clock::now();
    EXPECT_TRUE(node.looked(often + 5));
    EXPECT_GE(Clock::now() - began, 2 * interval);
}

// An initiator rewrites what it saw with each survey: that is no reason to look at the node.
TEST_F(CollectorTest, IsNotWokenByASurvey) {
    const auto survey = [this, look = node.sample()] {
        write(directory.path() / ".new");
        std::filesystem::rename(directory.path() / ".new", directory.path() / "initiator.peers");
        return look();
    };
    constexpr milliseconds interval{300};
    const auto began = Clock::now();
    const auto collector =
        Collector::start({.version = "", .interval = interval, .run_dir = directory.path()}, survey,
                         node.publish(), node.log());
    ASSERT_TRUE(collector);
    ASSERT_TRUE(node.looked(3));
    EXPECT_GE(Clock::now() - began, 2 * interval);
}

TEST_F(CollectorTest, WaitsForADirectoryThatComesLater) {
    const auto later = directory.path() / "later";
    const auto collector = start(milliseconds{20}, later);
    ASSERT_TRUE(collector);
    EXPECT_TRUE(node.looked(3));
    std::filesystem::create_directory(later);
    EXPECT_TRUE(node.looked(6));
}

TEST_F(CollectorTest, LogsAnErrorOnceAndItsEnd) {
    node.breaks("ibdata1: no permission");
    const auto collector = start(milliseconds{5}, directory.path());
    ASSERT_TRUE(collector);
    ASSERT_TRUE(node.looked(4));
    EXPECT_TRUE(node.logged({"ibdata1: no permission"}));
    node.breaks("");
    EXPECT_TRUE(
        node.logged({"ibdata1: no permission", "everything about the node can be read again"}));
}

} // namespace
} // namespace galera::agentx
