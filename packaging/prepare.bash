# shellcheck shell=bash
# What the demo and the tests do before anything else: install the packages that are missing, and
# build.
#
#   . packaging/prepare.bash
#   prepare_packages build run
#   prepare_build release galera-initiator galera-agentx

PREPARE_TREE=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)

prepare_fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# prepare_missing PURPOSE..: the packages for these purposes that are not installed.
prepare_missing() {
    local package purpose installed
    installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
    while read -r package purpose _; do
        if [[ $package != '#'* && " $* " == *" $purpose "* ]] && ! grep -qxF "$package" <<<"$installed"; then
            echo "$package"
        fi
    done <"$PREPARE_TREE/packaging/dependencies"
}

# prepare_packages PURPOSE..: installs what is missing. No service is started by it.
prepare_packages() {
    local missing
    type -P dpkg-query >/dev/null ||
        prepare_fail "no dpkg here: install by hand what packaging/dependencies lists for: $*"
    mapfile -t missing < <(prepare_missing "$@")
    ((${#missing[@]} > 0)) || return 0
    echo "installing: ${missing[*]}"
    local as_root=()
    if ((EUID != 0)); then
        type -P sudo >/dev/null || prepare_fail "run it as root, or install by hand: ${missing[*]}"
        as_root=(sudo)
    fi
    "${as_root[@]}" bash "$PREPARE_TREE/packaging/install-packages" "${missing[@]}" ||
        prepare_fail "cannot install ${missing[*]}: see above"
}

# prepare_build PRESET [TARGET..]: configures and builds into build/PRESET.
prepare_build() {
    local preset=$1 words=() launcher=()
    shift
    # Under sudo the tree's owner keeps owning what is built in it.
    if ((EUID == 0)) && [[ ${SUDO_UID:-0} != 0 && $(stat -c %u "$PREPARE_TREE") == "${SUDO_UID:-}" ]]; then
        words=(sudo -u "#$SUDO_UID")
    fi
    if type -P ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
    if (($# > 0)); then set -- --target "$@"; fi
    (
        cd "$PREPARE_TREE" || exit 1
        "${words[@]}" cmake --preset "$preset" "${launcher[@]}" >/dev/null &&
            "${words[@]}" cmake --build --preset "$preset" "$@"
    ) || prepare_fail "preset $preset does not build: see above"
}
