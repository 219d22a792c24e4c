#include "common/snmp/dialect.hpp"

#include "common/snmp/ber.hpp"

#include <algorithm>
#include <stdexcept>
#include <sys/random.h>

namespace galera::snmp {

namespace {

using Clock = std::chrono::steady_clock;

/// `octets` of the system's own randomness; at most 256.
std::string random_octets(std::size_t count) {
    std::string octets(count, '\0');
    if (::getentropy(octets.data(), octets.size()) != 0)
        throw std::runtime_error("getentropy"); // Linux has it since 3.17
    return octets;
}

/// From 1 to 2^31 - 1.
std::int32_t random_id() {
    std::uint32_t value = 0;
    for (const char octet : random_octets(sizeof value))
        value = value << 8U | static_cast<unsigned char>(octet);
    return static_cast<std::int32_t>(std::max(value >> 1U, 1U));
}

/// What the agent says to the question. An answer to another one decides nothing.
Meaning answer_of(const HeardPdu& pdu, const Question& question) {
    constexpr int no_error = 0;
    constexpr int authorization_error = 16;
    if (pdu.type != ber::response || pdu.request_id != question.request_id)
        return Nothing{};
    if (pdu.error_status == authorization_error)
        return Outcome{NoResponse::not_authentic};
    if (pdu.error_status != no_error)
        return Outcome{NoResponse::refused};
    const auto same = [](const HeardVarbind& varbind, const mib::Oid& asked) {
        return varbind.oid == asked;
    };
    if (!std::ranges::equal(pdu.varbinds, question.instances, same))
        return Suspicion{NoResponse::refused};
    std::vector<mib::Varbind> varbinds;
    varbinds.reserve(pdu.varbinds.size());
    for (const auto& heard : pdu.varbinds) {
        if (!heard.content)
            return Outcome{NoResponse::refused};
        varbinds.push_back({heard.oid, *heard.content});
    }
    return Outcome{std::move(varbinds)};
}

// Reports (RFC 3414, section 5): {usmStats, which, 0}.

enum class Complaint : std::uint8_t {
    other = 0,
    unsupported_level = 1,
    not_in_time_window = 2,
    unknown_user = 3,
    unknown_engine = 4,
    wrong_digest = 5,
    decryption_error = 6,
};

Complaint complaint_of(const HeardPdu& report) {
    static const mib::Oid usm_stats{1, 3, 6, 1, 6, 3, 15, 1, 1};
    constexpr std::uint32_t last = 6;
    if (report.varbinds.empty())
        return Complaint::other;
    const auto& name = report.varbinds.front().oid;
    if (name.size() != usm_stats.size() + 2 ||
        !std::equal(usm_stats.begin(), usm_stats.end(), name.begin()) || name.back() != 0)
        return Complaint::other;
    const auto which = name[usm_stats.size()];
    return which <= last ? static_cast<Complaint>(which) : Complaint::other;
}

bool is_engine_id(std::string_view octets) {
    constexpr std::size_t octets_min = 5;
    constexpr std::size_t octets_max = 32;
    return octets.size() >= octets_min && octets.size() <= octets_max;
}

} // namespace

Question Question::about(std::vector<mib::Oid> instances) {
    return {std::move(instances), random_id(), random_id()};
}

// SNMPv2c.

std::string CommunityDialect::datagram_for(const Question& question) const {
    return community_message(community_, encode_get(question.request_id, question.instances));
}

Meaning CommunityDialect::meaning_of(std::string_view datagram, const Question& question) const {
    const auto pdu = open_community_message(datagram, community_);
    return pdu ? answer_of(*pdu, question) : Nothing{};
}

// SNMPv3.

Engine UserDialect::Candidate::now() const {
    auto current = engine;
    const auto passed = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - clock_read);
    current.time += static_cast<std::uint32_t>(passed.count());
    return current;
}

void UserDialect::Candidate::take_clock(const Envelope& envelope) {
    engine.boots = envelope.boots;
    engine.time = envelope.time;
    clock_read = Clock::now();
}

UserDialect::Candidate* UserDialect::find(std::string_view engine_id) {
    const auto found = std::ranges::find_if(
        candidates_, [&](const auto& one) { return one.engine.id == engine_id; });
    return found == candidates_.end() ? nullptr : &*found;
}

