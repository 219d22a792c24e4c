#include "agentx/subagent.hpp"

#include "agentx/answering.hpp"
#include "agentx/connect_pace.hpp"
#include "agentx/dial.hpp"
#include "agentx/directory_watch.hpp"
#include "agentx/master.hpp"
#include "agentx/net_snmp.hpp"
#include "agentx/notifier.hpp"
#include "agentx/waiting.hpp"
#include "mibs/oids.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <sys/inotify.h>
#include <syslog.h>
#include <utility>

namespace galera::agentx {
namespace {

using std::chrono::milliseconds;

constexpr const char* application = "galera-agentx";

/// How long net-snmp waits for an answer of snmpd. It asks once: a question that is repeated on a
/// stream is another question.
constexpr int answer_seconds = 5;

/// net-snmp's one alarm in this process: it pings snmpd, or tries to connect while there is no
/// session. Null while it runs.
snmp_alarm* the_alarm() {
    return sa_find_next();
}

void set_ping_interval(std::chrono::seconds interval) {
    netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL,
                       static_cast<int>(interval.count()));
    if (auto* const alarm = the_alarm(); alarm != nullptr) {
        alarm->t = {.tv_sec = interval.count(), .tv_usec = 0};
        snmp_alarm_reset(alarm->clientreg);
    }
}

/// Sees the socket appear. Empty: it is no file, or nothing can be watched; then the tries at every
/// interval must do.
std::optional<DirectoryWatch> watch_socket(const std::string& socket) {
    const auto file = socket_file(socket);
    if (!file)
        return std::nullopt;
    auto watch = DirectoryWatch::make(file->parent_path(), {file->filename().string()},
                                      IN_CREATE | IN_ATTRIB | IN_MOVED_TO);
    if (!watch)
        return std::nullopt;
    return *std::move(watch);
}

} // namespace

struct Subagent::Impl {
    SubagentOptions options;
    NotificationPolicy* notifications;
    const Wakeup* news;
    Log log;

    Master master;
    Answering answering;
    Notifier notifier;
    std::optional<DirectoryWatch> watch;
    ConnectPace pace;
    netsnmp_session* session{nullptr};
    Clock::time_point session_began;
    bool started{false};
    bool logged_served{false};
    Clock::time_point logged_session; // when it began
    std::string logged_problem;
    std::set<std::string> logged_lines; // of net-snmp's
    Clock::time_point logged_lines_since;

    std::mutex mutex; // of what `change` leaves
    std::optional<SubagentOptions> changed_options;

    Impl(SubagentOptions given, const SnapshotStore& store, NotificationPolicy& policy,
         const Wakeup& wakeup, Log to_log)
        : options{std::move(given)}, notifications{&policy}, news{&wakeup}, log{std::move(to_log)},
          master{options.socket}, answering{store, policy}, notifier{policy}, watch{watch_socket(
                                                                                  options.socket)} {
    }

    // Callbacks of net-snmp. The void pointer is the Impl that was registered with them.

    static int on_session(int, int, void* session_pointer, void* self_pointer) noexcept {
        auto& self = *static_cast<Impl*>(self_pointer);
        self.answering.forget_transaction();
        self.session = static_cast<netsnmp_session*>(session_pointer);
        self.session_began = Clock::now();
        return 0;
    }

    static int on_session_ended(int, int, void*, void* self_pointer) noexcept {
        auto& self = *static_cast<Impl*>(self_pointer);
        if (std::exchange(self.session, nullptr) == nullptr)
            return 0; // net-snmp says it twice where a ping found it out
        self.notifier.session_ended();
        // A daemon that takes sessions only to end them is not worth haste.
        if (Clock::now() - self.session_began > self.options.ping_interval)
            self.pace.hopeful(Clock::now());
        return 0;
    }

    static int on_log(int, int, void* message_pointer, void* self_pointer) noexcept {
        const auto& message = *static_cast<const snmp_log_message*>(message_pointer);
        if (message.priority > LOG_WARNING)
            return 0;
        std::string line{message.msg};
        while (!line.empty() && line.back() == '\n')
            line.pop_back();
        std::ranges::replace(line, '\n', ' ');
        if (!line.empty())
            static_cast<Impl*>(self_pointer)->log_of_net_snmp(line);
        return 0;
    }

    /// It repeats itself, and says something of every answer that it cannot give.
    void log_of_net_snmp(const std::string& line) {
        constexpr std::size_t lines_a_minute = 5;
        const auto now = Clock::now();
        if (now - logged_lines_since > std::chrono::minutes{1}) {
            logged_lines.clear();
            logged_lines_since = now;
        }
        if (logged_lines.size() < lines_a_minute && logged_lines.insert(line).second)
            log("net-snmp: " + line);
    }

