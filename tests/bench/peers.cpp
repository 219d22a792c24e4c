// Many SNMP agents in one process, for the benchmark of the survey: each on an address of its own,
// with an engine of its own, and with the report of a node. They know SNMPv2c and SNMPv3.
//
//   bench-peers FIRST COUNT DEAD PORT COMMUNITY USER AUTH PRIV
//   bench-peers --objects
//
// On COUNT addresses from FIRST on; the last DEAD of them hear and say nothing. AUTH and PRIV:
// passphrases of SHA-256 and AES-128. Prints "ready", and goes on until it is killed. --objects
// prints what the first GET of a survey asks for, a line for each.
#include "common/galera/address_text.hpp"
#include "common/mib/columns.hpp"
#include "common/snmp/ber.hpp"
#include "common/snmp/message.hpp"
#include "common/snmp/udp_socket.hpp"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <netinet/in.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace galera::bench {
namespace {

using Clock = std::chrono::steady_clock;
namespace ber = snmp::ber;

// What the agents say.

Uuid uuid(std::uint8_t number) {
    Uuid::Octets octets{};
    octets.fill(number);
    return *Uuid::from(octets);
}

/// Of a member of a cluster of three. Every object of the first GET has a value that is not empty:
/// not all who ask can read absence.
NodeReport report_of_member() {
    NodeReport report;
    report.agent.version = "0.1.0";
    report.agent.snapshot_id = 7;
    report.agent.snapshot_age = std::chrono::milliseconds{100};
    report.agent.collector = CollectorState::degraded;
    report.agent.last_error = "none";
    report.status = NodeStatus::running;
    report.server = ServerState::serving;
    report.seqno_state = SeqnoState::known;
    report.seqno_source = SeqnoSource::server;
    report.position = Position{uuid(1), *Seqno::from(1210)};
    report.saved_position = report.position;
    report.safe_to_bootstrap = false;
    report.view_file = true;
    report.user_data = UserData::present;
    report.node_name = "db1";
    report.node_address = parse_address("127.1.0.1");
    report.cluster_name = "bench";
    report.roster_digest = "0123456789abcdef";
    report.quorum_override = false;
    report.durable_commit = true;
    report.applied_view = View{uuid(1),
                               4,
                               *Seqno::from(1200),
                               {{uuid(2), "db1", "127.1.0.1:3306"},
                                {uuid(3), "db2", "127.1.0.2:3306"},
                                {uuid(4), "db3", "127.1.0.3:3306"}}};
    report.lineage = Lineage{{*Seqno::from(500), uuid(5)}, {*Seqno::from(900), uuid(6)}};
    report.views = {past_of(*report.applied_view)};
    report.cluster = {.status = ClusterStatus::primary,
                      .size = 3,
                      .conf_id = 4,
                      .state_uuid = uuid(1),
                      .weight = 3,
                      .node_state = NodeState::synced,
                      .ready = true,
                      .connected = true,
                      .desynced = false,
                      .read_only = false,
                      .local_index = 0};
    return report;
}

std::string unsigned_content(std::uint64_t value) {
    std::string content;
    do {
        content.insert(content.begin(), static_cast<char>(value & 0xFFU));
        value >>= 8U;
    } while (value != 0);
    if ((static_cast<unsigned char>(content.front()) & 0x80U) != 0)
        content.insert(content.begin(), '\0');
    return content;
}

struct ElementOf {
    ber::Writer& writer;

    void operator()(const mib::Integer32& it) const { writer.put(std::int64_t{it.value}); }
    void operator()(const mib::Unsigned32& it) const {
        writer.put(ber::unsigned32, unsigned_content(it.value));
    }
    void operator()(const mib::Counter32& it) const {
        writer.put(ber::counter32, unsigned_content(it.value));
    }
    void operator()(const mib::Counter64& it) const {
        writer.put(ber::counter64, unsigned_content(it.value));
    }
    void operator()(const mib::OctetString& it) const { writer.put(ber::octet_string, it.value); }
};

std::string element_of(const mib::Value& value) {
    ber::Writer writer;
    std::visit(ElementOf{writer}, value);
    return std::move(writer).take();
}

/// The values of all instances that there are, as they go onto the wire.
class Content {
public:
    explicit Content(const NodeReport& report) {
        for (const auto& binding : mib::encode(report))
            elements_.emplace(binding.oid, element_of(binding.value));
        ber::Writer writer;
        writer.put(ber::no_such_instance, {});
        absent_ = std::move(writer).take();
    }

