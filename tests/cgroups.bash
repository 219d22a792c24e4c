# shellcheck shell=bash
# A control group for a machine that systemd-nspawn boots: its own in each hierarchy where systemd may
# look for processes, else two machines on one host would take each other's for theirs.

cgroups_of() { # NAME: their directories
    local hierarchy
    for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
        [[ ! -e $hierarchy/cgroup.procs ]] || echo "$hierarchy/$1"
    done
}

# cgroups_enter NAME: the shell that calls it, and what it starts from then on.
cgroups_enter() {
    local group
    while read -r group; do
        mkdir -p "$group" && echo "$BASHPID" >"$group/cgroup.procs"
    done < <(cgroups_of "$1")
}

# cgroups_remove NAME: when nothing runs in them any more.
cgroups_remove() {
    local group
    while read -r group; do
        find "$group" -depth -type d -exec rmdir {} +
    done < <(cgroups_of "$1") 2>/dev/null
    return 0
}