    void take_callbacks() {
        snmp_disable_log();
        snmp_enable_calllog();
        snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_log, this);
        snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, on_session,
                               this);
        snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP,
                               on_session_ended, this);
    }

    void leave_callbacks() {
        snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, on_session,
                                 this, 1);
        snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP,
                                 on_session_ended, this, 1);
        snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_log, this, 1);
    }

    // The loop.

    void take_changed_options() {
        std::optional<SubagentOptions> changed;
        {
            const std::lock_guard hold{mutex};
            changed = std::exchange(changed_options, std::nullopt);
        }
        if (!changed)
            return;
        const auto before = std::exchange(options, *changed);
        if (options.ping_interval != before.ping_interval)
            set_ping_interval(options.ping_interval);
        if (options.socket == before.socket)
            return;
        master.move_to(options.socket);
        watch = watch_socket(options.socket);
        pace.hopeful(Clock::now());
    }

    void look_for_snmpd() {
        if (!watch)
            return;
        if (session == nullptr)
            watch->renew();
        if (watch->take_changes())
            pace.hopeful(Clock::now());
    }

    /// Pings, or tries to connect, if it is time; whether it was. A new connection may then have
    /// the number of the old one.
    bool run_the_alarm() {
        const bool had_session = session != nullptr;
        const auto due = pace.due();
        auto* const alarm = the_alarm();
        if (!had_session && due && *due <= Clock::now() && alarm != nullptr)
            netsnmp_get_monotonic_clock(&alarm->t_nextM);
        timeval now{};
        netsnmp_get_monotonic_clock(&now);
        if (alarm != nullptr && timercmp(&alarm->t_nextM, &now, >))
            return false;
        run_alarms();
        if (!had_session && session != nullptr)
            pace.connected(Clock::now());
        else if (!had_session && alarm != nullptr)
            pace.failed(Clock::now());
        return true;
    }

    [[nodiscard]] milliseconds time_to_wait(milliseconds at_most) const {
        const auto until = [&at_most](const std::optional<Clock::time_point>& time) {
            if (time)
                at_most = std::min(at_most, std::chrono::ceil<milliseconds>(*time - Clock::now()));
        };
        if (session == nullptr)
            until(pace.due());
        if (master.serves())
            until(notifications->next_due());
        return at_most;
    }

    void log_changes() {
        const bool served = master.serves();
        const bool another = served && logged_session != session_began;
        const auto& problem = master.problem();
        const auto again =
            "; trying again every " + std::to_string(options.ping_interval.count()) + " s";
        if (logged_served && (!served || another))
            log("lost the connection to snmpd: " + problem + again);
        if (another)
            log("connected to snmpd at " + master.socket());
        if (!served && !logged_served && problem != logged_problem)
            log("no connection to snmpd at " + master.socket() + ": " + problem + again);
        logged_served = served;
        logged_session = session_began;
        logged_problem = served ? std::string{} : problem;
    }
};

void Subagent::prepare_process() {
    // A master that closes the socket while we write to it must not end the process.
    std::signal(SIGPIPE, SIG_IGN);
    // No MIB files are read: the subagent speaks in numbers.
    setenv("MIBS", "", 1);
}

Subagent::Subagent(SubagentOptions options, const SnapshotStore& store,
                   NotificationPolicy& notifications, const Wakeup& news, Log log)
    : impl_{
          std::make_unique<Impl>(std::move(options), store, notifications, news, std::move(log))} {}

Subagent::~Subagent() {
    if (!impl_->started)
        return;
    // Before the shutdown, which calls free() on the pointer of every callback that is left.
    impl_->leave_callbacks();
    snmp_shutdown(application);
    shutdown_agent();
}

Result<void> Subagent::start() {
    impl_->started = true;
    netsnmp_enable_subagent();
    impl_->take_callbacks();
    // Neither reads snmp.conf nor writes to /var/lib/snmp.
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, 1);
    // We tell it better.
    netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_CONNECTION_WARNINGS, 1);
    netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET,
                          impl_->master.name_for_net_snmp().c_str());
    if (init_agent(application) != 0)
        return failure("net-snmp cannot start its agent");
    Master::teach_net_snmp();
    // What init_agent sets, among others to 15 s and to 5 repetitions.
    set_ping_interval(impl_->options.ping_interval);
    netsnmp_ds_set_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_TIMEOUT, answer_seconds);
    netsnmp_ds_set_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_RETRIES, 0);
    if (auto registered = impl_->answering.register_objects(); !registered)
        return registered;
    init_snmp(application); // connects
    auto root = net_snmp_oid(oid::galeraInitiatorMIB);
    register_sysORTable(root.data(), root.size(), "GALERA-INITIATOR-MIB: what this node knows");
    impl_->log_changes();
    return {};
}

Result<void> Subagent::serve(int stop_fd, const OnPass& on_pass) {
    auto& self = *impl_;
    milliseconds at_most{0};
    while (true) {
        const int watch_fd = self.watch ? self.watch->fd() : -1;
        Waiting idle{stop_fd, self.news->fd(), watch_fd};
        if (auto waited = idle.wait(self.time_to_wait(at_most)); !waited)
            return waited;
        if (idle.readable(0))
            return {};
        if (idle.readable(1))
            self.news->take();
        self.take_changed_options();
        if (idle.readable(2) || self.session == nullptr)
            self.look_for_snmpd();
        if (self.run_the_alarm()) {
            Waiting ready{};
            if (auto waited = ready.wait(milliseconds{0}); !waited)
                return waited;
            ready.read();
        } else {
            idle.read();
        }
        snmp_timeout();
        netsnmp_check_outstanding_agent_requests();
        if (self.session != nullptr && self.master.serves())
            self.notifier.send_due(*self.session);
        self.log_changes();
        at_most = on_pass(self.master.socket(), self.master.serves());
    }
}

void Subagent::change(const SubagentOptions& options) {
    {
        const std::lock_guard hold{impl_->mutex};
        impl_->changed_options = options;
    }
    impl_->news->wake();
}

} // namespace galera::agentx
