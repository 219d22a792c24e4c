// Read in galera/src/replicator_smm_stats.cpp of codership/galera and of percona/galera, and seen
// of MariaDB 10.11 with galera-4 26.4.23.
#include "common/galera/server_status.hpp"

#include "common/galera/server_options.hpp"
#include "common/galera/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <string_view>

namespace galera {

namespace {

using text::number;

std::optional<std::string_view> find(const ServerVariables& variables, std::string_view name) {
    const auto found = variables.find(name);
    if (found == variables.end())
        return std::nullopt;
    return found->second;
}

template <typename Integer>
std::optional<Integer> find_number(const ServerVariables& variables, std::string_view name) {
    const auto written = find(variables, name);
    return written ? number<Integer>(*written) : std::nullopt;
}

/// A small number for which the server writes the largest one of 32 or 64 bits where there is none.
std::optional<std::uint64_t> find_number_or_none(const ServerVariables& variables,
                                                 std::string_view name) {
    const auto found = find_number<std::uint64_t>(variables, name);
    if (found && *found >= std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return found;
}

/// ON and OFF of the server's own variables, true and false of Galera's.
std::optional<bool> find_switch(const ServerVariables& variables, std::string_view name) {
    const auto written = find(variables, name);
    if (!written)
        return std::nullopt;
    const auto word = text::lower(*written);
    if (word == "on" || word == "true" || word == "yes" || word == "1")
        return true;
    if (word == "off" || word == "false" || word == "no" || word == "0")
        return false;
    return std::nullopt;
}

/// Where it has more than two values, all but OFF refuse writes.
std::optional<bool> find_read_only(const ServerVariables& variables) {
    if (!find(variables, "read_only"))
        return std::nullopt;
    return find_switch(variables, "read_only").value_or(true);
}

// ---- Numbers with a fraction

/// "0.166667", "0", "2.41e-07"; finite and not negative.
std::optional<double> fraction(std::string_view written) {
    double value{0};
    const auto* const end = written.data() + written.size();
    const auto [stopped, error] = std::from_chars(written.data(), end, value);
    if (error != std::errc{} || stopped != end || !std::isfinite(value) || value < 0)
        return std::nullopt;
    return value;
}

template <typename Integer>
Integer rounded(double value) {
    constexpr auto most = std::numeric_limits<Integer>::max();
    return value >= static_cast<double>(most) ? most : static_cast<Integer>(std::llround(value));
}

std::optional<std::uint32_t> find_thousandths(const ServerVariables& variables,
                                              std::string_view name) {
    const auto written = find(variables, name);
    const auto value = written ? fraction(*written) : std::nullopt;
    if (!value)
        return std::nullopt;
    return rounded<std::uint32_t>(*value * 1000);
}

std::optional<std::chrono::microseconds> microseconds_of(std::string_view seconds) {
    const auto value = fraction(seconds);
    if (!value)
        return std::nullopt;
    return std::chrono::microseconds{rounded<std::uint32_t>(*value * 1'000'000)};
}

// ---- The cluster

ClusterStatus cluster_status_of(std::string_view word) {
    const auto lower = text::lower(word);
    if (lower == "primary")
        return ClusterStatus::primary;
    if (lower == "non-primary")
        return ClusterStatus::non_primary;
    if (lower == "disconnected")
        return ClusterStatus::disconnected;
    return ClusterStatus::unknown;
}

NodeState node_state_of(std::optional<std::uint32_t> local_state) {
    constexpr std::array states = {NodeState::initialized, NodeState::joining, NodeState::donor,
                                   NodeState::joined,      NodeState::synced,  NodeState::error};
    return local_state && *local_state < states.size() ? states[*local_state] : NodeState::unknown;
}

ClusterReport read_cluster(const ServerVariables& variables) {
    ClusterReport report;
    report.status = cluster_status_of(find(variables, "wsrep_cluster_status").value_or(""));
    report.size = find_number<std::uint32_t>(variables, "wsrep_cluster_size");
    report.conf_id = find_number_or_none(variables, "wsrep_cluster_conf_id");
    report.state_uuid = Uuid::parse(find(variables, "wsrep_cluster_state_uuid").value_or(""));
    report.weight = find_number<std::uint32_t>(variables, "wsrep_cluster_weight");
    report.node_state = node_state_of(find_number<std::uint32_t>(variables, "wsrep_local_state"));
    report.ready = find_switch(variables, "wsrep_ready");
    report.connected = find_switch(variables, "wsrep_connected");
    report.desynced = find_switch(variables, "wsrep_desync");
    report.read_only = find_read_only(variables);
    if (const auto index = find_number_or_none(variables, "wsrep_local_index"))
        report.local_index = static_cast<std::uint32_t>(*index);
    return report;
}

Result<std::optional<Position>> read_position(const ServerVariables& variables) {
    const auto written = find(variables, "wsrep_local_state_uuid").value_or("");
    if (written.empty())
        return failure("the server does not say its position: it runs without Galera (wsrep_on is "
                       "OFF or wsrep_provider is none), and what is written to it is not "
                       "replicated");
    if (is_nil_uuid(written))
        return std::optional<Position>{};
    const auto history = Uuid::parse(written);
    const auto committed = find_number<std::int64_t>(variables, "wsrep_last_committed");
    const auto seqno = committed ? Seqno::from(*committed) : std::nullopt;
    if (!history || !seqno)
        return failure("the server does not say its position: wsrep_local_state_uuid is " +
                       text::quoted(written) + ", wsrep_last_committed is " +
                       text::quoted(find(variables, "wsrep_last_committed").value_or("")));
    return std::optional{Position{*history, *seqno}};
}

// ---- Replication

template <typename Value>
struct Row {
    std::string_view name;
    std::optional<Value> ReplicationReport::*field;
};

constexpr std::array counters = {
    Row<std::uint64_t>{"wsrep_replicated", &ReplicationReport::replicated},
    Row<std::uint64_t>{"wsrep_replicated_bytes", &ReplicationReport::replicated_octets},
    Row<std::uint64_t>{"wsrep_received", &ReplicationReport::received},
    Row<std::uint64_t>{"wsrep_received_bytes", &ReplicationReport::received_octets},
    Row<std::uint64_t>{"wsrep_local_commits", &ReplicationReport::local_commits},
    Row<std::uint64_t>{"wsrep_local_cert_failures", &ReplicationReport::cert_failures},
    Row<std::uint64_t>{"wsrep_local_bf_aborts", &ReplicationReport::bf_aborts},
    Row<std::uint64_t>{"wsrep_local_replays", &ReplicationReport::replays},
    Row<std::uint64_t>{"wsrep_flow_control_sent", &ReplicationReport::flow_control_sent},
    Row<std::uint64_t>{"wsrep_flow_control_recv", &ReplicationReport::flow_control_received},
};

constexpr std::array gauges = {
    Row<std::uint32_t>{"wsrep_local_send_queue", &ReplicationReport::send_queue},
    Row<std::uint32_t>{"wsrep_local_send_queue_min", &ReplicationReport::send_queue_min},
    Row<std::uint32_t>{"wsrep_local_send_queue_max", &ReplicationReport::send_queue_max},
    Row<std::uint32_t>{"wsrep_local_recv_queue", &ReplicationReport::receive_queue},
    Row<std::uint32_t>{"wsrep_local_recv_queue_min", &ReplicationReport::receive_queue_min},
    Row<std::uint32_t>{"wsrep_local_recv_queue_max", &ReplicationReport::receive_queue_max},
};

constexpr std::array averages = {
    Row<std::uint32_t>{"wsrep_local_send_queue_avg",
                       &ReplicationReport::send_queue_avg_thousandths},
    Row<std::uint32_t>{"wsrep_local_recv_queue_avg",
                       &ReplicationReport::receive_queue_avg_thousandths},
    Row<std::uint32_t>{"wsrep_cert_deps_distance",
                       &ReplicationReport::cert_deps_distance_thousandths},
    Row<std::uint32_t>{"wsrep_apply_window", &ReplicationReport::apply_window_thousandths},
    Row<std::uint32_t>{"wsrep_commit_window", &ReplicationReport::commit_window_thousandths},
};

/// No write set has the seqno 0. Where there is none, 0 is written, or the largest number of 64
/// bits.
std::optional<Seqno> seqno_above_0(std::optional<std::uint64_t> written) {
    constexpr std::uint64_t seqno_max = std::numeric_limits<std::int64_t>::max();
    if (!written || *written == 0 || *written > seqno_max)
        return std::nullopt;
    return Seqno::from(static_cast<std::int64_t>(*written));
}

std::optional<Seqno> find_seqno_above_0(const ServerVariables& variables, std::string_view name) {
    return seqno_above_0(find_number<std::uint64_t>(variables, name));
}

/// "min/avg/max/standard deviation/samples", in seconds.
void read_latency(std::string_view written, ReplicationReport& report) {
    const auto parts = text::split(written, '/');
    if (parts.size() != 5)
        return;
    report.evs_latency_samples = number<std::uint32_t>(parts[4]);
    if (report.evs_latency_samples.value_or(0) == 0)
        return;
    report.evs_latency_min = microseconds_of(parts[0]);
    report.evs_latency_avg = microseconds_of(parts[1]);
    report.evs_latency_max = microseconds_of(parts[2]);
}

// ---- Transfers of state

/// wsrep_ist_receive_status of Percona XtraDB Cluster: "3% complete, received seqno 1421771 of
/// 1415410-1589676".
void read_ist_status(std::string_view written, ReplicationReport& report) {
    constexpr std::string_view before_current = "received seqno ";
    constexpr std::string_view before_range = " of ";
    const auto current = written.find(before_current);
    const auto range = written.find(before_range);
    if (current == std::string_view::npos || range == std::string_view::npos || range < current)
        return;
    const auto begin = current + before_current.size();
    const auto ends = text::split(written.substr(range + before_range.size()), '-');
    report.ist_current = seqno_above_0(number<std::uint64_t>(written.substr(begin, range - begin)));
    report.ist_first = seqno_above_0(number<std::uint64_t>(ends.front()));
    report.ist_last = seqno_above_0(number<std::uint64_t>(ends.back()));
}

/// Its later releases give the numbers by themselves too.
void read_ist_numbers(const ServerVariables& variables, ReplicationReport& report) {
    constexpr std::array rows = {
        Row<Seqno>{"wsrep_ist_receive_seqno_start", &ReplicationReport::ist_first},
        Row<Seqno>{"wsrep_ist_receive_seqno_current", &ReplicationReport::ist_current},
        Row<Seqno>{"wsrep_ist_receive_seqno_end", &ReplicationReport::ist_last},
    };
    for (const auto& row : rows)
        if (const auto seqno = find_seqno_above_0(variables, row.name))
            report.*row.field = seqno;
}

/// Galera's own word for a joiner that is being given state. With the methods that copy files the
/// server answers in an IST only; with mysqldump also in an SST, and has no history until its end.
bool receives_state(const ServerVariables& variables) {
    return find(variables, "wsrep_local_state_comment") == "Joining: receiving State Transfer";
}

void read_transfer(const ServerVariables& variables, const std::optional<Position>& position,
                   ReplicationReport& report) {
    // Blank while there is no IST.
    const auto status = find(variables, "wsrep_ist_receive_status").value_or("");
    if (!status.empty()) {
        report.transfer = Transfer::ist;
        read_ist_status(status, report);
        read_ist_numbers(variables, report);
    } else if (receives_state(variables)) {
        report.transfer = position ? Transfer::ist : Transfer::sst;
        if (position)
            report.ist_current = position->seqno;
    }
}

ReplicationReport read_replication(const ServerVariables& variables,
                                   const std::optional<Position>& position) {
    ReplicationReport report;
    for (const auto& row : counters)
        report.*row.field = find_number<std::uint64_t>(variables, row.name);
    for (const auto& row : gauges)
        report.*row.field = find_number<std::uint32_t>(variables, row.name);
    for (const auto& row : averages)
        report.*row.field = find_thousandths(variables, row.name);
    if (const auto uptime = find_number<std::uint32_t>(variables, "Uptime"))
        report.uptime = std::chrono::seconds{*uptime};
    if (const auto paused = find_number<std::int64_t>(variables, "wsrep_flow_control_paused_ns");
        paused && *paused >= 0)
        report.flow_control_paused = std::chrono::nanoseconds{*paused};
    report.flow_control_active = find_switch(variables, "wsrep_flow_control_active");
    if (!report.flow_control_active) // Percona's Galera 3
        report.flow_control_active = find_switch(variables, "wsrep_flow_control_status");
    report.cached_down_to = find_seqno_above_0(variables, "wsrep_local_cached_downto");
    read_latency(find(variables, "wsrep_evs_repl_latency").value_or(""), report);
    read_transfer(variables, position, report);
    return report;
}

} // namespace

Result<ServerStatus> read_server_status(const ServerVariables& variables) {
    ServerStatus status;
    status.cluster = read_cluster(variables);
    status.position = read_position(variables);
    status.replication = read_replication(variables, status.position.value_or(std::nullopt));
    if (const auto flush = find(variables, "innodb_flush_log_at_trx_commit"))
        status.durable_commit = *flush == "1";
    if (const auto written = find(variables, "wsrep_provider_options")) {
        const auto options = parse_provider_options(*written);
        if (!options)
            return failure(options.error().at("wsrep_provider_options"));
        status.quorum_override = overrides_quorum(*options);
    }
    return status;
}

} // namespace galera
