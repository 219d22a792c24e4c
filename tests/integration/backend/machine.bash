# shellcheck shell=bash
# A machine of its own for the tests of the backends, with systemd or without: a container of
# systemd-nspawn that has this machine's /usr (read-only) and users, an /etc, a /var and a loopback of
# its own, and one node with MariaDB, Galera, snmpd, subagent and initiator.
#
#   . "${BASH_SOURCE[0]%/*}/machine.bash"   # $1: the folder of the programs
#   machine_make; machine_boot; machine systemctl --failed
bin=$(cd "$1" && pwd) || exit 1
# shellcheck source=tests/cgroups.bash
. "${BASH_SOURCE[0]%/*}/../../cgroups.bash"
((EUID == 0)) || { echo "${0##*/}: run it as root: it boots a machine" >&2; exit 1; }

address=127.0.0.1
community=backendtest
config=/etc/galera-initiator/galera-initiator.conf

dir=$(mktemp -d /tmp/galera-machine-test.XXXXXX) || exit 1
chmod 0755 "$dir" # for the user mysql
tree=$dir/tree # of the machine
nspawn_pid='' leader=''

step() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }
fail() {
    echo "${0##*/}: FAILED: $*" >&2
    exit 1
}

# claim TEXT COMMAND..: the command must succeed.
claim() {
    local text=$1
    shift
    "$@" || fail "$text ($*)"
    step "$text"
}

not() { ! "$@"; }

wait_until() { # SECONDS COMMAND..: false when it does not succeed by then
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.1 # between two polls
    done
}

machine_end() {
    local status=$? file
    trap - EXIT
    if ((status != 0)); then
        for file in "$dir"/*.out; do
            [[ -s $file ]] && { echo "--- ${file##*/}"; tail -n 20 "$file"; }
        done
        if [[ -n $leader ]]; then
            echo '--- journal'
            machine journalctl -q --no-pager -n 60
        fi
    fi
    # systemd-nspawn ends with the first process of its machine, and removes what is its own.
    for leader in $(ps -o pid= --ppid "$nspawn_pid"); do kill -KILL "$leader"; done
    if [[ -n $nspawn_pid ]]; then wait "$nspawn_pid" 2>/dev/null; fi
    cgroups_remove "${dir##*/}"
    rm -rf -- "$dir"
    exit "$status"
}
trap machine_end EXIT
trap 'exit 130' INT TERM

# machine_make: its files, with an empty database.
machine_make() {
    local name program
    mkdir -p "$tree"/{usr,etc/systemd/system,etc/galera-initiator,var/lib,var/log,var/tmp,run,tmp,root,dev,proc,sys,opt}
    for name in bin sbin lib lib64; do
        [[ ! -e /usr/$name ]] || ln -s "usr/$name" "$tree/$name"
    done
    for name in passwd group shadow gshadow nsswitch.conf ld.so.cache ld.so.conf ld.so.conf.d alternatives \
        pam.d login.defs mysql hosts init.d; do
        [[ ! -e /etc/$name ]] || cp -a "/etc/$name" "$tree/etc/"
    done
    cp -L /etc/os-release "$tree/etc/os-release"
    : >"$tree/etc/machine-id"
    echo machine >"$tree/etc/hostname"
    for program in galera-initiator galera-agentx galera-check; do
        install -m 0755 "$bin/$program" "$tree/opt/" || fail "$bin/$program is missing: build it first"
    done
    machine_option_file >"$tree/etc/mysql/mariadb.conf.d/90-node.cnf"
    machine_configuration >"$tree$config"
    machine_snmpd_conf >"$tree/etc/node-snmpd.conf"
    machine_units
    chgrp mysql "$tree$config"
    chmod 0640 "$tree$config" "$tree/etc/node-snmpd.conf"
    install -d -o mysql -g mysql "$tree/var/lib/mysql" "$tree/var/lib/galera-initiator" "$tree/var/log/mysql"
    # Of its own: a server that starts removes the temporary tables of all others in /tmp.
    install -d -o mysql "$dir/tmp"
    mariadb-install-db --no-defaults --user=mysql --datadir="$tree/var/lib/mysql" --tmpdir="$dir/tmp" --skip-test-db \
        --auth-root-authentication-method=socket >"$dir/install.out" 2>&1 || fail "mariadb-install-db"
}

machine_option_file() {
    local provider
    for provider in /usr/lib/galera/libgalera_smm.so /usr/lib64/galera-4/libgalera_smm.so; do
        [[ ! -e $provider ]] || break
    done
    cat <<END
[mysqld]
bind-address=$address
skip-name-resolve
binlog_format=ROW
innodb_autoinc_lock_mode=2
innodb_flush_log_at_trx_commit=1
innodb_buffer_pool_size=64M
innodb_log_file_size=32M
wsrep_on=ON
wsrep_provider=$provider
wsrep_cluster_name=machine
wsrep_cluster_address=gcomm://$address
wsrep_node_name=n1
wsrep_node_address=$address
wsrep_sst_method=rsync
wsrep_provider_options="gcache.size=16M"
END
}

