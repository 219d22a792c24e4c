#include "agentx/subagent.hpp"

#include "common/mib/columns.hpp"
#include "mibs/oids.hpp"

// net-snmp's headers want to be included in this order.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/agent_sysORTable.h>
#include <net-snmp/library/large_fd_set.h>
// clang-format on

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <span>
#include <syslog.h>
#include <system_error>
#include <utility>
#include <vector>

namespace galera::agentx {
namespace {

constexpr const char* application = "galera-agentx";
constexpr int ping_seconds = 2; // also: after so long it tries to connect again

std::vector<::oid> net_snmp_oid(std::span<const std::uint32_t> arcs) {
    return {arcs.begin(), arcs.end()};
}

mib::Oid plain_oid(const ::oid* arcs, std::size_t count) {
    mib::Oid result(count);
    std::transform(arcs, arcs + count, result.begin(),
                   [](::oid arc) { return static_cast<std::uint32_t>(arc); }); // AgentX has 32 bit
    return result;
}

/// Puts values into a varbind. net-snmp copies them; it returns 0 on success.
struct Writer {
    netsnmp_variable_list* varbind;

    int operator()(const mib::Integer32& value) const {
        const long number = value.value;
        return snmp_set_var_typed_value(varbind, ASN_INTEGER, &number, sizeof number);
    }
    int operator()(const mib::Unsigned32& value) const {
        const u_long number = value.value;
        return snmp_set_var_typed_value(varbind, ASN_UNSIGNED, &number, sizeof number);
    }
    int operator()(const mib::Counter32& value) const {
        const u_long number = value.value;
        return snmp_set_var_typed_value(varbind, ASN_COUNTER, &number, sizeof number);
    }
    int operator()(const mib::Counter64& value) const {
        const counter64 number{.high = value.value >> 32U, .low = value.value & 0xffffffffU};
        return snmp_set_var_typed_value(varbind, ASN_COUNTER64, &number, sizeof number);
    }
    int operator()(const mib::OctetString& value) const {
        return snmp_set_var_typed_value(varbind, ASN_OCTET_STR, value.value.data(),
                                        value.value.size());
    }
    int operator()(const mib::Value& value) const { return std::visit(*this, value); }
    int operator()(mib::Absence absence) const {
        const bool object = absence == mib::Absence::no_such_object;
        snmp_set_var_typed_value(varbind, object ? SNMP_NOSUCHOBJECT : SNMP_NOSUCHINSTANCE, nullptr,
                                 0);
        return 0;
    }
};

/// net-snmp's sets of file descriptors, which it wants freed.
class DescriptorSet {
public:
    DescriptorSet() { netsnmp_large_fd_set_init(&set_, FD_SETSIZE); }
    ~DescriptorSet() { netsnmp_large_fd_set_cleanup(&set_); }
    DescriptorSet(const DescriptorSet&) = delete;
    DescriptorSet& operator=(const DescriptorSet&) = delete;

    [[nodiscard]] netsnmp_large_fd_set* get() { return &set_; }
    [[nodiscard]] bool has(int fd) { return NETSNMP_LARGE_FD_ISSET(fd, &set_) != 0; }
    void remove(int fd) { NETSNMP_LARGE_FD_CLR(fd, &set_); }

private:
    netsnmp_large_fd_set set_{};
};

/// What net-snmp waits for at this moment. Made anew each time: a new connection to snmpd takes the
/// number of the old one.
struct Waiting {
    DescriptorSet descriptors;
    std::vector<pollfd> polled; // the first is ours
    int timeout_ms{-1};

    explicit Waiting(int stop_fd) {
        int count = 0;
        int block = 1;
        timeval timeout{};
        snmp_select_info2(&count, descriptors.get(), &timeout, &block);
        if (block == 0)
            timeout_ms = static_cast<int>(timeout.tv_sec * 1000 + (timeout.tv_usec + 999) / 1000);
        polled.push_back({.fd = stop_fd, .events = POLLIN, .revents = 0});
        for (int fd = 0; fd < count; ++fd)
            if (descriptors.has(fd))
                polled.push_back({.fd = fd, .events = POLLIN, .revents = 0});
    }

    Result<void> poll(int at_most_ms) {
        if (::poll(polled.data(), polled.size(), at_most_ms) >= 0 || errno == EINTR)
            return {};
        return failure("cannot wait for snmpd: " + std::generic_category().message(errno));
    }

    [[nodiscard]] bool stop() const { return polled.front().revents != 0; }

    void read_what_is_ready() {
        for (const auto& each : std::span{polled}.subspan(1))
            if (each.revents == 0)
                descriptors.remove(each.fd);
        snmp_read2(descriptors.get());
    }
};

} // namespace

struct Subagent::Impl {
    std::string socket;
    const SnapshotStore* store{nullptr};
    Log log;
    bool connected{false};
    bool served{false};

    /// One PDU is answered from one snapshot: pinned for as long as its transaction lasts.
    std::shared_ptr<const Snapshot> pinned;
    long pinned_transaction{0};

    const Snapshot& snapshot_for(const netsnmp_agent_request_info& info) {
        const long transaction = info.asp->pdu->transid;
        if (!pinned || transaction != pinned_transaction) {
            pinned = store->latest();
            pinned_transaction = transaction;
        }
        return *pinned;
    }

