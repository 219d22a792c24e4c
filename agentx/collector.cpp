#include "agentx/collector.hpp"

#include "agentx/directory_watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <optional>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/random.h>
#include <system_error>
#include <utility>

namespace galera::agentx {
namespace {

using std::chrono::milliseconds;

/// The kernel tells of a lock file's closing a moment before it drops the lock of a process that
/// died, and an initiator writes two files in a row: look once, a moment later.
constexpr milliseconds settling_time{10};

std::string reason(int number) {
    return std::generic_category().message(number);
}

/// Where the numbers of the snapshots begin. Drawn, so that an agent that was started again in the
/// middle of a survey does not come by the number that the one before it had then.
Result<std::uint32_t> draw_first_snapshot_id() {
    std::uint32_t drawn{0};
    if (::getrandom(&drawn, sizeof drawn, 0) != static_cast<ssize_t>(sizeof drawn))
        return failure("the kernel gives no random numbers: " + reason(errno));
    return drawn;
}

/// Sees changes of the initiator's two files. A reader does not count: they are opened for reading
/// with each look.
Result<DirectoryWatch> watch_initiator(const std::filesystem::path& run_dir) {
    return DirectoryWatch::make(run_dir, {"initiator.state", "initiator.lock"},
                                IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_TO | IN_DELETE);
}

/// While a node is on its way to another state, peers wait for that: so many looks an interval.
constexpr int looks_on_the_way = 5;
/// A server that does not answer may have just begun; one that hangs is looked at so often no more
/// after so many looks.
constexpr int hopeful_looks_max = 10 * looks_on_the_way;

bool is_on_the_way(const NodeReport& report) {
    const auto node_state = report.cluster.node_state;
    return report.server == ServerState::recovering || report.server == ServerState::starting ||
           report.seqno_state == SeqnoState::recovering || node_state == NodeState::joining ||
           node_state == NodeState::joined;
}

/// How to look.
struct Way {
    CollectorOptions options;
    Collector::Sample sample;
    DirectoryWatch watch;
};

} // namespace

/// What the thread is told from outside.
struct Collector::Orders {
    Wakeup news; // there is an order
    std::mutex mutex;
    bool stop{false};
    struct Change {
        CollectorOptions options;
        Sample sample;
    };
    std::optional<Change> change;

    explicit Orders(Wakeup wakeup) : news{std::move(wakeup)} {}

    template <typename Give>
    void give(Give order) {
        {
            const std::lock_guard hold{mutex};
            order();
        }
        news.wake();
    }
    [[nodiscard]] std::optional<Change> take_change() {
        const std::lock_guard hold{mutex};
        return std::exchange(change, std::nullopt);
    }
    [[nodiscard]] bool stopped() {
        const std::lock_guard hold{mutex};
        return stop;
    }
};

namespace {

/// What runs on the thread.
class Looking {
public:
    Looking(Way way, Collector::Publish publish, Log log, std::uint32_t first_snapshot_id)
        : way_{std::move(way)}, publish_{std::move(publish)}, log_{std::move(log)},
          snapshot_id_{first_snapshot_id} {}

    template <typename Orders>
    void run(Orders& orders) {
        while (!orders.stopped()) {
            if (auto change = orders.take_change())
                look_as(std::move(change->options), std::move(change->sample));
            way_.watch.renew();
            const auto began = Clock::now();
            const bool settled = look(began);
            wait_until(began + way_.options.interval / (settled ? 1 : looks_on_the_way),
                       orders.news);
        }
    }

private:
    void look_as(CollectorOptions options, Collector::Sample sample) {
        if (options.run_dir != way_.options.run_dir) {
            if (auto watch = watch_initiator(options.run_dir))
                way_.watch = *std::move(watch);
            else
                log_(watch.error().text);
        }
        way_.options = std::move(options);
        if (sample)
            way_.sample = std::move(sample);
    }

