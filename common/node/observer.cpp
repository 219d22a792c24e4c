// Puts one report together from the files, the process, the server and the recovery of a node.
#include "common/node/observer.hpp"

#include "common/node/data_directory.hpp"
#include "common/node/file.hpp"
#include "common/node/initiator_report.hpp"
#include "common/node/lineage_file.hpp"
#include "common/node/server_process.hpp"
#include "common/node/start_guard.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace galera::node {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

/// After a recovery that failed: so long, then twice as long, up to the limit.
constexpr seconds retry_first{5};
constexpr seconds retry_max{300};

/// How the files contradict each other. A grastate.dat that is missing or garbled over an InnoDB
/// position is a history whose UUID is missing, as a nil one is: nil_history. So is one that could
/// not be read: nothing better is known of it, and the error says so.
Taint taint_of(const StateFiles& files, const RecoveredPosition& recovered) {
    if (files.cut)
        return Taint::cut;
    const auto saved = files.grastate ? files.grastate->uuid : std::nullopt;
    if (recovered.position && !saved)
        return Taint::nil_history;
    if (saved && (!recovered.position || recovered.position->history != *saved))
        return Taint::foreign_history;
    return recovered.heuristic_rollback ? Taint::heuristic_rollback : Taint::none;
}

// ---- Recovery

/// What a recovery found, and of which state of the files it holds.
struct Found {
    Result<RecoveredPosition> position;
    std::optional<View> view;
    std::optional<Error> view_error;
    Fingerprint files;

    [[nodiscard]] bool is_whole() const { return position.has_value() && !view_error; }
};

Found look_into(const RecoveryOptions& options, const DatadirLock& lock,
                const std::atomic<bool>& cancelled) {
    Found found{recover_position(options, lock, cancelled), std::nullopt, std::nullopt, {}};
    if (found.position && found.position->position) {
        auto view = recover_view(options, lock, cancelled);
        if (view)
            found.view = std::move(*view);
        else
            found.view_error = view.error();
    }
    // Now, not before: both runs write to the files.
    found.files = fingerprint_of(options.datadir);
    return found;
}

/// A recovery that runs on a thread of its own, or the result of the last one.
class Recovery {
public:
    ~Recovery() { cancelled_ = true; } // then the thread is joined
    Recovery() = default;
    Recovery(const Recovery&) = delete;
    Recovery& operator=(const Recovery&) = delete;

    /// A position that was found of these files is kept until more is: the view may be missing.
    void start(const RecoveryOptions& options, DatadirLock lock, const Fingerprint& files) {
        {
            const std::lock_guard guard{mutex_};
            running_ = true;
            wanted_ = true;
            if (found_ && !(found_->position && found_->files == files))
                found_.reset();
        }
        thread_ = std::jthread{
            [this, options, held = std::move(lock)]() mutable { run(options, std::move(held)); }};
    }

    [[nodiscard]] bool running() const {
        const std::lock_guard guard{mutex_};
        return running_;
    }
    /// What was found and holds of these files; while it is looked for anew, what was kept. `ran`:
    /// it did before the files were looked at, and may have changed them since.
    [[nodiscard]] std::optional<Found> found(const Fingerprint& files, bool ran) const {
        const std::lock_guard guard{mutex_};
        if (!found_ || running_ || ran)
            return found_;
        const bool holds =
            found_->files == files && (found_->position || steady_clock::now() < retry_at_);
        return holds ? found_ : std::nullopt;
    }
    /// A server was seen: what was found, or is being looked for, holds of an earlier stop.
    void forget() {
        const std::lock_guard guard{mutex_};
        wanted_ = false;
        found_.reset();
        failures_ = 0;
    }
    /// Whether what was found still holds of these files, and a failure is not to be tried again.
    [[nodiscard]] bool stands(const Fingerprint& files) const {
        const std::lock_guard guard{mutex_};
        return found_ && found_->files == files &&
               (found_->is_whole() || steady_clock::now() < retry_at_);
    }
    void await() const {
        std::unique_lock guard{mutex_};
        ended_.wait(guard, [this] { return !running_; });
    }

private:
    void run(const RecoveryOptions& options, DatadirLock lock) {
        Found found = [&] {
            const DatadirLock held{std::move(lock)}; // given back before anybody is told
            return look_into(options, held, cancelled_);
        }();
        const std::lock_guard guard{mutex_};
        publish(std::move(found));
    }
    void publish(Found found) {
        failures_ = found.is_whole() ? 0 : failures_ + 1;
        const auto factor = 1U << std::min(failures_ > 0 ? failures_ - 1 : 0U, 10U);
        retry_at_ = steady_clock::now() + std::min(retry_first * factor, retry_max);
        if (wanted_)
            found_ = std::move(found);
        running_ = false;
        ended_.notify_all();
    }

