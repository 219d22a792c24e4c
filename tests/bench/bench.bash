# shellcheck shell=bash
# What the benchmark and the soak share: a node n1 with everything that is compared under its
# snmpd, and how a process and the MIB are looked at.
#
#   . tests/bench/bench.bash
#   bench_prepare; bench_alone "$0" "$@"
#   bench_up

BENCH_TREE=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
# shellcheck source=packaging/prepare.bash
. "$BENCH_TREE/packaging/prepare.bash"
# shellcheck source=packaging/lab.bash
. "$BENCH_TREE/packaging/lab.bash"

BENCH_BUILT=${BENCH_BIN:-} # where whoever calls has built the programs
BENCH_BIN=${BENCH_BIN:-$BENCH_TREE/build/release/bin}
BENCH_PROGRAMS=(galera-initiator galera-agentx galera-check lab-writer
    bench-requests bench-restarts bench-value scalar-subagent)
BENCH_PLAYPEN=1.3.6.1.4.1.8072.9999.9999
# What the others serve. The last two are nsExtendOutput1Line."s" and ."c".
BENCH_SCALAR=$BENCH_PLAYPEN.1.1.0
BENCH_PYAGENTX=$BENCH_PLAYPEN.2.1.0
BENCH_EXTEND=1.3.6.1.4.1.8072.1.3.2.3.1.1.1.115
BENCH_EXTEND_CHECK=1.3.6.1.4.1.8072.1.3.2.3.1.1.1.99

# bench_prepare: installs and builds what is needed. What is built already others may be using.
bench_prepare() {
    prepare_packages build run bench
    [[ -n $BENCH_BUILT ]] || prepare_build release "${BENCH_PROGRAMS[@]}"
}

# bench_alone SCRIPT WORD..: the script once more, in a network namespace of its own where root can
# make one: nothing else is on its loopback.
bench_alone() {
    if [[ -n ${BENCH_ALONE:-} ]]; then
        ip link set lo up
    elif ((EUID == 0)) && unshare --net true 2>/dev/null; then
        BENCH_ALONE=1 exec unshare --net bash "$@"
    fi
}

bench_say() { printf '[%3d s] %s\n' "$SECONDS" "$1" >&2; }

# ---- what runs -----------------------------------------------------------------------------------

