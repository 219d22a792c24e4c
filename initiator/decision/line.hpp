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

/// Both nodes report positions of one history. The applied view of a member of a Primary component
/// may lag behind the position that it reports, so only that of a node at rest, stopped or outside
/// of any, is held against it.
[[nodiscard]] Relation relation_of(const Ground& ground, std::size_t left, std::size_t right);

/// Whether `node` lies on one line with `primary` and on one with a third that does not, though all
/// went through the same eras: Galera has forked their history by itself, and `node` has come
/// further than the last view that both sides are known to share. Which side it is on is unknown.
[[nodiscard]] bool may_be_beside(const Ground& ground, std::size_t node, std::size_t primary);

} // namespace galera::decision
