// What net-snmp hears of a master: proper requests, bare answers, and never silence for an answer.
#include "agentx/conversation.hpp"
#include "tests/unit/subagent/pdus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace galera::agentx {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint32_t session = 77;

/// The error of a bare response under this number, as net-snmp would read it.
std::uint16_t error_of(const std::string& octets, std::uint32_t packet) {
    const auto header = read_header(octets);
    EXPECT_TRUE(header);
    EXPECT_EQ(octets.size(), pdu_header_octets + response_octets);
    EXPECT_EQ(header->type, PduType::response);
    EXPECT_EQ(header->packet, packet);
    return response_error(octets.substr(pdu_header_octets), header->big_endian);
}

/// With a session.
struct Opened : ::testing::Test {
    Conversation talk;

    void ask(PduType type, std::uint32_t packet) {
        ASSERT_TRUE(talk.hear_agent(pdu(type, packet)));
    }
    Opened() {
        ask(PduType::open, 1);
        talk.hear_master(response(1));
        EXPECT_EQ(error_of(talk.take_for_agent(), 1), 0);
    }
};

TEST_F(Opened, PassesOnProperRequests) {
    for (const auto type : {PduType::get, PduType::get_next}) {
        const auto request = pdu(type, 5, search_range());
        talk.hear_master(request);
        EXPECT_EQ(talk.take_for_agent(), request);
    }
    EXPECT_THAT(talk.take_for_agent(), IsEmpty());
    EXPECT_THAT(talk.take_for_master(), IsEmpty());
    EXPECT_THAT(talk.over(), IsEmpty());
}

TEST_F(Opened, PutsTogetherWhatComesInPieces) {
    const auto request = pdu(PduType::get, 5, search_range());
    for (const char octet : request) {
        EXPECT_GT(talk.octets_wanted(), 0U);
        EXPECT_THAT(talk.take_for_agent(), IsEmpty());
        talk.hear_master({&octet, 1});
    }
    EXPECT_EQ(talk.take_for_agent(), request);
}

TEST_F(Opened, WantsNoMoreThanTheMessageHas) {
    const auto request = pdu(PduType::get, 5, search_range());
    EXPECT_EQ(talk.octets_wanted(), pdu_header_octets);
    talk.hear_master(request.substr(0, 7));
    EXPECT_EQ(talk.octets_wanted(), pdu_header_octets - 7);
    talk.hear_master(request.substr(7, 13));
    EXPECT_EQ(talk.octets_wanted(), request.size() - pdu_header_octets);
    talk.hear_master(request.substr(20));
    EXPECT_EQ(talk.octets_wanted(), pdu_header_octets);
}

TEST_F(Opened, PassesOnNoFlagsButTheByteOrder) {
    auto request = pdu(PduType::get, 5, search_range());
    const auto proper = request;
    request[2] = static_cast<char>(0xf7); // all but the context
    talk.hear_master(request);
    EXPECT_EQ(talk.take_for_agent(), proper);
}

struct Refusal {
    const char* what;
    std::string request;
    PduError error;
};

TEST_F(Opened, RefusesWhatItDoesNotServe) {
    auto with_context =
        pdu(PduType::get, 5, integer(1) + std::string("x\0\0\0", 4) + search_range());
    with_context[2] |= 0x08;
    for (const auto& [what, request, error] : {
             Refusal{"another session", pdu(PduType::get, 5, search_range(), session + 1),
                     PduError::not_open},
             Refusal{"a context", with_context, PduError::unsupported_context},
             Refusal{"no ranges", pdu(PduType::get, 5), PduError::parse_error},
             Refusal{"half a range", pdu(PduType::get_next, 5, object_identifier(3)),
                     PduError::parse_error},
             Refusal{"too many arcs",
                     pdu(PduType::get, 5, object_identifier(255) + object_identifier(1)),
                     PduError::parse_error},
             Refusal{"GETBULK", pdu(PduType::get_bulk, 5, integer(65535) + search_range()),
                     PduError::general},
             Refusal{"SET", pdu(PduType::test_set, 5, search_range()), PduError::not_writable},
             Refusal{"commit", pdu(PduType::commit_set, 5), PduError::commit_failed},
             Refusal{"undo", pdu(PduType::undo_set, 5), PduError::undo_failed},
         }) {
        talk.hear_master(request);
        EXPECT_THAT(talk.take_for_agent(), IsEmpty()) << what;
        EXPECT_EQ(error_of(talk.take_for_master(), 5), static_cast<std::uint16_t>(error)) << what;
    }
    talk.hear_master(pdu(PduType::cleanup_set, 5)); // wants no answer
    EXPECT_THAT(talk.take_for_agent() + talk.take_for_master(), IsEmpty());
    EXPECT_THAT(talk.over(), IsEmpty());
}