    mutable std::mutex mutex_;
    mutable std::condition_variable ended_;
    bool running_{false};
    bool wanted_{false}; // false: its stop is over before it has ended
    unsigned failures_{0};
    steady_clock::time_point retry_at_;
    std::optional<Found> found_;
    std::atomic<bool> cancelled_{false};
    std::jthread thread_; // last, so that it ends before what it uses
};

// ---- Status

/// `restores`: its server runs outside a Primary component, and a claim is one to restore one.
NodeStatus status_of(std::optional<InitiatorPhase> initiator, bool server_runs, bool restores) {
    if (initiator == InitiatorPhase::bootstrapping)
        return NodeStatus::bootstrapping;
    if (initiator == InitiatorPhase::claiming && restores)
        return NodeStatus::locked;
    if (server_runs)
        return NodeStatus::running;
    if (!initiator)
        return NodeStatus::stopped;
    return initiator == InitiatorPhase::claiming ? NodeStatus::locked : NodeStatus::initiating;
}

NodeReport blank_report(const NodeIdentity& identity) {
    NodeReport report;
    report.node_name = identity.node_name;
    report.node_address = identity.node_address;
    report.cluster_name = identity.cluster_name;
    report.roster_digest = identity.roster_digest;
    report.quorum_override = identity.quorum_override;
    report.durable_commit = identity.durable_commit;
    return report;
}

void note(NodeReport& report, const Errors& errors) {
    report.agent.collector = errors.empty() ? CollectorState::ok : CollectorState::degraded;
    for (const auto& error : errors)
        report.agent.last_error += (report.agent.last_error.empty() ? "" : " | ") + error.text;
}

} // namespace

struct Observer::Impl {
    explicit Impl(ObserverOptions given)
        : options{std::move(given)}, places{options.run_dir, options.state_dir,
                                            options.identity.roster},
          session{options.session} {}

    ObserverOptions options;
    InitiatorPlaces places;
    ServerSession session;
    std::optional<pid_t> server; // that the session is with
    bool answered{false};        // that one has, since it appeared
    Recovery recovery;

    NodeReport sample();
    void turn_to(std::optional<pid_t> other);
    void look_at_server(pid_t pid, const StateFiles& files, NodeReport& report, Errors& errors);
    void show_silent(const NoSample& why, const StateFiles& files, NodeReport& report,
                     Errors& errors) const;
    void look_at_stopped(const StateFiles& files, NodeReport& report, Errors& errors);
    void recover(const Fingerprint& fingerprint, NodeReport& report, Errors& errors);
    void show_found(const Found& found, const StateFiles& files, NodeReport& report,
                    Errors& errors) const;
};

NodeReport Observer::Impl::sample() {
    Errors errors;
    NodeReport report = blank_report(options.identity);
    report.start_guard = start_guard_of(options.unit);
    const auto& datadir = options.recovery.datadir;
    const bool recovering = recovery.running(); // before the look at what it has started
    const auto process =
        find_server(datadir, options.recovery.server_binary, options.recovery.defaults_file);
    const auto files = read_state_files(datadir, errors);
    report.saved_position = files.grastate ? files.grastate->position() : std::nullopt;
    report.safe_to_bootstrap = files.grastate ? files.grastate->safe_to_bootstrap : std::nullopt;
    report.view_file = files.view_file;
    report.user_data = user_data_in(datadir, errors);
    const bool server_runs = process && *process && (*process)->kind == ServerProcess::Kind::server;
    if (!process) {
        // Nobody knows whether a server runs, so nobody may take it for stopped.
        errors.push_back(process.error());
        report.server = ServerState::unreachable;
        report.agent.connection = ServerConnection::no_answer;
        report.seqno_state = SeqnoState::failed;
    } else if (server_runs) {
        look_at_server((*process)->pid, files, report, errors);
    } else if (*process && !recovering) {
        report.server = ServerState::recovering; // by another process
    } else {
        look_at_stopped(files, report, errors);
    }
    if (process && !server_runs) {
        if (files.cut)
            report.taint = Taint::cut; // known before the position is
        turn_to(std::nullopt);
    }
    if (report.replication.transfer == Transfer::sst)
        report.replication.sst_octets = octets_in(datadir);
    show_initiator(places, report, errors);
    if (!options.state_dir.empty()) {
        const auto followed =
            follow_lineage(options.state_dir, report.initiator.phase.has_value(), report);
        if (!followed) {
            errors.push_back(followed.error());
            // The record may say that a quorum override was in force once; that it never was is
            // what nobody may conclude now.
            if (report.quorum_override == false)
                report.quorum_override.reset();
            // Nor that a state transfer was not cut.
            if (report.taint == Taint::nil_history)
                report.taint = Taint::cut;
        }
    }
    report.status =
        status_of(report.initiator.phase, server_runs || !process, is_outside_primary(report));
    note(report, errors);
    return report;
}

