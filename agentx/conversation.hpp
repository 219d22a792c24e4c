// What net-snmp and its master say to each other, and what of it may be heard.
//
// net-snmp 5.9.3 trusts its master: a request under the number of its own open request, a context
// with a zero in it, a connection that ends while it registers, and it reads memory that is not
// there, or not there any more. So net-snmp hears less than the master says: whole, proper requests
// of its own session, bare responses to what it asked, and an answer to its open request before it
// hears that the connection has ended.
#pragma once

#include "agentx/pdu.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace galera::agentx {

/// One connection, from Open to its end. Pure: octets in, octets out.
class Conversation {
public:
    /// No message of a master that snmpd would send is longer.
    static constexpr std::size_t pdu_octets_max = 65000;

    /// What net-snmp says, a message at a time. False: it must not be sent, as the conversation is
    /// over; it is, too, when net-snmp asks something before its last question was answered, since
    /// then it has waited for that in vain.
    [[nodiscard]] bool hear_agent(std::string_view pdu);
    /// What the master says, in pieces as they come. May end the conversation.
    void hear_master(std::string_view octets);
    /// Ends the conversation. Only the first reason is kept.
    void end(const std::string& reason);

    /// What net-snmp is to hear: whole messages, also after the end. Empty: nothing now.
    [[nodiscard]] std::string take_for_agent();
    /// What the master is to hear beside what net-snmp says.
    [[nodiscard]] std::string take_for_master();

    /// Why it is over; empty: it goes on.
    [[nodiscard]] const std::string& over() const { return over_; }
    /// Whether the master has registered what net-snmp asked for, and the conversation goes on.
    [[nodiscard]] bool registered() const { return registered_ && over_.empty(); }

    /// How many octets there are to the end of the message, or of its header, that the master is
    /// at. Who reads no more at once lets a master wait that sends more than net-snmp can answer.
    [[nodiscard]] std::size_t octets_wanted() const;

private:
    std::size_t hear_one(std::string_view octets);
    void hear(const PduHeader& header, std::string_view payload);
    void hear_request(const PduHeader& header, std::string_view payload);
    void hear_response(const PduHeader& header, std::string_view payload);
    void end_for_error(PduType asked, std::uint16_t error);
    void refuse(const PduHeader& request, PduError error, std::uint16_t index = 0);

    std::string buffer_; // what the master has begun to say
    std::string for_agent_;
    std::string for_master_;
    std::optional<PduHeader> question_; // net-snmp waits for its answer and asks nothing meanwhile
    std::deque<std::uint32_t> notifications_; // packet ids that may be answered
    std::optional<std::uint32_t> session_;
    bool registered_{false};
    std::string over_;
};

} // namespace galera::agentx