    /// False: soon there will be something else to see.
    bool look(Clock::time_point began) {
        const auto wall = std::chrono::system_clock::now().time_since_epoch();
        auto report = way_.sample();
        report.agent.version = way_.options.version;
        report.agent.sample_interval = way_.options.interval;
        report.agent.snapshot_id = snapshot_id_ = following(snapshot_id_);
        report.agent.snapshot_unix_seconds = std::chrono::floor<std::chrono::seconds>(wall).count();
        log_change(report.agent.last_error);
        publish_(make_snapshot(report, began));
        const bool is_silent = report.server == ServerState::unreachable;
        silent_looks_ = is_silent ? std::min(silent_looks_ + 1, hopeful_looks_max + 1) : 0;
        const bool may_begin = is_silent && silent_looks_ <= hopeful_looks_max;
        return !is_on_the_way(report) && !may_begin;
    }

    /// 0 means: none yet.
    static std::uint32_t following(std::uint32_t id) { return id + 1 == 0 ? 1 : id + 1; }

    /// Until then, or until the initiator's files change, or an order comes.
    void wait_until(Clock::time_point next, const Wakeup& news) {
        while (true) {
            const auto left = std::chrono::ceil<milliseconds>(next - Clock::now());
            if (wait_for(news, std::max(left, milliseconds{0})) || left <= milliseconds{0})
                return;
            if (way_.watch.take_changes()) {
                settle(news);
                return;
            }
        }
    }

    /// Whether there are news; for changes of files, one has to look.
    bool wait_for(const Wakeup& news, milliseconds at_most) {
        std::array<pollfd, 2> both{{{.fd = news.fd(), .events = POLLIN, .revents = 0},
                                    {.fd = way_.watch.fd(), .events = POLLIN, .revents = 0}}};
        if (::poll(both.data(), both.size(), static_cast<int>(at_most.count())) < 0)
            return false; // a signal: as good as a timeout
        if (both[0].revents == 0)
            return false;
        news.take();
        return true;
    }

    void settle(const Wakeup& news) {
        pollfd order{.fd = news.fd(), .events = POLLIN, .revents = 0};
        ::poll(&order, 1, static_cast<int>(settling_time.count()));
        way_.watch.take_changes();
    }

    void log_change(const std::string& error) {
        if (error == logged_error_)
            return;
        log_(error.empty() ? "everything about the node can be read again" : error);
        logged_error_ = error;
    }

    Way way_;
    Collector::Publish publish_;
    Log log_;
    int silent_looks_{0}; // in a row
    std::uint32_t snapshot_id_;
    std::string logged_error_;
};

} // namespace

Collector::Collector(std::unique_ptr<Orders> orders, std::thread thread)
    : orders_{std::move(orders)}, thread_{std::move(thread)} {}

Result<Collector> Collector::start(CollectorOptions options, Sample sample, Publish publish,
                                   Log log) {
    auto news = Wakeup::make();
    if (!news)
        return failure(news.error());
    auto watch = watch_initiator(options.run_dir);
    if (!watch)
        return failure(watch.error());
    const auto first_snapshot_id = draw_first_snapshot_id();
    if (!first_snapshot_id)
        return failure(first_snapshot_id.error());
    auto orders = std::make_unique<Orders>(*std::move(news));
    Looking looking{{std::move(options), std::move(sample), *std::move(watch)},
                    std::move(publish),
                    std::move(log),
                    *first_snapshot_id};
    std::thread thread{
        [looking = std::move(looking), given = orders.get()]() mutable { looking.run(*given); }};
    return Collector{std::move(orders), std::move(thread)};
}

void Collector::change(CollectorOptions options, Sample sample) {
    orders_->give([&] {
        auto& change = orders_->change;
        if (!sample && change)
            sample = std::move(change->sample); // of a change that nobody has taken yet
        change = {std::move(options), std::move(sample)};
    });
}

Collector::~Collector() {
    if (!thread_.joinable())
        return;
    orders_->give([this] { orders_->stop = true; });
    thread_.join();
}

} // namespace galera::agentx