    void answer(netsnmp_agent_request_info& info, netsnmp_request_info& request) {
        auto* varbind = request.requestvb;
        const auto& snapshot = snapshot_for(info);
        const auto asked = plain_oid(varbind->name, varbind->name_length);
        int status = 0;
        if (info.mode == MODE_GET) {
            status = std::visit(Writer{varbind}, get(snapshot, asked, Clock::now()));
        } else if (const auto next =
                       get_next(snapshot, asked, request.inclusive != 0, Clock::now())) {
            const auto name = net_snmp_oid(next->oid);
            status = snmp_set_var_objid(varbind, name.data(), name.size());
            if (status == 0)
                status = Writer{varbind}(next->value);
        } // else the varbind stays as it is, and snmpd goes on behind our subtree
        if (status != 0)
            netsnmp_set_request_error(&info, &request, SNMP_ERR_GENERR);
    }

    // Callbacks of net-snmp. The void pointer is the Impl that was registered with them.

    static int on_request(netsnmp_mib_handler*, netsnmp_handler_registration* registration,
                          netsnmp_agent_request_info* info,
                          netsnmp_request_info* requests) noexcept {
        auto& self = *static_cast<Impl*>(registration->my_reg_void);
        if (info->mode != MODE_GET && info->mode != MODE_GETNEXT)
            return SNMP_ERR_GENERR; // registered read-only: nothing else comes
        for (auto* request = requests; request != nullptr; request = request->next)
            if (request->processed == 0)
                self.answer(*info, *request);
        return SNMP_ERR_NOERROR;
    }

    static int on_connected(int, int, void*, void* self_pointer) noexcept {
        auto& self = *static_cast<Impl*>(self_pointer);
        self.pinned.reset(); // another snmpd counts its transactions anew
        self.connected = true;
        self.log("connected to snmpd at " + self.socket);
        return 0;
    }

    static int on_disconnected(int, int, void*, void* self_pointer) noexcept {
        auto& self = *static_cast<Impl*>(self_pointer);
        if (self.connected)
            self.log("lost the connection to snmpd at " + self.socket + "; trying again every " +
                     std::to_string(ping_seconds) + " s");
        self.connected = false;
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
            static_cast<Impl*>(self_pointer)->log("net-snmp: " + line);
        return 0;
    }

    void watch_the_connection() {
        snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, on_connected,
                               this);
        snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP,
                               on_disconnected, this);
    }

    void take_the_log() {
        snmp_disable_log();
        snmp_enable_calllog();
        snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_log, this);
    }

    void leave_callbacks() {
        snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START,
                                 on_connected, this, 1);
        snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP,
                                 on_disconnected, this, 1);
        snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_log, this, 1);
    }

    Result<void> register_objects() {
        const auto root = net_snmp_oid(oid::galeraInitiatorObjects);
        auto* registration = netsnmp_create_handler_registration(
            "galeraInitiatorObjects", on_request, root.data(), root.size(), HANDLER_CAN_RONLY);
        if (registration == nullptr)
            return failure("net-snmp cannot make a registration; is memory short?");
        registration->my_reg_void = this;
        // From here net-snmp owns the registration, also when it fails.
        if (netsnmp_register_handler(registration) != MIB_REGISTERED_OK)
            return failure("net-snmp does not register the objects of GALERA-INITIATOR-MIB");
        return {};
    }
};

void Subagent::prepare_process() {
    // A master that closes the socket while we write to it must not end the process.
    std::signal(SIGPIPE, SIG_IGN);
    // No MIB files are read: the subagent speaks in numbers.
    setenv("MIBS", "", 1);
}

Subagent::Subagent(std::string socket, const SnapshotStore& store, Log log)
    : impl_{std::make_unique<Impl>()} {
    impl_->socket = std::move(socket);
    impl_->store = &store;
    impl_->log = std::move(log);
}

Subagent::~Subagent() {
    if (!impl_->served)
        return;
    // Before the shutdown, which calls free() on the pointer of every callback that is left.
    impl_->leave_callbacks();
    snmp_shutdown(application);
    shutdown_agent();
}

Result<void> Subagent::start() {
    impl_->served = true;
    netsnmp_enable_subagent();
    impl_->take_the_log();
    // Neither reads snmp.conf nor writes to /var/lib/snmp.
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, 1);
    // on_connected and on_disconnected tell it better.
    netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_CONNECTION_WARNINGS, 1);
    netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET,
                          impl_->socket.c_str());
    if (init_agent(application) != 0)
        return failure("net-snmp cannot start its agent");
    // init_agent sets it to 15 s.
    netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL,
                       ping_seconds);
    impl_->watch_the_connection();
    if (auto registered = impl_->register_objects(); !registered)
        return registered;
    init_snmp(application); // connects
    auto root = net_snmp_oid(oid::galeraInitiatorMIB);
    register_sysORTable(root.data(), root.size(), "GALERA-INITIATOR-MIB: what this node knows");
    if (!impl_->connected)
        impl_->log("no connection to snmpd at " + impl_->socket +
                   ": does snmpd run, does its snmpd.conf say 'master agentx', and may this user "
                   "open the socket (agentXPerms)? Trying again every " +
                   std::to_string(ping_seconds) + " s");
    return {};
}

Result<void> Subagent::serve(int stop_fd) {
    while (true) {
        Waiting idle{stop_fd};
        if (auto waited = idle.poll(idle.timeout_ms); !waited)
            return waited;
        if (idle.stop())
            return {};
        run_alarms(); // may connect again
        Waiting ready{stop_fd};
        if (auto waited = ready.poll(0); !waited)
            return waited;
        ready.read_what_is_ready();
        snmp_timeout();
        netsnmp_check_outstanding_agent_requests();
    }
}

} // namespace galera::agentx
