// The applied view, from the rows of mysql.wsrep_cluster and mysql.wsrep_cluster_members.
#pragma once

#include "common/model/result.hpp"
#include "common/model/view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace galera {

/// A row of a result: its columns, empty for NULL.
using SqlRow = std::vector<std::optional<std::string>>;
using SqlRows = std::vector<SqlRow>;

/// Yields the rows that `view_of` reads: one a member, or one without a member.
inline constexpr std::string_view view_statement =
    "SELECT c.cluster_uuid, c.view_id, c.view_seqno,"
    " m.node_uuid, m.node_name, m.node_incoming_address"
    " FROM mysql.wsrep_cluster c LEFT JOIN mysql.wsrep_cluster_members m"
    " ON m.cluster_uuid = c.cluster_uuid ORDER BY m.node_uuid";

/// Empty: there is no view.
Result<std::optional<View>> view_of(const SqlRows& rows);

} // namespace galera
