// What MariaDB 10.11.19 with Galera 26.4.23 really wrote; of the logs some lines are left out.
#pragma once

#include <string_view>

namespace galera::real {

inline constexpr std::string_view history = "a4a4393a-e724-11f1-b7b0-ba805bb54006";

/// The sole node while it ran, and after SIGKILL.
inline constexpr std::string_view grastate_running =
    "# GALERA saved state\n"
    "version: 2.1\n"
    "uuid:    a4a4393a-e724-11f1-b7b0-ba805bb54006\n"
    "seqno:   -1\n"
    "safe_to_bootstrap: 1\n";

/// The same node after an orderly stop: "6" is shorter than "-1", so a blank is left behind the
/// end.
inline constexpr std::string_view grastate_stopped =
    "# GALERA saved state\n"
    "version: 2.1\n"
    "uuid:    a4a4393a-e724-11f1-b7b0-ba805bb54006\n"
    "seqno:   6\n"
    "safe_to_bootstrap: 1\n ";

/// Another one that was started again after a stop at seqno 4316.
inline constexpr std::string_view grastate_padded =
    "# GALERA saved state\n"
    "version: 2.1\n"
    "uuid:    6e16e07d-e725-11f1-9473-8f33c7e0662a\n"
    "seqno:   -1\n"
    "safe_to_bootstrap: 1\n  ";

/// One of two, killed.
inline constexpr std::string_view grastate_of_two =
    "# GALERA saved state\n"
    "version: 2.1\n"
    "uuid:    a4a4393a-e724-11f1-b7b0-ba805bb54006\n"
    "seqno:   -1\n"
    "safe_to_bootstrap: 0\n";

/// Of the second of two.
inline constexpr std::string_view gvwstate_of_two =
    "my_uuid: 0268f41b-e725-11f1-a281-0e120d4df63b\n"
    "#vwbeg\n"
    "view_id: 3 0256c22b-e725-11f1-80b1-8b6b12a7ea6c 2\n"
    "bootstrap: 0\n"
    "member: 0256c22b-e725-11f1-80b1-8b6b12a7ea6c 0\n"
    "member: 0268f41b-e725-11f1-a281-0e120d4df63b 0\n"
    "#vwend\n";

/// `mariadbd --wsrep-recover --disable-log-error` after SIGKILL; no binary log.
inline constexpr std::string_view recovery_log =
    "2026-11-23 10:01:34 0 [Warning] Could not increase number of max_open_files to more than "
    "20000 "
    "(request: 32184)\n"
    "2026-11-23 10:01:34 0 [Note] InnoDB: Starting crash recovery from checkpoint LSN=50313\n"
    "2026-11-23 10:01:34 0 [Note] InnoDB: End of log at LSN=58728\n"
    "2026-11-23 10:01:34 0 [Note] InnoDB: To recover: 19 pages\n"
    "2026-11-23 10:01:34 0 [Note] InnoDB: log sequence number 58728; transaction id 42\n"
    "2026-11-23 10:01:34 0 [Warning] InnoDB: Skipping buffer pool dump/restore during wsrep "
    "recovery.\n"
    "2026-11-23 10:01:34 0 [Note] Plugin 'FEEDBACK' is disabled.\n"
    "2026-11-23 10:01:34 0 [Note] Recovering after a crash using tc.log\n"
    "2026-11-23 10:01:34 0 [Note] Starting table crash recovery...\n"
    "2026-11-23 10:01:34 0 [Note] Crash table recovery finished.\n"
    "2026-11-23 10:01:34 0 [Note] Server socket created on IP: '127.0.1.1', port: '13306'.\n"
    "2026-11-23 10:01:34 0 [Note] WSREP: Recovered position: "
    "a4a4393a-e724-11f1-b7b0-ba805bb54006:5\n";

/// With a binary log, which decided the prepared transactions; 3560 is not a position.
inline constexpr std::string_view recovery_log_with_binlog =
    "2026-11-23 10:05:42 0 [Note] Recovering after a crash using /tmp/galera/n4/bin\n"
    "2026-11-23 10:05:42 0 [Note] Found 4 prepared transaction(s) in InnoDB\n"
    "2026-11-23 10:05:42 0 [Note] WSREP: Last wsrep seqno to be recovered 3560\n"
    "2026-11-23 10:05:42 0 [Note] WSREP: Recovered position: "
    "6fd49c3b-e725-11f1-9bee-1a3ce936a859:3556\n";

/// The binary log was deleted after SIGKILL.
inline constexpr std::string_view recovery_log_with_orphans =
    "2026-11-23 10:02:53 0 [Note] Found 2 prepared transaction(s) in InnoDB\n"
    "2026-11-23 10:02:53 0 [Note] WSREP: Last wsrep seqno to be recovered 1322\n"
    "2026-11-23 10:02:53 0 [Warning] Rolled back orphan prepared wsrep transaction 1321\n"
    "2026-11-23 10:02:53 0 [Warning] Rolled back orphan prepared wsrep transaction 1322\n"
    "2026-11-23 10:02:53 0 [Note] WSREP: Recovered position: "
    "a4a4393a-e724-11f1-b7b0-ba805bb54006:1320\n";

/// With --tc-heuristic-recover=rollback this server stops before it prints a position.
inline constexpr std::string_view recovery_log_heuristic =
    "2026-11-23 10:01:35 0 [Note] Plugin 'FEEDBACK' is disabled.\n"
    "2026-11-23 10:01:35 0 [Note] Heuristic crash recovery mode\n"
    "2026-11-23 10:01:35 0 [Note] Please restart without --tc-heuristic-recover\n"
    "2026-11-23 10:01:35 0 [ERROR] Can't init tc log\n"
    "2026-11-23 10:01:35 0 [ERROR] Aborting\n";

/// With --wsrep-on=OFF.
inline constexpr std::string_view recovery_log_skipped =
    "2026-11-23 10:01:35 0 [Note] Plugin 'FEEDBACK' is disabled.\n"
    "2026-11-23 10:01:35 0 [Note] WSREP: disabled, skipping position recovery\n";

/// `my_print_defaults --mysqld` on an option file with dashes, "loose-", quotes and "skip-".
inline constexpr std::string_view printed_defaults =
    "--datadir=/tmp/galera/n1\n"
    "--socket=/tmp/galera/n1.sock\n"
    "--pid-file=/tmp/galera/n1.pid\n"
    "--port=13306\n"
    "--bind-address=127.0.1.1\n"
    "--log-error=/tmp/galera/n1.err\n"
    "--innodb_buffer_pool_size=64M\n"
    "--binlog_format=ROW\n"
    "--wsrep-on=ON\n"
    "--loose-wsrep_provider=/usr/lib/galera/libgalera_smm.so\n"
    "--wsrep_cluster_name=galera room\n"
    "--wsrep_cluster_address=gcomm://127.0.1.1,127.0.1.2?pc.wait_prim=yes\n"
    "--wsrep_node_address=127.0.1.1\n"
    "--wsrep_node_name=n1\n"
    "--wsrep_sst_method=rsync\n"
    "--wsrep_provider_options=gmcast.listen_addr=tcp://127.0.1.1:4567; "
    "ist.recv_addr=127.0.1.1:4568; gcache.size=16M\n"
    "--skip_name_resolve\n"
    "--skip-log-bin\n";

/// From `SHOW VARIABLES LIKE 'wsrep_provider_options'`, clipped in the middle.
inline constexpr std::string_view provider_options_in_force =
    "base_dir = /tmp/galera/n1/; base_host = 127.0.1.1; gcomm.thread_prio = ; "
    "gmcast.listen_addr = tcp://127.0.1.1:4567; gmcast.mcast_addr = ; pc.ignore_quorum = false; "
    "pc.ignore_sb = false; pc.recovery = true; socket.send_buf_size = auto; ";

} // namespace galera::real
