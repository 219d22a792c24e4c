// Many agents asked at once: a real snmpd, and sockets that answer as nobody should.
#include "common/snmp/exchange.hpp"
#include "tests/unit/snmp/loopback.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <set>

namespace galera::snmp {

namespace {

using loopback::address;
using loopback::BoundSocket;
using loopback::Bytes;
using loopback::UdpPeer;
using mib::Oid;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

const Oid sys_descr{1, 3, 6, 1, 2, 1, 1, 1, 0};
const Oid sys_services{1, 3, 6, 1, 2, 1, 1, 7, 0};
const Oid sys_up_time{1, 3, 6, 1, 2, 1, 1, 3, 0};         // TimeTicks, which our MIB does not use
const Oid lo_speed{1, 3, 6, 1, 2, 1, 2, 2, 1, 5, 1};      // Gauge32
const Oid lo_octets{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 1}; // Counter64
const Oid no_object{1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 4567, 1, 1, 0};
const Oid no_instance{1, 3, 6, 1, 2, 1, 1, 1, 7};

const std::atomic<bool> not_cancelled{false};

/// One GET to each agent; the outcomes in the same order.
std::vector<Outcome> ask(const Access& access, const std::vector<std::string>& agents,
                         const std::vector<Oid>& instances) {
    std::vector<Outcome> outcomes(agents.size(), NoResponse::cancelled);
    std::vector<Conversation> conversations;
    for (std::size_t place = 0; place < agents.size(); ++place)
        conversations.push_back({address(agents[place]), instances, [&, place](const Outcome& out) {
                                     outcomes[place] = out;
                                     return std::vector<Oid>{};
                                 }});
    const auto held = exchange(access, conversations, not_cancelled);
    EXPECT_TRUE(held) << held.error().text;
    return outcomes;
}

Outcome ask_one(const Access& access, const std::string& agent, const std::vector<Oid>& instances) {
    return ask(access, {agent}, instances).front();
}

NoResponse why(const Outcome& outcome) {
    EXPECT_TRUE(std::holds_alternative<NoResponse>(outcome)) << "there is a response";
    const auto* const reason = std::get_if<NoResponse>(&outcome);
    return reason != nullptr ? *reason : NoResponse::cancelled;
}

std::vector<mib::Varbind> varbinds(const Outcome& outcome) {
    const auto* const found = std::get_if<std::vector<mib::Varbind>>(&outcome);
    EXPECT_NE(found, nullptr) << "there is no response, kind "
                              << static_cast<int>(std::get<NoResponse>(outcome));
    return found != nullptr ? *found : std::vector<mib::Varbind>{};
}

template <typename Kind>
Kind content(const Outcome& outcome, std::size_t place = 0) {
    const auto found = varbinds(outcome);
    if (found.size() <= place) {
        ADD_FAILURE() << "no varbind " << place;
        return {};
    }
    if constexpr (std::is_same_v<Kind, mib::Absence>)
        return std::get<mib::Absence>(found[place].content);
    else
        return std::get<Kind>(std::get<mib::Value>(found[place].content));
}

milliseconds time_of(const std::function<void()>& act) {
    const auto begin = steady_clock::now();
    act();
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
}

/// For those who do not answer.
Access quick(std::uint16_t port) {
    return Access{.community = "word", .port = port, .timeout = milliseconds{250}, .retries = 1};
}

/// For those who do, however slow the machine is; an snmpd may still be starting.
Access patient(std::uint16_t port) {
    constexpr milliseconds timeout{100};
    return Access{.community = "word",
                  .port = port,
                  .timeout = timeout,
                  .retries = static_cast<unsigned>(loopback::patience / timeout)};
}

// Responses made from requests. A GET is: 30 len, 02 01 01 (v2c), 04 len community, A0 len,
// 02 len request-id, 02 01 error-status, 02 01 error-index, varbinds that end in 05 00 (NULL).

std::size_t place_of_pdu(const Bytes& message) {
    constexpr std::size_t community_length_at = 6;
    return community_length_at + 1 + message[community_length_at];
}

/// "noSuchInstance" for everything that was asked: 81 00 in place of 05 00.
Bytes response_to(Bytes request) {
    request[place_of_pdu(request)] = 0xA2;
    request[request.size() - 2] = 0x81;
    return request;
}

Bytes with_request_id_changed(Bytes message) {
    const auto id_length_at = place_of_pdu(message) + 3;
    message[id_length_at + message[id_length_at]] ^= 0x01U;
    return message;
}

Bytes with_error_status(Bytes message, std::uint8_t status) {
    const auto id_length_at = place_of_pdu(message) + 3;
    message[id_length_at + message[id_length_at] + 3] = status;
    return message;
}

// A real snmpd.

class RealAgent : public testing::Test {
protected:
    static constexpr const char* host = "127.0.4.11";