machine_configuration() {
    cat <<END
snmp-version = 2c
snmp-community = $community
agentx-socket = /run/node-agentx/master
END
}

machine_snmpd_conf() {
    cat <<END
agentaddress udp:$address:161
master agentx
agentXSocket /run/node-agentx/master
agentXPerms 0660 0755 root mysql
view all included .1
rocommunity $community 127.0.0.0/8 -V all
END
}

machine_units() {
    cat >"$tree/etc/systemd/system/node-snmpd.service" <<'END'
[Service]
Type=simple
RuntimeDirectory=node-agentx
Environment=MIBS= SNMP_PERSISTENT_DIR=/run/node-agentx
ExecStart=/usr/sbin/snmpd -f -C -c /etc/node-snmpd.conf -Lo
END
    cat >"$tree/etc/systemd/system/node-agent.service" <<'END'
[Unit]
After=node-snmpd.service
[Service]
Type=notify
User=mysql
RuntimeDirectory=galera-initiator
ExecStart=/opt/galera-agentx
END
}

# machine_run WORD..: systemd-nspawn with the machine's files.
machine_run() {
    (
        cgroups_enter "${dir##*/}"
        exec systemd-nspawn -q -D "$tree" --bind-ro=/usr --private-network --register=no --keep-unit \
            --link-journal=no --console=pipe --machine="machine-$$" "$@"
    ) >"$dir/console.out" 2>&1 </dev/null &
    nspawn_pid=$!
}

# machine_boot_without_systemd: snmpd and subagent run, and something takes what is sent to syslog.
machine_boot_without_systemd() {
    machine_run --as-pid2 sleep infinity
    wait_until 30 machine_has_leader || fail "the machine does not come up: $(cat "$dir/console.out")"
    machine install -d -g mysql -m 0750 /run/node-agentx
    machine install -d -o mysql -g mysql /run/galera-initiator /run/mysqld
    machine python3 -c 'import socket
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind("/dev/log")
while True: print(log.recv(65536).decode(errors="replace"), flush=True)' >"$dir/syslog.out" 2>&1 &
    machine env MIBS= SNMP_PERSISTENT_DIR=/run/node-agentx snmpd -f -C -c /etc/node-snmpd.conf -Lo >"$dir/snmpd.out" 2>&1 &
    machine setpriv --reuid mysql --regid mysql --init-groups /opt/galera-agentx >"$dir/agent.out" 2>&1 &
}
machine_has_leader() {
    leader=$(ps -o pid= --ppid "$nspawn_pid" | tr -d ' ')
    [[ -n $leader && $(ps -o comm= -p "$leader") != systemd-nspawn ]] && machine true 2>/dev/null
}

# machine_boot: the machine's systemd runs, and nothing has failed.
machine_boot() {
    machine_run --boot
    wait_until 120 machine_is_up || fail "the machine does not come up: $(cat "$dir/console.out")"
}
# The first child of systemd-nspawn is not the leader yet, and goes away.
machine_is_up() {
    leader=$(ps -o pid= --ppid "$nspawn_pid" | tr -d ' ')
    [[ -n $leader && $(timeout 10 nsenter -t "$leader" -m -p -n -u -i systemctl is-system-running 2>/dev/null) == @(running|degraded) ]]
}

# machine COMMAND..: in the machine.
machine() { nsenter -t "$leader" -m -p -n -u -i env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"; }

# sql STATEMENT
sql() { machine mariadb --batch --skip-column-names --execute="$1" 2>/dev/null; }
synced() { [[ $(sql "show status like 'wsrep_local_state_comment'") == *Synced ]]; }
primary_unit() { machine systemctl show -p "$1" --value mariadb.service; }

# initiate OPTION..: `start` in the machine; its words go to initiator.out, its status to `status`.
initiate() {
    status=0
    timeout 120 nsenter -t "$leader" -m -p -n -u -i env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /opt/galera-initiator "$@" start >"$dir/initiator.out" 2>&1 || status=$?
}
ended_with() {
    [[ $status == "$1" ]] && return
    echo "the initiator ended with $status, not $1"
    return 1
}
# says WORDS: the initiator said so.
says() { grep -qE -- "$1" "$dir/initiator.out"; }

# nothing_left: of a start's drop-in, and systemd has heard of it.
nothing_left() {
    machine test ! -e /run/systemd/system/mariadb.service.d &&
        [[ $(primary_unit DropInPaths) != *galera-initiator* && $(primary_unit NeedDaemonReload) == no ]]
}

# plans WORDS: the plan of `start` says so.
plans() { machine /opt/galera-initiator plan 2>&1 | grep -E "$1" >/dev/null; }
