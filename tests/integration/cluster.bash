# shellcheck shell=bash
# What the tests of real clusters share: a cluster that the initiators made, claims about it, and
# everything that was said when one does not hold.
#
#   . "${BASH_SOURCE[0]%/*}/../cluster.bash"    # $1: the folder of the programs
#   cluster_up
#   claim "n1 is a member" lab_synced n1

CLUSTER_TREE=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
# shellcheck source=packaging/lab.bash
. "$CLUSTER_TREE/packaging/lab.bash"
CLUSTER_BIN=$(cd "${1:-$CLUSTER_TREE/build/release/bin}" && pwd) || exit 1

# fail TEXT: ends the test, with what the nodes said.
fail() {
    local node file
    echo "FAILED: $1"
    for node in "${LAB_NODES[@]}"; do
        for file in initiator.out second.out agent.log server.log run/server.log writer.log; do
            [[ -s $LAB_DIR/$node/$file ]] || continue
            echo "--- $node/$file"
            tail -n 40 "$LAB_DIR/$node/$file"
        done
    done
    exit 1
}

# claim TEXT COMMAND..: the command must succeed.
claim() {
    local text=$1
    shift
    "$@" || fail "$text ($*)"
    printf '[%3d s] %s\n' "$SECONDS" "$text"
}

# tell TEXT: what happens to the cluster.
tell() { printf '[%3d s] -- %s\n' "$SECONDS" "$1"; }

# cluster_create COUNT: nodes with snmpd and subagent, databases empty and stopped.
cluster_create() {
    tell "$1 empty nodes"
    lab_create "$CLUSTER_BIN" "$1"
    lab_agents_start "${LAB_NODES[@]}"
}

# cluster_up: three nodes that the initiators made a fresh cluster, with the table of the writers.
cluster_up() {
    cluster_create 3
    start_initiators n1 n2 n3
    become_members n1 n2 n3
    lab_table_make n1
}

# start_initiators NODE..: at the same moment.
start_initiators() {
    local node
    for node; do lab_initiator_start "$node"; done
}

# become_members NODE..: their initiators end with 0, and they are what that promises.
become_members() {
    local node
    for node; do
        claim "$node: its initiator ends with status 0" lab_initiator_wait "$node" 120
        claim "$node: is Synced in a Primary" lab_wait_synced "$node" 30 # a donor is not, for a while
    done
}

# write_until ROWS NODE..: writers on these nodes that go on when each has so many acknowledged.
# CLUSTER_ROUND makes their names new.
CLUSTER_ROUND=0
write_until() {
    local rows=$1 node
    shift
    CLUSTER_ROUND=$((CLUSTER_ROUND + 1))
    for node; do lab_writer_start "$node" "$node.$CLUSTER_ROUND"; done
    for node; do
        lab_wait_until 60 lab_has_acknowledged "$node.$CLUSTER_ROUND" "$rows" ||
            fail "$node: fewer than $rows rows in 60 s"
    done
}

# write_rows ROWS NODE: so many, and no more.
write_rows() {
    CLUSTER_ROUND=$((CLUSTER_ROUND + 1))
    lab_writer_start "$2" "$2.$CLUSTER_ROUND" --count "$1"
    claim "$2: $1 rows are written" lab_writer_wait "$2.$CLUSTER_ROUND" 60
}

# kill_while_writing NODE..: SIGKILL to all their servers at once, in the midst of the writing.
kill_while_writing() {
    local node
    write_until 300 "$@"
    lab_server_kill9 "$@"
    for node; do
        claim "$node: its writer ends when the server dies" lab_writer_wait "$node.$CLUSTER_ROUND" 10
    done
    tell "SIGKILL to the servers of $* with $(lab_acknowledged) rows acknowledged"
}

# nothing_is_lost NODE..: each has every acknowledged row, and all have the same rows.
nothing_is_lost() {
    local node
    for node; do claim "$node: has every acknowledged row" lab_verify "$node"; done
    claim "all have the same rows" same_rows "$@"
}
same_rows() {
    [[ $(for node; do lab_fingerprint "$node"; done | sort -u | wc -l) == 1 ]]
}

# one_history NODE..
one_history() {
    [[ $(for node; do lab_history "$node"; done | sort -u | wc -l) == 1 ]]
}

# bootstrapped NODE..: how many of their servers were started with --wsrep-new-cluster.
bootstrapped() {
    local node count=0
    for node; do
        if tr '\0' '\n' <"/proc/$(lab_server_pid "$node")/cmdline" | grep -x -- '--wsrep[-_]new[-_]cluster' >/dev/null; then
            count=$((count + 1))
        fi
    done
    echo "$count"
}
just_one_bootstrapped() { [[ $(bootstrapped "$@") == 1 ]]; }

# server_starts NODE: how often a server began in its data directory; recoveries do not count.
server_starts() { grep -c 'Starting MariaDB .* as process' "$LAB_DIR/$1/server.log"; }
has_started_times() { [[ $(server_starts "$1") == "$2" ]]; }

# ends_with NODE STATUS SECONDS: its initiator.
ends_with() {
    local status=0
    lab_initiator_wait "$1" "$3" || status=$?
    [[ $status == "$2" ]] || {
        echo "$1: its initiator ended with $status, not $2 (124: it still runs)"
        return 1
    }
}

# says NODE WORDS: its initiator said so, in one line, in this order.
says() { grep -qE -- "$2" "$LAB_DIR/$1/initiator.out"; }

# sums NODE: checksums of everything in the data directory, but for what a recovery may write: the
# server's logs, and where InnoDB keeps its own. An agent recovers when it likes.
sums() {
    (cd "$LAB_DIR/$1/data" && find . -type f ! -name 'aria_log*' ! -name 'ddl_recovery*' \
        ! -name ibdata1 ! -name ib_logfile0 ! -name 'undo[0-9]*' -print0 |
        sort -z | xargs -0 sha256sum)
}
