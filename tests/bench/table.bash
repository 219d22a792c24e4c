# shellcheck shell=bash
# The table that a benchmark prints: a line for each figure, with its target.
#
#   . tests/bench/table.bash                     # after bench.bash
#   row 'what' '12 ms' 12 '<=' 20 'at most 20 ms'
#   print_table 'medians of 20 rounds'; ((missed == 0))
table=()
targets=0
missed=0
# shellcheck disable=SC2034 # by NAME.COLUMN, for whoever makes rows of them
declare -A figure=()

# calculate EXPRESSION [DIGITS]: by awk.
calculate() { awk "BEGIN { printf \"%.${2:-2}f\", $1 }"; }
holds() { awk "BEGIN { exit !($1) }"; }

# row WHAT MEASURED VALUE RELATION BOUND TARGET: a line of the table; VALUE RELATION BOUND must hold.
row() {
    local verdict=pass
    targets=$((targets + 1))
    holds "$3 $4 $5" || verdict='**MISSED**' missed=$((missed + 1))
    table+=("| $1 | $2 | $6 | $verdict |")
    bench_say "$1: $2 ($6): $verdict"
}

# note WHAT MEASURED: a line of the table that has no target.
note() {
    table+=("| $1 | $2 | | |")
    bench_say "$1: $2"
}

# read_figures FILE: a heading, then a line for each name, into `figure`.
read_figures() {
    local names values column
    cat "$1" >&2
    {
        read -r -a names
        while read -r -a values; do
            for ((column = 1; column < ${#names[@]}; column++)); do
                # shellcheck disable=SC2034
                figure[${values[0]}.${names[column]}]=${values[column]}
            done
        done
    } <"$1"
}

# machine: what it ran on.
machine() {
    local model
    model=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
    echo "$(nproc) x ${model:-unknown processor}, Linux $(uname -r), Net-SNMP $(snmpd -v | sed -n 's/.*version: *//p'), $(mariadbd --version 2>/dev/null | sed 's/.*Ver \([^ ]*\).*/MariaDB \1/')"
}

# print_table NOTE
print_table() {
    echo "| | measured | target | |"
    echo "|---|---|---|---|"
    printf '%s\n' "${table[@]}"
    echo
    echo "$(machine); $1; load $(cut -d' ' -f1 /proc/loadavg) at the end"
    echo
    if ((missed == 0)); then echo "All $targets targets are met."; else echo "$missed of $targets targets are MISSED."; fi
}
