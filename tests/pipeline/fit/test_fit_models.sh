#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Models of `stepdown fit` against R's answers on the data sets of tests/reference/datasets.
set -u
. tests/support/fit_tests.sh
answers=tests/reference/fit_model_answers.csv

# ---- competing risks ------------------------------------------------------------------------------------------
mgus2="$data/mgus2.csv"
matches_r $answers mgus2_cuminc 1e-10 cuminc 'Surv(time, status) ~ sex' $mgus2 --at 60,120,300
matches_r $answers mgus2_cuminc_rho 1e-10 cuminc 'Surv(time, status) ~ sex' $mgus2 --at 60 --rho 1
for type in log-log log plain; do
    matches_r $answers mgus2_ij_$type 1e-9 cuminc 'Surv(time, status) ~ sex' $mgus2 --at 60,120,300 --variance ij \
        --conf-type $type
done
awk -F, 'NR == 1 { print $0 ",old"; next } { print $0 "," ($4 > 70) }' $mgus2 > "$work/old.csv"
matches_r $answers mgus2_cuminc_strata 1e-10 cuminc 'Surv(time, status) ~ sex + strata(old)' "$work/old.csv" --at 60
refuses 2 "'cuminc' takes log-log, log and plain" "limits that cuminc does not have are wrong usage" \
    cuminc 'Surv(time, status) ~ sex' $mgus2 --conf-type arcsin
refuses 2 "--variance is no option of 'km'" "the variance is a matter of cuminc" km 'Surv(time, status) ~ sex' $mgus2 --variance ij
printf 'entry,time,status,arm\n0,3,1,a\n1,4,2,a\n0,5,0,b\n2,6,1,b\n' > "$work/late.csv"
prints 'there is no such test under delayed entry' "Gray's test says that delayed entry has none" \
    cuminc 'Surv(entry, time, status) ~ arm' "$work/late.csv"
printf 'time,status,arm\n3,0,a\n4,0,a\n5,0,b\n6,0,b\n' > "$work/none.csv"
prints 'no events of this cause' "no event at all is said, and gives no test" cuminc 'Surv(time, status) ~ arm' "$work/none.csv"
printf 'time,status\n3,1\n4,2.5\n5,-1\n6,101\n7,2\n' > "$work/codes.csv"
"$fit" cuminc 'Surv(time, status) ~ 1' "$work/codes.csv" > "$work/out" 2> "$work/err"
if grep -q "3 rows rejected: column 'status' is neither 0 nor the number of a cause, 1 to 100; the first in line 3" "$work/err"; then
    ok "a status that is no cause is rejected with its line"
else
    not_ok "a status that is no cause is rejected with its line" "$(cat "$work/err")"
fi

# ---- Fine-Gray -------------------------------------------------------------------------------------------------
matches_r $answers mgus2_finegray 1e-6 finegray 'Surv(time, status) ~ age + sex' $mgus2
matches_r $answers mgus2_finegray_2 1e-6 finegray 'Surv(time, status) ~ age * sex' $mgus2 --cause 2
refuses 1 "no event of cause 3" "a cause without events is told" finegray 'Surv(time, status) ~ age' $mgus2 --cause 3
refuses 1 "'finegray' takes no delayed entry" "delayed entry is refused" finegray 'Surv(entry, time, status) ~ arm' "$work/late.csv"
refuses 1 "'finegray' has no strata" "strata are refused, with what there is" \
    finegray 'Surv(time, status) ~ age + strata(sex)' $mgus2
awk -F, 'NR == 1 { print $0 ",twice,same"; next } { print $0 "," 2 * $4 ",1" }' $mgus2 > "$work/twice.csv"
prints 'log_subhazard_ratio,twice,1,,,,,,,,,,,,,1384,115,,undefined,Fine-Gray; robust errors,"aliased' \
    "a column that depends on others is named" finegray 'Surv(time, status) ~ age + twice + same' "$work/twice.csv"
awk -F, -v OFS=, 'NR > 1 && $3 == 1 && $5 == "M" { $3 = 0 } { print }' $mgus2 > "$work/none.csv"
prints 'estimate does not exist: the likelihood rises for ever' "separation is named and the rest fitted" \
    finegray 'Surv(time, status) ~ age + sex' "$work/none.csv"
check "no NaN or inf is printed" is_finite "$work/out"

# ---- recurrent events, states ----------------------------------------------------------------------------------
cgd="$data/cgd.csv"
for type in log plain; do
    matches_r $answers cgd_mcf_$type 1e-9 mcf 'Surv(tstart, tstop, status) ~ treat' $cgd --id id --at 100,300 --conf-type $type
