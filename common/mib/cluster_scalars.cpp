// What the running server says of the cluster: galeraCluster.
#include "common/mib/scalar_patterns.hpp"
#include "mibs/oids.hpp"

#include <array>

namespace galera::mib {
namespace {

const std::array table{
    enumeration<FIELD(cluster.status), ClusterStatus::disconnected>("galeraClusterStatus",
                                                                    oid::galeraClusterStatus),
    number<FIELD(cluster.size)>("galeraClusterSize", oid::galeraClusterSize),
    counter64<FIELD(cluster.conf_id)>("galeraClusterConfId", oid::galeraClusterConfId),
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
