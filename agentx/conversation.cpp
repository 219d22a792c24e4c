#include "agentx/conversation.hpp"

#include <algorithm>
#include <utility>

namespace galera::agentx {
namespace {

/// Of more, the oldest were lost: snmpd answers each at once.
constexpr std::size_t notifications_max = 64;

} // namespace

bool Conversation::hear_agent(std::string_view pdu) {
    const auto header = read_header(pdu);
    if (!over_.empty() || !header)
        return false;
    if (header->type == PduType::response)
        return true;
    if (header->type == PduType::notify) {
        notifications_.push_back(header->packet);
        if (notifications_.size() > notifications_max)
            notifications_.pop_front();
        return true;
    }
    if (question_) {
        question_.reset(); // net-snmp does not wait for it any more
        end("it does not answer");
        return false;
    }
    question_ = header;
    return true;
}

void Conversation::hear_master(std::string_view octets) {
    buffer_ += octets;
    std::size_t heard{0};
    while (over_.empty()) {
        const auto one = hear_one(std::string_view{buffer_}.substr(heard));
        if (one == 0)
            break;
        heard += one;
    }
    buffer_.erase(0, heard);
}

/// How many octets it has taken; 0: the message is not whole yet.
std::size_t Conversation::hear_one(std::string_view octets) {
    const auto header = read_header(octets);
    if (!header)
        return 0;
    if (header->version != 1 || header->payload_octets % 4 != 0) {
        end("it does not speak AgentX");
        return 0;
    }
    if (header->payload_octets > pdu_octets_max - pdu_header_octets) {
        end("it announces a message of " + std::to_string(header->payload_octets) + " octets");
        return 0;
    }
    if (octets.size() < pdu_header_octets + header->payload_octets)
        return 0;
    hear(*header, octets.substr(pdu_header_octets, header->payload_octets));
    return pdu_header_octets + header->payload_octets;
}

void Conversation::hear(const PduHeader& header, std::string_view payload) {
    switch (header.type) {
    case PduType::response:
        return hear_response(header, payload);
    case PduType::get:
    case PduType::get_next:
        return hear_request(header, payload);
    case PduType::get_bulk: // snmpd makes it one GETNEXT each
        return refuse(header, PduError::general);
    case PduType::test_set: // everything is read-only
        return refuse(header, PduError::not_writable, 1);
    case PduType::commit_set:
        return refuse(header, PduError::commit_failed);
    case PduType::undo_set:
        return refuse(header, PduError::undo_failed);
    case PduType::cleanup_set:
        return; // wants no answer
    case PduType::close:
        return end("it has closed the session");
    default:
        return end("it sends a message of type " + std::to_string(static_cast<int>(header.type)) +
                   ", as no master does");
    }
}

void Conversation::hear_request(const PduHeader& header, std::string_view payload) {
    if (question_ && header.packet == question_->packet)
        return end("it asks instead of answering"); // net-snmp takes it for the answer
    if (header.session != session_)
        return refuse(header, PduError::not_open);
    if (header.context)
        return refuse(header, PduError::unsupported_context);
    if (!is_search_range_list(payload))
        return refuse(header, PduError::parse_error);
    for_agent_ += write_header(header);
    for_agent_ += payload;
}

void Conversation::hear_response(const PduHeader& header, std::string_view payload) {
    if (payload.size() < response_octets)
        return end("it sends a response that is too short");
    const bool answers = question_ && header.packet == question_->packet;
    const auto notification = std::ranges::find(notifications_, header.packet);
    if (!answers && notification == notifications_.end())
        return; // too late, or to nothing
    auto bare = header;
    bare.payload_octets = response_octets;
    for_agent_ += write_header(bare);
    for_agent_ += payload.substr(0, response_octets);
    if (!answers) {
        notifications_.erase(notification);
        return;
    }
    const auto asked = std::exchange(question_, std::nullopt)->type;
    const auto error = response_error(payload, header.big_endian);
    if (error != 0)
        return end_for_error(asked, error);
    if (asked == PduType::open)
        session_ = header.session;
    registered_ |= asked == PduType::register_subtree;
}

void Conversation::end_for_error(PduType asked, std::uint16_t error) {
    constexpr std::uint16_t duplicate_registration = 263;
    const auto number = std::to_string(error);
    if (asked == PduType::open)
        end("it refuses the session with error " + number);
    else if (asked == PduType::ping)
        end("it answers a ping with error " + number);
    else if (asked == PduType::register_subtree && error == duplicate_registration)
        end("another agent has registered GALERA-INITIATOR-MIB");
    else if (asked == PduType::register_subtree)
        end("it does not register GALERA-INITIATOR-MIB, with error " + number);
}

void Conversation::refuse(const PduHeader& request, PduError error, std::uint16_t index) {
    for_master_ += write_response(request, error, index);
}

void Conversation::end(const std::string& reason) {
    if (!over_.empty())
        return;
    over_ = reason;
    if (question_)
        for_agent_ += write_response(*std::exchange(question_, std::nullopt), PduError::not_open);
}

std::string Conversation::take_for_agent() {
    return std::exchange(for_agent_, {});
}

std::string Conversation::take_for_master() {
    return std::exchange(for_master_, {});
}

std::size_t Conversation::octets_wanted() const {
    const auto header = read_header(buffer_);
    const auto whole = pdu_header_octets + (header ? header->payload_octets : 0);
    return whole > buffer_.size() ? whole - buffer_.size() : 0;
}

} // namespace galera::agentx
