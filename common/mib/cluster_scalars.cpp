// What the running server says of the cluster: galeraCluster.
#include "common/mib/scalar_patterns.hpp"
#include "mibs/oids.hpp"

#include <array>

namespace galera::mib {
namespace {

std::optional<Value> encode_conf_id(const NodeReport& report) {
    if (!report.cluster.conf_id)
        return std::nullopt;
    return Counter64{*report.cluster.conf_id};
}
Result<void> decode_conf_id(const Value& value, NodeReport& report) {
    report.cluster.conf_id = counter(value);
    return {};
}

const std::array table{
    enumeration<FIELD(cluster.status), ClusterStatus::disconnected>("galeraClusterStatus",
                                                                    oid::galeraClusterStatus),
    number<FIELD(cluster.size)>("galeraClusterSize", oid::galeraClusterSize),
    Scalar{"galeraClusterConfId", oid::galeraClusterConfId, Syntax::counter64, true, encode_conf_id,
           decode_conf_id},
    uuid<FIELD(cluster.state_uuid)>("galeraClusterStateUuid", oid::galeraClusterStateUuid),
    number<FIELD(cluster.weight)>("galeraClusterWeight", oid::galeraClusterWeight),
    enumeration<FIELD(cluster.node_state), NodeState::error>("galeraNodeState",
                                                             oid::galeraNodeState),
    truth<FIELD(cluster.ready)>("galeraReady", oid::galeraReady),
    truth<FIELD(cluster.connected)>("galeraConnected", oid::galeraConnected),
    truth<FIELD(cluster.desynced)>("galeraDesync", oid::galeraDesync),
    truth<FIELD(cluster.read_only)>("galeraReadOnly", oid::galeraReadOnly),
    number<FIELD(cluster.local_index)>("galeraLocalIndex", oid::galeraLocalIndex),
};

} // namespace

std::span<const Scalar> cluster_scalars() {
    return table;
}

} // namespace galera::mib
