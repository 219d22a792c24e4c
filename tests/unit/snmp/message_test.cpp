// Messages octet by octet: what is written is read again, and nothing that is cut off, longer or
// garbled is taken for a message.
#include "common/snmp/ber.hpp"
#include "common/snmp/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace galera::snmp {

namespace {

using mib::Oid;

std::string octets(std::initializer_list<unsigned> values) {
    std::string text;
    for (const auto value : values)
        text += static_cast<char>(value);
    return text;
}

TEST(Ber, ReadsWhatItHasWritten) {
    const std::vector<std::int64_t> numbers{0,
                                            1,
                                            -1,
                                            127,
                                            128,
                                            -128,
                                            -129,
                                            65507,
                                            std::numeric_limits<std::int32_t>::max(),
                                            std::numeric_limits<std::int32_t>::min()};
    const std::vector<Oid> names{{0, 0},
                                 {1, 3, 6, 1, 2, 1, 1, 1, 0},
                                 {2, 999, 3},
                                 {1, 39, 127, 128, 16383, 16384, 0xFFFFFFFF, 0}};
    ber::Writer writer;
    const auto all = writer.begin(ber::sequence);
    for (const auto number : numbers)
        writer.put(number);
    for (const auto& name : names)
        writer.put(name);
    writer.put(ber::octet_string, std::string(70'000, 'x'));
    writer.end(all);
    ber::Reader outer{writer.octets()};
    const auto content = outer.take(ber::sequence);
    ASSERT_TRUE(content && outer.at_end());
    ber::Reader reader{*content};
    for (const auto number : numbers)
        EXPECT_EQ(reader.integer(), number);
    for (const auto& name : names) {
        const auto element = reader.take(ber::object_identifier);
        ASSERT_TRUE(element);
        EXPECT_EQ(ber::oid_of(*element), name);
    }
    EXPECT_EQ(reader.take(ber::octet_string), std::string(70'000, 'x'));
    EXPECT_TRUE(reader.at_end());
}

TEST(Ber, WritesNumbersAsShortAsTheyCanBe) {
    ber::Writer writer;
    writer.put(128);
    writer.put(-128);
    EXPECT_EQ(writer.octets(), octets({2, 2, 0, 0x80, 2, 1, 0x80}));
}

TEST(Ber, TakesNothingThatIsNone) {
    for (const auto& bad :
         {octets({}), octets({2}), octets({2, 1}), octets({2, 0x80, 0, 0}), octets({2, 0x81}),
          octets({2, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 1}), octets({2, 0x85, 0, 0, 0, 0, 1, 7}),
          octets({2, 0}), octets({2, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1})})
        EXPECT_EQ(ber::Reader{bad}.integer(), std::nullopt);
    for (const auto& bad : {octets({}), octets({0x2B, 0x80}),
                            octets({0x2B, 0x90, 0x80, 0x80, 0x80, 0x00}), std::string(200, '\1')})
        EXPECT_EQ(ber::oid_of(bad), std::nullopt);
    EXPECT_EQ(ber::unsigned_of(octets({0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF})),
              std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(ber::unsigned_of(octets({1, 0, 0, 0, 0, 0, 0, 0, 0})), std::nullopt);
}

// RFC 3414, A.3.2: "maplesyrup" and SHA-1.
TEST(User, HasTheKeyOfTheStandardsExample) {
    const auto user = User::derive({.user = "any",
                                    .level = SnmpLevel::auth_no_priv,
                                    .auth = SnmpAuth::sha1,
                                    .auth_passphrase = "maplesyrup"});
    ASSERT_TRUE(user) << user.error().text;
    EXPECT_EQ(user->keys_at(octets({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2})).auth,
              octets({0x66, 0x95, 0xfe, 0xbc, 0x92, 0x88, 0xe3, 0x62, 0x82, 0x23,
                      0x5f, 0xc7, 0x15, 0x1f, 0x12, 0x84, 0x97, 0xb3, 0x8f, 0x3f}));
}

TEST(User, NeedsPassphrasesOfEightOctets) {
    EXPECT_TRUE(
        User::derive({.user = "u", .auth_passphrase = "eightoct", .priv_passphrase = "8octets."}));
    for (const auto& [auth, priv] :
         {std::pair{"sevenoc", "eightoct"}, std::pair{"eightoct", "sevenoc"},
          std::pair{"", "eightoct"}, std::pair{"eightoct", ""}}) {
        const auto user =
            User::derive({.user = "u", .auth_passphrase = auth, .priv_passphrase = priv});
        ASSERT_FALSE(user);
        EXPECT_THAT(user.error().text, testing::HasSubstr("8 octets or more"));
    }
    EXPECT_TRUE(User::derive({.user = "u", .level = SnmpLevel::no_auth_no_priv}));
}

class SignedMessage : public testing::TestWithParam<SnmpLevel> {
protected:
    const User user = *User::derive({.user = "galera",
                                     .level = GetParam(),
                                     .auth_passphrase = "it signs a lot",
                                     .priv_passphrase = "it hides a lot"});
    const Engine engine{"engine one", 7, 1000, user.keys_at("engine one")};
    const std::string message =
        user_message(user, engine, 4711, "12345678", encode_get(17, {{1, 3, 6, 1, 2, 1, 1, 1, 0}}));

    [[nodiscard]] std::optional<HeardPdu> open(std::string_view octets_of_it,
                                               const Engine& by) const {
        const auto envelope = read_envelope(octets_of_it);
        return envelope ? open_signed(octets_of_it, *envelope, user, by) : std::nullopt;
    }
};

TEST_P(SignedMessage, IsReadByWhoeverHasTheKeys) {
    const auto envelope = read_envelope(message);
    ASSERT_TRUE(envelope);
    EXPECT_EQ(envelope->message_id, 4711);
    EXPECT_EQ(envelope->boots, 7U);
    EXPECT_EQ(envelope->time, 1000U);
    EXPECT_EQ(envelope->user, "galera");
    const auto pdu = open(message, engine);
    ASSERT_TRUE(pdu);
    EXPECT_EQ(pdu->request_id, 17);
    EXPECT_EQ(message.find("\x2b\x06\x01\x02\x01") == std::string::npos, user.encrypts());
}

TEST_P(SignedMessage, IsNothingToWhoeverHasOthers) {
    EXPECT_FALSE(open(message, {"engine one", 7, 1000, user.keys_at("engine two")}));
    EXPECT_FALSE(open(message, {"engine two", 7, 1000, user.keys_at("engine one")}));
    EXPECT_FALSE(open(message, {"engine one", 7, 1000, {}}));
}

TEST_P(SignedMessage, IsNothingWithAnyOctetChangedOrMissing) {
    for (std::size_t place = 0; place < message.size(); ++place) {
        for (const char change : {'\x01', '\x80', '\xff'}) {
            auto changed = message;
            changed[place] = static_cast<char>(changed[place] ^ change);
            EXPECT_FALSE(open(changed, engine)) << place;
        }
        EXPECT_FALSE(open(std::string_view{message}.substr(0, place), engine)) << place;
    }
    EXPECT_FALSE(open(message + "x", engine));
}

INSTANTIATE_TEST_SUITE_P(Levels, SignedMessage,
                         testing::Values(SnmpLevel::auth_no_priv, SnmpLevel::auth_priv));

// Whatever comes, it is read to its end and no further; the sanitizers look on.
TEST(Garbage, IsNoMessage) {
    std::mt19937 random{1}; // the same each time
    const auto whole = community_message("word", encode_get(17, {{1, 3, 6, 1, 2, 1, 1, 1, 0}}));
    ASSERT_TRUE(open_community_message(whole, "word"));
    for (int round = 0; round < 20'000; ++round) {
        auto text = round % 2 == 0 ? whole : discovery_message(5);
        for (unsigned changes = 1 + random() % 4; changes > 0; --changes)
            text[random() % text.size()] = static_cast<char>(random());
        text.resize(1 + random() % text.size());
        const auto envelope = read_envelope(text);
        EXPECT_FALSE(open_community_message(text, "word") && text.size() < whole.size());
        if (envelope)
            static_cast<void>(open_plain(*envelope));
    }
}

} // namespace

} // namespace galera::snmp
