# shellcheck shell=bash
# A Galera cluster on loopback for the demo and the tests: nodes of MariaDB, snmpd, subagent and
# initiator under one temporary directory, and an end that leaves nothing behind.
#
#   . packaging/lab.bash
#   lab_create build/release/bin 3   # nodes n1 n2 n3; removed again when the shell exits
#   lab_agents_start "${LAB_NODES[@]}"
#   lab_initiator_start n1; lab_initiator_start n2; lab_initiator_start n3
#
# Everything runs as the user mysql when root sets the lab up, else as the current user. Every
# process of the lab has LAB_DIR, a name drawn at random, in its command line; that, and nothing
# else, is what the end kills.

LAB_BASE_ADDRESS=${LAB_BASE_ADDRESS:-127.0.0.10} # node nK is K above it
LAB_SQL_PORT=3306
LAB_GROUP_PORT=4567
LAB_SNMP_PORT=10161
LAB_MIB_ROOT=.1.3.6.1.4.1.8072.9999.9999.4567

LAB_DIR=           # of this lab
LAB_KEEP=          # not empty: the end stops nothing and removes nothing
LAB_NODES=()       # n1 n2 ..
LAB_AS=()          # the words that make a command run as the lab's user
LAB_COMMAND=()     # the words of a program of a node
LAB_PID=           # of the process started last
LAB_PIDS=()        # of all processes started here, except the servers
declare -A LAB_SNMPD=() LAB_AGENT=() LAB_INITIATOR=() LAB_WRITER=() # node or writer -> pid

# lab_fail TEXT: ends the shell.
lab_fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# lab_wait_until SECONDS COMMAND..: until the command succeeds; false when it has not by then.
lab_wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.1 # between two polls
    done
}

lab_alive() { kill -0 "$1" 2>/dev/null; }
lab_ended() { ! kill -0 "$1" 2>/dev/null; }

# lab_spawn OUTPUT COMMAND..: in the background, as the lab's user; its id is LAB_PID.
lab_spawn() {
    local output=$1
    shift
    "${LAB_AS[@]}" "$@" >>"$output" 2>&1 </dev/null &
    LAB_PID=$!
    LAB_PIDS+=("$LAB_PID")
}

# ---- making and unmaking -------------------------------------------------------------------------

