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
};

} // namespace

std::span<const Scalar> agent_scalars() {
    return table;
}

} // namespace galera::mib
