// SNMP GETs to many agents at once, over libnetsnmp's single-session API and one poll loop.
#include "common/snmp/exchange.hpp"

#include <net-snmp/library/large_fd_set.h>
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <fcntl.h>
#include <limits>
#include <memory>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syslog.h>
#include <sys/time.h>
#include <system_error>
#include <utility>

namespace galera::snmp {

namespace {

using Clock = std::chrono::steady_clock;

/// How long a change of `cancelled` may go unnoticed.
constexpr std::chrono::milliseconds cancel_interval{50};

std::string text_of_errno(int number) {
    return std::generic_category().message(number);
}

std::string peer_name(const Address& agent, std::uint16_t port) {
    const auto port_text = ":" + std::to_string(port);
    if (agent.family == Address::Family::ipv4)
        return "udp:" + agent.text + port_text;
    return "udp6:[" + agent.text + "]" + port_text;
}

/// What net-snmp keeps for the whole process: it reads no file, writes no log, and knows no MIB,
/// since nobody calls init_snmp for it.
void quieten_library() {
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_LOAD_HOST_FILES, 1);
    // Without a handler the library writes to stderr.
    if (get_logh_head() == nullptr)
        netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
}

// From the library's varbinds to ours.

mib::Oid oid_of(const netsnmp_variable_list& variable) {
    mib::Oid instance(variable.name_length);
    // Sub-identifiers have 32 bits on the wire; the library's type has 64.
    std::transform(variable.name, variable.name + variable.name_length, instance.begin(),
                   [](oid part) { return static_cast<std::uint32_t>(part); });
    return instance;
}

std::optional<mib::Value> integer_of(const netsnmp_variable_list& variable) {
    const long value = *variable.val.integer;
    if (value < std::numeric_limits<std::int32_t>::min() ||
        value > std::numeric_limits<std::int32_t>::max())
        return std::nullopt;
    return mib::Integer32{static_cast<std::int32_t>(value)};
}

std::optional<mib::Value> counter64_of(const netsnmp_variable_list& variable) {
    constexpr unsigned half_bits = 32;
    const auto& halves = *variable.val.counter64;
    return mib::Counter64{static_cast<std::uint64_t>(halves.high) << half_bits |
                          static_cast<std::uint64_t>(halves.low)};
}

std::optional<mib::Value> octets_of(const netsnmp_variable_list& variable) {
    const auto* const begin = variable.val.string;
    return mib::OctetString{std::string(begin, begin + variable.val_len)};
}

/// Empty for a type that the MIB does not use.
std::optional<mib::Value> value_of(const netsnmp_variable_list& variable) {
    switch (variable.type) {
    case ASN_INTEGER:
        return integer_of(variable);
    case ASN_UNSIGNED:
        return mib::Unsigned32{static_cast<std::uint32_t>(*variable.val.integer)};
    case ASN_COUNTER:
        return mib::Counter32{static_cast<std::uint32_t>(*variable.val.integer)};
    case ASN_COUNTER64:
        return counter64_of(variable);
    case ASN_OCTET_STR:
        return octets_of(variable);
    default:
        return std::nullopt;
    }
}

std::optional<mib::Varbind> varbind_of(const netsnmp_variable_list& variable) {
    if (variable.type == SNMP_NOSUCHOBJECT)
        return mib::Varbind{oid_of(variable), mib::Absence::no_such_object};
    if (variable.type == SNMP_NOSUCHINSTANCE)
        return mib::Varbind{oid_of(variable), mib::Absence::no_such_instance};
    auto value = value_of(variable);
    if (!value)
        return std::nullopt;
    return mib::Varbind{oid_of(variable), *std::move(value)};
}

/// `refused` unless the response answers exactly what was asked, in order.
Outcome outcome_of(const netsnmp_pdu& pdu, const std::vector<mib::Oid>& asked) {
    if (pdu.version != SNMP_VERSION_2c || pdu.command != SNMP_MSG_RESPONSE ||
        pdu.errstat != SNMP_ERR_NOERROR)
        return NoResponse::refused;
    std::vector<mib::Varbind> varbinds;
    for (const auto* variable = pdu.variables; variable != nullptr;
         variable = variable->next_variable) {
        auto varbind = varbind_of(*variable);
        if (!varbind || varbinds.size() == asked.size() || varbind->oid != asked[varbinds.size()])
            return NoResponse::refused;
        varbinds.push_back(*std::move(varbind));
    }
    if (varbinds.size() != asked.size())
        return NoResponse::refused;
    return varbinds;
}

/// The set that snmp_sess_read2 wants: one descriptor, of any number.
class ReadySet {
public:
    explicit ReadySet(int descriptor) {
        netsnmp_large_fd_set_init(&set_, descriptor + 1);
        NETSNMP_LARGE_FD_ZERO(&set_);
        netsnmp_large_fd_setfd(descriptor, &set_);
    }
    ReadySet(const ReadySet&) = delete;
    ReadySet& operator=(const ReadySet&) = delete;
    ~ReadySet() { netsnmp_large_fd_set_cleanup(&set_); }

