# shellcheck shell=bash
# Machines with an init system of their own on one host: root file systems by debootstrap, booted by
# systemd-nspawn, each in a network namespace, on a bridge in another one.
#
#   . tests/fleet/fleet.bash
#   fleet_create DIRECTORY BASE 3      # machines db1 db2 db3, of copies of BASE, not booted
#   fleet_boot db1; fleet_up db1       # and wait until its init system has come up
#   fleet_in db1 systemctl status      # a command inside
#   fleet_cut db1                      # power off, at once
#   fleet_remove                       # all of it

# shellcheck source=tests/cgroups.bash
. "${BASH_SOURCE[0]%/*}/../cgroups.bash"

FLEET_DIR=
FLEET_FETCHED= # directory of the packages that were fetched
FLEET_ID=gif$$ # in the names of namespaces and of control groups
FLEET=()       # db1 db2 ..
declare -A FLEET_NSPAWN=() FLEET_LEADER=() FLEET_RELAY=()

fleet_fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# fleet_wait_until SECONDS COMMAND..: until the command succeeds; false when it has not by then.
fleet_wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.2
    done
}

fleet_address() { echo "10.77.0.${1#db}"; }
fleet_root() { echo "$FLEET_DIR/$1"; }

# fleet_make_base BASE: a bare Debian 12, by the machine's own mirror.
fleet_make_base() {
    local base=$1 mirror
    [[ ! -e $base/.made ]] || return 0
    # shellcheck disable=SC2016 # it is apt that fills this in
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
    [[ -n $mirror ]] || fleet_fail "apt names no mirror of bookworm"
    rm -rf --one-file-system "$base"
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,iproute2 bookworm "$base" "$mirror" \
        >"$base.log" 2>&1 || fleet_fail "debootstrap: see $base.log"
    # As this machine has it, so that the machines get what this one gets.
    rm -f "$base/etc/apt/sources.list"
    cp -a /etc/apt/sources.list.d/debian.sources "$base/etc/apt/sources.list.d/"
    printf 'Acquire::http::Proxy "http://127.0.0.1:3142";\nAcquire::Check-Valid-Until "false";\nAcquire::Check-Date "false";\n' \
        >"$base/etc/apt/apt.conf.d/99fleet"
    touch "$base/.made"
}

