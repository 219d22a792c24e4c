// The law of starting: a pure function of the survey and the rules in force.
// No clock, no I/O, no globals. DESIGN: evidence first, then rules, first match wins.
#pragma once

#include "initiator/decision/reason.hpp"
#include "initiator/decision/survey.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace galera::decision {

/// What the configuration adds to the survey.
struct Rules {
    std::string cluster_name;
    std::string roster_digest;
    /// A report older than three of these is no report.
    std::chrono::milliseconds sample_interval{1000};
    /// Take nothing less than everybody's report for a proof.
    bool census_only{false};
    /// --assume-lost: nodes that will never come back. Left out of the roster and of applied views
    /// while they are silent; one that shows any sign of life is not lost.
    std::vector<Address> assume_lost;
    /// --discard-local-data: a Primary component may overwrite what the local node holds.
    bool discard_local_data{false};
    /// --recover-non-primary: where every node runs outside a Primary component, the one that holds
    /// most may restore one.
    bool recover_non_primary{false};
};

/// What a node lacks, so that it stands between the survey and a verdict.
enum class Lack : std::uint8_t {
    no_answer,
    not_authentic,
    no_agent,
    unreadable,
    alive,           // silent over SNMP, its server accepts connections
    stale,           // its report is too old
    recovering,      // its position is being looked for
    unknown,         // its position could not be found out
    no_history,      // it holds none: a new disk does not know what the old one held
    server_busy,     // its server starts or does not answer
    non_primary,     // its server runs outside a Primary component
    not_synced,      // its server is in the Primary component and not Synced yet
    claiming,        // it claims to bootstrap
    bootstrapping,   // it bootstraps
    behind,          // a Primary that has applied less than the local node holds
    contradicts,     // it is what the refusal is about
    cut,             // its state transfer was cut
    joining,         // it has not applied the last view that it was in
    elected,         // it is to bootstrap
    no_view,         // it has the highest position and no applied view to go with it
    not_durable,     // it did not flush its log at each commit
    quorum_override, // it ran with pc.ignore_sb or pc.ignore_quorum
    minority,        // the applied view that it was in holds no majority of the roster
    outside_roster,  // its applied view names a data node that the roster does not
    legacy,          // it has the scripts of 2014, whose word proves nothing
    legacy_running,  // by their word its server runs
    legacy_at_work,  // by their word it starts, claims or bootstraps
    legacy_ahead,    // by their word it holds more
    stopped,         // it has no server running
    disconnected,    // its server runs and is in no group
    lineage_unknown, // the eras that it went through are not known
};

/// A node that the verdict is about, and what it lacks.
struct Named {
    std::size_t node; // index in the survey
    Lack lack;

    bool operator==(const Named&) const = default;
};

struct Verdict {
    VerdictKind kind{VerdictKind::wait};
    Reason reason{Reason::census_open};
    Proof proof{Proof::none};
    std::optional<std::size_t> elected; // index in the survey
    std::vector<Named> named;           // in the survey's order
    /// For a join and a bootstrap: the position that the server is started with. Empty: none; a
    /// joiner then asks for a whole state transfer, a bootstrapping node begins a history.
    std::optional<Position> start_position;
    /// For a join: the history of the Primary component. For a bootstrap: the one that goes on;
    /// empty: a new one begins.
    std::optional<History> history;
    /// For a join and a bootstrap: what happened to the data that the server will hold, to be
    /// recorded before it starts. A bootstrap adds its own era. Empty: unknown.
    std::optional<Lineage> lineage;
    /// For a join and a bootstrap: the applied view of the node that told the lineage, and the
    /// views that its data went through.
    std::optional<View> view;
    ViewLog views;

    bool operator==(const Verdict&) const = default;
};

/// `claiming`: the local initiator holds a claim, and a rival's claim is looked at as a rival's.
[[nodiscard]] Verdict decide(const Survey& survey, const Rules& rules, bool claiming);

/// What others know of the past of the data that the local node holds, and it does not; or, as a
/// member that came late and without an initiator, knows only the beginning of. It goes with the
/// local applied view. Empty: nothing.
[[nodiscard]] std::optional<Lineage> lineage_to_learn(const Survey& survey, const Rules& rules);

/// Whether the report is fresh enough to be one.
[[nodiscard]] bool is_fresh(const NodeReport& report, const Rules& rules);

/// "does not answer SNMP", "is recovering its position".
[[nodiscard]] std::string_view phrase_of(Lack lack);

} // namespace galera::decision
