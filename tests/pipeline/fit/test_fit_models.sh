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
matches_finite() { ! grep -qiE '(^|,)-?(nan|inf)(,|$)' "$work/out"; }
if matches_finite; then ok "no NaN or inf is printed"; else not_ok "no NaN or inf is printed"; fi

# ---- log-rank family ------------------------------------------------------------------------------------------
matches_r $answers colon_logrank 1e-10 logrank 'Surv(time, status) ~ rx' $data/colon.csv --trend --pairwise
refuses 2 "--rho and --gamma are weights of their own" "one weight at a time" \
    logrank 'Surv(time, status) ~ rx' $data/colon.csv --weight gehan --rho 1

exit $failed
