# shellcheck shell=bash
# The parts of the test of the survey over a bad network: three nodes in network namespaces of their
# own, each with a database that was killed, snmpd and galera-agentx, and the wire between them.
#
#   . "${BASH_SOURCE[0]%/*}/nodes.bash"    # $1: where the programs are; $2..: the versions of SNMP
#   alone "$@"; prepare; start_wire; start_node n1
bin=$(cd "$1" && pwd)
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck source=tests/integration/steps.bash
. "$here/../steps.bash"

nodes=(n1 n2 n3)
declare -A address=([n1]=10.77.0.1 [n2]=10.77.0.2 [n3]=10.77.0.3)
root=.1.3.6.1.4.1.8072.9999.9999.4567
community=surveytest user=survey auth='auth passphrase' priv='priv passphrase'
# shellcheck disable=SC2034 # for whoever skews a clock
faketime=$(compgen -G '/usr/lib/*/faketime/libfaketime.so.1')
version=

dir=
as=()
server_user=mysql
declare -A holder=() snmpd=() agent=() server=()

# ---- alone ---------------------------------------------------------------------------------------

# alone WORD..: the script once more with those words, in namespaces that end with it, and all that runs
# in them too. Where nobody may make them the test is skipped.
alone() {
    if [[ -z ${SURVEY_ALONE:-} ]]; then
        local how=(--mount --net --pid --fork --kill-child --mount-proc)
        ((EUID == 0)) || how+=(--map-root-user)
        unshare "${how[@]}" true || exit 77
        SURVEY_ALONE=$EUID exec unshare "${how[@]}" bash "$0" "$@"
    fi
    dir=$(mktemp -d /tmp/galera-survey-test.XXXXXX)
    trap clean_up EXIT
    trap 'exit 130' INT TERM
    if [[ $SURVEY_ALONE == 0 ]]; then as=(setpriv --reuid mysql --regid mysql --init-groups --); else server_user=root; fi
}

clean_up() {
    local status=$? pid log
    if ((status != 0)); then
        for log in "$dir"/{wire.log,n?/{agent,snmpd,server}.log}; do
            [[ -s $log ]] || continue
            echo "--- ${log#"$dir/"}"
            tail -n 10 "$log"
        done
    fi
    for pid in $(jobs -p); do
        kill -CONT "$pid" 2>/dev/null || true
        kill -KILL "$pid" 2>/dev/null || true
    done
    { wait; } 2>/dev/null # not a line for each
    rm -rf "$dir"
}

step() { printf '%s: [%3d s] v%s: %s\n' "${0##*/}" "$SECONDS" "$version" "$*"; }

# ---- the wire ------------------------------------------------------------------------------------

# on NODE COMMAND..: in its namespace, as the database's user.
on() { nsenter --net="/proc/${holder[$1]}/ns/net" "${as[@]}" "${@:2}"; }
inside() { nsenter --net="/proc/${holder[$1]}/ns/net" "${@:2}"; }
# become NODE COMMAND..: the same in the place of this shell, so that the id of a job is the command's.
become() { exec nsenter --net="/proc/${holder[$1]}/ns/net" "${as[@]}" "${@:2}"; }

make_namespace() { # NAME
    unshare --net sleep infinity &
    holder[$1]=$!
    wait_until 5 is_apart "$1"
}
is_apart() { [[ $(readlink "/proc/${holder[$1]}/ns/net") != "$(readlink /proc/self/ns/net)" ]]; }

start_wire() { # SEED
    local node ports=()
    make_namespace wire
    for node in "${nodes[@]}"; do
        make_namespace "$node"
        inside "$node" ip link set lo up
        inside "$node" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv4.ip_unprivileged_port_start=0
        inside wire ip link add "$node" type veth peer name eth0 netns "${holder[$node]}"
        inside "$node" ip address add "${address[$node]}/24" dev eth0
        inside "$node" ip link set eth0 up
        inside wire ip link set "$node" up
        ports+=("$node=$node")
    done
    inside wire python3 -B "$here/wire.py" "$dir/wire" "$1" "${ports[@]}" >"$dir/wire.log" 2>&1 &
    wait_until 10 test -S "$dir/wire"
    wait_until 10 wire rules
}
# wire WORD..: see wire.py.
wire() { python3 -B "$here/wire.py" --tell "$dir/wire" "$@" >"$dir/wire.said" 2>&1; }
# touched [PLACE]: how many datagrams the rule at that place, from 0 on, has touched.
touched() {
    local counts
    wire counts || fail "the wire does not answer: $(<"$dir/wire.log")"
    read -r -a counts <"$dir/wire.said"
    echo "${counts[${1:-0}]}"
}
has_touched() { (($(touched "${2:-0}") >= $1)); } # COUNT [PLACE]

# ---- the nodes -----------------------------------------------------------------------------------

