// The scalars of GALERA-INITIATOR-MIB by their names, as the scripts of the benchmark say them.
#pragma once

#include "common/mib/columns.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace galera::bench {

/// "galeraStatus": galeraStatus.0. Empty: the MIB has no such scalar.
inline std::optional<mib::Oid> instance_of(std::string_view name) {
    const auto scalars = mib::scalars();
    const auto found = std::ranges::find(scalars, name, &mib::Scalar::name);
    if (found == scalars.end())
        return std::nullopt;
    mib::Oid instance{found->oid.begin(), found->oid.end()};
    instance.push_back(0);
    return instance;
}

} // namespace galera::bench
