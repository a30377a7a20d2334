#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown fit` as a program: R's numbers, laws, refusals and their exit statuses.
# Prints "ok - name" or "not ok - name" for every test; the exit status is 1 when one failed.
set -u
fit=${BUILD:-build}/bin/stepdown-fit
uis=datasets/uis/uis.csv
pharmaco=datasets/pharmaco/pharmaco.csv
people=tests/reference/fit_people.csv
answers=tests/reference/fit_answers.csv
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

cat > "$work/csv.awk" <<'AWK'
function split_csv(line, cells,    n, i, c, quoted, cell) {
    n = 0; cell = ""; quoted = 0
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (quoted && c == "\"" && substr(line, i + 1, 1) == "\"") { cell = cell c; i++ }
        else if (c == "\"") quoted = !quoted
        else if (c == "," && !quoted) { cells[++n] = cell; cell = "" }
        else cell = cell c
    }
    cells[++n] = cell
    return n
}
AWK

# Every answer of a run must stand in the csv of the program, within 1e-10 (p: 1e-9); missing where R has none.
cat > "$work/compare.awk" <<'AWK'
function time_key(t) { return t == "" ? "" : sprintf("%.11g", t) }
FNR == NR {
    n = split_csv($0, cell)
    if (FNR == 1) { for (i = 1; i <= n; i++) place[cell[i]] = i; next }
    key = cell[place["measure"]] "|" cell[place["stratum"]] "|" cell[place["term"]] "|" cell[place["arm"]] "|" \
          time_key(cell[place["time"]])
    for (name in place) value[key "|" name] = cell[place[name]]
    next
}
{
    split($0, part, "|")
    if (part[1] != run) next
    wanted++
    key = part[2] "|" part[3] "|" part[4] "|" part[5] "|" time_key(part[6]) "|" part[7]
    if (!(key in value)) { print "no row for " key; bad++; next }
    ours = value[key]; theirs = part[8]
    if ((ours == "") != (theirs == "")) { print key ": '" ours "', R has '" theirs "'"; bad++; next }
    if (theirs == "") next
    difference = ours - theirs; if (difference < 0) difference = -difference
    size = theirs + 0; if (size < 0) size = -size
    if (difference > (part[7] == "p_value" ? 1e-9 : 1e-10) * size + 1e-300) {
        print key ": " ours ", R has " theirs; bad++
    }
}
END { if (!wanted) { print "no answers for run " run; bad++ } exit bad > 0 }
AWK