    netsnmp_large_fd_set* get() { return &set_; }

private:
    netsnmp_large_fd_set set_{};
};

struct SessionCloser {
    // Frees the session's pending requests too, without calling back.
    void operator()(void* session) const { snmp_sess_close(session); }
};
using Session = std::unique_ptr<void, SessionCloser>;
struct PduFreer {
    void operator()(netsnmp_pdu* pdu) const { snmp_free_pdu(pdu); }
};
using Pdu = std::unique_ptr<netsnmp_pdu, PduFreer>;

/// One conversation under way: its session, the GET that is out, and what became of it.
class Talk {
public:
    Talk(const Access& access, Conversation& conversation)
        : access_{access}, conversation_{conversation} {}
    Talk(const Talk&) = delete; // the library holds a pointer to it
    Talk& operator=(const Talk&) = delete;

    Result<void> open();
    void begin() {
        ask(conversation_.first);
        advance();
    }
    void read();
    void give_up_when_due() { snmp_sess_timeout(session_.get()); }
    void cancel();
    /// Hands what has come to the conversation, and asks on, until there is nothing to hand over.
    void advance();

    [[nodiscard]] bool ended() const { return ended_; }
    [[nodiscard]] int descriptor() const { return snmp_sess_transport(session_.get())->sock; }
    /// Until the library wants to try again or to give up.
    [[nodiscard]] std::chrono::milliseconds patience() const;

private:
    static int record(int operation, netsnmp_session* session, int request, netsnmp_pdu* pdu,
                      void* talk) noexcept;
    bool connect_socket();
    void ask(std::vector<mib::Oid> instances);
    bool send();

    const Access& access_;
    Conversation& conversation_;
    Session session_;
    bool reachable_{false};
    bool ended_{false};
    std::vector<mib::Oid> asked_;
    Clock::time_point asked_at_;
    std::optional<Outcome> outcome_; // of `asked_`, recorded by the callback
};

Result<void> Talk::open() {
    auto peer = peer_name(conversation_.agent, access_.port);
    auto community = access_.community;
    netsnmp_session wanted{};
    snmp_sess_init(&wanted);
    wanted.version = SNMP_VERSION_2c;
    wanted.peername = peer.data();
    // The library copies both.
    wanted.community = reinterpret_cast<u_char*>(community.data());
    wanted.community_len = community.size();
    wanted.timeout = static_cast<long>(std::chrono::microseconds{access_.timeout}.count());
    wanted.retries = static_cast<int>(access_.retries);
    session_.reset(snmp_sess_open(&wanted));
    if (!session_)
        return failure("cannot open an SNMP session to " + peer + ": " +
                       snmp_api_errstring(wanted.s_snmp_errno) + ", " +
                       text_of_errno(wanted.s_errno));
    reachable_ = connect_socket();
    return {};
}

/// The library's UDP socket takes a response from anywhere. Connected, it takes them from the
/// agent only, and hears of a port on which nobody listens. False: there is no way to the agent.
bool Talk::connect_socket() {
    const auto* const transport = snmp_sess_transport(session_.get());
    fcntl(transport->sock, F_SETFD, FD_CLOEXEC);
    return ::connect(transport->sock, static_cast<const sockaddr*>(transport->remote),
                     static_cast<socklen_t>(transport->remote_length)) == 0;
}

void Talk::ask(std::vector<mib::Oid> instances) {
    asked_ = std::move(instances);
    outcome_.reset();
    if (asked_.empty()) {
        ended_ = true;
        return;
    }
    asked_at_ = Clock::now();
    if (!reachable_ || !send())
        outcome_ = NoResponse::timed_out;
}

bool Talk::send() {
    Pdu pdu{snmp_pdu_create(SNMP_MSG_GET)};
    for (const auto& instance : asked_) {
        const std::vector<oid> parts(instance.begin(), instance.end());
        snmp_add_null_var(pdu.get(), parts.data(), parts.size());
    }
    if (snmp_sess_async_send(session_.get(), pdu.get(), &Talk::record, this) == 0)
        return false;
    // The library frees the PDU, but only now that sending has succeeded.
    static_cast<void>(pdu.release());
    return true;
}

/// Called from within the library: only records.
int Talk::record(int operation, netsnmp_session*, int, netsnmp_pdu* pdu, void* talk) noexcept {
    auto& self = *static_cast<Talk*>(talk);
    switch (operation) {
    case NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE:
        self.conversation_.round_trip =
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - self.asked_at_);
        self.outcome_ = outcome_of(*pdu, self.asked_);
        break;
    case NETSNMP_CALLBACK_OP_TIMED_OUT:
    case NETSNMP_CALLBACK_OP_SEND_FAILED:
        self.outcome_ = NoResponse::timed_out;
        break;
    default:
        break; // a further try went out
    }
    return 1;
}

