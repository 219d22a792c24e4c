// The proofs: each shows that no node outside those that reported can hold a newer committed
// transaction, and elects. And what is said when none holds.
#pragma once

#include "initiator/decision/ground.hpp"

namespace galera::decision {

/// Every roster node reported, none has a history.
[[nodiscard]] Given prove_genesis(const Ground& ground);

/// Every roster node reported a known position. The highest seqno is elected, and nodes whose files
/// contradict each other only where no other is as high. It does not hold where a data node of the
/// last applied view that is reported is none of the roster.
[[nodiscard]] Given prove_census(const Ground& ground);

/// Let c be the highest reporter and W its applied view. Every data node of W reported and was not
/// cut since, W holds a strict majority of the roster, no reporter ran with a quorum override, and
/// every reporter of W commits durably. c is elected; nodes outside W may stay silent. If an unseen
/// node left before W was installed, it never passed W's seqno. If it came after, in a view that c
/// has not applied, its data came through a donor of W, and that donor reported.
[[nodiscard]] Given prove_closure(const Ground& ground);

/// The last node of an orderly shutdown: Galera called it safe, its files agree with InnoDB, and it
/// was alone in its applied view.
[[nodiscard]] Given prove_last_to_leave(const Ground& ground);

/// Names the nodes and the evidence that are missing.
[[nodiscard]] Given wait_for_evidence(const Ground& ground);

} // namespace galera::decision
