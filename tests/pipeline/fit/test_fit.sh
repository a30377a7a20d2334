#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown fit` as a program: R's numbers, laws, refusals and their exit statuses.
set -u
. tests/support/fit_tests.sh
uis=datasets/uis/uis.csv
pharmaco=datasets/pharmaco/pharmaco.csv
people=tests/reference/fit_people.csv
answers=tests/reference/fit_answers.csv

# ---- R's numbers ------------------------------------------------------------------------------------------------

matches_r $answers uis_log 1e-10 km 'Surv(time, censor) ~ treat' $uis --quantile 0.25,0.5,0.75 --tau 365
matches_r $answers uis_loglog 1e-10 km 'Surv(time, censor) ~ treat' $uis --conf-type log-log
matches_r $answers uis_plain 1e-10 km 'Surv(time, censor) ~ 1' $uis --conf-type plain
matches_r $answers uis_arcsin 1e-10 km 'Surv(time, censor) ~ 1' $uis --conf-type arcsin
matches_r $answers uis_level 1e-10 km 'Surv(time, censor) ~ 1' $uis --level 0.9
matches_r $answers pharmaco 1e-10 km 'Surv(ttr, relapse) ~ grp' $pharmaco --conf-type log-log --tau 182
matches_r $answers entry 1e-10 km 'Surv(entry, days, event) ~ arm' $people --quantile 0.1,0.5
matches_r $answers frequency 1e-10 km 'Surv(days, event) ~ arm' $people --weights times
matches_r $answers timefix 1e-10 km 'Surv(years, event) ~ 1' $people --timefix
matches_r $answers logrank_uis 1e-10 logrank 'Surv(time, censor) ~ treat' $uis
matches_r $answers logrank_peto 1e-10 logrank 'Surv(time, censor) ~ treat' $uis --rho 1
matches_r $answers logrank_strata 1e-10 logrank 'Surv(time, censor) ~ treat + strata(site)' $uis
matches_r $answers logrank_pharmaco 1e-10 logrank 'Surv(ttr, relapse) ~ grp' $pharmaco
matches_r $answers logrank_arms 1e-10 logrank 'Surv(days, event) ~ arm + strata(site)' $people
matches_r $answers logrank_two 1e-10 logrank 'Surv(days, event) ~ arm + site' $people
matches_r $answers rmst_uis 1e-10 rmst 'Surv(time, censor) ~ treat' $uis --tau 365
matches_r $answers rmst_strata 1e-10 rmst "Surv(ttr, relapse) ~ factor(grp, ref='patchOnly') + strata(gender)" $pharmaco --tau 182
matches_r $answers proportion_uis 1e-10 proportion 'censor ~ treat' $uis --margin 0.1
matches_r $answers proportion_exact 1e-10 proportion 'censor ~ treat' $uis --conf exact --rd wald --margin 0.1
matches_r $answers proportion_arms 1e-10 proportion 'relapse ~ arm' $people --margin 0.1
matches_r $answers mantel_haenszel 1e-10 proportion 'censor ~ treat + strata(site)' $uis

# ---- laws -----------------------------------------------------------------------------------------------------------

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
prints_cells 'logrank_test|||||||4|0|undefined|no events' '' 'log-rank without events is undefined' \
    logrank 'Surv(time, status) ~ arm' "$work/censored.csv"
prints_cells 'quantile_time|A||||||2|0|undefined|no events' '' 'a median without events is undefined' \
    km 'Surv(time, status) ~ arm' "$work/censored.csv"
prints_cells 'survival|A|1|1|1|1||2|0|shown|no events' '' 'survival without events is 1' \
    km 'Surv(time, status) ~ arm' "$work/censored.csv"
prints_cells 'risk_ratio|B||||||4|0|undefined|no events in arm B' '' 'a ratio names the empty cell' proportion 'status ~ arm' "$work/censored.csv"
prints_cells 'chi_square_test|||||||4|0|undefined|no events' '' 'chi-square without events is undefined' \
    proportion 'status ~ arm' "$work/censored.csv"

