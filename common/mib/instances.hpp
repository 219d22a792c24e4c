// How an object identifier and an index make an instance. For this room only.
#pragma once

#include "common/mib/value.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace galera::mib {

using Arcs = std::span<const std::uint32_t>;

[[nodiscard]] inline Oid instance(Arcs oid, std::uint32_t index) {
    Oid result;
    result.reserve(oid.size() + 1);
    result.assign(oid.begin(), oid.end());
    result.push_back(index);
    return result;
}

/// Of the tables that count their rows 1, 2, ..
[[nodiscard]] inline std::uint32_t row_index(std::size_t row) {
    return static_cast<std::uint32_t>(row + 1);
}

} // namespace galera::mib
