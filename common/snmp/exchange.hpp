// SNMP GETs to many agents at once: RAII over libnetsnmp's single-session API, one poll loop.
#pragma once

#include "common/mib/value.hpp"
#include "common/model/address.hpp"
#include "common/model/result.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace galera::snmp {

/// How all agents are asked.
struct Access {
    std::string community; // SNMPv2c
    std::uint16_t port{161};
    std::chrono::milliseconds timeout{1000}; // of one try
    unsigned retries{2};                     // tries after the first

    /// After so long an agent that has said nothing is silent.
    [[nodiscard]] std::chrono::milliseconds deadline() const { return timeout * (retries + 1); }
};

/// Why there is no response.
enum class NoResponse : std::uint8_t {
    timed_out,     // nothing came within the deadline
    not_authentic, // something came that is not authentic (SNMPv3)
    refused,       // an error status: the agent is there and does not answer the question
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
    std::chrono::microseconds round_trip{0}; // of the last answered GET; written by `exchange`
};

/// Holds all conversations at once, each at its own pace, until all have ended or `cancelled`.
/// A silent agent costs its own deadline and nobody else's. An error only for what makes every
/// GET impossible. libnetsnmp is not reentrant here: only one thread of a process may call this.
Result<void> exchange(const Access& access, std::vector<Conversation>& conversations,
                      const std::atomic<bool>& cancelled);

} // namespace galera::snmp
