// Restores a Primary component around a server that runs outside of any.
//
// Measured with Galera 26.4 (MariaDB 10.11), three servers, each cut off from the others:
// - Outside a Primary component wsrep_cluster_status is non-Primary, wsrep_local_state_comment
//   Initialized, wsrep_cluster_conf_id 2^64-1; wsrep_local_state_uuid, wsrep_cluster_state_uuid,
//   wsrep_last_committed and the applied view stay what they were.
// - A server that has received what it has not applied (a table or everything was locked) goes on
//   calling itself Primary until it has applied all of it, and only then says non-Primary: a
//   position that is told with non-Primary is all that the server has.
// - pc.bootstrap makes everybody connected to that server Primary with it. The next view takes the
//   next seqno, its id counts on (5, then 6; --wsrep-new-cluster begins again at 1), and the member
//   UUIDs stay. So it is the same era, by Galera's count and by the record of the lineage, which
//   follows the view by itself: to name an era here would give those who stayed in the old one, and
//   come back by IST, two names for it. Two components of one group that are both told to be
//   Primary are seen as a fork, by two views of one id.
// - Who was cut off comes back by IST once it is connected, as from any Primary.
// - Where all members of the last Primary component are connected again, Galera restores it by
//   itself, and pc.bootstrap changes nothing.
#pragma once

#include "common/config/config.hpp"
#include "common/model/node_report.hpp"
#include "common/model/result.hpp"

#include <optional>
#include <string>

namespace galera::act {

/// Sets pc.bootstrap on the local server if it still runs outside a Primary component, at the
/// position that the verdict was made from. Empty: it was set. Else what has changed: nothing was
/// done. An error: the server refuses it, and will again.
Result<std::optional<std::string>> restore_primary(const config::Site& site,
                                                   const NodeReport& seen);

} // namespace galera::act
