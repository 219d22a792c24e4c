// What is written down of a node's lineage around a start. Values in, values out.
#pragma once

#include "common/galera/lineage_record.hpp"
#include "initiator/decision/decide.hpp"

namespace galera::act {

/// The record to write before a server starts. Joining: the Primary's eras, and its view, by which
/// the agent can tell whether it was this Primary that the server has joined. Bootstrapping: what
/// the node went through, and a new era called `name`. `seen` is the report that the verdict rests
/// on. Where the Primary does not tell of its lineage, what was recorded of this history stays.
/// Empty: the old record stays as it is, for a new history begins.
[[nodiscard]] std::optional<LineageRecord> record_for_start(const std::optional<LineageRecord>& old,
                                                            const decision::Verdict& verdict,
                                                            const NodeReport& seen,
                                                            const Uuid& name);

/// The record of a member that takes over the lineage of another member of its view.
[[nodiscard]] LineageRecord record_of_member(const std::optional<LineageRecord>& old,
                                             const View& view, const Lineage& lineage);

} // namespace galera::act
