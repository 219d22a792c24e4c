// SNMPv3 against a real snmpd: every protocol, and everything that a user can have wrong.
#include "common/snmp/ber.hpp"
#include "common/snmp/exchange.hpp"
#include "common/snmp/message.hpp"
#include "tests/unit/snmp/loopback.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace galera::snmp {

namespace {

using loopback::address;
using mib::Oid;
using std::chrono::milliseconds;

const Oid sys_descr{1, 3, 6, 1, 2, 1, 1, 1, 0};
const std::atomic<bool> not_cancelled{false};
const std::string host = "127.0.4.81";
const std::string auth_passphrase = "it signs what is asked";
const std::string priv_passphrase = "it hides what is asked";

/// What there is of a user in snmpd: "sha1aes128", "sha1", "plain".
std::string name_of(SnmpLevel level, SnmpAuth auth, SnmpPriv priv) {
    if (level == SnmpLevel::no_auth_no_priv)
        return "plain";
    auto name = "u" + std::to_string(static_cast<int>(auth));
    return level == SnmpLevel::auth_priv ? name + std::to_string(static_cast<int>(priv)) : name;
}

/// Every user that there can be, each allowed what it has.
std::string every_user() {
    constexpr std::array priv_words{"AES", "AES192", "AES256"};
    std::ostringstream lines;
    lines << "createUser plain\nrouser plain noauth\n";
    for (const auto& auth : std::span{snmp_auth_protocols}.first(5)) {
        std::ostringstream secret;
        secret << auth.word << " \"" << auth_passphrase << '"';
        const auto signing = name_of(SnmpLevel::auth_no_priv, auth.choice, {});
        lines << "createUser " << signing << ' ' << secret.str() << "\nrouser " << signing
              << " auth\n";
        for (const auto& priv : std::span{snmp_priv_protocols}.first(3)) {
            const auto hiding = name_of(SnmpLevel::auth_priv, auth.choice, priv.choice);
            lines << "createUser " << hiding << ' ' << secret.str() << ' '
                  << priv_words.at(static_cast<std::size_t>(priv.choice)) << " \""
                  << priv_passphrase << "\"\nrouser " << hiding << " priv\n";
        }
    }
    return lines.str();
}

Credential credential_of(SnmpLevel level, SnmpAuth auth, SnmpPriv priv) {
    return {name_of(level, auth, priv), level, auth, priv, auth_passphrase, priv_passphrase};
}

Outcome ask(const Access& access, const std::string& agent, std::string* engine_id = nullptr) {
    Outcome outcome = NoResponse::cancelled;
    std::vector<Conversation> conversations;
    conversations.push_back({address(agent), {sys_descr}, [&](const Outcome& said) {
                                 outcome = said;
                                 return std::vector<Oid>{};
                             }});
    const auto held = exchange(access, conversations, not_cancelled);
    EXPECT_TRUE(held) << held.error().text;
    if (engine_id != nullptr)
        *engine_id = conversations.front().engine_id;
    return outcome;
}

bool is_good(const Outcome& outcome) {
    const auto* const varbinds = std::get_if<std::vector<mib::Varbind>>(&outcome);
    return varbinds != nullptr && varbinds->size() == 1 &&
           std::get<mib::Value>(varbinds->front().content) ==
               mib::Value{mib::OctetString{"a test's own"}};
}

std::optional<NoResponse> why(const Outcome& outcome) {
    const auto* const reason = std::get_if<NoResponse>(&outcome);
    return reason != nullptr ? std::optional{*reason} : std::nullopt;
}

class RealEngine : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(is_good(ask(patient({}), host))) << "snmpd is not up";
        ASSERT_TRUE(is_good(ask(patient(credential_of(SnmpLevel::auth_priv, {}, {})), host)));
    }

    /// For those who answer, however slow the machine is.
    Access patient(const std::optional<Credential>& credential) const {
        constexpr milliseconds timeout{100};
        auto access = access_of(credential);
        access.timeout = timeout;
        access.retries = static_cast<unsigned>(loopback::patience / timeout);
        return access;
    }
    /// For those who do not.
    Access quick(const Credential& credential) const {
        auto access = access_of(credential);
        access.timeout = milliseconds{150};
        access.retries = 1;
        return access;
    }
    [[nodiscard]] Access access_of(const std::optional<Credential>& credential) const {
        Access access{.community = "word", .port = port};
        if (credential)
            access.user = *User::derive(*credential);
        return access;
    }

    std::uint16_t port = loopback::free_port(host);
    loopback::Snmpd snmpd{"udp:" + host + ":" + std::to_string(port), "word", every_user()};
};

