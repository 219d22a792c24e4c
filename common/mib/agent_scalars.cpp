// How the snapshot came to be: galeraAgent.
#include "common/mib/scalar_patterns.hpp"
#include "mibs/oids.hpp"

#include <array>
#include <chrono>

namespace galera::mib {
namespace {

std::optional<Value> encode_snapshot_id(const NodeReport& report) {
    return Unsigned32{report.agent.snapshot_id};
}
Result<void> decode_snapshot_id(const Value& value, NodeReport& report) {
    report.agent.snapshot_id = unsigned_integer(value);
    return {};
}

std::optional<Value> encode_snapshot_time(const NodeReport& report) {
    if (report.agent.snapshot_id == 0)
        return std::nullopt;
    return date_value(report.agent.snapshot_unix_seconds);
}
Result<void> decode_snapshot_time(const Value& value, NodeReport& report) {
    const auto seconds = decode_date(value);
    if (!seconds)
        return failure(seconds.error());
    report.agent.snapshot_unix_seconds = *seconds;
    return {};
}

std::optional<Value> encode_snapshot_age(const NodeReport& report) {
    if (report.agent.snapshot_id == 0)
        return std::nullopt;
    return snapshot_age_value(report.agent.snapshot_age);
}
Result<void> decode_snapshot_age(const Value& value, NodeReport& report) {
    report.agent.snapshot_age = std::chrono::milliseconds{unsigned_integer(value)};
    return {};
}

std::optional<Value> encode_connection(const NodeReport& report) {
    if (report.agent.snapshot_id == 0)
        return std::nullopt;
    return Integer32{static_cast<std::int32_t>(report.agent.connection)};
}

std::optional<Value> encode_sample_interval(const NodeReport& report) {
    return unsigned_value(report.agent.sample_interval.count());
}
Result<void> decode_sample_interval(const Value& value, NodeReport& report) {
    report.agent.sample_interval = std::chrono::milliseconds{unsigned_integer(value)};
    return {};
}

template <auto Field>
std::optional<Value> encode_counter32(const NodeReport& report) {
    return Counter32{Field(report)};
}
template <auto Field>
Result<void> decode_counter32(const Value& value, NodeReport& report) {
    Field(report) = short_counter(value);
    return {};
}
template <auto Field>
constexpr Scalar counter32(std::string_view name, Arcs oid) {
    return {name, oid, Syntax::counter32, false, encode_counter32<Field>, decode_counter32<Field>};
}

const std::array table{
    not_deciding(text<FIELD(agent.version)>("galeraAgentVersion", oid::galeraAgentVersion)),
    Scalar{"galeraSnapshotId", oid::galeraSnapshotId, Syntax::unsigned32, true, encode_snapshot_id,
           decode_snapshot_id},
    Scalar{"galeraSnapshotTime", oid::galeraSnapshotTime, Syntax::octet_string, false,
           encode_snapshot_time, decode_snapshot_time},
    Scalar{"galeraSnapshotAge", oid::galeraSnapshotAge, Syntax::unsigned32, true,
           encode_snapshot_age, decode_snapshot_age},
    enumeration<FIELD(agent.collector), CollectorState::degraded>("galeraCollectorState",
                                                                  oid::galeraCollectorState),
    text<FIELD(agent.last_error)>("galeraLastError", oid::galeraLastError),
    Scalar{"galeraServerConnection", oid::galeraServerConnection, Syntax::integer32, false,
           encode_connection,
           decode_enumerator<FIELD(agent.connection), ServerConnection::refused>},
    Scalar{"galeraSampleInterval", oid::galeraSampleInterval, Syntax::unsigned32, false,
           encode_sample_interval, decode_sample_interval},
    counter32<FIELD(agent.notifications_sent)>("galeraNotificationsSent",
                                               oid::galeraNotificationsSent),
    counter32<FIELD(agent.notifications_suppressed)>("galeraNotificationsSuppressed",
                                                     oid::galeraNotificationsSuppressed),
};

} // namespace

std::span<const Scalar> agent_scalars() {
    return table;
}

} // namespace galera::mib
