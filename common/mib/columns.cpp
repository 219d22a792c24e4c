// The table of the MIB's scalars, of the tables of its groups.
#include "common/mib/columns.hpp"

#include "common/mib/scalar_patterns.hpp"

#include <vector>

namespace galera::mib {
namespace {

std::vector<Scalar> all_groups() {
    std::vector<Scalar> all;
    for (const auto group : {agent_scalars(), node_scalars(), view_scalars(), cluster_scalars(),
                             replication_scalars(), peers_scalars(), initiator_scalars()})
        all.insert(all.end(), group.begin(), group.end());
    return all;
}

} // namespace

std::span<const Scalar> scalars() {
    static const std::vector<Scalar> table = all_groups();
    return table;
}

} // namespace galera::mib