TEST_F(RealEngine, AnswersEveryLevelAndProtocol) {
    EXPECT_TRUE(is_good(ask(patient(credential_of(SnmpLevel::no_auth_no_priv, {}, {})), host)));
    for (const auto& auth : std::span{snmp_auth_protocols}.first(5)) {
        SCOPED_TRACE(auth.word);
        EXPECT_TRUE(
            is_good(ask(patient(credential_of(SnmpLevel::auth_no_priv, auth.choice, {})), host)));
        for (const auto& priv : std::span{snmp_priv_protocols}.first(3)) {
            SCOPED_TRACE(priv.word);
            const auto user = credential_of(SnmpLevel::auth_priv, auth.choice, priv.choice);
            EXPECT_TRUE(is_good(ask(patient(user), host)));
        }
    }
}

TEST_F(RealEngine, SaysWhoItIs) {
    std::string engine_id;
    EXPECT_TRUE(
        is_good(ask(patient(credential_of(SnmpLevel::auth_priv, {}, {})), host, &engine_id)));
    EXPECT_GE(engine_id.size(), 5U);
    EXPECT_TRUE(is_good(ask(patient({}), host, &engine_id)));
    EXPECT_EQ(engine_id, "") << "SNMPv2c tells nothing of the engine";
}

TEST_F(RealEngine, IsNotAuthenticForWhoeverHasAnythingWrong) {
    const auto right = credential_of(SnmpLevel::auth_priv, SnmpAuth::sha256, SnmpPriv::aes128);
    std::vector<std::pair<const char*, Credential>> wrong(7, {"", right});
    wrong[0].first = "user";
    wrong[0].second.user = "nobody";
    wrong[1].first = "auth passphrase";
    wrong[1].second.auth_passphrase = "it signs what is forged";
    wrong[2].first = "priv passphrase";
    wrong[2].second.priv_passphrase = "it hides what is forged";
    wrong[3].first = "auth protocol";
    wrong[3].second.auth = SnmpAuth::sha512;
    wrong[4].first = "priv protocol";
    wrong[4].second.priv = SnmpPriv::aes256;
    wrong[5].first = "level that snmpd does not let the user have";
    wrong[5].second.level = SnmpLevel::auth_no_priv;
    wrong[6] = {"level that the user has no key for",
                credential_of(SnmpLevel::auth_no_priv, SnmpAuth::sha256, {})};
    wrong[6].second.level = SnmpLevel::auth_priv;
    for (const auto& [what, credential] : wrong)
        EXPECT_EQ(why(ask(quick(credential), host)), NoResponse::not_authentic) << what;
}

// Engines that are not what they were, or not the only ones.

const std::string engine_line = "exactEngineID 0x80001f880455667788\n";

/// With a user, an engine id that the test chose, and so many boots before this one.
std::unique_ptr<loopback::Snmpd> engine_of(const std::string& at, std::uint16_t port, int boots) {
    return std::make_unique<loopback::Snmpd>("udp:" + at + ":" + std::to_string(port), "word",
                                             engine_line + "engineBoots " + std::to_string(boots) +
                                                 "\n" + every_user());
}

Access patient_by_default(std::uint16_t port) {
    constexpr milliseconds timeout{100};
    return Access{.community = "word",
                  .user = *User::derive(credential_of(SnmpLevel::auth_priv, {}, {})),
                  .port = port,
                  .timeout = timeout,
                  .retries = static_cast<unsigned>(loopback::patience / timeout)};
}

// Its clock jumps forth and back between two GETs of one conversation.
TEST(RestartedEngine, IsAskedOnByItsNewClock) {
    const auto port = loopback::free_port(host);
    auto snmpd = engine_of(host, port, 5);
    std::vector<int> boots_to_come{50, 2, 30};
    unsigned good = 0;
    std::vector<Conversation> conversations;
    conversations.push_back(
        {address(host), {sys_descr}, [&](const Outcome& outcome) -> std::vector<Oid> {
             good += is_good(outcome) ? 1U : 0U;
             if (boots_to_come.empty())
                 return {};
             snmpd.reset();
             snmpd = engine_of(host, port, boots_to_come.front());
             boots_to_come.erase(boots_to_come.begin());
             return {sys_descr};
         }});
    ASSERT_TRUE(exchange(patient_by_default(port), conversations, not_cancelled));
    EXPECT_EQ(good, 4U);
}

