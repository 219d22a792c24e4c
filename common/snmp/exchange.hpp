// SNMP GETs to many agents at once, by SNMPv2c or SNMPv3: one poll loop, one socket an agent.
#pragma once

#include "common/mib/value.hpp"
#include "common/model/address.hpp"
#include "common/model/result.hpp"
#include "common/snmp/user.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace galera::snmp {

/// How all agents are asked.
struct Access {
    std::string community{};    // SNMPv2c
    std::optional<User> user{}; // SNMPv3; then the community plays no part
    std::uint16_t port{161};
    std::chrono::milliseconds timeout{1000}; // of one try
    unsigned retries{2};                     // tries after the first

    /// After so long an agent that has said nothing is silent.
    [[nodiscard]] std::chrono::milliseconds deadline() const { return timeout * (retries + 1); }
};

/// Why there is no response.
enum class NoResponse : std::uint8_t {
    timed_out, // nothing came within the deadline
    /// What came is not authentic, or says that the user, the level, or a passphrase is not right
    /// (SNMPv3). Anybody can forge that, so the answer was awaited until the deadline.
    not_authentic,
    refused, // the agent is there and does not answer the question
    cancelled,
};

/// The varbinds of a response in the order of the request, or why there are none.
using Outcome = std::variant<std::vector<mib::Varbind>, NoResponse>;

/// One agent's part of an exchange.
struct Conversation {
    Address agent;
    std::vector<mib::Oid> first; // the first GET
    /// Gets the outcome of each GET and returns the instances of the next; empty ends it.
    std::function<std::vector<mib::Oid>(const Outcome&)> next;
    /// Looked at now and then; true: nobody wants an answer any more, and it ends as cancelled.
    std::function<bool()> moot{};
    // Written by `exchange`:
    std::chrono::microseconds round_trip{0}; // of the last answered GET
    std::string engine_id{};                 // who answered it (SNMPv3); octets, empty: nobody
};

/// More conversations, for those who are waited for while others are silent.
struct Later {
    std::chrono::milliseconds after{0}; // since the begin
    /// Called once, if somebody is still asked then; what it returns is held beside. They must
    /// outlive the exchange. Empty: there are none.
    std::function<std::vector<Conversation>&()> begin{};
};

/// Holds all conversations at once, each at its own pace, until all have ended or `cancelled`. A
/// GET that nobody answers costs one deadline, what must be found out about an SNMPv3 engine
/// included, and nobody else's time. An answer counts that comes from the address and port that
/// were asked, belongs to the GET that is out, has just the instances asked for in their order,
/// and, with a user, is authentic; nothing else that comes ends a conversation before its
/// deadline. An error only for what makes every GET impossible. Who asks many raises the limit of
/// open files before (`RaisedFileLimit`).
Result<void> exchange(const Access& access, std::vector<Conversation>& conversations,
                      const std::atomic<bool>& cancelled, const Later& later = {});

} // namespace galera::snmp
