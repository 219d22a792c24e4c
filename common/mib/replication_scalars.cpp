// What people graph: galeraReplication. None of it has a part in a decision.
#include "common/mib/scalar_patterns.hpp"
#include "mibs/oids.hpp"

#include <array>
#include <chrono>
#include <limits>

namespace galera::mib {
namespace {

std::optional<Value> encode_paused(const NodeReport& report) {
    const auto& paused = report.replication.flow_control_paused;
    if (!paused)
        return std::nullopt;
    return Counter64{static_cast<std::uint64_t>(paused->count())};
}
Result<void> decode_paused(const Value& value, NodeReport& report) {
    constexpr std::uint64_t most = std::numeric_limits<std::chrono::nanoseconds::rep>::max();
    if (counter(value) > most)
        return failure(std::to_string(counter(value)) + " is no duration");
    report.replication.flow_control_paused =
        std::chrono::nanoseconds{static_cast<std::chrono::nanoseconds::rep>(counter(value))};
    return {};
}

const auto table = not_deciding(std::array{
    duration<FIELD(replication.uptime)>("galeraServerUptime", oid::galeraServerUptime),
    counter64<FIELD(replication.replicated)>("galeraReplicated", oid::galeraReplicated),
    counter64<FIELD(replication.replicated_octets)>("galeraReplicatedOctets",
                                                    oid::galeraReplicatedOctets),
    counter64<FIELD(replication.received)>("galeraReceived", oid::galeraReceived),
    counter64<FIELD(replication.received_octets)>("galeraReceivedOctets",
                                                  oid::galeraReceivedOctets),
    counter64<FIELD(replication.local_commits)>("galeraLocalCommits", oid::galeraLocalCommits),
    counter64<FIELD(replication.cert_failures)>("galeraCertFailures", oid::galeraCertFailures),
    counter64<FIELD(replication.bf_aborts)>("galeraBfAborts", oid::galeraBfAborts),
    counter64<FIELD(replication.replays)>("galeraReplays", oid::galeraReplays),
    counter64<FIELD(replication.flow_control_sent)>("galeraFlowControlSent",
                                                    oid::galeraFlowControlSent),
    counter64<FIELD(replication.flow_control_received)>("galeraFlowControlReceived",
                                                        oid::galeraFlowControlReceived),
    Scalar{"galeraFlowControlPausedNs", oid::galeraFlowControlPausedNs, Syntax::counter64, true,
           encode_paused, decode_paused},
    truth<FIELD(replication.flow_control_active)>("galeraFlowControlActive",
                                                  oid::galeraFlowControlActive),
    number<FIELD(replication.send_queue)>("galeraSendQueue", oid::galeraSendQueue),
    number<FIELD(replication.send_queue_min)>("galeraSendQueueMin", oid::galeraSendQueueMin),
    number<FIELD(replication.send_queue_max)>("galeraSendQueueMax", oid::galeraSendQueueMax),
    number<FIELD(replication.send_queue_avg_thousandths)>("galeraSendQueueAvg",
                                                          oid::galeraSendQueueAvg),
    number<FIELD(replication.receive_queue)>("galeraReceiveQueue", oid::galeraReceiveQueue),
    number<FIELD(replication.receive_queue_min)>("galeraReceiveQueueMin",
                                                 oid::galeraReceiveQueueMin),
    number<FIELD(replication.receive_queue_max)>("galeraReceiveQueueMax",
                                                 oid::galeraReceiveQueueMax),
    number<FIELD(replication.receive_queue_avg_thousandths)>("galeraReceiveQueueAvg",
                                                             oid::galeraReceiveQueueAvg),
    number<FIELD(replication.cert_deps_distance_thousandths)>("galeraCertDepsDistance",
                                                              oid::galeraCertDepsDistance),
    number<FIELD(replication.apply_window_thousandths)>("galeraApplyWindow",
                                                        oid::galeraApplyWindow),
    number<FIELD(replication.commit_window_thousandths)>("galeraCommitWindow",
                                                         oid::galeraCommitWindow),
    seqno<FIELD(replication.cached_down_to)>("galeraCachedDownTo", oid::galeraCachedDownTo),
    duration<FIELD(replication.evs_latency_min)>("galeraEvsLatencyMin", oid::galeraEvsLatencyMin),
    duration<FIELD(replication.evs_latency_avg)>("galeraEvsLatencyAvg", oid::galeraEvsLatencyAvg),
    duration<FIELD(replication.evs_latency_max)>("galeraEvsLatencyMax", oid::galeraEvsLatencyMax),
    number<FIELD(replication.evs_latency_samples)>("galeraEvsLatencySamples",
                                                   oid::galeraEvsLatencySamples),
    enumeration<FIELD(replication.transfer), Transfer::sst>("galeraTransfer", oid::galeraTransfer),
    seqno<FIELD(replication.ist_first)>("galeraIstFirst", oid::galeraIstFirst),
    seqno<FIELD(replication.ist_current)>("galeraIstCurrent", oid::galeraIstCurrent),
    seqno<FIELD(replication.ist_last)>("galeraIstLast", oid::galeraIstLast),
    counter64<FIELD(replication.sst_octets)>("galeraSstOctets", oid::galeraSstOctets),
});

} // namespace

std::span<const Scalar> replication_scalars() {
    return table;
}

} // namespace galera::mib