# prepare: three nodes with the data directory of a server that was alone in its view and was killed.
prepare() {
    local node
    for node in "${nodes[@]}"; do
        mkdir "$dir/$node" "$dir/$node"/{tmp,run,state,snmp}
        write_option_file "$node" >"$dir/$node/my.cnf"
        write_snmpd_conf "$node" >"$dir/$node/snmpd.conf"
        write_conf "$node" >"$dir/$node/agent.conf"
    done
    for node in auth priv other; do (umask 077 && echo "${!node:-another passphrase}" >"$dir/$node"); done
    chmod 755 "$dir"
    ((${#as[@]} == 0)) || chown -R mysql:mysql "$dir"
}

make_data() {
    local node
    TMPDIR=$dir/n1/tmp "${as[@]}" mariadb-install-db --no-defaults --datadir="$dir/n1/data" --skip-test-db \
        --auth-root-authentication-method=normal --user="$server_user" >"$dir/install.log" 2>&1 || fail "$(<"$dir/install.log")"
    start_server n1
    wait_until 60 grep -q 'Synchronized with group, ready for connections' "$dir/n1/server.log"
    kill_part server n1
    for node in n2 n3; do cp -a "$dir/n1/data" "$dir/$node/data"; done
}

write_option_file() {
    cat <<END
[mysqld]
user=$server_user
datadir=$dir/$1/data
socket=$dir/$1/server.sock
pid-file=$dir/$1/server.pid
tmpdir=$dir/$1/tmp
bind-address=${address[$1]}
innodb_buffer_pool_size=64M
innodb_log_file_size=8M
binlog_format=ROW
wsrep_on=ON
wsrep_provider=$(compgen -G '/usr/lib*/galera*/libgalera_smm.so')
wsrep_cluster_name=surveytest
wsrep_cluster_address=gcomm://${address[n1]},${address[n2]},${address[n3]}
wsrep_node_address=${address[$1]}
wsrep_node_name=$1
wsrep_sst_method=rsync
wsrep_provider_options=gmcast.listen_addr=tcp://${address[$1]}:4567;gcache.size=16M
END
}

# One try, so that a subagent that is stuck is told of while a survey still waits.
write_snmpd_conf() {
    cat <<END
agentaddress udp:${address[$1]}:161
agentXSocket $dir/$1/agentx
agentXTimeout 1
agentXRetries 0
master agentx
view survey included .1.3.6.1.2.1.1
view survey included $root
rocommunity $community 10.77.0.0/24 -V survey
createUser $user SHA-256 "$auth" AES "$priv"
rouser $user authPriv -V survey
END
}

write_conf() {
    cat <<END
defaults-file = $dir/$1/my.cnf
agentx-socket = $dir/$1/agentx
run-dir = $dir/$1/run
state-dir = $dir/$1/state
# Longer than a conversation that is delayed: its GETs must be of one snapshot at the second try.
sample-interval = 2s
server-binary = $(type -P mariadbd)
END
}

start_snmpd() { # NODE [NAME=VALUE..]: with these in its environment
    local node=$1 place=$dir/$1
    rm -f "$place/agentx"
    become "$node" env MIBS='' SNMP_PERSISTENT_DIR="$place/snmp" SNMPCONFPATH="$place/snmp" "${@:2}" \
        snmpd -f -Lo -C -c "$place/snmpd.conf" </dev/null >>"$place/snmpd.log" 2>&1 &
    # shellcheck disable=SC2034 # used by its name
    snmpd[$node]=$!
}
start_agent() { # NODE [NAME=VALUE..]
    become "$1" env "${@:2}" "$bin/galera-agentx" --config "$dir/$1/agent.conf" </dev/null >>"$dir/$1/agent.log" 2>&1 &
    # shellcheck disable=SC2034 # used by its name
    agent[$1]=$!
}
start_node() { # NODE [NAME=VALUE..]
    start_snmpd "$@"
    start_agent "$@"
    wait_until 20 knows "$1"
}
start_server() { # NODE
    "${as[@]}" sed -i 's/safe_to_bootstrap: 0/safe_to_bootstrap: 1/' "$dir/$1/data/grastate.dat" 2>/dev/null || true
    become "$1" mariadbd --defaults-file="$dir/$1/my.cnf" --wsrep-new-cluster \
        </dev/null >>"$dir/$1/server.log" 2>&1 &
    # shellcheck disable=SC2034 # used by its name
    server[$1]=$!
}
kill_part() { # PART NODE
    local -n part=$1
    kill -KILL "${part[$2]}"
    wait "${part[$2]}" 2>/dev/null || true
    unset "part[$2]"
}
stop_node() {
    kill_part snmpd "$1"
    kill_part agent "$1"
}

# object NODE NAME: the value of a scalar, below the root, as the node itself sees it.
object() {
    inside "$1" snmpget -v 2c -c "$community" -t 1 -r 0 -M '' -m '' -Oqv "${address[$1]}" "$root.$2.0" 2>&1
}
# Its position is known: nothing is left to recover.
knows() { [[ $(object "$1" 1.2.6) =~ ^[0-9]+$ ]]; }
listens() { inside "$1" ss -Hltn "src ${address[$1]}:4567" | grep . >/dev/null; }