void Talk::read() {
    ReadySet ready{descriptor()};
    // -1 is no answer: garbage, or an ICMP error. Garbage may be anybody's, the answer may still
    // come. Nobody listens on the port: tries are made on, snmpd may be restarting.
    snmp_sess_read2(session_.get(), ready.get());
}

void Talk::cancel() {
    if (ended_)
        return;
    ended_ = true;
    conversation_.next(NoResponse::cancelled);
}

void Talk::advance() {
    while (!ended_ && outcome_) {
        const auto outcome = *std::exchange(outcome_, std::nullopt);
        ask(conversation_.next(outcome));
    }
}

std::chrono::milliseconds Talk::patience() const {
    int descriptors = 0;
    int block = 1;
    timeval wait{};
    netsnmp_large_fd_set set{};
    netsnmp_large_fd_set_init(&set, descriptor() + 1);
    snmp_sess_select_info2(session_.get(), &descriptors, &set, &wait, &block);
    netsnmp_large_fd_set_cleanup(&set);
    if (block != 0)
        return std::chrono::milliseconds::max();
    return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::seconds{wait.tv_sec} +
                                                        std::chrono::microseconds{wait.tv_usec});
}

/// Waits until a response, a try that is due, or the next look at `cancelled`.
Result<void> await(std::deque<Talk>& talks) {
    std::vector<pollfd> descriptors;
    std::vector<Talk*> waiting;
    auto patience = cancel_interval;
    for (auto& talk : talks) {
        if (talk.ended())
            continue;
        descriptors.push_back({talk.descriptor(), POLLIN, 0});
        waiting.push_back(&talk);
        patience = std::min(patience, talk.patience());
    }
    const auto count =
        ::poll(descriptors.data(), descriptors.size(), static_cast<int>(patience.count()));
    if (count < 0 && errno != EINTR)
        return failure("poll: " + text_of_errno(errno));
    for (std::size_t place = 0; place < waiting.size(); ++place) {
        if (count > 0 && descriptors[place].revents != 0)
            waiting[place]->read();
        waiting[place]->give_up_when_due();
        waiting[place]->advance();
    }
    return {};
}

/// Opens all sessions. A family of addresses that this host does not have makes an agent
/// unreachable and nothing more; it is an error only if no session at all can be opened.
Result<void> open_all(std::deque<Talk>& talks) {
    std::optional<Error> first;
    bool any = talks.empty();
    for (auto& talk : talks) {
        const auto opened = talk.open();
        any = any || opened;
        if (!opened && !first)
            first = opened.error();
    }
    if (!any)
        return failure(*first);
    return {};
}

} // namespace

Result<void> exchange(const Access& access, std::vector<Conversation>& conversations,
                      const std::atomic<bool>& cancelled) {
    quieten_library();
    std::deque<Talk> talks;
    for (auto& conversation : conversations)
        talks.emplace_back(access, conversation);
    if (const auto opened = open_all(talks); !opened)
        return failure(opened.error());
    for (auto& talk : talks)
        talk.begin();
    while (!std::ranges::all_of(talks, &Talk::ended)) {
        if (cancelled) {
            std::ranges::for_each(talks, &Talk::cancel);
            break;
        }
        if (const auto waited = await(talks); !waited)
            return failure(waited.error());
    }
    return {};
}

} // namespace galera::snmp