    [[nodiscard]] std::string response_to(const snmp::HeardPdu& get) const {
        ber::Writer writer;
        const auto pdu = writer.begin(ber::response);
        writer.put(get.request_id);
        writer.put(0);
        writer.put(0);
        const auto list = writer.begin(ber::sequence);
        for (const auto& asked : get.varbinds) {
            const auto varbind = writer.begin(ber::sequence);
            writer.put(asked.oid);
            const auto found = elements_.find(asked.oid);
            writer.append(found == elements_.end() ? absent_ : found->second);
            writer.end(varbind);
        }
        writer.end(list);
        writer.end(pdu);
        return std::move(writer).take();
    }

private:
    std::map<mib::Oid, std::string> elements_;
    std::string absent_;
};

// Who may ask, and how it is answered.

/// The user at three levels: what tells an engine's name is not signed, what tells its clock is not
/// encrypted.
struct Users {
    snmp::User full;
    snmp::User signing;
    snmp::User nobody;

    static Result<Users> derive(const std::string& name, const std::string& auth,
                                const std::string& priv) {
        auto full = snmp::User::derive(
            {name, SnmpLevel::auth_priv, SnmpAuth::sha256, SnmpPriv::aes128, auth, priv});
        auto signing = snmp::User::derive(
            {name, SnmpLevel::auth_no_priv, SnmpAuth::sha256, SnmpPriv::aes128, auth, {}});
        auto nobody = snmp::User::derive({{}, SnmpLevel::no_auth_no_priv, {}, {}, {}, {}});
        for (const auto* each : {&full, &signing, &nobody})
            if (!*each)
                return failure(each->error());
        return Users{*std::move(full), *std::move(signing), *std::move(nobody)};
    }
};

constexpr std::array<std::uint32_t, 11> unknown_engine_ids{1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0};
constexpr std::array<std::uint32_t, 11> not_in_time_windows{1, 3, 6, 1, 6, 3, 15, 1, 1, 2, 0};

std::string report_pdu(std::int64_t request_id, std::span<const std::uint32_t> counter) {
    ber::Writer writer;
    const auto pdu = writer.begin(ber::report);
    writer.put(request_id);
    writer.put(0);
    writer.put(0);
    const auto list = writer.begin(ber::sequence);
    const auto varbind = writer.begin(ber::sequence);
    writer.put(mib::Oid(counter.begin(), counter.end()));
    writer.put(ber::counter32, unsigned_content(1));
    writer.end(varbind);
    writer.end(list);
    writer.end(pdu);
    return std::move(writer).take();
}

class Agent {
public:
    Agent(int socket, const std::string& name, const Content& content, const std::string& community,
          const Users& users)
        : socket_{socket}, content_{&content}, community_{&community}, users_{&users} {
        engine_.id = std::string{"\x80\x00\x1f\x88\x04", 5} + name;
        engine_.boots = 3;
        engine_.keys = users.full.keys_at(engine_.id);
    }

    /// Answers what has come.
    void serve(std::vector<char>& buffer) {
        sockaddr_in from{};
        socklen_t length = sizeof from;
        auto* const generic = reinterpret_cast<sockaddr*>(&from);
        const auto count =
            ::recvfrom(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT, generic, &length);
        if (count <= 0)
            return;
        const auto answer = answer_to({buffer.data(), static_cast<std::size_t>(count)});
        if (!answer.empty())
            ::sendto(socket_, answer.data(), answer.size(), 0, generic, length);
    }

private:
    std::string answer_to(std::string_view datagram) {
        if (const auto get = snmp::open_community_message(datagram, *community_))
            return snmp::community_message(*community_, content_->response_to(*get));
        if (const auto envelope = snmp::read_envelope(datagram))
            return answer_to(datagram, *envelope);
        return {};
    }