# fleet_create DIRECTORY BASE COUNT
fleet_create() {
    local machine i
    FLEET_DIR=$1
    FLEET_FETCHED=${2%/*}/fetched
    mkdir -p "$FLEET_FETCHED"
    ip netns add "$FLEET_ID-sw"
    ip -n "$FLEET_ID-sw" link add br0 type bridge
    ip -n "$FLEET_ID-sw" link set br0 up
    for ((i = 1; i <= $3; i++)); do
        machine=db$i
        FLEET+=("$machine")
        ip netns add "$FLEET_ID-$machine"
        ip -n "$FLEET_ID-$machine" link add eth0 type veth peer name "$machine" netns "$FLEET_ID-sw"
        ip -n "$FLEET_ID-sw" link set "$machine" master br0 up
        ip -n "$FLEET_ID-$machine" address add "$(fleet_address "$machine")/24" dev eth0
        ip -n "$FLEET_ID-$machine" link set lo up
        ip -n "$FLEET_ID-$machine" link set eth0 up
    done
    for machine in "${FLEET[@]}"; do fleet_make_root "$machine" "$2"; done
}

# fleet_make_root MACHINE BASE: with a new and empty disk.
fleet_make_root() {
    local root machine
    root=$(fleet_root "$1")
    rm -rf --one-file-system "$root"
    cp -a --reflink=auto "$2" "$root"
    echo "$1" >"$root/etc/hostname"
    : >"$root/etc/machine-id"
    {
        echo "127.0.0.1 localhost"
        for machine in "${FLEET[@]}"; do echo "$(fleet_address "$machine") $machine"; done
    } >"$root/etc/hosts"
    : >"$root/etc/resolv.conf"
}

# fleet_boot MACHINE: power on. Its console goes to MACHINE.console.
fleet_boot() {
    local machine=$1
    (
        cgroups_enter "$FLEET_ID-$machine"
        exec systemd-nspawn -q -D "$(fleet_root "$machine")" --boot --register=no --keep-unit --link-journal=no \
            --network-namespace-path="/run/netns/$FLEET_ID-$machine" --resolv-conf=off --timezone=off --console=pipe
    ) >>"$FLEET_DIR/$machine.console" 2>&1 </dev/null &
    FLEET_NSPAWN[$machine]=$!
    fleet_wait_until 60 fleet_has_leader "$machine" || fleet_fail "$machine does not boot: see $FLEET_DIR/$machine.console"
}
fleet_has_leader() {
    local leader
    leader=$(pgrep -P "${FLEET_NSPAWN[$1]}" | head -n 1)
    [[ -n $leader && $(cat "/proc/$leader/comm" 2>/dev/null) == systemd ]] || return 1
    FLEET_LEADER[$1]=$leader
}

# fleet_in MACHINE COMMAND..: as root, inside.
fleet_in() {
    local machine=$1
    shift
    nsenter -t "${FLEET_LEADER[$machine]}" -m -p -n -u -i -- \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# fleet_up MACHINE: waits until its init system has started what it is to start at boot, whatever
# has come of it.
fleet_is_up() { [[ $(fleet_in "$1" systemctl is-system-running 2>/dev/null) =~ ^(running|degraded|starting)$ ]]; }
fleet_up() { fleet_wait_until 120 fleet_is_up "$1" || fleet_fail "$1 does not come up: see $FLEET_DIR/$1.console"; }

# fleet_cut MACHINE: nothing in it gets to do anything any more.
fleet_cut() {
    kill -KILL "${FLEET_LEADER[$1]}"
    wait "${FLEET_NSPAWN[$1]}" 2>/dev/null || true
    unset "FLEET_LEADER[$1]" "FLEET_NSPAWN[$1]"
}

# fleet_cut_all: of all that run, at the same moment.
fleet_cut_all() {
    local machine running=("${!FLEET_LEADER[@]}")
    kill -KILL "${FLEET_LEADER[@]}"
    for machine in "${running[@]}"; do
        wait "${FLEET_NSPAWN[$machine]}" 2>/dev/null || true
        unset "FLEET_LEADER[$machine]" "FLEET_NSPAWN[$machine]"
    done
}

# fleet_off MACHINE: an orderly power off.
fleet_off() {
    fleet_in "$1" systemctl poweroff >/dev/null 2>&1 || true
    wait "${FLEET_NSPAWN[$1]}" 2>/dev/null || true
    unset "FLEET_LEADER[$1]" "FLEET_NSPAWN[$1]"
}

# fleet_connect MACHINE: lets its apt reach the mirror; fleet_disconnect ends that.
fleet_connect() {
    local said="$FLEET_DIR/$1.relay"
    : >"$said" # of an earlier one it says the same
    python3 "${BASH_SOURCE[0]%/*}/relay.py" "/run/netns/$FLEET_ID-$1" "$FLEET_FETCHED" >"$said" 2>&1 &
    FLEET_RELAY[$1]=$!
    fleet_wait_until 30 grep -q listening "$said" || fleet_fail "$1 has no relay: see $said"
}
fleet_disconnect() {
    kill "${FLEET_RELAY[$1]}" 2>/dev/null
    wait "${FLEET_RELAY[$1]}" 2>/dev/null || true
    unset "FLEET_RELAY[$1]"
}

# fleet_remove: nothing is left of it, but what lies in FLEET_DIR.
fleet_remove() {
    local machine
    for machine in "${!FLEET_RELAY[@]}"; do fleet_disconnect "$machine"; done
    for machine in "${!FLEET_LEADER[@]}"; do fleet_cut "$machine"; done
    for machine in "${FLEET[@]}"; do
        ip netns del "$FLEET_ID-$machine" 2>/dev/null
        cgroups_remove "$FLEET_ID-$machine"
    done
    ip netns del "$FLEET_ID-sw" 2>/dev/null
    return 0
}
