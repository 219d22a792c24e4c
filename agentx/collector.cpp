#include "agentx/collector.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <string_view>
#include <sys/eventfd.h>
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
class InitiatorWatch {
public:
    InitiatorWatch(node::UniqueFd inotify, std::filesystem::path run_dir)
        : inotify_{std::move(inotify)}, run_dir_{std::move(run_dir)} {}

    [[nodiscard]] int fd() const { return inotify_.get(); }

    /// Once more, as the directory may have come, or come anew, since.
    void watch() {
        // Of the same directory the kernel makes the same watch.
        inotify_add_watch(inotify_.get(), run_dir_.c_str(),
                          IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_TO | IN_DELETE | IN_ONLYDIR);
    }

    /// Whether one of the two files has changed since the last call.
    bool take_changes() {
        bool changed = false;
        alignas(inotify_event) std::array<char, 4096> buffer{};
        while (true) {
            const auto bytes = ::read(inotify_.get(), buffer.data(), buffer.size());
            if (bytes <= 0) // EAGAIN: that was all
                return changed;
            changed |= names_our_files({buffer.data(), static_cast<std::size_t>(bytes)});
        }
    }

private:
    static bool names_our_files(std::string_view events) {
        while (events.size() >= sizeof(inotify_event)) {
            inotify_event event{};
            std::memcpy(&event, events.data(), sizeof event);
            const auto padded_name = events.substr(sizeof event, event.len);
            const auto name = padded_name.substr(0, padded_name.find('\0'));
            if (name == "initiator.state" || name == "initiator.lock" ||
                (event.mask & IN_Q_OVERFLOW) != 0)
                return true;
            events.remove_prefix(sizeof event + event.len);
        }
        return false;
    }

    node::UniqueFd inotify_;
    std::filesystem::path run_dir_;
};

/// Waits until one of the two is readable, at most so long (-1: for ever).
void wait_for(pollfd& first, pollfd& second, milliseconds at_most) {
    std::array<pollfd, 2> both{first, second};
    if (::poll(both.data(), both.size(), static_cast<int>(at_most.count())) < 0)
        return; // a signal: as good as a timeout
    first.revents = both[0].revents;
    second.revents = both[1].revents;
}

/// What runs on the thread.
class Looking {
public:
    Looking(CollectorOptions options, Collector::Sample sample, SnapshotStore& store, Log log,
            InitiatorWatch watch, int stop_fd, std::uint32_t first_snapshot_id)
        : options_{std::move(options)}, sample_{std::move(sample)}, store_{&store}, log_{std::move(
                                                                                        log)},
          watch_{std::move(watch)}, stop_fd_{stop_fd}, snapshot_id_{first_snapshot_id} {}

    void operator()() {
        do {
            watch_.watch();
            const auto began = Clock::now();
            look(began);
            wait_until(began + options_.interval);
        } while (!stopped_);
    }

private:
    void look(Clock::time_point began) {
        const auto wall = std::chrono::system_clock::now().time_since_epoch();
        auto report = sample_();
        report.agent.version = options_.version;
        report.agent.sample_interval = options_.interval;
        report.agent.snapshot_id = snapshot_id_ = following(snapshot_id_);
        report.agent.snapshot_unix_seconds = std::chrono::floor<std::chrono::seconds>(wall).count();
        log_change(report.agent.last_error);
        store_->publish(make_snapshot(report, began));
    }

    /// 0 means: none yet.
    static std::uint32_t following(std::uint32_t id) { return id + 1 == 0 ? 1 : id + 1; }

    /// Until then, or until the initiator's files change, or the end.
    void wait_until(Clock::time_point next) {
        while (!stopped_) {
            const auto left = std::chrono::ceil<milliseconds>(next - Clock::now());
            pollfd stop{.fd = stop_fd_, .events = POLLIN, .revents = 0};
            pollfd change{.fd = watch_.fd(), .events = POLLIN, .revents = 0};
            wait_for(stop, change, std::max(left, milliseconds{0}));
            stopped_ = stop.revents != 0;
            if (watch_.take_changes()) {
                settle();
                return;
            }
            if (left <= milliseconds{0})
                return;
        }
    }

    void settle() {
        pollfd stop{.fd = stop_fd_, .events = POLLIN, .revents = 0};
        ::poll(&stop, 1, static_cast<int>(settling_time.count()));
        watch_.take_changes();
        stopped_ = stop.revents != 0;
    }

    void log_change(const std::string& error) {
        if (error == logged_error_)
            return;
        log_(error.empty() ? "everything about the node can be read again" : error);
        logged_error_ = error;
    }

    CollectorOptions options_;
    Collector::Sample sample_;
    SnapshotStore* store_;
    Log log_;
    InitiatorWatch watch_;
    int stop_fd_;
    std::uint32_t snapshot_id_;
    std::string logged_error_;
    bool stopped_{false};
};

} // namespace

Result<Collector> Collector::start(CollectorOptions options, Sample sample, SnapshotStore& store,
                                   Log log) {
    node::UniqueFd stop{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!stop)
        return failure("cannot make an eventfd: " + reason(errno));
    node::UniqueFd inotify{inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
    if (!inotify)
        return failure("cannot watch directories: " + reason(errno) +
                       "; raise fs.inotify.max_user_instances");
    InitiatorWatch watch{std::move(inotify), options.run_dir};
    const auto first_snapshot_id = draw_first_snapshot_id();
    if (!first_snapshot_id)
        return failure(first_snapshot_id.error());
    Looking looking{std::move(options), std::move(sample), store, std::move(log), std::move(watch),
                    stop.get(),         *first_snapshot_id};
    std::thread thread{std::move(looking)};
    return Collector{std::move(stop), std::move(thread)};
}

Collector::~Collector() {
    if (!thread_.joinable())
        return;
    eventfd_write(stop_.get(), 1); // fails only where the counter is full: then it is readable
    thread_.join();
}

} // namespace galera::agentx
