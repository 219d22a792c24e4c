// The position that a server prints when started with --wsrep-recover.
#pragma once

#include "common/model/position.hpp"
#include "common/model/result.hpp"

#include <optional>
#include <string_view>

namespace galera {

/// What a recovery's log tells.
struct RecoveredPosition {
    std::optional<Position> position; // empty: the server looked and there is no history
    /// Prepared transactions were decided without the transaction coordinator's log, and so perhaps
    /// against what the cluster holds: `--tc-heuristic-recover` was used, or the server rolled back
    /// orphans (MariaDB 10.11.19 does where the binary log is gone). No ordinary crash does this.
    bool heuristic_rollback{false};

    bool operator==(const RecoveredPosition&) const = default;
};

/// Finds the recovered position in the log of `SERVER --wsrep-recover`, which may hold anything
/// else. Known forms behind "WSREP: Recovered position:" or "[WSREP] Recovered position:" are
/// `UUID:SEQNO`; `UUID:SEQNO,DOMAIN-SERVER-SEQ` and `UUID:DOMAIN-SERVER-SEQ,SEQNO` (MariaDB with
/// wsrep_gtid_mode); `UUID:SEQNO/0/0/UUID` (mysql-wsrep 8). Of several lines the last counts. An
/// error when there is none, when it cannot be read or was cut off (it lacks its newline), when
/// half of it is nil, when the server skipped the recovery, or stopped at prepared transactions.
Result<RecoveredPosition> parse_recovery_log(std::string_view log);

} // namespace galera