TEST(Conversation, HasNoSessionBeforeTheMasterGivesOne) {
    Conversation talk;
    talk.hear_master(pdu(PduType::get, 5, search_range(), 0));
    EXPECT_THAT(talk.take_for_agent(), IsEmpty());
    EXPECT_EQ(error_of(talk.take_for_master(), 5), 257);
}

TEST_F(Opened, AnswersToNothingAreNotHeard) {
    talk.hear_master(response(4) + response(1));
    ask(PduType::ping, 6);
    talk.hear_master(response(5));
    EXPECT_THAT(talk.take_for_agent(), IsEmpty());
    talk.hear_master(response(6));
    EXPECT_EQ(error_of(talk.take_for_agent(), 6), 0);
    talk.hear_master(response(6));
    EXPECT_THAT(talk.take_for_agent(), IsEmpty());
}

TEST_F(Opened, AnswersAreHeardWithoutTheirVarbinds) {
    ask(PduType::ping, 6);
    talk.hear_master(response(6, 0, std::string("\0\4\0\0", 4) + std::string(4000, '\xff')));
    EXPECT_EQ(error_of(talk.take_for_agent(), 6), 0);
}

TEST_F(Opened, NotificationsAreAnsweredInAnyOrder) {
    for (const std::uint32_t packet : {6U, 7U, 8U})
        ask(PduType::notify, packet);
    ask(PduType::ping, 9);
    talk.hear_master(response(7));
    EXPECT_EQ(error_of(talk.take_for_agent(), 7), 0);
    talk.hear_master(response(9));
    EXPECT_EQ(error_of(talk.take_for_agent(), 9), 0);
    talk.hear_master(response(6, 5));
    EXPECT_EQ(error_of(talk.take_for_agent(), 6), 5);
    talk.hear_master(response(6));
    EXPECT_THAT(talk.take_for_agent(), IsEmpty());
}

TEST_F(Opened, IsRegisteredOnceTheMasterSaysSo) {
    EXPECT_FALSE(talk.registered());
    ask(PduType::register_subtree, 2);
    EXPECT_FALSE(talk.registered());
    talk.hear_master(response(2));
    EXPECT_TRUE(talk.registered());
    talk.end("done");
    EXPECT_FALSE(talk.registered());
}

struct Ending {
    const char* what;
    std::string said;
    const char* reason;
};

TEST_F(Opened, EndsWhereTheMasterSaysWhatNoMasterSays) {
    const auto cut = pdu(PduType::response, 2, integer(0));
    auto version = pdu(PduType::get, 5, search_range());
    version[0] = 2;
    for (const auto& [what, said, reason] : {
             Ending{"Close", pdu(PduType::close, 5, integer(0)), "it has closed the session"},
             Ending{"Open", pdu(PduType::open, 5), "a message of type 1,"},
             Ending{"an unknown type", pdu(PduType{200}, 5), "a message of type 200,"},
             Ending{"a version", version, "does not speak AgentX"},
             Ending{"an odd length", pdu(PduType::get, 5, "x"), "does not speak AgentX"},
             Ending{"a long message",
                    write_header({.type = PduType::get, .payload_octets = 0xfffffffc}),
                    "a message of 4294967292 octets"},
             Ending{"a cut response", cut, "a response that is too short"},
             Ending{"a request as an answer", pdu(PduType::get, 2, search_range()),
                    "asks instead of answering"},
         }) {
        Conversation other;
        ASSERT_TRUE(other.hear_agent(pdu(PduType::open, 1)));
        other.hear_master(response(1));
        ASSERT_TRUE(other.hear_agent(pdu(PduType::ping, 2)));
        static_cast<void>(other.take_for_agent());
        other.hear_master(said + pdu(PduType::get, 6, search_range()));
        EXPECT_THAT(other.over(), HasSubstr(reason)) << what;
        EXPECT_EQ(error_of(other.take_for_agent(), 2), 257) << what << ": the ping wants an answer";
        other.hear_master(pdu(PduType::get, 6, search_range()) + response(2));
        EXPECT_THAT(other.take_for_agent() + other.take_for_master(), IsEmpty()) << what;
        EXPECT_FALSE(other.hear_agent(pdu(PduType::response, 6))) << what;
    }
}

