// Looks at the node again and again, on a thread of its own, and publishes what it saw.
#pragma once

#include "agentx/snapshot.hpp"
#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
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

    /// The store must outlive the collector.
    static Result<Collector> start(CollectorOptions options, Sample sample, SnapshotStore& store,
                                   Log log);

    Collector(Collector&&) noexcept = default;
    Collector& operator=(Collector&&) = delete;
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;
    /// Waits for the look that is being taken.
    ~Collector();

private:
    Collector(node::UniqueFd stop, std::thread thread)
        : stop_{std::move(stop)}, thread_{std::move(thread)} {}

    node::UniqueFd stop_; // an eventfd
    std::thread thread_;
};

} // namespace galera::agentx
