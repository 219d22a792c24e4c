// What a running server counts and measures of its replication, for people to graph.
#pragma once

#include "common/model/position.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace galera {

/// Whether the node is receiving state; the numbers are those of galeraTransfer.
enum class Transfer : std::uint8_t {
    none = 1,
    ist = 2, // the write sets that it missed
    sst = 3, // the whole data, or it has asked and does not know yet what it gets
};

/// No decision rests on any of it. A field is empty where the server does not answer or does not
/// say; "since" is the server's start if nothing else is named.
struct ReplicationReport {
    std::optional<std::chrono::seconds> uptime;
    std::optional<std::uint64_t> replicated; // write sets sent to the others
    std::optional<std::uint64_t> replicated_octets;
    std::optional<std::uint64_t> received; // write sets from the others
    std::optional<std::uint64_t> received_octets;
    std::optional<std::uint64_t> local_commits;
    std::optional<std::uint64_t> cert_failures;
    std::optional<std::uint64_t> bf_aborts;
    std::optional<std::uint64_t> replays;

    std::optional<std::uint64_t> flow_control_sent; // messages, since FLUSH STATUS
    std::optional<std::uint64_t> flow_control_received;
    std::optional<std::chrono::nanoseconds> flow_control_paused;
    std::optional<bool> flow_control_active; // now

    // Write sets: now, and the extremes and the average in thousandths since FLUSH STATUS.
    std::optional<std::uint32_t> send_queue;
    std::optional<std::uint32_t> send_queue_min;
    std::optional<std::uint32_t> send_queue_max;
    std::optional<std::uint32_t> send_queue_avg_thousandths;
    std::optional<std::uint32_t> receive_queue;
    std::optional<std::uint32_t> receive_queue_min;
    std::optional<std::uint32_t> receive_queue_max;
    std::optional<std::uint32_t> receive_queue_avg_thousandths;

    // Averages of distances between seqnos, since FLUSH STATUS.
    std::optional<std::uint32_t> cert_deps_distance_thousandths;
    std::optional<std::uint32_t> apply_window_thousandths;
    std::optional<std::uint32_t> commit_window_thousandths;

    std::optional<Seqno> cached_down_to; // the lowest in the write set cache

    // How long a message took through the group; empty before there was one.
    std::optional<std::chrono::microseconds> evs_latency_min;
    std::optional<std::chrono::microseconds> evs_latency_avg;
    std::optional<std::chrono::microseconds> evs_latency_max;
    std::optional<std::uint32_t> evs_latency_samples;

    Transfer transfer{Transfer::none};
    std::optional<Seqno> ist_first; // of the IST under way
    std::optional<Seqno> ist_current;
    std::optional<Seqno> ist_last;
    std::optional<std::uint64_t> sst_octets; // in the data directory, during an SST

    bool operator==(const ReplicationReport&) const = default;
};

} // namespace galera
