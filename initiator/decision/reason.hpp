// Why a verdict is what it is: one enumerator with one name in code, log, MIB and manual.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace galera::decision {

enum class VerdictKind : std::uint8_t { join = 1, bootstrap = 2, wait = 3, refuse = 4 };

/// What showed that no unseen node can hold a newer committed transaction.
enum class Proof : std::uint8_t {
    none = 1,
    census = 2,        // every roster node reported a known position
    genesis = 3,       // every roster node reported, none has a history
    closure = 4,       // all of the applied view of the highest reporter reported
    last_to_leave = 5, // the local node was the last one of an orderly shutdown
};

enum class Reason : std::uint8_t {
    // join
    already_member = 1,
    primary_up = 2,
    data_discarded = 3,
    // bootstrap
    furthest_ahead = 10,
    fresh_cluster = 11,
    last_to_leave = 12,
    // wait
    elected_other = 20,
    census_open = 21,
    primary_behind = 22,
    peer_starting = 23,
    peer_non_primary = 24,
    peer_claims = 25,
    peer_bootstraps = 26,
    rival_claim = 27,
    local_unknown = 28,
    local_server_up = 29,
    highest_is_cut = 30,
    closure_open = 31,
    lineage_unknown = 32,
    peer_alive = 33,
    // refuse
    two_primaries = 40,
    history_differs = 41,
    histories_differ = 42,
    local_data_unaccounted = 43,
    several_hold_data = 44,
    cluster_name_differs = 45,
    roster_differs = 46,
    address_differs = 47,
    history_forked = 48,
};

/// A row of the table of reasons.
struct ReasonRow {
    Reason reason;
    VerdictKind verdict;
    std::string_view word; // in logs, --json and scenario files
    std::string_view meaning;
    std::string_view advice; // what an operator can do; empty: nothing needs to be done
};

[[nodiscard]] std::span<const ReasonRow> reasons();
[[nodiscard]] const ReasonRow& row_of(Reason reason);

[[nodiscard]] std::string_view word_of(Reason reason);
[[nodiscard]] std::string_view word_of(VerdictKind verdict);
[[nodiscard]] std::string_view word_of(Proof proof);

} // namespace galera::decision