// Two machines of one image: the same engine id and user, clocks that lie far apart.
TEST(EnginesOfOneName, AreToldApart) {
    const std::vector<std::string> hosts{"127.0.4.82", "127.0.4.83"};
    const auto port = loopback::free_port(hosts.front());
    const auto first = engine_of(hosts[0], port, 5);
    const auto second = engine_of(hosts[1], port, 5000);
    std::vector<unsigned> good(hosts.size());
    std::vector<Conversation> conversations;
    for (std::size_t place = 0; place < hosts.size(); ++place)
        conversations.push_back(
            {address(hosts[place]), {sys_descr}, [&, place](const Outcome& out) {
                 good[place] += is_good(out) ? 1U : 0U;
                 return is_good(out) && good[place] < 5 ? std::vector<Oid>{sys_descr}
                                                        : std::vector<Oid>{};
             }});
    ASSERT_TRUE(exchange(patient_by_default(port), conversations, not_cancelled));
    EXPECT_THAT(good, testing::ElementsAre(5U, 5U));
    EXPECT_EQ(conversations[0].engine_id, conversations[1].engine_id);
    EXPECT_EQ(conversations[0].engine_id.size(), 9U);
}

// Somebody between us and a real engine, who knows no passphrase.

using loopback::Bytes;
using loopback::UdpPeer;

/// Sends a datagram to the real engine and waits for what it says.
class Wire {
public:
    Wire(const std::string& to, std::uint16_t port) : at_{loopback::socket_address(to, port)} {}

    [[nodiscard]] Bytes ask(const Bytes& request) const {
        const auto* const to = reinterpret_cast<const sockaddr*>(&at_);
        ::sendto(socket_.fd(), request.data(), request.size(), 0, to, sizeof at_);
        pollfd waiting{socket_.fd(), POLLIN, 0};
        constexpr int patience_ms = 60'000;
        Bytes answer(65536);
        const auto count = ::poll(&waiting, 1, patience_ms) > 0
                               ? ::recv(socket_.fd(), answer.data(), answer.size(), 0)
                               : 0;
        answer.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        return answer;
    }

private:
    sockaddr_in at_;
    loopback::BoundSocket socket_{"127.0.0.1"};
};

class Interloper : public RealEngine {
protected:
    static constexpr const char* between = "127.0.4.84";

    /// What an agent behind `meddle` is found to say; `meddle` gets the real answer.
    using Meddle = std::function<std::vector<Bytes>(const Bytes& request, const Bytes& answer)>;
    Outcome ask_through(const Meddle& meddle, bool gets_an_answer) {
        const Wire wire{host, port};
        const UdpPeer peer{between, 0, [&](const Bytes& request, int) {
                               return meddle(request, wire.ask(request));
                           }};
        auto access = gets_an_answer ? patient(user) : quick(user);
        access.port = peer.port();
        auto outcome = ask(access, between);
        datagrams = peer.requests();
        return outcome;
    }

    const Credential user = credential_of(SnmpLevel::auth_priv, SnmpAuth::sha256, SnmpPriv::aes128);
    int datagrams{0};
};

std::string text_of(const Bytes& octets) {
    return {octets.begin(), octets.end()};
}

bool is_discovery(const Bytes& request) {
    const auto text = text_of(request);
    const auto envelope = read_envelope(text);
    return envelope && envelope->engine_id.empty();
}

