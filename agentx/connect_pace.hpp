// When to try to connect to snmpd, beside the tries at every interval.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace galera::agentx {

/// When there is reason to think that snmpd has come, tries follow quickly, and then ever more
/// slowly: a daemon makes its socket before it listens, and listens before it answers. After about
/// two seconds the tries at every interval are enough again. Pure.
class ConnectPace {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// The socket has appeared or changed, or the daemon has only just gone.
    void hopeful(Time now) {
        pause_ = std::chrono::milliseconds{10};
        due_ = last_try_ ? std::max(now, *last_try_ + pause_) : now; // however often it is said
    }
    /// There was a try, in whosever time, and no connection came of it.
    void failed(Time now) {
        last_try_ = now;
        if (!due_)
            return;
        pause_ *= 2;
        due_ = pause_ > std::chrono::seconds{1} ? std::nullopt : std::optional{now + pause_};
    }
    void connected(Time now) {
        last_try_ = now;
        due_.reset();
    }

    /// Empty: at the next interval.
    [[nodiscard]] std::optional<Time> due() const { return due_; }

private:
    std::chrono::milliseconds pause_{0};
    std::optional<Time> due_;
    std::optional<Time> last_try_;
};

} // namespace galera::agentx
