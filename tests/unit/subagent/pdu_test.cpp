// Headers come in two byte orders; a list of search ranges is right to its last octet.
#include "agentx/pdu.hpp"
#include "tests/unit/subagent/pdus.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace galera::agentx {
namespace {

TEST(Header, IsReadAsItWasWrittenInBothOrders) {
    for (const bool big_endian : {true, false}) {
        const PduHeader header{.type = PduType::get,
                               .big_endian = big_endian,
                               .session = 0x01020304,
                               .transaction = 5,
                               .packet = 0xfffffffe,
                               .payload_octets = 40};
        const auto octets = write_header(header);
        ASSERT_EQ(octets.size(), pdu_header_octets);
        EXPECT_EQ(octets.substr(4, 4), big_endian ? "\1\2\3\4" : "\4\3\2\1");
        const auto read = read_header(octets);
        ASSERT_TRUE(read);
        EXPECT_EQ(read->version, 1);
        EXPECT_EQ(read->type, PduType::get);
        EXPECT_EQ(read->big_endian, big_endian);
        EXPECT_EQ(read->session, header.session);
        EXPECT_EQ(read->transaction, 5U);
        EXPECT_EQ(read->packet, 0xfffffffeU);
        EXPECT_EQ(read->payload_octets, 40U);
        EXPECT_FALSE(read->context);
    }
}

TEST(Header, OfLessThanTwentyOctetsIsNone) {
    EXPECT_FALSE(read_header(write_header({}).substr(1)));
    EXPECT_FALSE(read_header(""));
}

TEST(Header, TellsOfAContext) {
    auto octets = write_header({});
    octets[2] = 0x18;
    EXPECT_TRUE(read_header(octets)->context);
    EXPECT_TRUE(read_header(octets)->big_endian);
}

TEST(Response, SpeaksAsItWasAsked) {
    const PduHeader request{.type = PduType::test_set,
                            .context = true,
                            .big_endian = false,
                            .session = 7,
                            .transaction = 8,
                            .packet = 9,
                            .payload_octets = 1000};
    const auto octets = write_response(request, PduError::not_writable, 1);
    const auto header = read_header(octets);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->type, PduType::response);
    EXPECT_FALSE(header->context);
    EXPECT_FALSE(header->big_endian);
    EXPECT_EQ(header->session, 7U);
    EXPECT_EQ(header->transaction, 8U);
    EXPECT_EQ(header->packet, 9U);
    EXPECT_EQ(header->payload_octets, response_octets);
    const auto payload = octets.substr(pdu_header_octets);
    EXPECT_EQ(payload, (std::string{0, 0, 0, 0, 17, 0, 1, 0}));
    EXPECT_EQ(response_error(payload, false), 17);
}

TEST(SearchRanges, AreWholeAndHaveAtMost128Arcs) {
    const auto one = search_range();
    const auto null = std::string(4, '\0');
    const std::vector<std::pair<std::string, bool>> table{
        {one, true},
        {one + one, true},
        {null + null, true},
        {object_identifier(123) + null, true},    // 1.3.6.1.4 and 123 more
        {object_identifier(124) + null, false},   // 129
        {object_identifier(128, 0) + null, true}, // without a prefix
        {object_identifier(129, 0) + null, false},
        {null + object_identifier(124), false},
        {"", false},
        {null, false},
        {one + null, false},
        {one.substr(0, one.size() - 1), false},
        {one.substr(0, one.size() - 4), false},
        {one + "x", false},
        {std::string("\xff\x04\0\0", 4) + null, false},
    };
    for (const auto& [payload, proper] : table)
        EXPECT_EQ(is_search_range_list(payload), proper) << payload.size() << " octets";
}

} // namespace
} // namespace galera::agentx