done
prints 'mean_cumulative_count,,,placebo,,5000,,,,,,,,,,65,56,,undefined' "a mean beyond the follow-up is not given" \
    mcf 'Surv(tstart, tstop, status) ~ treat' $cgd --id id --at 5000
refuses 1 "rows of a person that do not overlap" "rows of a person that overlap are refused" mcf 'Surv(tstop, status) ~ 1' $cgd --id id
refuses 2 "'mcf' needs --id" "whose rows they are must be said" mcf 'Surv(tstart, tstop, status) ~ 1' $cgd
awk -F, -v OFS=, 'NR == 1 { print $2, $3, $4, $5, $6 } $1 == 12 { print $2, $3, $4, $5 + 1, $6 + 1 }' \
    tests/reference/paths_rows.csv > "$work/paths.csv"
matches_r $answers paths_states 1e-9 multistate 'Surv(entry, time, to) ~ 1' "$work/paths.csv" --id id --from from --at 3,5 --tau 5
cat > "$work/stays.csv" <<'CSV'
person,start,stop,level,to
a,0,10,inpatient,iop
a,10,40,iop,none
b,0,5,inpatient,none
c,0,20,inpatient,iop
c,20,25,iop,outpatient
c,25,60,outpatient,none
CSV
# By hand: 3 in inpatient; one of 2 moves at 10, the other at 20: S = 1, 1/2, 0.
prints 'expected_days,inpatient,,,,30,15,' "expected days per level of care" \
    multistate 'Surv(start, stop, to) ~ 1' "$work/stays.csv" --id person --from level --tau 30
prints 'nobody in this state so far: no interval' "a state nobody has entered has no interval" \
    multistate 'Surv(start, stop, to) ~ 1' "$work/stays.csv" --id person --from level --at 15
refuses 1 "needs --at" "a time is needed" multistate 'Surv(start, stop, to) ~ 1' "$work/stays.csv" --id person --from level
refuses 1 "must both hold numbers or both hold labels" "states are numbers or labels" \
    multistate 'Surv(start, stop, to) ~ 1' "$work/stays.csv" --id person --from start --at 1
sed 's/^a,10,40,iop/a,10,40,inpatient/' "$work/stays.csv" > "$work/jump.csv"
refuses 1 "each from the state that the one before ended in" "a path with a jump is refused" \
    multistate 'Surv(start, stop, to) ~ 1' "$work/jump.csv" --id person --from level --at 1

# ---- intervals and parametric models ---------------------------------------------------------------------------
lung="$data/lung.csv" tobin="$data/tobin.csv"
for dist in weibull exponential lognormal loglogistic; do
    matches_r $answers lung_$dist 1e-9 aft 'Surv(time, st) ~ age + factor(sex)' $lung --dist $dist
    matches_r $answers tobin_$dist 1e-8 aft "Surv(left, right, type='interval2') ~ age" $tobin --dist $dist
done
awk -F, -v OFS=, 'NR > 1 { $3 = 0 } { print }' $lung > "$work/censored.csv"
refuses 1 "no events: every time is right-censored" "a model without events is refused" aft 'Surv(time, st) ~ age' "$work/censored.csv"
printf 'left,right,arm\n,3,a\n4,6,a\n5,,b\n2,2,b\n7,5,b\n,,b\n' > "$work/intervals.csv"
prints 'survival,,,a,,3.5,0.5,' "Turnbull's estimate by arm" turnbull "Surv(left, right, type='interval2') ~ arm" "$work/intervals.csv" --at 3.5
if grep -q "1 row rejected: column 'left' is above the other end of its interval; the first in line 6" "$work/err" &&
    grep -q "1 of 6 rows left out: a used value is missing" "$work/err"; then
    ok "an interval upside down is rejected, one without ends is missing"
else
    not_ok "an interval upside down is rejected, one without ends is missing" "$(cat "$work/err")"
fi
prints 'S is between 0.5 and 1' "bounds are told where S is not to be known" \
    turnbull "Surv(left, right, type='interval2') ~ arm" "$work/intervals.csv" --at 2
printf 'left,right,n\n0,10,30\n10,20,50\n20,,20\n' > "$work/kept.csv"
# Two visits that everybody kept: a multinomial, S = 0.7 and 0.2 of 100.
awk 'BEGIN { printf "visits|survival|||||10|std_error|%.17g\nvisits|survival|||||20|std_error|%.17g\n", sqrt(.7 * .3 / 100), sqrt(.2 * .8 / 100)
    printf "visits|survival|||||10|conf_low|%.17g\n", .7 * exp(-1.9599639845400545 * sqrt(.3 / .7 / 100)) }' | sed 's/|||||/||||/' > "$work/visits.txt"