    std::string answer_to(std::string_view datagram, const snmp::Envelope& envelope) {
        constexpr std::uint32_t window_seconds = 150;
        constexpr std::uint32_t age_seconds = 100000; // at its start
        const auto message_id = static_cast<std::int32_t>(envelope.message_id);
        const auto lived = std::chrono::floor<std::chrono::seconds>(Clock::now() - began_);
        engine_.time = age_seconds + static_cast<std::uint32_t>(lived.count());
        if (envelope.engine_id != engine_.id) {
            const auto get = snmp::open_plain(envelope);
            const auto report = report_pdu(get ? get->request_id : 0, unknown_engine_ids);
            return snmp::user_message(users_->nobody, engine_, message_id, {}, report);
        }
        const auto get = snmp::open_signed(datagram, envelope, users_->full, engine_);
        if (!get)
            return {};
        if (envelope.boots != engine_.boots || envelope.time + window_seconds < engine_.time)
            return snmp::user_message(users_->signing, engine_, message_id, {},
                                      report_pdu(get->request_id, not_in_time_windows));
        return snmp::user_message(users_->full, engine_, message_id, next_salt(),
                                  content_->response_to(*get));
    }

    std::string next_salt() {
        auto salt = std::to_string(++salts_);
        salt.resize(snmp::User::salt_octets, '.');
        return salt;
    }

    int socket_;
    const Content* content_;
    const std::string* community_;
    const Users* users_;
    snmp::Engine engine_;
    Clock::time_point began_{Clock::now()};
    std::uint32_t salts_{0};
};

// What runs.

/// -1: there is none.
int bound_socket(const sockaddr_in& address) {
    const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        std::cerr << "bench-peers: cannot bind address " << ntohl(address.sin_addr.s_addr) << '\n';
        return -1;
    }
    return descriptor;
}

void serve(int events, std::vector<Agent>& agents) {
    constexpr int batch = 64;
    std::array<epoll_event, batch> ready{};
    std::vector<char> buffer(65536);
    while (true) {
        const int count = ::epoll_wait(events, ready.data(), batch, -1);
        for (int place = 0; place < count; ++place)
            agents[ready.at(static_cast<std::size_t>(place)).data.u32].serve(buffer);
    }
}

int run(const std::vector<std::string>& words) {
    const snmp::RaisedFileLimit raised;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, words[0].c_str(), &address.sin_addr);
    const auto first = ntohl(address.sin_addr.s_addr);
    const auto count = std::stoul(words[1]);
    const auto alive = count - std::stoul(words[2]);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoul(words[3])));
    const Content content{report_of_member()};
    const auto users = Users::derive(words[5], words[6], words[7]);
    if (!users) {
        std::cerr << "bench-peers: " << users.error().text << '\n';
        return EXIT_FAILURE;
    }
    const int events = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<Agent> agents;
    agents.reserve(count);
    for (std::uint32_t number = 0; number < count; ++number) {
        address.sin_addr.s_addr = htonl(first + number);
        const int socket = bound_socket(address);
        if (socket < 0)
            return EXIT_FAILURE;
        agents.emplace_back(socket, "peer" + std::to_string(number), content, words[4], *users);
        epoll_event wanted{.events = EPOLLIN, .data = {.u32 = number}};
        if (number < alive)
            ::epoll_ctl(events, EPOLL_CTL_ADD, socket, &wanted);
    }
    std::cout << "ready" << std::endl;
    serve(events, agents);
    return EXIT_SUCCESS;
}

void print_objects() {
    for (const auto& instance : mib::decision_instances()) {
        for (const auto arc : instance)
            std::cout << '.' << arc;
        std::cout << '\n';
    }
}

} // namespace
} // namespace galera::bench

int main(int argc, char** argv) {
    constexpr std::size_t words_expected = 8;
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words == std::vector<std::string>{"--objects"}) {
        galera::bench::print_objects();
        return EXIT_SUCCESS;
    }
    if (words.size() != words_expected) {
        std::cerr << "usage: bench-peers FIRST COUNT DEAD PORT COMMUNITY USER AUTH PRIV\n";
        return 2;
    }
    return galera::bench::run(words);
}