# bench_up [LINE..]: n1 with a server that is Synced, and the contenders. The lines go into its
# galera-initiator.conf.
bench_up() {
    local dir
    lab_create "$BENCH_BIN" 1
    dir=$LAB_DIR/n1
    install -m 0755 "$BENCH_BIN/scalar-subagent" "$BENCH_TREE"/tests/bench/{pyagentx_scalar.py,status_script} "$LAB_DIR/bin/"
    bench_gated_server >"$dir/gated-server"
    chmod 0755 "$dir/gated-server"
    sed -i "s|^server-binary = .*|server-binary = $dir/gated-server|" "$dir/galera-initiator.conf"
    if (($# > 0)); then printf '%s\n' "$@" >>"$dir/galera-initiator.conf"; fi
    bench_snmpd_lines >>"$dir/snmpd.conf"
    lab_agents_start n1
    bench_initiate
    bench_contenders
}

# -cacheTime -1: uncached, the script runs for each request (0 is the default of 5 s).
bench_snmpd_lines() {
    cat <<END
view lab included .$BENCH_PLAYPEN
view lab included .1.3.6.1.4.1.8072.1.3.2
extend -cacheTime -1 s $LAB_DIR/bin/status_script $LAB_DIR/n1/server.sock $LAB_DIR/n1/run/initiator.lock
extend -cacheTime -1 c $LAB_DIR/bin/galera-check --config $LAB_DIR/n1/galera-initiator.conf status
END
}

# A recovery lasts for as long as the gate is there; all else is the real server.
bench_gated_server() {
    cat <<END
#!/bin/bash
if [[ -p $LAB_DIR/n1/gate ]]; then read -r _ <$LAB_DIR/n1/gate; fi
exec mariadbd "\$@"
END
}
bench_close_gate() { "${LAB_AS[@]}" mkfifo "$LAB_DIR/n1/gate"; }
bench_open_gate() {
    mv "$LAB_DIR/n1/gate" "$LAB_DIR/n1/gate.open"
    echo go >"$LAB_DIR/n1/gate.open" # waits for its reader
    rm "$LAB_DIR/n1/gate.open"
}

# bench_initiate: the server of n1, until it is Synced.
bench_initiate() {
    lab_initiator_start n1
    lab_initiator_wait n1 60 || lab_fail "the server does not start: $(<"$LAB_DIR/n1/initiator.out")"
    lab_wait_synced n1 30 || lab_fail "the server is not Synced"
    bench_wait_says galeraServerState 4 # serving
}

bench_contenders() {
    local dir=$LAB_DIR/n1
    lab_spawn "$dir/yardstick.log" env MIBS= SNMP_PERSISTENT_DIR="$dir/tmp" \
        "$LAB_DIR/bin/scalar-subagent" "$dir/agentx"
    LAB_AGENT[yardstick]=$LAB_PID
    lab_spawn "$dir/pyagentx.log" "$LAB_DIR/bin/pyagentx_scalar.py" "$dir/agentx"
    lab_wait_until 20 bench_serves "$BENCH_SCALAR" || lab_fail "scalar-subagent: $(<"$dir/yardstick.log")"
    lab_wait_until 20 bench_serves "$BENCH_PYAGENTX" || lab_fail "pyagentx: $(<"$dir/pyagentx.log")"
    [[ $(bench_extended "$BENCH_EXTEND") == running ]] || lab_fail "'extend': the script does not say 'running'"
    [[ $(bench_extended "$BENCH_EXTEND_CHECK") == running ]] || lab_fail "'extend': galera-check does not say 'running'"
}

# bench_roster_agent NODE COUNT: snmpd and galera-agentx beside those of n1, of the same database,
# with so many nodes in the roster.
bench_roster_agent() {
    local node=$1 count=$2 dir=$LAB_DIR/$1 number list
    list=$(lab_address n1)
    for ((number = 1; number < count; number++)); do list+=,127.20.$((number / 200)).$((number % 200 + 1)); done
    mkdir "$dir" "$dir/run" "$dir/state" "$dir/snmp"
    lab_write_snmpd_conf "$node" >"$dir/snmpd.conf"
    {
        sed -E "s#^(agentx-socket|run-dir|state-dir) = .*/#\1 = $dir/#" "$LAB_DIR/n1/galera-initiator.conf"
        echo "cluster-address = gcomm://$list"
    } >"$dir/galera-initiator.conf"
    chmod 0640 "$dir/snmpd.conf" "$dir/galera-initiator.conf"
    lab_own "$dir"
    lab_agents_start "$node"
}

# ---- looking -------------------------------------------------------------------------------------

# bench_serves OID: n1's snmpd has a value for it.
bench_serves() {
    local value
    value=$(lab_snmp snmpget -Oqv -t 5 "$(lab_snmp_address n1)" ".$1" 2>/dev/null) && [[ $value != 'No Such '* ]]
}

# bench_extended OID: the line that the program behind it prints.
bench_extended() { lab_snmp snmpget -Oqv -t 5 "$(lab_snmp_address n1)" ".$1" | tr -d '"'; }

# bench_value SCALAR [NODE]: its value, of n1; enumerations by their numbers. False: none.
bench_value() {
    "$BENCH_BIN/bench-value" "$LAB_COMMUNITY" "$(lab_address "${2:-n1}")" "$LAB_SNMP_PORT" "$1"
}
bench_says() { [[ $(bench_value "$1") == "$2" ]]; }
bench_wait_says() { lab_wait_until 30 bench_says "$1" "$2" || lab_fail "$1 is not $2 after 30 s: $(bench_value "$1")"; }

# bench_memory PID FIELD: of its status (VmRSS, RssAnon) or smaps_rollup (Pss), in kB.
bench_memory() { awk -v field="$2:" '$1 == field { print $2 }' "/proc/$1/status" "/proc/$1/smaps_rollup" | head -n 1; }

# bench_processor_ns PID: the processor time of all its threads.
bench_processor_ns() { cat "/proc/$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%d\n", sum }'; }

# bench_birth PID: of the process, in ticks since the machine's; the id may come again, both do not.
bench_birth() { local stat; stat=$(<"/proc/$1/stat") && awk '{ print $20 }' <<<"${stat##*) }"; }
