// Looks at the node again and again, on a thread of its own, and publishes what it saw.
#pragma once

#include "agentx/snapshot.hpp"
#include "agentx/wakeup.hpp"
#include "common/model/result.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace galera::agentx {

/// Takes one line, without the newline, from any thread.
using Log = std::function<void(const std::string& line)>;

struct CollectorOptions {
    std::string version;
    std::chrono::milliseconds interval{1000};
    /// Looks at once, whatever the interval, when the initiator's state or lock in here changes:
    /// a claim must be seen soon. The directory may come later.
    std::filesystem::path run_dir;
};

class Collector {
public:
    /// One look at the node; see node::Observer::sample(). Called, and destroyed, on the
    /// collector's thread.
    using Sample = std::function<NodeReport()>;

    /// Takes each snapshot, in order. Called on the collector's thread.
    using Publish = std::function<void(const std::shared_ptr<const Snapshot>& snapshot)>;

    static Result<Collector> start(CollectorOptions options, Sample sample, Publish publish,
                                   Log log);

    /// Looks in another way, at once: after the look that is being taken, which is published yet.
    /// Returns at once. The numbers of the snapshots go on. Without a sample, with the one it has.
    void change(CollectorOptions options, Sample sample);

    Collector(Collector&&) noexcept = default;
    Collector& operator=(Collector&&) = delete;
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;
    /// Waits for the look that is being taken.
    ~Collector();

private:
    struct Orders;
    Collector(std::unique_ptr<Orders> orders, std::thread thread);

    std::unique_ptr<Orders> orders_;
    std::thread thread_;
};

} // namespace galera::agentx
