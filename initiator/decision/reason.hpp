// What a verdict is made of: its kind, its reason, and the proof that it rests on.
#pragma once

#include "common/model/reason.hpp"

#include <cstdint>
#include <string_view>

namespace galera::decision {

using galera::Reason;
using galera::ReasonRow;
using galera::reasons;
using galera::row_of;
using galera::VerdictKind;
using galera::word_of;

/// What showed that no unseen node can hold a newer committed transaction.
enum class Proof : std::uint8_t {
    none = 1,
    census = 2,        // every roster node reported a known position
    genesis = 3,       // every roster node reported, none has a history
    closure = 4,       // all of the applied view of the highest reporter reported
    last_to_leave = 5, // the local node was the last one of an orderly shutdown
};

[[nodiscard]] std::string_view word_of(Proof proof);

} // namespace galera::decision
