// Why a verdict is what it is, and what it rests on: one enumerator with one name in code, log, MIB
// and manual.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace galera {

/// galeraInitiatorVerdict.
enum class VerdictKind : std::uint8_t { join = 1, bootstrap = 2, wait = 3, refuse = 4 };

/// galeraInitiatorReason. What watches the cluster knows the numbers: none is ever given to another
/// reason, and a new one takes the next that is free, wherever it stands here and in the table.
enum class Reason : std::uint8_t {
    // join
    already_member = 1,
    primary_up = 2,
    data_discarded = 3,
    // bootstrap
    furthest_ahead = 4,
    fresh_cluster = 5,
    last_to_leave = 6,
    // wait
    elected_other = 7,
    census_open = 8,
    closure_open = 9,
    lineage_unknown = 10,
    primary_behind = 11,
    peer_starting = 12,
    peer_alive = 13,
    peer_non_primary = 14,
    peer_claims = 15,
    peer_bootstraps = 16,
    rival_claim = 17,
    local_unknown = 18,
    local_server_up = 19,
    highest_is_cut = 20,
    // refuse
    two_primaries = 21,
    history_differs = 22,
    histories_differ = 23,
    history_forked = 24,
    local_data_unaccounted = 25,
    several_hold_data = 26,
    cluster_name_differs = 27,
    roster_differs = 28,
    address_differs = 29,
    // restoring a Primary component
    primary_restored = 30, // bootstrap
    primary_lost = 31,     // wait
    restore_open = 32,     // wait
    legacy_ahead = 33,     // wait
};

/// galeraInitiatorProof: what shows that no unseen node can hold a newer committed transaction.
enum class Proof : std::uint8_t {
    none = 1,
    census = 2,        // every roster node reported a known position
    closure = 3,       // all of the applied view of the highest reporter reported
    last_to_leave = 4, // the elected node was the last one of an orderly shutdown
    genesis = 5,       // every roster node reported, none has a history
};

/// A row of the table of reasons.
struct ReasonRow {
    Reason reason;
    VerdictKind verdict;
    /// In logs, --json, scenario files and the initiator's state. The MIB has it in camelCase.
    std::string_view word;
    std::string_view meaning;
    std::string_view advice; // what an operator can do; empty: nothing needs to be done
};

/// In the order of the README, by verdict.
[[nodiscard]] std::span<const ReasonRow> reasons();
[[nodiscard]] const ReasonRow& row_of(Reason reason);

[[nodiscard]] std::string_view word_of(Reason reason);
[[nodiscard]] std::string_view word_of(VerdictKind verdict);
[[nodiscard]] std::string_view word_of(Proof proof);
/// Empty for a word that is none of the table's.
[[nodiscard]] std::optional<Reason> reason_of(std::string_view word);

} // namespace galera
