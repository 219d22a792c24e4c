# shellcheck shell=bash
# What the tests of the agent and of the survey say and wait with.

fail() {
    echo "${0##*/}: FAILED: $*" >&2
    exit 1
}
wait_until() { # SECONDS COMMAND..: fails when it does not succeed by then
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || fail "waited too long for: $*"
        sleep 0.05 # between two polls
    done
}
now_ms() { echo $(($(date +%s%N) / 1000000)); }
