// How one agent is spoken to: what to send for a GET, and what a datagram that comes means for it.
// No sockets and no timers.
#pragma once

#include "common/snmp/exchange.hpp"
#include "common/snmp/message.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace galera::snmp {

/// A GET that is out. Two numbers, drawn at random, tell what answers it: no other message has
/// them, neither a late one nor one that somebody recorded or invents.
struct Question {
    std::vector<mib::Oid> instances;
    std::int32_t request_id{0};
    std::int32_t message_id{0}; // SNMPv3

    static Question about(std::vector<mib::Oid> instances);
};

/// It is not for us, or decides nothing; an answer may still come.
struct Nothing {};
/// It decides nothing, but if nothing better comes, this is the reason.
struct Suspicion {
    NoResponse reason;
};
/// Now it is known how to ask: at once.
struct AskAgain {};

using Meaning = std::variant<Nothing, Suspicion, AskAgain, Outcome>;

/// SNMPv2c.
class CommunityDialect {
public:
    explicit CommunityDialect(const std::string& community) : community_{community} {}

    [[nodiscard]] std::string datagram_for(const Question& question) const;
    [[nodiscard]] Meaning meaning_of(std::string_view datagram, const Question& question) const;
    [[nodiscard]] static std::string engine_id() { return {}; }
    [[nodiscard]] static NoResponse silence() { return NoResponse::timed_out; }
    void begin() {}

private:
    const std::string& community_;
};

/// SNMPv3: asks the engine who it is, then what is asked for. Everything it believes of the engine
/// is this agent's own: of two agents that call themselves the same, each keeps its clock.
class UserDialect {
public:
    explicit UserDialect(const User& user) : user_{user} {}

    /// Empty if libnetsnmp fails.
    [[nodiscard]] std::string datagram_for(const Question& question);
    [[nodiscard]] Meaning meaning_of(std::string_view datagram, const Question& question);
    /// The engine that has answered last, authentically where the user signs; empty: none has.
    [[nodiscard]] std::string engine_id() const { return answered_by_; }
    /// What it means that nothing came. An agent cannot read what is encrypted by another
    /// passphrase, and drops it without a word: one that says who it is, and then nothing, has
    /// another.
    [[nodiscard]] NoResponse silence() const;
    /// A new question.
    void begin();

private:
    /// One that somebody says the agent is. Anybody can say that: until one has answered, all that
    /// were named are asked, and the answer of any counts.
    struct Candidate {
        Engine engine; // `time` as of `clock_read`
        std::chrono::steady_clock::time_point clock_read;
        unsigned asked{0}; // so often, this question

        [[nodiscard]] Engine now() const;
        void take_clock(const Envelope& envelope);
    };

    // Whoever forges reports must not make us send, or remember, without end.
    static constexpr std::size_t candidates_max = 4;
    static constexpr unsigned clocks_max = 4; // set right at once, a question

    [[nodiscard]] Candidate* find(std::string_view engine_id);
    Meaning meet(const Envelope& envelope);
    Meaning set_clock_right();
    Meaning hear_report(const HeardPdu& report, const Envelope& envelope, bool authentic);
    Meaning hear_unsigned(const Envelope& envelope, const Question& question);
    Meaning hear_signed(std::string_view datagram, const Envelope& envelope,
                        const Question& question);
    Meaning hear_response(const HeardPdu& response, const Envelope& envelope,
                          const Question& question);

    const User& user_;
    std::vector<Candidate> candidates_;
    unsigned clocks_left_{clocks_max};
    std::string answered_by_;
};

} // namespace galera::snmp
