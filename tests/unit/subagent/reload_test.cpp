// SIGHUP does something on another thread, also one that came early.
#include "agentx/reload.hpp"
#include "agentx/signals.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <unistd.h>

namespace galera::agentx {
namespace {

constexpr std::chrono::seconds patience{60};

class Count {
public:
    void add() {
        const std::lock_guard hold{mutex_};
        ++count_;
        changed_.notify_all();
    }
    bool reaches(int count) {
        std::unique_lock hold{mutex_};
        return changed_.wait_for(hold, patience, [&] { return count_ >= count; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_{0};
};

TEST(Reload, HappensOnEachSignal) {
    const auto hangups = signals_to_read({SIGHUP});
    ASSERT_TRUE(hangups);
    ::kill(::getpid(), SIGHUP); // before anybody waits for it
    Count count;
    const auto reload = Reload::on_signal(*hangups, [&] { count.add(); });
    ASSERT_TRUE(reload);
    EXPECT_TRUE(count.reaches(1));
    ::kill(::getpid(), SIGHUP);
    EXPECT_TRUE(count.reaches(2));
}

TEST(Reload, EndsWithoutAny) {
    const auto hangups = signals_to_read({SIGHUP});
    ASSERT_TRUE(hangups);
    const auto reload = Reload::on_signal(*hangups, [] { FAIL(); });
    EXPECT_TRUE(reload);
}

} // namespace
} // namespace galera::agentx