matches_r() { # RUN, then arguments of fit
    run=$1
    shift
    "$fit" "$@" --format csv > "$work/$run.csv" 2> "$work/$run.err"
    status=$?
    if [ $status != 0 ]; then
        not_ok "$run equals R" "exit status $status" "$(cat "$work/$run.err")"
    elif awk -v run="$run" -f "$work/csv.awk" -f "$work/compare.awk" "$work/$run.csv" "$answers" > "$work/$run.diff"; then
        ok "$run equals R"
    else
        not_ok "$run equals R" "$(head -n 5 "$work/$run.diff")"
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

# The cells that tests of odd cases look at: measure|arm|time|estimate|conf_low|conf_high|p_value|n|n_event|status|note
cat > "$work/cells.awk" <<'AWK'
NR == 1 { n = split_csv($0, cell); for (i = 1; i <= n; i++) place[cell[i]] = i; next }
{
    split_csv($0, cell)
    line = cell[place["measure"]]
    n = split("arm time estimate conf_low conf_high p_value n n_event status note", names, " ")
    for (i = 1; i <= n; i++) line = line "|" cell[place[names[i]]]
    print line
}
AWK

# TEXT that a line of these cells must hold, TEXT that stderr must hold ("": nothing may be said), NAME, arguments
prints() {
    wanted=$1 told=$2 name=$3
    shift 3
    "$fit" "$@" --format csv > "$work/out" 2> "$work/err"
    status=$?
    awk -f "$work/csv.awk" -f "$work/cells.awk" "$work/out" > "$work/cells"
    fault=
    [ $status = 0 ] || fault="exit status $status"
    grep -qF -- "$wanted" "$work/cells" || fault="$fault; no row with $wanted"
    ! grep -qiE '[|]-?(nan|inf)[|]' "$work/cells" || fault="$fault; NaN or infinity"
    if [ -n "$told" ]; then
        grep -qF -- "$told" "$work/err" || fault="$fault; did not tell: $told"
    elif [ -s "$work/err" ]; then
        fault="$fault; said more than nothing"
    fi
    if [ -z "$fault" ]; then ok "$name"; else not_ok "$name" "$fault" "$(cat "$work/err")" "$(cat "$work/cells")"; fi
}

# ---- R's numbers ------------------------------------------------------------------------------------------------

matches_r uis_log km 'Surv(time, censor) ~ treat' $uis --quantile 0.25,0.5,0.75 --tau 365
matches_r uis_loglog km 'Surv(time, censor) ~ treat' $uis --conf-type log-log
matches_r uis_plain km 'Surv(time, censor) ~ 1' $uis --conf-type plain
matches_r uis_arcsin km 'Surv(time, censor) ~ 1' $uis --conf-type arcsin
matches_r uis_level km 'Surv(time, censor) ~ 1' $uis --level 0.9
matches_r pharmaco km 'Surv(ttr, relapse) ~ grp' $pharmaco --conf-type log-log --tau 182
matches_r entry km 'Surv(entry, days, event) ~ arm' $people --quantile 0.1,0.5
matches_r frequency km 'Surv(days, event) ~ arm' $people --weights times
matches_r timefix km 'Surv(years, event) ~ 1' $people --timefix
matches_r logrank_uis logrank 'Surv(time, censor) ~ treat' $uis
matches_r logrank_peto logrank 'Surv(time, censor) ~ treat' $uis --rho 1
matches_r logrank_strata logrank 'Surv(time, censor) ~ treat + strata(site)' $uis
matches_r logrank_pharmaco logrank 'Surv(ttr, relapse) ~ grp' $pharmaco
matches_r logrank_arms logrank 'Surv(days, event) ~ arm + strata(site)' $people
matches_r logrank_two logrank 'Surv(days, event) ~ arm + site' $people
matches_r rmst_uis rmst 'Surv(time, censor) ~ treat' $uis --tau 365
matches_r rmst_strata rmst "Surv(ttr, relapse) ~ factor(grp, ref='patchOnly') + strata(gender)" $pharmaco --tau 182
matches_r proportion_uis proportion 'censor ~ treat' $uis --margin 0.1
matches_r proportion_exact proportion 'censor ~ treat' $uis --conf exact --rd wald --margin 0.1
matches_r proportion_arms proportion 'relapse ~ arm' $people --margin 0.1
matches_r mantel_haenszel proportion 'censor ~ treat + strata(site)' $uis

# ---- laws -----------------------------------------------------------------------------------------------------------

same_output() { cmp -s "$work/first" "$work/second"; }

{ head -n 1 $people; tail -n +2 $people | sort -t, -k5,5; } > "$work/shuffled.csv"
for command in "km|Surv(entry, days, event) ~ arm + strata(site)" "logrank|Surv(days, event) ~ arm + strata(site)" \
    "proportion|relapse ~ arm + strata(site)"; do
    "$fit" "${command%%|*}" "${command#*|}" $people --format csv > "$work/first" 2> /dev/null
    "$fit" "${command%%|*}" "${command#*|}" "$work/shuffled.csv" --format csv > "$work/second" 2> /dev/null
    check "${command%%|*} gives the same bytes for shuffled rows" same_output
done

awk -F, 'NR == 1 { print $0 ",copies"; next } { print $0 ",2" }' $uis > "$work/twice.csv"
{ cat $uis; tail -n +2 $uis; } > "$work/doubled.csv"
for command in "km|Surv(time, censor) ~ treat" "logrank|Surv(time, censor) ~ treat" "proportion|censor ~ treat"; do
    "$fit" "${command%%|*}" "${command#*|}" "$work/twice.csv" --weights copies --format csv > "$work/first"
    "$fit" "${command%%|*}" "${command#*|}" "$work/doubled.csv" --format csv > "$work/second"
    check "${command%%|*}: a frequency of 2 is two copies" same_output
done

"$fit" km 'Surv(time, censor) ~ treat' $uis --format csv > "$work/first"
{ cat $uis; echo ',,,,,,,1,,,,1'; } > "$work/more.csv"
"$fit" km 'Surv(time, censor) ~ treat' "$work/more.csv" --format csv > "$work/second" 2> "$work/err"
check "a row with a missing time changes no number" same_output
check "a row with a missing time is counted" grep -q '1 of 629 rows left out: a used value is missing' "$work/err"

"$fit" km 'Surv(time, censor) ~ treat' $uis --at 90 --format json | grep -q '"measure": "survival"' &&
    ok "json names its columns" || not_ok "json names its columns"
"$fit" km 'Surv(time, censor) ~ treat' $uis --at 90 > "$work/out"
check "text leaves empty columns out" sh -c "! grep -q person_time '$work/out' && grep -q '^survival' '$work/out'"

# ---- what does not exist is said, and nothing else ------------------------------------------------------------------

cat > "$work/censored.csv" <<'CSV'
time,status,arm
1,0,A
2,0,A
3,0,B
4,0,B
CSV
prints 'logrank_test|||||||4|0|undefined|no events' '' 'log-rank without events is undefined' \
    logrank 'Surv(time, status) ~ arm' "$work/censored.csv"
prints 'quantile_time|A||||||2|0|undefined|no events' '' 'a median without events is undefined' \
    km 'Surv(time, status) ~ arm' "$work/censored.csv"
prints 'survival|A|1|1|1|1||2|0|shown|no events' '' 'survival without events is 1' \
    km 'Surv(time, status) ~ arm' "$work/censored.csv"
prints 'risk_ratio|B||||||4|0|undefined|no events in arm B' '' 'a ratio names the empty cell' proportion 'status ~ arm' "$work/censored.csv"
prints 'chi_square_test|||||||4|0|undefined|no events' '' 'chi-square without events is undefined' \
    proportion 'status ~ arm' "$work/censored.csv"

cat > "$work/ties.csv" <<'CSV'
time,status,arm
3,1,A
3,1,A
3,1,B
3,1,B
CSV
prints 'logrank_test|||||||4|4|undefined|variance 0' '' 'log-rank with all events on one day is undefined' \
    logrank 'Surv(time, status) ~ arm' "$work/ties.csv"
prints 'survival|A|3|0||||2|2|shown|S is 0' '' 'where S is 0 the interval is missing' \
    km 'Surv(time, status) ~ arm' "$work/ties.csv"

cat > "$work/never.csv" <<'CSV'
time,status,arm
5,1,A
6,1,A
1,0,B
2,0,B
CSV
prints 'logrank_test|||||||4|2|undefined|variance 0: only one arm is ever at risk at an event' '' 'an arm that is never at risk leaves no test' \
    logrank 'Surv(time, status) ~ arm' "$work/never.csv"
prints 'rmst|B|4|||||2||undefined|tau 4 lies beyond the last time, where S > 0; the largest allowed tau is 2' '' 'a tau beyond the last time names the largest' \
    rmst 'Surv(time, status) ~ arm' "$work/never.csv" --tau 4
prints 'rmst_difference|B|4|||||4||undefined|the restricted mean of an arm is undefined' '' 'a contrast of an undefined mean is undefined' \
    rmst 'Surv(time, status) ~ arm' "$work/never.csv" --tau 4
prints 'rmst|A|7|5.5|' '' 'a tau beyond the last time is fine where S is 0' \
    rmst 'Surv(time, status) ~ arm' "$work/never.csv" --tau 7
prints 'survival|B|3|||||0|0|undefined|beyond the last time, 2, where S > 0' '' 'survival beyond the last time is undefined' \
    km 'Surv(time, status) ~ arm' "$work/never.csv" --at 3
prints 'survival|A|0|1|1|1||2|0|shown|' '' 'survival before the first time is 1' \
    km 'Surv(time, status) ~ arm' "$work/never.csv" --at 0

cat > "$work/odd.csv" <<'CSV'
start,time,status,arm,weight
0,2,1,A,1
-1,3,1,A,1
0,-2,1,B,1
0,Inf,1,B,1
5,5,1,A,1
3,4,9,B,1
0,6,1,B,1
0,7,0,A,1
0,8,1,NA,1
0,9,0,B,-1
0,9,0,B,0
0,9,0,A,NaN
CSV
prints 'survival|A|2|0.5|' "2 rows rejected: column 'time' is negative or infinite; the first in line 4" \
    'negative and infinite times are rejected with the first line' \
    km 'Surv(start, time, status) ~ arm' "$work/odd.csv" --weights weight
for told in "1 row rejected: column 'start' is negative or infinite; the first in line 3" \
    "1 row rejected: column 'start' is not before its stop; the first in line 6" \
    "1 row rejected: column 'status' is neither 0 nor 1; the first in line 7" \
    "1 row rejected: column 'weight' is negative or infinite; the first in line 11" \
    "2 of 12 rows left out: a used value is missing" "1 of 12 rows have the frequency 0" \
    "arm 'B' holds one row only"; do
    prints 'survival|B|6|0|' "$told" "told: $told" \
        km 'Surv(start, time, status) ~ arm' "$work/odd.csv" --weights weight
done

printf 'start,time,status\n0,2,1\n4,6,1\n4,8,0\n5,9,1\n' > "$work/dip.csv"
prints 'survival||9|0|' 'S is 0 from there on, though others enter later' \
    'a risk set that empties early is told' km 'Surv(start, time, status) ~ 1' "$work/dip.csv"

# ---- refusals ---------------------------------------------------------------------------------------------------------

refuses 2 'MODEL' 'no arguments are wrong usage'
refuses 2 "there is no model 'kmm'; did you mean 'km'?" 'an unknown model is wrong usage' kmm 'Surv(a, b) ~ 1' x.csv
refuses 2 'not available in this version' 'a later model is named as such' match 'Surv(time, censor) ~ treat' $uis
refuses 2 "formula:1:20: ',' or ')' is expected; found '~'" 'an open parenthesis is told at its place' \
    km 'Surv(time, censor  ~ treat' $uis
refuses 2 "formula:1:22: 'km' takes columns to group by" 'an interaction is refused with what the model takes' \
    km 'Surv(time, censor) ~ treat:site' $uis
refuses 2 "'proportion' takes a column of 0 and 1" 'the outcome of another model is refused' \
    proportion 'Surv(time, censor) ~ treat' $uis
refuses 2 "'logrank' takes Surv(time, status)" 'a survival model wants Surv()' logrank 'censor ~ treat' $uis
refuses 2 "'rmst' needs --tau" 'a restricted mean needs its end' rmst 'Surv(time, censor) ~ treat' $uis
refuses 2 '--tau is no option of' 'an option of another model is refused' \
    logrank 'Surv(time, censor) ~ treat' $uis --tau 3
refuses 2 "a share between 0 and 1 was expected; value '95'" 'a level in percent is refused' \
    km 'Surv(time, censor) ~ treat' $uis --level 95
refuses 2 'one of log, log-log, plain, arcsin, none' 'an unknown interval is refused' \
    km 'Surv(time, censor) ~ treat' $uis --conf-type loglog
refuses 2 'give --margin too' '--worse alone is refused' proportion 'censor ~ treat' $uis --worse lower
refuses 1 'No such file' 'a missing file fails' km 'Surv(time, censor) ~ treat' "$work/none.csv"
refuses 1 "there is no column 'tme'; did you mean 'time'?" 'an unknown column fails with the nearest' \
    km 'Surv(tme, censor) ~ treat' $uis
refuses 1 "column 'treat' has no level '2'" 'an unknown reference fails' \
    km 'Surv(time, censor) ~ factor(treat, ref=2)' $uis
refuses 1 ":2:4 (grp): a number was expected; value 'patchOnly'" 'a label where a number is needed is told at its place' \
    km 'Surv(ttr, grp) ~ 1' $pharmaco
refuses 1 'compares arms, and there is only one' 'a test of one arm fails' logrank 'Surv(time, censor) ~ 1' $uis
printf 'time,status,w\n1,1,0.5\n2,1,1\n' > "$work/fractions.csv"
refuses 1 ":2:3 (w): a frequency, which is a whole number, was expected; value '0.5'" 'fractional frequencies are refused' \
    km 'Surv(time, status) ~ 1' "$work/fractions.csv" --weights w
printf 'time,status\n1,1\n2\n' > "$work/ragged.csv"
refuses 1 'ragged.csv:3: 2 cells were expected, as in the header; found 1' 'a ragged file fails with its line' \
    km 'Surv(time, status) ~ 1' "$work/ragged.csv"
printf 'time,status\nNA,1\n2,.\n' > "$work/empty.csv"
refuses 1 'none of 2 rows is left' 'a table without a usable row fails' km 'Surv(time, status) ~ 1' "$work/empty.csv"
printf 'time,status\n' > "$work/header.csv"
refuses 1 'none of 0 rows is left' 'a table without rows fails' km 'Surv(time, status) ~ 1' "$work/header.csv"
printf 'time,status,x\n1,1,0\n2,1,Inf\n' > "$work/infinite.csv"
refuses 1 ':3:3 (x): a finite number was expected' 'an infinite group is refused with line and column' \
    km 'Surv(time, status) ~ x' "$work/infinite.csv"
printf 'time,status\n1,1\n2,"1\n' > "$work/quote.csv"
refuses 1 'quote.csv:3' 'an unclosed quote fails where it opened' km 'Surv(time, status) ~ 1' "$work/quote.csv"
if [ -c /dev/full ]; then
    "$fit" km 'Surv(time, censor) ~ 1' $uis > /dev/full 2> "$work/err"
    check 'a full disk fails' [ $? = 1 ]
    check 'a full disk is told' grep -q 'No space left on device' "$work/err"
fi

exit $failed