cat > "$work/ties.csv" <<'CSV'
time,status,arm
3,1,A
3,1,A
3,1,B
3,1,B
CSV
prints_cells 'logrank_test|||||||4|4|undefined|variance 0' '' 'log-rank with all events on one day is undefined' \
    logrank 'Surv(time, status) ~ arm' "$work/ties.csv"
prints_cells 'survival|A|3|0||||2|2|shown|S is 0' '' 'where S is 0 the interval is missing' \
    km 'Surv(time, status) ~ arm' "$work/ties.csv"

cat > "$work/never.csv" <<'CSV'
time,status,arm
5,1,A
6,1,A
1,0,B
2,0,B
CSV
prints_cells 'logrank_test|||||||4|2|undefined|variance 0: only one arm is ever at risk at an event' '' 'an arm that is never at risk leaves no test' \
    logrank 'Surv(time, status) ~ arm' "$work/never.csv"
prints_cells 'rmst|B|4|||||2||undefined|tau 4 lies beyond the last time, where S > 0; the largest allowed tau is 2' '' 'a tau beyond the last time names the largest' \
    rmst 'Surv(time, status) ~ arm' "$work/never.csv" --tau 4
prints_cells 'rmst_difference|B|4|||||4||undefined|the restricted mean of an arm is undefined' '' 'a contrast of an undefined mean is undefined' \
    rmst 'Surv(time, status) ~ arm' "$work/never.csv" --tau 4
prints_cells 'rmst|A|7|5.5|' '' 'a tau beyond the last time is fine where S is 0' \
    rmst 'Surv(time, status) ~ arm' "$work/never.csv" --tau 7
prints_cells 'survival|B|3|||||0|0|undefined|beyond the last time, 2, where S > 0' '' 'survival beyond the last time is undefined' \
    km 'Surv(time, status) ~ arm' "$work/never.csv" --at 3
prints_cells 'survival|A|0|1|1|1||2|0|shown|' '' 'survival before the first time is 1' \
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
prints_cells 'survival|A|2|0.5|' "2 rows rejected: column 'time' is negative or infinite; the first in line 4" \
    'negative and infinite times are rejected with the first line' \
    km 'Surv(start, time, status) ~ arm' "$work/odd.csv" --weights weight
for told in "1 row rejected: column 'start' is negative or infinite; the first in line 3" \
    "1 row rejected: column 'start' is not before its stop; the first in line 6" \
    "1 row rejected: column 'status' is neither 0 nor 1; the first in line 7" \
    "1 row rejected: column 'weight' is negative or infinite; the first in line 11" \
    "2 of 12 rows left out: a used value is missing" "1 of 12 rows have the frequency 0" \
    "arm 'B' holds one row only"; do
    prints_cells 'survival|B|6|0|' "$told" "told: $told" \
        km 'Surv(start, time, status) ~ arm' "$work/odd.csv" --weights weight
done

printf 'start,time,status\n0,2,1\n4,6,1\n4,8,0\n5,9,1\n' > "$work/dip.csv"
prints_cells 'survival||9|0|' 'S is 0 from there on, though others enter later' \
    'a risk set that empties early is told' km 'Surv(start, time, status) ~ 1' "$work/dip.csv"

# ---- refusals ---------------------------------------------------------------------------------------------------------

refuses 2 'MODEL' 'no arguments are wrong usage'
refuses 2 "there is no model 'kmm'; did you mean 'km'?" 'an unknown model is wrong usage' kmm 'Surv(a, b) ~ 1' x.csv
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
{
    printf 'time,status\n1,'
    head -c 1100000 /dev/zero | tr '\0' x
    echo
} > "$work/long.csv"
refuses 1 'long.csv:2: a row of at most 1048576 bytes was expected' 'a row that is too long fails with its line' \
    km 'Surv(time, status) ~ 1' "$work/long.csv"
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