    void SetUp() override {
        // Until snmpd is up.
        ASSERT_EQ(varbinds(ask_one(access, host, {sys_descr})).size(), 1U);
    }

    std::uint16_t port = loopback::free_port(host);
    loopback::Snmpd snmpd{"udp:" + std::string(host) + ":" + std::to_string(port), "word"};
    Access access = patient(port);
};

TEST_F(RealAgent, AnswersEverySyntaxOfTheMibInOneGet) {
    const auto outcome = ask_one(access, host, {sys_services, sys_descr, lo_octets, lo_speed});
    ASSERT_EQ(varbinds(outcome).size(), 4U);
    EXPECT_EQ(content<mib::Integer32>(outcome, 0), mib::Integer32{72});
    EXPECT_EQ(content<mib::OctetString>(outcome, 1), mib::OctetString{"a test's own"});
    EXPECT_GE(content<mib::Counter64>(outcome, 2).value, 0U);
    EXPECT_GE(content<mib::Unsigned32>(outcome, 3).value, 0U);
}

TEST_F(RealAgent, TellsAnUnknownObjectFromAnUnknownValue) {
    const auto outcome = ask_one(access, host, {sys_descr, no_object, no_instance});
    ASSERT_EQ(varbinds(outcome).size(), 3U);
    EXPECT_EQ(content<mib::Absence>(outcome, 1), mib::Absence::no_such_object);
    EXPECT_EQ(content<mib::Absence>(outcome, 2), mib::Absence::no_such_instance);
}

TEST_F(RealAgent, RefusesWhereATypeIsNotOfOurMib) {
    EXPECT_EQ(why(ask_one(access, host, {sys_up_time})), NoResponse::refused);
}

TEST_F(RealAgent, IsSilentForAnotherCommunity) {
    auto stranger = quick(port);
    stranger.community = "other";
    EXPECT_EQ(why(ask_one(stranger, host, {sys_descr})), NoResponse::timed_out);
}

TEST_F(RealAgent, IsAskedAgainInOneConversation) {
    std::vector<std::string> said;
    std::vector<Conversation> conversations;
    conversations.push_back({address(host), {sys_descr}, [&](const Outcome& outcome) {
                                 said.push_back(content<mib::OctetString>(outcome).value);
                                 return said.size() < 3 ? std::vector<Oid>{sys_descr}
                                                        : std::vector<Oid>{};
                             }});
    ASSERT_TRUE(exchange(access, conversations, not_cancelled));
    EXPECT_THAT(said, testing::ElementsAre("a test's own", "a test's own", "a test's own"));
    EXPECT_GT(conversations.front().round_trip.count(), 0);
}

TEST_F(RealAgent, AnswersAtItsOwnPaceWhileOthersAreSilent) {
    BoundSocket mute{"127.0.4.12", port};
    std::atomic<bool> answered{false};
    std::vector<NoResponse> silence;
    std::vector<Conversation> conversations;
    conversations.push_back({address("127.0.4.12"), {sys_descr}, [&](const Outcome& outcome) {
                                 silence.push_back(why(outcome));
                                 return std::vector<Oid>{};
                             }});
    conversations.push_back({address(host), {sys_descr}, [&](const Outcome& outcome) {
                                 answered = varbinds(outcome).size() == 1;
                                 return std::vector<Oid>{};
                             }});
    access.timeout = std::chrono::minutes{10};
    ASSERT_TRUE(exchange(access, conversations, answered));
    EXPECT_TRUE(answered);
    EXPECT_THAT(silence, testing::ElementsAre(NoResponse::cancelled)) << "it was still awaited";
}

TEST(RealAgentOfIpv6, Answers) {
    const node::UniqueFd probe{::socket(AF_INET6, SOCK_DGRAM, 0)};
    sockaddr_in6 at{};
    at.sin6_family = AF_INET6;
    at.sin6_addr = in6addr_loopback;
    if (!probe || ::bind(probe.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) != 0)
        GTEST_SKIP() << "this machine has no IPv6 on loopback";
    const auto port = loopback::free_port("127.0.4.13");
    const loopback::Snmpd snmpd{"udp6:[::1]:" + std::to_string(port), "word"};
    EXPECT_EQ(content<mib::OctetString>(ask_one(patient(port), "::1", {sys_descr})).value,
              "a test's own");
}

// Conversations that begin later.

TEST_F(RealAgent, IsAskedLaterWhileOthersAreStillSilent) {
    BoundSocket mute{"127.0.4.16", port};
    std::atomic<bool> answered{false};
    std::vector<NoResponse> silence;
    std::vector<Conversation> conversations;
    std::vector<Conversation> later;
    conversations.push_back({address("127.0.4.16"), {sys_descr}, [&](const Outcome& outcome) {
                                 silence.push_back(why(outcome));
                                 return std::vector<Oid>{};
                             }});
    later.push_back({address(host), {sys_descr}, [&](const Outcome& outcome) {
                         answered = varbinds(outcome).size() == 1;
                         return std::vector<Oid>{};
                     }});
    int calls = 0;
    access.timeout = std::chrono::minutes{10};
    ASSERT_TRUE(exchange(access, conversations, answered,
                         {.after = milliseconds{1}, .begin = [&]() -> auto& {
                              ++calls;
                              return later;
}
} // namespace
));
EXPECT_TRUE(answered);
EXPECT_EQ(calls, 1);
EXPECT_THAT(silence, testing::ElementsAre(NoResponse::cancelled)) << "it was still awaited";
} // namespace galera::snmp

TEST_F(RealAgent, IsNotAskedLaterWhereAllHaveAnswered) {
    std::vector<Conversation> conversations;
    std::vector<Conversation> later;
    conversations.push_back(
        {address(host), {sys_descr}, [](const Outcome&) { return std::vector<Oid>{}; }});
    int calls = 0;
    ASSERT_TRUE(exchange(access, conversations, not_cancelled,
                         {.after = std::chrono::minutes{10}, .begin = [&]() -> auto& {
                              ++calls;
                              return later;
}
}));
EXPECT_EQ(calls, 0);
}

// Nobody there.

TEST(DeadAgents, CostOneDeadlineTogether) {
    std::vector<std::string> agents;
    std::deque<BoundSocket> mutes;
    const auto access = quick(loopback::free_port("127.0.4.31"));
    for (int last = 31; last < 61; ++last) {
        agents.push_back("127.0.4." + std::to_string(last));
        if (last % 2 == 0) // half of them take the datagram, half answer with an ICMP error
            mutes.emplace_back(agents.back(), access.port);
    }
    std::vector<Outcome> outcomes;
    const auto took = time_of([&] { outcomes = ask(access, agents, {sys_descr}); });
    for (const auto& outcome : outcomes)
        EXPECT_EQ(why(outcome), NoResponse::timed_out);
    EXPECT_GE(took, access.deadline() - milliseconds{5});
    EXPECT_LT(took, agents.size() / 2 * access.deadline()) << "they were asked one after another";
}

TEST(DeadAgents, AreTriedAsOftenAsTheConfigurationSays) {
    UdpPeer peer{"127.0.4.14", 0, [](const Bytes&, int) { return std::vector<Bytes>{}; }};
    auto access = quick(peer.port());
    access.retries = 2;
    EXPECT_EQ(why(ask_one(access, "127.0.4.14", {sys_descr})), NoResponse::timed_out);
    EXPECT_TRUE(peer.has_had(3));
    EXPECT_EQ(peer.requests(), 3);
}

TEST(DeadAgents, EndWhenCancelled) {
    std::atomic<bool> cancelled{true};
    BoundSocket mute{"127.0.4.15"};
    auto access = quick(mute.port());
    access.timeout = std::chrono::minutes{1};
    std::vector<NoResponse> reasons;
    std::vector<Conversation> conversations;
    conversations.push_back({address("127.0.4.15"), {sys_descr}, [&](const Outcome& outcome) {
                                 reasons.push_back(why(outcome));
                                 return std::vector<Oid>{sys_descr};
                             }});
    ASSERT_TRUE(exchange(access, conversations, cancelled));
    EXPECT_THAT(reasons, testing::ElementsAre(NoResponse::cancelled));
}

TEST(DeadAgents, AreUnreachableAndNoErrorWhereThereIsNoRoute) {
    const auto access = quick(16100);
    // A datagram to a broadcast address is forbidden to an ordinary socket: connect(2) fails.
    EXPECT_EQ(why(ask_one(access, "255.255.255.255", {sys_descr})), NoResponse::timed_out);
}

TEST(NoAgents, IsNoWork) {
    std::vector<Conversation> none;
    EXPECT_TRUE(exchange(quick(16100), none, not_cancelled));
}

TEST(ConversationWithoutQuestion, EndsAtOnce) {
    std::vector<Conversation> conversations;
    conversations.push_back({address("127.0.4.15"), {}, [](const Outcome&) {
                                 ADD_FAILURE() << "nothing was asked";
                                 return std::vector<Oid>{};
                             }});
    EXPECT_TRUE(exchange(quick(16100), conversations, not_cancelled));
}

// Somebody who answers as nobody should. The good answer, where there is one, is noSuchInstance.

struct Oddity {
    const char* story;
    UdpPeer::AnswerWith answer;
    std::optional<NoResponse> becomes;            // empty: the good answer
    bool waits{becomes == NoResponse::timed_out}; // for a better one, until the deadline
};

void PrintTo(const Oddity& oddity, std::ostream* out) {
    *out << oddity.story;
}

class OddAgent : public testing::TestWithParam<Oddity> {};

TEST_P(OddAgent, IsUnderstood) {
    UdpPeer peer{"127.0.4.16", 0, GetParam().answer};
    const auto access = GetParam().waits ? quick(peer.port()) : patient(peer.port());
    const auto outcome = ask_one(access, "127.0.4.16", {sys_descr});
    if (GetParam().becomes)
        EXPECT_EQ(why(outcome), *GetParam().becomes);
    else
        EXPECT_EQ(content<mib::Absence>(outcome), mib::Absence::no_such_instance);
}

std::vector<Bytes> garbage() {
    return {Bytes{}, Bytes(1400, 0xFF), Bytes(64, 0x30), Bytes{0x30, 0x82, 0xFF, 0xFF, 0x02},
            Bytes{'h', 'e', 'l', 'l', 'o'}};
}

std::vector<Bytes> every_beginning_of(const Bytes& message) {
    std::vector<Bytes> cut;
    for (std::size_t length = 0; length < message.size(); ++length)
        cut.emplace_back(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(length));
    return cut;
}

INSTANTIATE_TEST_SUITE_P(
    Oddities, OddAgent,
    testing::Values(
        Oddity{"answers well",
               [](const Bytes& request, int) { return std::vector<Bytes>{response_to(request)}; },
               std::nullopt},
        Oddity{"answers twice",
               [](const Bytes& request, int) {
                   return std::vector<Bytes>{response_to(request), response_to(request)};
               },
               std::nullopt},
        Oddity{"answers the second try only",
               [](const Bytes& request, int count) {
                   return count < 2 ? std::vector<Bytes>{}
                                    : std::vector<Bytes>{response_to(request)};
               },
               std::nullopt},
        Oddity{"answers with garbage only", [](const Bytes&, int) { return garbage(); },
               NoResponse::timed_out},
        Oddity{"answers with garbage, then well",
               [](const Bytes& request, int) {
                   auto sent = garbage();
                   sent.push_back(response_to(request));
                   return sent;
               },
               std::nullopt},
        Oddity{"answers with what is cut off",
               [](const Bytes& request, int) { return every_beginning_of(response_to(request)); },
               NoResponse::timed_out},
        Oddity{"answers under another request id",
               [](const Bytes& request, int) {
                   return std::vector<Bytes>{with_request_id_changed(response_to(request))};
               },
               NoResponse::timed_out},
        Oddity{"sends the request back",
               [](const Bytes& request, int) { return std::vector<Bytes>{request}; },
               NoResponse::timed_out},
        Oddity{"answers with NULL for a value",
               [](const Bytes& request, int) {
                   auto sent = response_to(request);
                   sent[sent.size() - 2] = 0x05;
                   return std::vector<Bytes>{sent};
               },
               NoResponse::refused},
        Oddity{"answers something else",
               [](const Bytes& request, int) {
                   auto sent = response_to(request);
                   sent[sent.size() - 3] ^= 0x01U; // the instance
                   return std::vector<Bytes>{sent};
               },
               NoResponse::refused, true},
        Oddity{"answers something else, then well",
               [](const Bytes& request, int) {
                   auto sent = response_to(request);
                   sent[sent.size() - 3] ^= 0x01U;
                   return std::vector<Bytes>{sent, response_to(request)};
               },
               std::nullopt},
        Oddity{"says tooBig",
               [](const Bytes& request, int) {
                   return std::vector<Bytes>{with_error_status(response_to(request), 1)};
               },
               NoResponse::refused},
        Oddity{"says genErr",
               [](const Bytes& request, int) {
                   return std::vector<Bytes>{with_error_status(response_to(request), 5)};
               },
               NoResponse::refused}));

/// Whether an agent that answers from another socket than the one that was asked is silent.
void expect_silence_of(const UdpPeer& peer, const std::string& host) {
    EXPECT_EQ(why(ask_one(quick(peer.port()), host, {sys_descr})), NoResponse::timed_out);
    EXPECT_TRUE(peer.has_had(2));
    EXPECT_EQ(peer.requests(), 2);
}

std::vector<Bytes> answer_well(const Bytes& request, int) {
    return {response_to(request)};
}

TEST(AnswerFromAnotherPort, IsNotTakenForTheAgents) {
    const UdpPeer peer{"127.0.4.17", 0, answer_well, BoundSocket{"127.0.4.17"}};
    expect_silence_of(peer, "127.0.4.17");
}

TEST(AnswerFromAnotherAddress, IsNotTakenForTheAgents) {
    BoundSocket other{"127.0.4.19"};
    const auto port = other.port();
    const UdpPeer peer{"127.0.4.18", port, answer_well, std::move(other)};
    expect_silence_of(peer, "127.0.4.18");
}

TEST(LateDuplicate, IsNotTakenForTheNextAnswer) {
    // The second GET asks for another instance. Before its answer come those of the first again.
    Bytes first;
    UdpPeer peer{"127.0.4.20", 0, [&](const Bytes& request, int count) {
                     if (count == 1)
                         first = response_to(request);
                     return count == 1 ? std::vector<Bytes>{first}
                                       : std::vector<Bytes>{first, first, response_to(request)};
                 }};
    std::vector<Oid> answered;
    std::vector<Conversation> conversations;
    conversations.push_back(
        {address("127.0.4.20"), {sys_descr}, [&](const Outcome& outcome) -> std::vector<Oid> {
             const auto found = varbinds(outcome);
             if (found.empty())
                 return {};
             answered.push_back(found.front().oid);
             return answered.size() == 1 ? std::vector<Oid>{sys_services} : std::vector<Oid>{};
         }});
    ASSERT_TRUE(exchange(patient(peer.port()), conversations, not_cancelled));
    EXPECT_THAT(answered, testing::ElementsAre(sys_descr, sys_services));
}

TEST(Descriptors, AreClosedAndNotInherited) {
    const auto open_now = [] {
        std::set<std::string> open;
        for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
            open.insert(entry.path().filename());
        return open.size();
    };
    const auto access = quick(loopback::free_port("127.0.4.21"));
    const auto before = open_now();
    ask(access, {"127.0.4.21", "127.0.4.22"}, {sys_descr});
    EXPECT_EQ(open_now(), before);
}

} // namespace

} // namespace galera::snmp
