// What the subagent answers from: all that is known of the node at one moment, ready to be sent.
// A snapshot never changes once it is published, so that answering waits for nothing.
#pragma once

#include "agentx/wakeup.hpp"
#include "common/mib/value.hpp"
#include "common/model/node_report.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace galera::agentx {

using Clock = std::chrono::steady_clock;

struct Snapshot {
    std::uint32_t id{0};                // 0: the node has not been looked at yet
    Clock::time_point sampled_at;       // when the look began
    std::vector<mib::Binding> bindings; // by OID
};

/// The snapshot of before the first look: the agent's own objects only.
[[nodiscard]] std::shared_ptr<const Snapshot>
no_snapshot_yet(const std::string& version, std::chrono::milliseconds sample_interval);

/// `report.agent` must have its version, sample interval, snapshot id and time.
[[nodiscard]] std::shared_ptr<const Snapshot> make_snapshot(const NodeReport& report,
                                                            Clock::time_point sampled_at);

/// What a scalar object of the snapshot has, live values apart. Null: nothing.
[[nodiscard]] const mib::Value* value_of(const Snapshot& snapshot,
                                         std::span<const std::uint32_t> scalar);

/// When an answer is given, and what is of that moment and not of the snapshot.
struct Moment {
    Clock::time_point at;
    std::uint32_t notifications_sent{0};
    std::uint32_t notifications_suppressed{0};
};

/// The answer to a GET of one instance.
[[nodiscard]] std::variant<mib::Value, mib::Absence>
get(const Snapshot& snapshot, const mib::Oid& instance, const Moment& now);

/// The answer to a GETNEXT: the first instance behind `oid`, or at it if `inclusive`. Empty: none.
[[nodiscard]] std::optional<mib::Binding> get_next(const Snapshot& snapshot, const mib::Oid& oid,
                                                   bool inclusive, const Moment& now);

/// Where the collector leaves the latest snapshot and the subagent takes it.
class SnapshotStore {
public:
    /// Wakes `news` with each publication.
    SnapshotStore(std::shared_ptr<const Snapshot> first, const Wakeup& news)
        : latest_{std::move(first)}, news_{&news} {}

    void publish(std::shared_ptr<const Snapshot> snapshot) {
        {
            const std::lock_guard hold{mutex_};
            latest_.swap(snapshot); // the old one is released behind the lock
        }
        news_->wake();
    }
    [[nodiscard]] std::shared_ptr<const Snapshot> latest() const {
        const std::lock_guard hold{mutex_};
        return latest_;
    }

private:
    mutable std::mutex mutex_; // held for the copy of one pointer
    std::shared_ptr<const Snapshot> latest_;
    const Wakeup* news_;
};

} // namespace galera::agentx