TEST_F(Opened, EndsWhereTheMasterRefuses) {
    struct Refused {
        PduType asked;
        std::uint32_t error;
        const char* reason;
    };
    for (const auto& [asked, error, reason] : {
             Refused{PduType::open, 266, "refuses the session with error 266"},
             Refused{PduType::register_subtree, 263, "another agent has registered"},
             Refused{PduType::register_subtree, 5, "does not register"},
             Refused{PduType::ping, 257, "answers a ping with error 257"},
         }) {
        Conversation other;
        ASSERT_TRUE(other.hear_agent(pdu(asked, 2)));
        other.hear_master(response(2, error));
        EXPECT_EQ(error_of(other.take_for_agent(), 2), error);
        EXPECT_THAT(other.over(), HasSubstr(reason));
    }
}

TEST_F(Opened, EndsWithAnAnswerForWhoWaits) {
    ask(PduType::register_subtree, 2);
    talk.end("it has closed the connection");
    talk.end("and another reason");
    EXPECT_EQ(talk.over(), "it has closed the connection");
    EXPECT_EQ(error_of(talk.take_for_agent(), 2), 257);
    EXPECT_THAT(talk.take_for_agent(), IsEmpty());
}

TEST_F(Opened, EndsWhereAQuestionWasAskedInVain) {
    ask(PduType::register_subtree, 2);
    ask(PduType::response, 9); // it goes on answering meanwhile
    ask(PduType::notify, 10);
    EXPECT_FALSE(talk.hear_agent(pdu(PduType::ping, 3)));
    EXPECT_EQ(talk.over(), "it does not answer");
    EXPECT_THAT(talk.take_for_agent(), IsEmpty()) << "nobody waits any more";
}

/// Whatever a master says: net-snmp hears whole messages of the three types, of no more arcs than
/// it has room for, and only in its session.
TEST(Conversation, LetsNothingElseThrough) {
    std::mt19937 draw{4711};
    const std::vector<std::string> seeds{pdu(PduType::get, 5, search_range()),
                                         pdu(PduType::get_next, 6, search_range() + search_range()),
                                         response(2), response(3, 0, std::string(40, 'x')),
                                         pdu(PduType::test_set, 7, search_range())};
    for (int round = 0; round < 20000; ++round) {
        Conversation talk;
        ASSERT_TRUE(talk.hear_agent(pdu(PduType::open, 1)));
        talk.hear_master(response(1));
        ASSERT_TRUE(talk.hear_agent(pdu(PduType::ping, 2)));
        static_cast<void>(talk.take_for_agent());
        std::string said = seeds[draw() % seeds.size()] + seeds[draw() % seeds.size()];
        for (unsigned changes = draw() % 4; changes-- > 0;)
            said[draw() % said.size()] = static_cast<char>(draw());
        talk.hear_master(said);
        auto heard = talk.take_for_agent();
        while (!heard.empty()) {
            const auto header = read_header(heard);
            ASSERT_TRUE(header);
            ASSERT_LE(pdu_header_octets + header->payload_octets, heard.size());
            const auto payload = heard.substr(pdu_header_octets, header->payload_octets);
            if (header->type == PduType::response)
                EXPECT_EQ(payload.size(), response_octets);
            else
                EXPECT_TRUE(is_search_range_list(payload));
            EXPECT_TRUE(header->type == PduType::response || header->session == session);
            EXPECT_EQ(header->packet == 2, header->type == PduType::response);
            heard.erase(0, pdu_header_octets + payload.size());
        }
    }
}

} // namespace
} // namespace galera::agentx
