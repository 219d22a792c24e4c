// Whether two nodes of one history lie on one line, or have lived apart.
#pragma once

#include "initiator/decision/ground.hpp"

#include <cstdint>

namespace galera::decision {

enum class Relation : std::uint8_t {
    one_line, // one of them holds all that the other does
    forked,   // they hold different write sets at the same seqnos
    unknown,  // nothing shows either
};

/// Both nodes report positions of one history. A running server's applied view may lag behind the
/// position that it reports, so only a stopped node's view is held against it.
[[nodiscard]] Relation relation_of(const Ground& ground, std::size_t left, std::size_t right);

} // namespace galera::decision