void UserDialect::begin() {
    if (!answered_by_.empty())
        std::erase_if(candidates_, [&](const auto& one) { return one.engine.id != answered_by_; });
    for (auto& candidate : candidates_)
        candidate.asked = 0;
    clocks_left_ = clocks_max;
}

std::string UserDialect::datagram_for(const Question& question) {
    if (candidates_.empty())
        return discovery_message(question.message_id);
    auto& candidate = *std::ranges::min_element(candidates_, {}, &Candidate::asked);
    ++candidate.asked;
    return user_message(user_, candidate.now(), question.message_id,
                        random_octets(User::salt_octets),
                        encode_get(question.request_id, question.instances));
}

NoResponse UserDialect::silence() const {
    constexpr unsigned more_than_chance = 2; // one may be lost on the way
    const auto asked_well = [](const auto& one) { return one.asked >= more_than_chance; };
    return user_.encrypts() && answered_by_.empty() && std::ranges::any_of(candidates_, asked_well)
               ? NoResponse::not_authentic
               : NoResponse::timed_out;
}

Meaning UserDialect::meaning_of(std::string_view datagram, const Question& question) {
    const auto envelope = read_envelope(datagram);
    if (!envelope || envelope->message_id != question.message_id)
        return Nothing{};
    if (envelope->level == SnmpLevel::no_auth_no_priv)
        return hear_unsigned(*envelope, question);
    return hear_signed(datagram, *envelope, question);
}

/// Anybody can have sent it. It may tell where to ask; it cannot end anything, unless the user
/// wants no security.
Meaning UserDialect::hear_unsigned(const Envelope& envelope, const Question& question) {
    const auto pdu = open_plain(envelope);
    if (!pdu)
        return Nothing{};
    if (pdu->type == ber::report)
        return hear_report(*pdu, envelope, false);
    if (user_.signs())
        return Suspicion{NoResponse::not_authentic};
    if (find(envelope.engine_id) == nullptr || envelope.user != user_.name())
        return Nothing{};
    return hear_response(*pdu, envelope, question);
}

Meaning UserDialect::hear_signed(std::string_view datagram, const Envelope& envelope,
                                 const Question& question) {
    auto* const candidate = find(envelope.engine_id);
    const auto pdu = candidate != nullptr
                         ? open_signed(datagram, envelope, user_, candidate->engine)
                         : std::nullopt;
    if (!pdu)
        return Suspicion{NoResponse::not_authentic};
    // It bears the number that was drawn for this question, so it is no old one: its clock counts,
    // even if it has been set back.
    candidate->take_clock(envelope);
    if (pdu->type == ber::report)
        return hear_report(*pdu, envelope, true);
    if (envelope.level != user_.level())
        return Suspicion{NoResponse::not_authentic};
    return hear_response(*pdu, envelope, question);
}

Meaning UserDialect::hear_response(const HeardPdu& response, const Envelope& envelope,
                                   const Question& question) {
    auto meaning = answer_of(response, question);
    if (std::holds_alternative<Outcome>(meaning))
        answered_by_ = envelope.engine_id;
    return meaning;
}

Meaning UserDialect::hear_report(const HeardPdu& report, const Envelope& envelope, bool authentic) {
    switch (complaint_of(report)) {
    case Complaint::unknown_engine:
        return meet(envelope);
    case Complaint::not_in_time_window:
        return authentic ? set_clock_right() : Suspicion{NoResponse::not_authentic};
    case Complaint::other:
        return Suspicion{NoResponse::refused};
    default:
        return Suspicion{NoResponse::not_authentic};
    }
}

Meaning UserDialect::meet(const Envelope& envelope) {
    if (find(envelope.engine_id) != nullptr || !is_engine_id(envelope.engine_id))
        return Nothing{};
    if (candidates_.size() == candidates_max)
        return Suspicion{NoResponse::not_authentic};
    Candidate candidate;
    candidate.engine.id = envelope.engine_id;
    candidate.engine.keys = user_.keys_at(envelope.engine_id);
    candidate.take_clock(envelope);
    candidates_.push_back(std::move(candidate));
    return AskAgain{};
}

Meaning UserDialect::set_clock_right() {
    if (clocks_left_ == 0)
        return Suspicion{NoResponse::not_authentic};
    --clocks_left_;
    return AskAgain{};
}

} // namespace galera::snmp