/// To the server of that process. One that has not answered yet stays asked.
void Observer::Impl::turn_to(std::optional<pid_t> other) {
    if (server == other)
        return;
    server = other;
    answered = false;
    session.disconnect();
}

void Observer::Impl::look_at_server(pid_t pid, const StateFiles& files, NodeReport& report,
                                    Errors& errors) {
    recovery.forget();
    turn_to(pid);
    auto sample = session.sample();
    if (!sample) {
        show_silent(sample.error(), files, report, errors);
        return;
    }
    answered = true;
    report.agent.connection = ServerConnection::ok;
    report.server = ServerState::serving;
    auto& status = sample->status;
    report.cluster = status.cluster;
    report.replication = status.replication;
    if (status.position) {
        report.position = *status.position;
        report.seqno_state = report.position ? SeqnoState::known : SeqnoState::undefined;
        report.seqno_source = report.position ? SeqnoSource::server : SeqnoSource::none;
    } else {
        report.seqno_state = SeqnoState::failed;
        errors.push_back(status.position.error());
    }
    if (status.durable_commit)
        report.durable_commit = status.durable_commit;
    if (status.quorum_override)
        report.quorum_override = status.quorum_override;
    if (sample->applied_view)
        report.applied_view = *std::move(sample->applied_view);
    else
        errors.push_back(sample->applied_view.error());
}

/// A server that has not answered since it appeared is starting, for as long as an SST takes.
void Observer::Impl::show_silent(const NoSample& why, const StateFiles& files, NodeReport& report,
                                 Errors& errors) const {
    report.agent.connection = why.connection;
    const bool starting = !answered && why.connection == ServerConnection::no_answer;
    report.server = starting ? ServerState::starting : ServerState::unreachable;
    report.seqno_state = starting ? SeqnoState::recovering : SeqnoState::failed;
    if (!starting)
        errors.push_back(why.error);
    else if (files.cut)
        report.replication.transfer = Transfer::sst;
}

void Observer::Impl::look_at_stopped(const StateFiles& files, NodeReport& report, Errors& errors) {
    report.server = ServerState::recovering;
    report.seqno_state = SeqnoState::recovering;
    const bool running = recovery.running();
    const auto fingerprint = fingerprint_of(options.recovery.datadir);
    if (options.recovers && !running && !recovery.stands(fingerprint))
        recover(fingerprint, report, errors);
    if (const auto found = recovery.found(fingerprint, running)) {
        report.server = ServerState::stopped;
        show_found(*found, files, report, errors);
    }
}

void Observer::Impl::recover(const Fingerprint& fingerprint, NodeReport& report, Errors& errors) {
    auto lock = DatadirLock::try_take(options.recovery.datadir);
    if (!lock) {
        errors.push_back(lock.error());
        report.seqno_state = SeqnoState::failed;
        return;
    }
    if (!*lock)
        return; // another process recovers, or is about to start the server
    // Once more, under the lock: an initiator may have started the server since this sample began.
    const auto process = find_server(options.recovery.datadir, options.recovery.server_binary,
                                     options.recovery.defaults_file);
    if (process && !*process)
        recovery.start(options.recovery, std::move(**lock), fingerprint);
}

void Observer::Impl::show_found(const Found& found, const StateFiles& files, NodeReport& report,
                                Errors& errors) const {
    if (!found.position) {
        report.seqno_state = SeqnoState::failed;
        errors.push_back(found.position.error());
        return;
    }
    report.position = found.position->position;
    report.seqno_state = report.position ? SeqnoState::known : SeqnoState::undefined;
    report.seqno_source = report.position ? SeqnoSource::innodb : SeqnoSource::none;
    report.taint = taint_of(files, *found.position);
    report.applied_view = found.view;
    if (found.view_error)
        errors.push_back(*found.view_error);
}

Observer::Observer(ObserverOptions options) : impl_{std::make_unique<Impl>(std::move(options))} {}
Observer::~Observer() = default;

NodeReport Observer::sample() {
    return impl_->sample();
}

void Observer::await_recovery() {
    impl_->recovery.await();
}

} // namespace galera::node
