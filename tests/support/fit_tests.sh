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

matches_r() { # ANSWERS RUN TOLERANCE, then arguments of fit
    answers=$1 run=$2 tolerance=$3
    shift 3
    "$fit" "$@" --format csv > "$work/$run.csv" 2> "$work/$run.err"
    status=$?
    if [ $status != 0 ]; then
        not_ok "$run equals R" "exit status $status" "$(cat "$work/$run.err")"
    elif grep -qiE '(^|[,[:space:]])-?(nan|inf)(,|$)' "$work/$run.csv"; then
        not_ok "$run equals R" "NaN or inf is printed"
    elif awk -v run="$run" -v tolerance="$tolerance" -f tests/support/answers.awk "$work/$run.csv" "$answers" > "$work/diff"; then
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
