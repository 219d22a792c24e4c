// The collector looks at once, then each interval, and at once when the initiator's files change.
#include "agentx/collector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
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
    void breaks(const std::string& error) {
        const std::lock_guard hold{mutex_};
        error_ = error;
    }
    int looks() {
        const std::lock_guard hold{mutex_};
        return looks_;
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
    std::string error_;
    std::vector<std::string> lines_;
};

struct CollectorTest : ::testing::Test {
    TemporaryDirectory directory;
    Node node;
    SnapshotStore store{no_snapshot_yet("0.1.0", milliseconds{1000})};

    Result<Collector> start(milliseconds interval, const std::filesystem::path& run_dir) {
        return Collector::start({.version = "0.1.0", .interval = interval, .run_dir = run_dir},
                                node.sample(), store, node.log());
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
        std::vector<std::uint32_t> before; // each look: the number of the snapshot before it
        const auto sample = [&, look = looked_at.sample()] {
            before.push_back(store.latest()->id);
            return look();
        };
        {
            const auto collector = Collector::start(
                {.version = "", .interval = milliseconds{5}, .run_dir = directory.path()}, sample,
                store, looked_at.log());
            ASSERT_TRUE(collector);
            ASSERT_TRUE(looked_at.looked(4));
        }
        EXPECT_EQ(before[2], before[1] + 1);
        EXPECT_EQ(before[3], before[2] + 1);
        first.insert(before[1]);
    }
    EXPECT_EQ(first.size(), 3U) << "an agent that is started again must not repeat its numbers";
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
                         store, node.log());
    ASSERT_TRUE(collector);
    ASSERT_TRUE(node.looked(3));
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
                         store, node.log());
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
