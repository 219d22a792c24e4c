# shellcheck shell=bash
# The parts of the tests of galera-agentx: one node with a real server, snmpd, agent and initiator on
# an address of its own, what can happen to them, and how they are asked.
#
#   address=127.0.3.1 other_address=127.0.3.2   # the node's, and that of a peer that never comes
#   . "${BASH_SOURCE[0]%/*}/parts.bash"         # $1: where the programs are; $2: as for base-mibs
#   prepare; start_snmpd; start_agent; start_server
bin=$(cd "$1" && pwd)
cache=${2:-}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_dir=$(cd "$here/../../.." && pwd)
# shellcheck source=tests/integration/steps.bash
. "$here/../steps.bash"

: "${address:?}" "${other_address:?}"
port=16131
# shellcheck disable=SC2034 # for whoever walks
root=.1.3.6.1.4.1.8072.9999.9999.4567
community=agenttest

dir=$(mktemp -d /tmp/galera-agent-test.XXXXXX)
as=()
if ((EUID == 0)); then
    as=(setpriv --reuid mysql --regid mysql --init-groups --)
fi
snmpd_pid='' agent_pid='' server_pid='' initiator_pid='' receiver_pid=''

clean_up() {
    local status=$?
    local pid
    for pid in $(jobs -p); do # the parts, and whatever else the test runs beside them
        kill -CONT "$pid" 2>/dev/null || true
        kill -KILL "$pid" 2>/dev/null || true
    done
    { wait; } 2>/dev/null # not a line for each
    if ((status != 0)); then
        echo "--- agent.log"; tail -n 30 "$dir/agent.log" || true
        echo "--- snmpd.log"; tail -n 20 "$dir/snmpd.log" || true
        echo "--- server.log"; tail -n 20 "$dir/server.log" || true
        echo "--- initiator.log"; tail -n 20 "$dir/initiator.log" || true
        if [[ -n $receiver_pid ]]; then echo "--- received"; tail -n 20 "$dir/received" || true; fi
    fi
    rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

step() { echo "${0##*/}: $*"; }
expect() { # WHAT FOUND EXPECTED
    [[ $2 == "$3" ]] || fail "$1: '$2', expected '$3'"
}

# ---- the parts -----------------------------------------------------------------------------------

prepare() {
    "$here/../base-mibs" "$dir/mibs" ${cache:+"$cache"}
    cp "$source_dir/mibs/GALERA-INITIATOR-MIB.txt" "$dir/mibs/"
    mkdir "$dir/data" "$dir/tmp" "$dir/run" "$dir/state" "$dir/snmp"
    cat >"$dir/my.cnf" <<END
[mysqld]
datadir=$dir/data
socket=$dir/mysql.sock
pid-file=$dir/mysql.pid
# Of its own: a server that starts removes the temporary tables of all others in /tmp.
tmpdir=$dir/tmp
bind-address=$address
port=13306
innodb_buffer_pool_size=64M
binlog_format=ROW
wsrep_on=ON
wsrep_provider=$(find /usr/lib -name libgalera_smm.so -print -quit)
wsrep_cluster_name=agenttest
wsrep_cluster_address=gcomm://$address,$other_address
wsrep_node_address=$address
wsrep_node_name=n1
wsrep_sst_method=rsync
wsrep_provider_options=gmcast.listen_addr=tcp://$address:14567;ist.recv_addr=$address:14568;gcache.size=16M;evs.stats_report_period=PT1H
END
    cat >"$dir/agent.conf" <<END
defaults-file = $dir/my.cnf
agentx-socket = $dir/agentx.sock
sample-interval = 200ms
run-dir = $dir/run
state-dir = $dir/state
server-binary = $dir/gated-server
END
    { cat "$dir/agent.conf"; cat; } >"$dir/initiator.conf" <<END
backend = exec
snmp-version = 2c
snmp-community = $community
snmp-port = $port
snmp-timeout = 300ms
snmp-retries = 1
poll-interval = 200ms
END
    chmod 600 "$dir/initiator.conf"
    # A recovery lasts for as long as the gate is there; all else is the real server.
    cat >"$dir/gated-server" <<END
#!/bin/bash
if [[ -p $dir/gate ]]; then read -r _ <$dir/gate; fi
exec mariadbd "\$@"
END
    chmod 755 "$dir" "$dir/gated-server"
    cat >"$dir/snmpd.conf" <<END
agentaddress udp:$address:$port
rocommunity $community 127.0.0.0/8
master agentx
agentXSocket $dir/agentx.sock
agentXPerms 0660 0755
sysServices 72
END
    ((EUID != 0)) || chown -R mysql:mysql "$dir"
    TMPDIR=$dir/tmp "${as[@]}" mariadb-install-db --no-defaults --datadir="$dir/data" \
        --auth-root-authentication-method=socket --auth-root-socket-user=mysql --skip-test-db \
        >"$dir/install.log" 2>&1 || { cat "$dir/install.log"; fail "mariadb-install-db"; }
}

snmpd_answers() { snmpget_plain .1.3.6.1.2.1.1.3.0 >"$dir/up" 2>&1; }
start_snmpd() {
    MIBS='' SNMP_PERSISTENT_DIR=$dir/snmp SNMPCONFPATH=$dir/snmp \
        "${as[@]}" snmpd -f -Lf "$dir/snmpd.log" -C -c "$dir/snmpd.conf" -p "$dir/snmpd.pid" \
        </dev/null >>"$dir/snmpd.out" 2>&1 &
    snmpd_pid=$!
    wait_until 10 snmpd_answers
}
kill_snmpd() {
    kill -KILL "$snmpd_pid"
    wait "$snmpd_pid" 2>/dev/null || true
    snmpd_pid=''
    rm -f "$dir/agentx.sock"
}

start_agent() { # OPTION..
    "${as[@]}" "$bin/galera-agentx" --config "$dir/agent.conf" "$@" \
        </dev/null >>"$dir/agent.log" 2>&1 &
    agent_pid=$!
}
agent_has_threads() { (($(find "/proc/$agent_pid/task" -mindepth 1 -maxdepth 1 | wc -l) >= $1)); }
# Ends the agent by a signal; it must take less than a second, whatever it is doing.
end_agent() { # SIGNAL
    local began status=0 lasted
    began=$(now_ms)
    kill -"$1" "$agent_pid"
    wait "$agent_pid" || status=$?
    lasted=$(($(now_ms) - began))
    agent_pid=''
    ((status == 0)) || fail "galera-agentx ended with status $status on SIG$1"
    ((lasted < 1000)) || fail "galera-agentx took $lasted ms to end on SIG$1"
    echo "${0##*/}:   ended in $lasted ms"
}

start_initiator() { # OPTION..
    : >"$dir/initiator.json"
    "${as[@]}" "$bin/galera-initiator" --config "$dir/initiator.conf" "$@" start \
        </dev/null >"$dir/initiator.json" 2>>"$dir/initiator.log" &
    initiator_pid=$!
}
# Ends the initiator by a signal, and expects its exit status.
end_initiator() { # SIGNAL STATUS
    local began status=0 lasted
    began=$(now_ms)
    kill -"$1" "$initiator_pid"
    { wait "$initiator_pid" || status=$?; } 2>/dev/null
    lasted=$(($(now_ms) - began))
    initiator_pid=''
    expect "exit status of the initiator on SIG$1" "$status" "$2"
    ((lasted < 1000)) || fail "galera-initiator took $lasted ms to end on SIG$1"
}

start_server() {
    "${as[@]}" mariadbd --defaults-file="$dir/my.cnf" --wsrep-new-cluster \
        </dev/null >>"$dir/server.log" 2>&1 &
    server_pid=$!
}
stop_server() {
    kill -TERM "$server_pid"
    wait "$server_pid" || fail "the server ended with status $?"
    server_pid=''
}
kill_server() {
    kill -KILL "$server_pid"
    wait "$server_pid" 2>/dev/null || true
    server_pid=''
}

close_gate() { "${as[@]}" mkfifo "$dir/gate"; }
open_gate() {
    mv "$dir/gate" "$dir/gate.open"
    echo go >"$dir/gate.open" # waits for its reader
    rm "$dir/gate.open"
}

# ---- asking --------------------------------------------------------------------------------------

common=(-v 2c -c "$community" -t 1 -r 1)
named=(-M "$dir/mibs" -m GALERA-INITIATOR-MIB)
snmpget_plain() { snmpget "${common[@]}" -M '' -m '' -On "$address:$port" "$@"; }
# The value alone, enumerations by their labels: "known", "No Such Instance ..".
value() { snmpget "${common[@]}" "${named[@]}" -Oqv "$address:$port" "GALERA-INITIATOR-MIB::$1" 2>&1; }
says() { [[ $(value "$1") == "$2" ]]; }
has_no_instance() { [[ $(value "$1") == 'No Such Instance'* ]]; }
has_no_object() { [[ $(value "$1") == 'No Such Object'* ]]; }
# A column of galeraPeerTable, of the node with that IPv4 address.
peer() { value "galeraPeer$1.1.4.$2"; }
serves() { value galeraCollectorState.0 >"$dir/serves" 2>&1 && ! grep -q 'No Such' "$dir/serves"; }

# mib_objects: every object of the MIB that can be read, in its order: name and type, as snmpwalk names
# types. Of a textual convention of the MIB's own, the type that it stands for.
mib_objects() {
    awk '
        BEGIN {
            wire["INTEGER"] = wire["TruthValue"] = wire["InetAddressType"] = "INTEGER"
            wire["Unsigned32"] = wire["Gauge32"] = "Gauge32"
            wire["Counter32"] = "Counter32"; wire["Counter64"] = "Counter64"
            wire["OCTET"] = wire["SnmpAdminString"] = wire["DateAndTime"] = wire["InetAddress"] = "STRING"
        }
        $2 == "::=" && $3 == "TEXTUAL-CONVENTION" { name = $1; convention = 1 }
        $2 == "OBJECT-TYPE" { name = $1; convention = 0 }
        $1 == "SYNTAX" && convention && !(name in wire) { wire[name] = wire[$2] }
        $1 == "SYNTAX" && !convention { type = $2 }
        $1 == "MAX-ACCESS" && $2 == "read-only" { print name, type in wire ? wire[type] : type "?" }
    ' "$dir/mibs/GALERA-INITIATOR-MIB.txt"
}
# walked_objects FILE: the same of a walk by the MIB's names, each object once for its run of rows.
walked_objects() {
    sed -E 's/^[^:]*::([A-Za-z]+)[^=]*= ([A-Za-z0-9-]+): ?.*/\1 \2/; s/ Hex-STRING$/ STRING/' "$1" | uniq
}