/// A report that nobody signed, under the number of the request.
Bytes forged_report(const Bytes& request, std::uint32_t which, std::string_view engine_id) {
    const auto text = text_of(request);
    ber::Writer writer;
    const auto whole = writer.begin(ber::sequence);
    writer.put(3);
    const auto header = writer.begin(ber::sequence);
    writer.put(read_envelope(text)->message_id);
    writer.put(65507);
    writer.put(ber::octet_string, std::string_view{"\0", 1});
    writer.put(3);
    writer.end(header);
    const auto wrapped = writer.begin(ber::octet_string);
    const auto parameters = writer.begin(ber::sequence);
    writer.put(ber::octet_string, engine_id);
    writer.put(7);
    writer.put(7);
    for (int left = 3; left > 0; --left)
        writer.put(ber::octet_string, {});
    writer.end(parameters);
    writer.end(wrapped);
    const auto scoped = writer.begin(ber::sequence);
    writer.put(ber::octet_string, engine_id);
    writer.put(ber::octet_string, {});
    const auto pdu = writer.begin(ber::report);
    for (int left = 3; left > 0; --left)
        writer.put(0);
    const auto varbinds = writer.begin(ber::sequence);
    const auto varbind = writer.begin(ber::sequence);
    writer.put(Oid{1, 3, 6, 1, 6, 3, 15, 1, 1, which, 0});
    writer.put(ber::counter32, "\x07");
    for (const auto begun : {varbind, varbinds, pdu, scoped, whole})
        writer.end(begun);
    return {writer.octets().begin(), writer.octets().end()};
}

TEST_F(Interloper, WhoOnlyPassesOnChangesNothing) {
    EXPECT_TRUE(is_good(ask_through(
        [](const Bytes&, const Bytes& answer) { return std::vector<Bytes>{answer}; }, true)));
    EXPECT_EQ(datagrams, 2) << "one for who it is, one for what it says";
}

TEST_F(Interloper, WhoChangesAnyOctetIsFoundOut) {
    std::size_t octets = 0;
    for (std::size_t place = 0; place == 0 || place < octets; place += 17) {
        SCOPED_TRACE(place);
        const auto outcome = ask_through(
            [&](const Bytes& request, Bytes answer) {
                if (!is_discovery(request)) {
                    octets = answer.size();
                    answer[std::min(place, octets - 1)] ^= 0x10U;
                }
                return std::vector<Bytes>{answer};
            },
            false);
        EXPECT_NE(why(outcome), std::nullopt) << "taken for an answer";
        EXPECT_NE(why(outcome), NoResponse::refused);
    }
}

TEST_F(Interloper, WhoSendsNoiseDoesNotKeepTheAnswerAway) {
    const auto outcome = ask_through(
        [](const Bytes& request, const Bytes& answer) {
            std::vector<Bytes> sent{request, Bytes(1400, 0x30), {}};
            for (std::size_t length = 1; length < answer.size(); length += 5)
                sent.emplace_back(answer.begin(),
                                  answer.begin() + static_cast<std::ptrdiff_t>(length));
            for (std::size_t place = 60; !is_discovery(request) && place < answer.size();
                 place += 4) {
                sent.push_back(answer);
                sent.back()[place] ^= 0x01U;
            }
            sent.insert(sent.end(), {answer, answer});
            return sent;
        },
        true);
    EXPECT_TRUE(is_good(outcome));
}

TEST_F(Interloper, WhoForgesReportsDoesNotEndAnything) {
    for (const std::uint32_t which : {1U, 2U, 3U, 4U, 5U, 6U, 7U}) {
        SCOPED_TRACE(which);
        const auto outcome = ask_through(
            [&](const Bytes& request, const Bytes& answer) {
                const auto report = forged_report(request, which, text_of(Bytes(9, 'e')));
                return is_discovery(request) ? std::vector<Bytes>{answer}
                                             : std::vector<Bytes>{report, answer};
            },
            true);
        EXPECT_TRUE(is_good(outcome));
    }
}

// The real engine tells its name to whoever has a wrong one.
TEST_F(Interloper, WhoNamesAnotherEngineIsCorrected) {
    const auto outcome = ask_through(
        [&](const Bytes& request, const Bytes& answer) {
            const auto report = forged_report(request, 4, text_of(Bytes(9, 'e')));
            return std::vector<Bytes>{is_discovery(request) ? report : answer};
        },
        true);
    EXPECT_TRUE(is_good(outcome));
}

TEST_F(Interloper, WhoNamesEnginesWithoutEndDoesNotMakeUsSendWithoutEnd) {
    std::uint8_t next = 0;
    const auto outcome = ask_through(
        [&](const Bytes& request, const Bytes&) {
            return std::vector<Bytes>(3, forged_report(request, 4, text_of(Bytes(9, ++next))));
        },
        false);
    EXPECT_EQ(why(outcome), NoResponse::not_authentic);
    EXPECT_LE(datagrams, 8);
}

} // namespace

} // namespace galera::snmp