matches_r "$work/visits.txt" visits 1e-9 turnbull "Surv(left, right, type='interval2') ~ 1" "$work/kept.csv" --weights n
answers=tests/reference/fit_model_answers.csv
refuses 2 "type='interval2'" "Turnbull takes intervals" turnbull 'Surv(time, st) ~ 1' $lung

# ---- times that differ by rounding ------------------------------------------------------------------------------
# The same table with times in tenths, and with some of them moved by a last bit or two: --timefix makes them one again.
column() { awk -v name="$1" -f tests/support/csv.awk -f /dev/stdin "$2" <<'AWK'
{ n = split_csv($0, cell); if (NR == 1) for (i = 1; i <= n; i++) if (cell[i] == name) at = i; print cell[at] }
AWK
}
timefix() { # MODEL FORMULA OPTIONS
    "$fit" $1 "$2" "$work/tenths.csv" $3 --format csv > "$work/a.csv" 2> "$work/err"
    "$fit" $1 "$2" "$work/moved.csv" $3 --timefix --format csv > "$work/b.csv" 2>> "$work/err"
    column estimate "$work/a.csv" > "$work/a.estimates"
    column estimate "$work/b.csv" > "$work/b.estimates"
    if [ "$(wc -l < "$work/a.csv")" -gt 3 ] && paste -d, "$work/a.estimates" "$work/b.estimates" |
        awk -F, '{ d = $1 - $2; if (d < 0) d = -d; if (NR > 1 && d > 1e-9) bad = 1 } END { exit bad }'; then
        ok "$1: --timefix makes times one that differ by rounding"
    else
        not_ok "$1: --timefix makes times one that differ by rounding" "$(cat "$work/err")" "$(diff "$work/a.csv" "$work/b.csv" | head -n 4)"
    fi
}
awk 'BEGIN { print "id,start,stop,left,right,status,to,from,x"
    for (i = 1; i <= 40; i++) { t = 1 + i % 7; u = t + 1 + i % 3
        print i ",0," t / 10 "," t / 10 "," u / 10 "," i % 2 "," (i % 2 ? 2 : 0) ",1," i % 5
        if (i % 2) print i "," t / 10 "," u / 10 "," t / 10 "," (i % 3 ? u / 10 : "") "," i % 3 % 2 ",0,2," i % 5 } }' > "$work/tenths.csv"
awk -F, -v OFS=, 'NR > 1 { e = NR % 3 == 0 ? 0.00000000000001 : 0
    for (k = 2; k <= 5; k++) if ($k != "" && $k != 0) $k = sprintf("%.17g", $k + e) } { print }' "$work/tenths.csv" > "$work/moved.csv"
timefix mcf 'Surv(start, stop, status) ~ 1' '--id id --at 0.3,0.4,0.6'
timefix multistate 'Surv(start, stop, to) ~ 1' '--id id --from from --at 0.3,0.6'
timefix turnbull "Surv(left, right, type='interval2') ~ 1" ''
timefix aft 'Surv(stop, status) ~ x' ''

# ---- log-rank family ------------------------------------------------------------------------------------------
matches_r $answers colon_logrank 1e-10 logrank 'Surv(time, status) ~ rx' $data/colon.csv --trend --pairwise
refuses 2 "--rho and --gamma are weights of their own" "one weight at a time" \
    logrank 'Surv(time, status) ~ rx' $data/colon.csv --weight gehan --rho 1

# ---- least squares --------------------------------------------------------------------------------------------
matches_r $answers lung_linear 1e-10 linear 'wt.loss ~ age + factor(sex) + offset(ph.ecog)' $lung
matches_r $answers lung_anova 1e-10 linear 'wt.loss ~ factor(inst)' $lung
printf 'y,x\n3,1\n4,2\n9,3\n' > "$work/line.csv"
awk -F, 'NR == 1 { print $0 ",twice" } NR > 1 { print $0 "," 2 * $2 }' "$work/line.csv" > "$work/twice.csv"
prints 'coefficient,twice,,,,,,,,,,,,,,3,,,undefined' "a column twice another has no coefficient" linear 'y ~ x + twice' "$work/twice.csv"
head -n 3 "$work/line.csv" > "$work/two.csv"
prints 'as many coefficients as rows: no error' "two rows have a line and no errors" linear 'y ~ x' "$work/two.csv"
check "no NaN or inf is printed for it" is_finite "$work/out"
prints 'no term has a coefficient' "a mean alone has no F" linear 'y ~ 1' "$work/line.csv"
refuses 2 "'linear' takes a column of numbers" "an outcome of another kind is wrong usage" linear 'Surv(y, x) ~ 1' "$work/line.csv"
refuses 1 "'linear' has no strata" "strata are no matter of least squares" linear 'y ~ x + strata(x)' "$work/line.csv"

exit $failed