# lab_create BIN COUNT: a directory with the programs and so many empty nodes.
lab_create() {
    local bin=$1 count=$2 number
    lab_choose_user
    LAB_DIR=$(mktemp -d "${TMPDIR:-/tmp}/galera-lab.XXXXXX") || lab_fail "no temporary directory"
    trap lab_end EXIT
    trap 'LAB_KEEP=; exit 130' INT
    trap 'LAB_KEEP=; exit 143' TERM
    ((${#LAB_DIR} < 60)) || lab_fail "$LAB_DIR: too long for Unix sockets; set TMPDIR to a shorter path"
    LAB_COMMUNITY=$(lab_secret) LAB_SIGNS=$(lab_secret) LAB_HIDES=$(lab_secret)
    mkdir "$LAB_DIR/bin" "$LAB_DIR/acknowledged" "$LAB_DIR/client"
    # Copies: the lab's user may have no way into the tree, and a new build must not change a lab.
    lab_install_programs "$bin"
    (umask 077 && lab_write_client_conf >"$LAB_DIR/client/snmp.conf" &&
        echo "$LAB_SIGNS" >"$LAB_DIR/client/auth" && echo "$LAB_HIDES" >"$LAB_DIR/client/priv")
    LAB_NODES=()
    for ((number = 1; number <= count; number++)); do LAB_NODES+=("n$number"); done
    local node
    for node in "${LAB_NODES[@]}"; do lab_check_address "$node"; done
    lab_own "$LAB_DIR"
    cd "$LAB_DIR" || lab_fail "cannot enter $LAB_DIR"
    for node in "${LAB_NODES[@]}"; do lab_node_make "$node" "${LAB_NODES[@]}"; done
}

lab_secret() { od -An -N12 -tx1 /dev/urandom | tr -d ' \n'; }

lab_choose_user() {
    local name
    PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
    if ((EUID == 0)); then
        name=${LAB_USER:-mysql}
        id -u "$name" >/dev/null 2>&1 ||
            lab_fail "no user '$name' to run the lab as: install mariadb-server, or set LAB_USER"
        LAB_AS=(setpriv --reuid "$name" --regid "$(id -g "$name")" --init-groups)
        LAB_USER=$name
    else
        LAB_AS=()
        LAB_USER=$(id -un)
    fi
}

lab_install_programs() {
    local program
    for program in galera-initiator galera-agentx galera-check lab-writer; do
        [[ -x $1/$program ]] || lab_fail "$1/$program is missing: build it first"
        install -m 0755 "$1/$program" "$LAB_DIR/bin/"
    done
}

# lab_own PATH: gives it to the lab's user.
lab_own() {
    if ((EUID == 0)); then chown -R "$LAB_USER:$(id -g "$LAB_USER")" "$1"; fi
}

# lab_address NODE: its address.
lab_address() { echo "${LAB_BASE_ADDRESS%.*}.$((${LAB_BASE_ADDRESS##*.} + ${1#n}))"; }

lab_check_address() {
    local address port
    address=$(lab_address "$1")
    for port in "$LAB_SQL_PORT" "$LAB_GROUP_PORT" 4568 4444; do
        if (exec 3<>"/dev/tcp/$address/$port") 2>/dev/null; then
            lab_fail "$address:$port is in use: another lab? (ls -d ${TMPDIR:-/tmp}/galera-lab.*), or set LAB_BASE_ADDRESS"
        fi
    done
}

# lab_node_make NODE ROSTER..: the node's directory with configuration and an empty database.
lab_node_make() {
    local node=$1 dir=$LAB_DIR/$1
    shift
    mkdir "$dir" "$dir/run" "$dir/state" "$dir/snmp" "$dir/tmp"
    lab_write_option_file "$node" "$@" >"$dir/my.cnf"
    lab_write_snmpd_conf "$node" >"$dir/snmpd.conf"
    lab_write_initiator_conf "$node" >"$dir/galera-initiator.conf"
    chmod 0640 "$dir/snmpd.conf" "$dir/galera-initiator.conf"
    lab_own "$dir"
    "${LAB_AS[@]}" mariadb-install-db --no-defaults --datadir="$dir/data" --tmpdir="$dir/tmp" --skip-test-db \
        --auth-root-authentication-method=socket --auth-root-socket-user="$LAB_USER" \
        >"$dir/install.log" 2>&1 || { cat "$dir/install.log" >&2; lab_fail "$node: mariadb-install-db failed: see above"; }
}

# lab_cluster_address NODE..
lab_cluster_address() {
    local node list=
    for node; do list+=,$(lab_address "$node"); done
    echo "gcomm://${list#,}"
}

lab_provider() {
    local path
    for path in /usr/lib/galera/libgalera_smm.so /usr/lib64/galera-4/libgalera_smm.so; do
        if [[ -e $path ]]; then
            echo "$path"
            return
        fi
    done
    lab_fail "libgalera_smm.so not found: install galera-4"
}

# lab_write_option_file NODE ROSTER..
lab_write_option_file() {
    local node=$1 dir=$LAB_DIR/$1 address provider
    address=$(lab_address "$node")
    provider=$(lab_provider) || exit 1
    shift
    cat <<END
[mysqld]
datadir=$dir/data
# A server that starts removes the temporary tables of all that share its tmpdir.
tmpdir=$dir/tmp
socket=$dir/server.sock
pid-file=$dir/server.pid
log-error=$dir/server.log
bind-address=$address
port=$LAB_SQL_PORT
skip-name-resolve
binlog_format=ROW
default_storage_engine=InnoDB
innodb_autoinc_lock_mode=2
innodb_flush_log_at_trx_commit=1
innodb_buffer_pool_size=64M
innodb_log_file_size=32M
wsrep_on=ON
wsrep_provider=$provider
wsrep_cluster_name=lab
wsrep_cluster_address=$(lab_cluster_address "$@")
wsrep_node_name=$node
wsrep_node_address=$address
wsrep_sst_method=rsync
wsrep_sst_receive_address=$address:4444
wsrep_provider_options="gmcast.listen_addr=tcp://$address:$LAB_GROUP_PORT;ist.recv_addr=$address:4568;gcache.size=16M"
END
}

lab_write_snmpd_conf() {
    cat <<END
agentaddress udp:$(lab_address "$1"):$LAB_SNMP_PORT
master agentx
agentXSocket unix:$LAB_DIR/$1/agentx
view lab included .1.3.6.1.2.1.1
view lab included $LAB_MIB_ROOT
createUser galera SHA-256 $LAB_SIGNS AES-128 $LAB_HIDES
rouser galera priv -V lab
rocommunity $LAB_COMMUNITY 127.0.0.0/8 -V lab
END
}

lab_write_client_conf() {
    cat <<END
defVersion 3
defSecurityName galera
defSecurityLevel authPriv
defAuthType SHA-256
defAuthPassphrase $LAB_SIGNS
defPrivType AES-128
defPrivPassphrase $LAB_HIDES
END
}

lab_write_initiator_conf() {
    cat <<END
defaults-file = $LAB_DIR/$1/my.cnf
snmp-user = galera
snmp-auth-file = $LAB_DIR/client/auth
snmp-priv-file = $LAB_DIR/client/priv
snmp-port = $LAB_SNMP_PORT
agentx-socket = $LAB_DIR/$1/agentx
run-dir = $LAB_DIR/$1/run
state-dir = $LAB_DIR/$1/state
backend = exec
server-binary = $(type -P mariadbd)
evidence = ${LAB_EVIDENCE:-closure}
END
}

# lab_processes: the ids of all processes that name this lab's directory in their command line.
lab_processes() {
    local file pid words
    for file in /proc/[0-9]*/cmdline; do
        pid=${file//[!0-9]/}
        [[ $pid == "$$" || $pid == "$BASHPID" ]] && continue
        # A process that ends while being looked at is none.
        { mapfile -d '' -t words <"$file"; } 2>/dev/null || continue
        if [[ "${words[*]}" == *"$LAB_DIR/"* ]]; then echo "$pid"; fi
    done
}

lab_kill_processes() {
    local pids
    mapfile -t pids < <(lab_processes)
    ((${#pids[@]} > 0)) || return 0
    kill -KILL "${pids[@]}" 2>/dev/null # one may end by itself meanwhile
    return 1
}

# The EXIT trap: stops what runs and removes the directory.
lab_end() {
    local status=$? pid
    trap '' INT TERM
    trap - EXIT
    if [[ -n $LAB_KEEP ]]; then exit "$status"; fi
    # In order first: an agent ends its own recovery. Servers are killed: their data goes anyway.
    for pid in "${LAB_PIDS[@]}"; do
        if lab_is_ours "$pid"; then kill -TERM "$pid" 2>/dev/null; fi
    done
    lab_wait_until 3 lab_all_ended
    lab_remove "$LAB_DIR"
    exit "$status"
}

# lab_remove DIRECTORY: ends every process of a lab, and removes it.
lab_remove() {
    LAB_DIR=$1
    [[ $LAB_DIR == /*/galera-lab.?????? && -d $LAB_DIR/acknowledged ]] || lab_fail "'$LAB_DIR' is not the directory of a lab"
    cd / || exit 1
    lab_wait_until 20 lab_kill_processes ||
        lab_fail "some processes of $LAB_DIR do not end: $(lab_processes | tr '\n' ' ')"
    rm -rf -- "$LAB_DIR"
}

# lab_is_ours PID: the id has not passed to another process meanwhile.
lab_is_ours() {
    local words
    { mapfile -d '' -t words <"/proc/$1/cmdline"; } 2>/dev/null || return 1
    [[ "${words[*]}" == *"$LAB_DIR/"* ]]
}

lab_all_ended() {
    local pid
    for pid in "${LAB_PIDS[@]}"; do
        if lab_is_ours "$pid"; then return 1; fi
    done
}

# lab_stop PID: SIGTERM, and SIGKILL when that has no effect.
lab_stop() {
    lab_is_ours "$1" || return 0
    kill -TERM "$1" 2>/dev/null
    lab_wait_until 10 lab_ended "$1" || kill -KILL "$1" 2>/dev/null
    lab_wait_until 5 lab_ended "$1"
}

# ---- snmpd and subagent --------------------------------------------------------------------------

# lab_snmp COMMAND..: a net-snmp tool with the lab's user and passphrases (not seen in `ps`); MIB
# modules only where MIBS and MIBDIRS name them.
lab_snmp() {
    SNMPCONFPATH=$LAB_DIR/client SNMP_PERSISTENT_DIR=$LAB_DIR/client MIBS=${MIBS-} MIBDIRS=${MIBDIRS-} "$@"
}

lab_snmp_address() { echo "$(lab_address "$1"):$LAB_SNMP_PORT"; }

lab_snmpd_answers() {
    lab_snmp snmpget -t 0.3 -r 0 "$(lab_snmp_address "$1")" .1.3.6.1.2.1.1.3.0 >/dev/null 2>&1
}

lab_agent_answers() {
    local line
    line=$(lab_snmp snmpgetnext -On -t 1 -r 0 "$(lab_snmp_address "$1")" "$LAB_MIB_ROOT" 2>/dev/null)
    [[ $line == "$LAB_MIB_ROOT".* ]]
}

# lab_snmpd_command NODE: its words, as LAB_COMMAND.
lab_snmpd_command() {
    local dir=$LAB_DIR/$1
    LAB_COMMAND=(env MIBS= SNMP_PERSISTENT_DIR="$dir/snmp" snmpd -f -C -c "$dir/snmpd.conf" -Lf "$dir/snmpd.log")
}

# lab_snmpd_start NODE, lab_agent_start NODE: return when it answers.
lab_snmpd_start() {
    local dir=$LAB_DIR/$1
    rm -f "$dir/agentx"
    lab_snmpd_command "$1"
    lab_spawn "$dir/snmpd.out" "${LAB_COMMAND[@]}"
    LAB_SNMPD[$1]=$LAB_PID
    disown "$LAB_PID"
    lab_wait_until 15 lab_snmpd_answers "$1" ||
        lab_fail "$1: snmpd does not answer: $(tail -n 3 "$dir/snmpd.out" "$dir/snmpd.log")"
}

lab_agent_start() {
    local dir=$LAB_DIR/$1
    lab_spawn "$dir/agent.log" "$LAB_DIR/bin/galera-agentx" --config "$dir/galera-initiator.conf"
    LAB_AGENT[$1]=$LAB_PID
    disown "$LAB_PID"
    lab_wait_until 30 lab_agent_answers "$1" ||
        lab_fail "$1: galera-agentx does not answer: $(tail -n 3 "$dir/agent.log")"
}

# lab_agents_start NODE..: snmpd and subagent of each.
lab_agents_start() {
    local node
    for node; do
        lab_snmpd_start "$node"
        lab_agent_start "$node"
    done
}

lab_snmpd_stop() { lab_stop "${LAB_SNMPD[$1]}"; }
lab_agent_stop() { lab_stop "${LAB_AGENT[$1]}"; }

# ---- initiator -----------------------------------------------------------------------------------

# lab_initiator NODE WORD..: galera-initiator with the node's configuration.
lab_initiator() {
    local node=$1
    shift
    "${LAB_AS[@]}" "$LAB_DIR/bin/galera-initiator" --config "$LAB_DIR/$node/galera-initiator.conf" "$@"
}

# lab_initiator_start NODE [OPTION..]: `start` in the background; it says into NODE/initiator.out.
lab_initiator_start() {
    local node=$1
    shift
    : >"$LAB_DIR/$node/initiator.out"
    lab_spawn "$LAB_DIR/$node/initiator.out" "$LAB_DIR/bin/galera-initiator" \
        --config "$LAB_DIR/$node/galera-initiator.conf" "$@" start
    LAB_INITIATOR[$node]=$LAB_PID
}

# lab_initiator_wait NODE SECONDS: its exit status; 124 when it still runs then.
lab_initiator_wait() {
    lab_wait_until "$2" lab_ended "${LAB_INITIATOR[$1]}" || return 124
    wait "${LAB_INITIATOR[$1]}" 2>/dev/null
}

lab_initiator_stop() { lab_stop "${LAB_INITIATOR[$1]}"; }

# ---- server --------------------------------------------------------------------------------------

# lab_server_start NODE [OPTION..]: by hand, past the initiator; does not wait.
lab_server_start() {
    local dir=$LAB_DIR/$1
    shift
    lab_spawn "$dir/server.out" mariadbd --defaults-file="$dir/my.cnf" "$@"
    disown "$LAB_PID"
}

# lab_recover NODE: its position, asked from InnoDB by hand.
lab_recover() {
    local log=$LAB_DIR/$1/recover.log
    rm -f "$log"
    "${LAB_AS[@]}" mariadbd --defaults-file="$LAB_DIR/$1/my.cnf" --wsrep-recover --log-error="$log" 2>/dev/null
    sed -n 's/.*Recovered position: //p' "$log" | tail -n 1 | grep .
}

# lab_server_pid NODE: who has InnoDB's file of its data directory open; false when nobody has.
lab_server_pid() {
    local pid
    pid=$(fuser "$LAB_DIR/$1/data/ibdata1" 2>/dev/null) && echo "${pid//[!0-9 ]/}" | tr -s ' ' '\n' | grep .
}
lab_server_runs() { lab_server_pid "$1" >/dev/null; }
lab_server_gone() { ! lab_server_pid "$1" >/dev/null; }

# lab_descendants PID: the ids of its children, and theirs (scripts of a state transfer).
lab_descendants() {
    ps -e -o pid=,ppid= | awk -v root="$1" '
        { parent[$1] = $2 }
        END {
            for (pid in parent)
                for (up = pid; up in parent; up = parent[up])
                    if (parent[up] == root) { print pid; break }
        }'
}

# lab_server_kill9 NODE..: SIGKILL to the servers of all these nodes at one moment.
lab_server_kill9() {
    local node pid pids=()
    for node; do
        pid=$(lab_server_pid "$node") || lab_fail "$node: no server to kill"
        pids+=("$pid")
        mapfile -t -O "${#pids[@]}" pids < <(lab_descendants "$pid")
    done
    kill -KILL "${pids[@]}"
    for node; do lab_wait_until 10 lab_server_gone "$node" || lab_fail "$node: the server survived SIGKILL"; done
}

# lab_server_stop NODE: in order.
lab_server_stop() {
    local pid
    pid=$(lab_server_pid "$1") || return 0
    kill -TERM "$pid"
    lab_wait_until 60 lab_server_gone "$1" || lab_fail "$1: the server does not stop"
}

# lab_sql NODE STATEMENT: rows on stdout, columns parted by tabs.
lab_sql() {
    "${LAB_AS[@]}" mariadb --no-defaults --batch --skip-column-names \
        --user="$LAB_USER" --socket="$LAB_DIR/$1/server.sock" --execute="$2"
}

# lab_wsrep NODE NAME..: values of wsrep_NAME, one a line, in the order of the names.
lab_wsrep() {
    local node=$1 name list='' order=''
    shift
    for name; do
        list+=",'WSREP_${name^^}'"
        order+=",'WSREP_${name^^}'"
    done
    lab_sql "$node" "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS
        WHERE VARIABLE_NAME IN (${list#,}) ORDER BY FIELD(VARIABLE_NAME${order})"
}

# lab_synced NODE: the node is a full member of a Primary.
lab_synced() {
    [[ $(lab_wsrep "$1" cluster_status local_state_comment ready 2>/dev/null | tr '\n' ' ') == "Primary Synced ON " ]]
}

lab_wait_synced() { lab_wait_until "$2" lab_synced "$1"; }

# lab_history NODE: the UUID of the history it is in.
lab_history() { lab_wsrep "$1" cluster_state_uuid; }

# ---- rows ----------------------------------------------------------------------------------------

lab_table_make() {
    lab_sql "$1" 'CREATE DATABASE IF NOT EXISTS lab;
        CREATE TABLE IF NOT EXISTS lab.written (
            writer VARCHAR(32) NOT NULL, number BIGINT UNSIGNED NOT NULL,
            PRIMARY KEY (writer, number)) ENGINE=InnoDB'
}

# lab_rows NODE: their count, behind everything that the cluster has committed.
lab_rows() { lab_sql "$1" 'SET SESSION wsrep_sync_wait=1; SELECT COUNT(*) FROM lab.written'; }

# lab_fingerprint NODE: equal on nodes with the same rows.
lab_fingerprint() {
    lab_sql "$1" "SET SESSION wsrep_sync_wait=1;
        SELECT COUNT(*), COALESCE(BIT_XOR(CRC32(CONCAT(writer, ' ', number))), 0) FROM lab.written"
}

# lab_writer_start NODE WRITER [OPTION..]: writes row after row until the server or it is killed.
# A writer's name is used once: it numbers its rows from 1.
lab_writer_start() {
    local node=$1 writer=$2
    shift 2
    lab_spawn "$LAB_DIR/$node/writer.log" "$LAB_DIR/bin/lab-writer" --socket "$LAB_DIR/$node/server.sock" \
        --user "$LAB_USER" --writer "$writer" "$@" "$LAB_DIR/acknowledged/$writer"
    LAB_WRITER[$writer]=$LAB_PID
}

# lab_writer_wait WRITER SECONDS: its exit status; 124 when it still writes then.
lab_writer_wait() {
    lab_wait_until "$2" lab_ended "${LAB_WRITER[$1]}" || return 124
    wait "${LAB_WRITER[$1]}" 2>/dev/null
}

# lab_acknowledged [WRITER..]: how many rows were acknowledged to these writers, or to all.
lab_acknowledged() {
    local writer files=()
    for writer; do files+=("$LAB_DIR/acknowledged/$writer"); done
    if (($# == 0)); then files=("$LAB_DIR"/acknowledged/*); fi
    cat -- "${files[@]}" 2>/dev/null | wc -l
}
lab_has_acknowledged() { (($(lab_acknowledged "$1") >= $2)); }

# lab_verify NODE: which acknowledged rows the node lacks, a line each, and then "X of Y
# acknowledged rows present"; false if it lacks any.
lab_verify() {
    "${LAB_AS[@]}" "$LAB_DIR/bin/lab-writer" --verify --socket "$LAB_DIR/$1/server.sock" \
        --user "$LAB_USER" "$LAB_DIR"/acknowledged/*
}
