# SPDX-License-Identifier: GPL-3.0-or-later
# To be read by tests of `stepdown fit`: . tests/support/fit_tests.sh
# Prints "ok - name" or "not ok - name" for every test; $failed is 1 when one failed.
fit=${BUILD:-build}/bin/stepdown-fit
data=tests/reference/datasets
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

ok() { echo "ok - $1"; }
not_ok() {
    echo "not ok - $1"
    shift
    printf '# %s\n' "$@"
    failed=1
}

check() { # NAME, then a command that must succeed
    name=$1
    shift
    if "$@"; then ok "$name"; else not_ok "$name" "failed: $*"; fi
}

is_finite() { ! grep -qiE '(^|[,[:space:]])-?(nan|inf)(,|$)' "$1"; } # FILE.csv
same_output() { [ -s "$work/first" ] && cmp -s "$work/first" "$work/second"; }

matches_r() { # ANSWERS RUN TOLERANCE, then arguments of fit
    answers=$1 run=$2 tolerance=$3
    shift 3
    "$fit" "$@" --format csv > "$work/$run.csv" 2> "$work/$run.err"
    status=$?
    if [ $status != 0 ]; then
        not_ok "$run equals R" "exit status $status" "$(cat "$work/$run.err")"
    elif ! is_finite "$work/$run.csv"; then
        not_ok "$run equals R" "NaN or inf is printed"
    elif awk -v run="$run" -v tolerance="$tolerance" -f tests/support/csv.awk -f tests/support/answers.awk \
        "$work/$run.csv" "$answers" > "$work/diff"; then
        ok "$run equals R"
    else
        not_ok "$run equals R" "$(head -n 5 "$work/diff")"
    fi
}

# STATUS, TEXT that stderr must hold, NAME, then arguments: a refusal prints nothing on stdout.
refuses() {
    wanted=$1 text=$2 name=$3
    shift 3
    "$fit" "$@" > "$work/out" 2> "$work/err"
    status=$?
    if [ $status = "$wanted" ] && [ ! -s "$work/out" ] && grep -qF -- "$text" "$work/err"; then
        ok "$name"
    else
        not_ok "$name" "exit status $status, wanted $wanted" "$(cat "$work/err")" "$(head -n 3 "$work/out")"
    fi
}

# TEXT that the csv must hold, NAME, then arguments
prints() {
    wanted=$1 name=$2
    shift 2
    "$fit" "$@" --format csv > "$work/out" 2> "$work/err"
    status=$?
    if [ $status = 0 ] && grep -qF -- "$wanted" "$work/out"; then
        ok "$name"
    else
        not_ok "$name" "exit status $status; no row with $wanted" "$(cat "$work/err")" "$(tail -n 3 "$work/out")"
    fi
}

# TEXT that a line of cells must hold, TEXT that stderr must hold ("": nothing may be said), NAME, arguments.
# The cells of a row: measure|arm|time|estimate|conf_low|conf_high|p_value|n|n_event|status|note
prints_cells() {
    wanted=$1 told=$2 name=$3
    shift 3
    "$fit" "$@" --format csv > "$work/out" 2> "$work/err"
    status=$?
    awk -f tests/support/csv.awk -f tests/support/cells.awk "$work/out" > "$work/cells"
    fault=
    [ $status = 0 ] || fault="exit status $status"
    grep -qF -- "$wanted" "$work/cells" || fault="$fault; no row with $wanted"
    is_finite "$work/out" || fault="$fault; NaN or infinity"
    if [ -n "$told" ]; then
        grep -qF -- "$told" "$work/err" || fault="$fault; did not tell: $told"
    elif [ -s "$work/err" ]; then
        fault="$fault; said more than nothing"
    fi
    if [ -z "$fault" ]; then ok "$name"; else not_ok "$name" "$fault" "$(cat "$work/err")" "$(cat "$work/cells")"; fi
}
