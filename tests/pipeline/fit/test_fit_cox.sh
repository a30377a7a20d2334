#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown fit cox` as a program: R's numbers (scripts/references/cox.R), laws, what has no coefficient, refusals.
set -u
. tests/support/fit_tests.sh
data=tests/reference/cox

# Every answer of a case stands in the program's csv: relative 1e-10, p-values 1e-9, test statistics of proportional
# hazards 1e-9; a coefficient next to 0 is judged by its standard error.
cat > "$work/compare.awk" <<'AWK'
FNR == NR {
    n = split_csv($0, cell)
    if (FNR == 1) { for (i = 1; i <= n; i++) place[cell[i]] = i; next }
    key = cell[place["measure"]] "|" cell[place["term"]]
    for (name in place) value[key "|" name] = cell[place[name]]
    next
}
{
    split($0, part, "|")
    if (part[1] != id) next
    wanted++
    key = part[2] "|" part[3] "|" part[4]
    if (!(key in value)) { print "no row for " key; bad++; next }
    ours = value[key]; theirs = part[5]
    tolerance = part[4] == "p_value" ? 1e-9 : part[2] == "ph_test" ? 1e-9 : 1e-10
    if (id ~ /^firth/) tolerance = 1e-9 # found there by a general optimiser
    if (id ~ /^frailty/) tolerance = part[2] == "frailty_variance" ? 1e-4 : 1e-5
    scale = theirs < 0 ? -theirs : theirs
    if (part[2] == "log_hazard_ratio" && part[4] == "estimate" && value[part[2] "|" part[3] "|std_error"] + 0 > scale)
        scale = value[part[2] "|" part[3] "|std_error"] + 0
    if (part[4] == "statistic" && scale < 1) scale = 1
    difference = ours - theirs; if (difference < 0) difference = -difference
    if (ours == "" || difference > tolerance * scale) { print key ": " ours " in place of " theirs; bad++ }
}
END { if (wanted == 0) print "no answers for " id; exit bad > 0 || wanted == 0 }
AWK

# The same for residuals (by line and term) and curves (by time and measure), to 1e-10 of the largest value of a case.
cat > "$work/rows.awk" <<'AWK'
FNR == NR {
    n = split_csv($0, cell)
    if (FNR == 1) { for (i = 1; i <= n; i++) place[cell[i]] = i; next }
    if ("residual" in place) {
        value[cell[place["line"]] "|" ("term" in place ? cell[place["term"]] : "")] = cell[place["residual"]]
    } else {
        at = sprintf("%.12g", cell[place["time"]])
        value[at "|" cell[place["measure"]]] = cell[place["estimate"]]
        if (cell[place["measure"]] == "cumulative_hazard") value[at "|std_error"] = cell[place["std_error"]]
        else value[at "|conf_low"] = cell[place["conf_low"]]
    }
    next
}
{
    split($0, part, "|")
    if (part[1] != id) next
    wanted++
    key = sprintf("%.12g", part[2]) "|" part[3]
    if (!(key in value)) { print "no row for " key; bad++; next }
    ours[wanted] = value[key]; theirs[wanted] = part[4]; name[wanted] = key
    size = part[4] < 0 ? -part[4] : part[4]
    if (size > largest[part[3]]) largest[part[3]] = size
    kind[wanted] = part[3]
}
END {
    for (i = 1; i <= wanted; i++) {
        difference = ours[i] - theirs[i]; if (difference < 0) difference = -difference
        if (ours[i] == "" || difference > 1e-10 * largest[kind[i]]) { print name[i] ": " ours[i] " in place of " theirs[i]; bad++ }
    }
    if (wanted == 0) print "no answers for " id
    exit bad > 0 || wanted == 0
}
AWK

awk -f tests/support/csv.awk -f /dev/stdin "$data/cases.csv" > "$work/cases" <<'AWK'
FNR > 1 { split_csv($0, cell); print cell[1] "|" cell[2] "|" cell[4] "|" cell[3] }
AWK
while IFS='|' read -r id file options formula; do
    # shellcheck disable=SC2086  # options are several words
    $fit cox "$formula" "$data/$file" $options --format csv > "$work/ours.csv" 2> "$work/told"
    status=$?
    case $options in
    *--residuals* | *--curve*) by=rows answers=$data/rows.txt ;;
    *) by=compare answers=$data/answers.txt ;;
    esac
    if [ $status -eq 0 ] && awk -v id="$id" -f tests/support/csv.awk -f "$work/$by.awk" "$work/ours.csv" "$answers" \
        > "$work/differences" 2>&1; then
        ok "as R has it: $id"
    else
        not_ok "as R has it: $id" "status $status: $(cat "$work/told")" "$(cat "$work/differences")"
    fi
done < "$work/cases"

# ---- what has no coefficient ------------------------------------------------------------------------------------

cox() { $fit cox "$@" --format csv 2> "$work/told"; }
says() { # WHAT NAME FORMULA TABLE [options]: an undefined row says so, and nothing is NaN or infinite
    what=$1
    name=$2
    shift 2
    if cox "$@" > "$work/out.csv" && grep -qF "$what" "$work/out.csv" && grep -q ',undefined,' "$work/out.csv" &&
        ! grep -qiE '(^|,)-?(nan|inf)(,|$)' "$work/out.csv"; then
        ok "$name"
    else
        not_ok "$name" "$(cat "$work/told" "$work/out.csv")"
    fi
}
catalogue=$data/catalogue
says 'no coefficient: k is constant wherever an event happens' 'a constant column is named' \
    'Surv(time, status) ~ x + k + x2' "$catalogue/C02_constant_covariate.csv"
grep '^[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,log_hazard_ratio,x' "$work/out.csv" | cut -d , -f 13-14 > "$work/with"
cox 'Surv(time, status) ~ x + x2' "$catalogue/C02_constant_covariate.csv" |
    grep '^[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,log_hazard_ratio,x' | cut -d , -f 13-14 > "$work/without"
if [ -s "$work/with" ] && cmp -s "$work/with" "$work/without"; then
    ok 'the other coefficients are those of the fit without it'
else
    not_ok 'the other coefficients are those of the fit without it' "$(cat "$work/with" "$work/without")"
fi
says 'no coefficient: x3 is a combination of the columns before it' 'a column that depends on others is named' \
    'Surv(time, status) ~ x + x2 + x3' "$catalogue/C04_collinear_near.csv"
says 'estimate does not exist: x (monotone likelihood)' 'a likelihood that rises for ever is told' \
    'Surv(time, status) ~ x + x2' "$catalogue/C07_monotone_likelihood.csv"
says 'no coefficient: x is constant wherever an event happens' 'an arm that is never at risk at an event leaves nothing' \
    'Surv(time, status) ~ x' "$catalogue/B18_arm_never_at_risk.csv"
says 'no events' 'without events there is nothing but that' 'Surv(time, status) ~ x' "$catalogue/B03_all_censored.csv"
says 'estimate does not exist: x' 'exact ties of the first validation set have no maximum' 'Surv(time, status) ~ x' \
    "$data/validate1.csv" --ties exact
if cox 'Surv(time, status) ~ x + z' "$data/apart.csv" > "$work/out.csv" &&
    grep -q '^[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,log_hazard_ratio,z,.*,shown,' "$work/out.csv" &&
    grep -q '^[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,lr_test,.*,shown,' "$work/out.csv" &&
    grep -q '^[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,wald_test,.*,undefined,' "$work/out.csv"; then
    ok 'beside a coefficient that does not exist the others, likelihood-ratio and score test are shown'
else
    not_ok 'beside a coefficient that does not exist the others are shown' "$(cat "$work/out.csv")"
fi
printf 'time,status,x\n1,1,2\n' > "$work/one.csv"
says 'no coefficient: x is constant' 'one row has no coefficient' 'Surv(time, status) ~ x' "$work/one.csv"

# ---- laws ---------------------------------------------------------------------------------------------------------

lung='Surv(time, event) ~ age * factor(sex) + wt.loss + strata(f)'
cox "$lung" "$data/lung.csv" --cluster inst > "$work/first"
(head -n 1 "$data/lung.csv"; tail -n +2 "$data/lung.csv" | sort -t , -k 4,4n -k 3,3nr) > "$work/shuffled.csv"
cox "$lung" "$work/shuffled.csv" --cluster inst > "$work/second"
check 'the order of the rows changes no bit' same_output
for n in 2 4 8; do
    OMP_NUM_THREADS=$n cox "$lung" "$data/lung.csv" --cluster inst > "$work/second"
    cmp -s "$work/first" "$work/second" || break
done
check 'nor does the number of threads' same_output
awk -F , -v OFS=, 'NR == 1 || $9 != "" { print } NR > 1 { for (i = 2; i <= $9; i++) print }' "$data/lung.csv" > "$work/copies.csv"
cox 'Surv(time, event) ~ age + factor(sex)' "$work/copies.csv" --robust | sed 's/"//g' > "$work/first"
cox 'Surv(time, event) ~ age + factor(sex)' "$data/lung.csv" --robust --weights f | sed 's/"//g' > "$work/second"
if paste -d , "$work/first" "$work/second" | awk -F , 'NR > 1 { d = $13 - $(13 + NF / 2); s = $13 < 0 ? -$13 : $13; if (d < 0) d = -d
    if (d > 1e-11 * (s > 1 ? s : 1)) bad++ } END { exit bad > 0 || NR < 8 }'; then
    ok 'a frequency is so many copies, tied ones too'
else
    not_ok 'a frequency is so many copies, tied ones too' "$(cat "$work/first" "$work/second")"
fi
cox 'Surv(time, event) ~ age + sex' "$data/lung.csv" > "$work/first"
(cat "$data/lung.csv"; echo '100,1,,1,1,3,5,1,1'; echo ',0,55,1,1,3,5,1,1') > "$work/missing.csv"
cox 'Surv(time, event) ~ age + sex' "$work/missing.csv" > "$work/second"
check 'rows with a missing value change only what is told about them' same_output

# ---- refusals ------------------------------------------------------------------------------------------------------

surv='Surv(time, event) ~ age'
refuses 2 'the exact likelihood has no robust errors' 'exact ties and clusters exclude each other' cox "$surv" "$data/lung.csv" --ties exact --cluster inst
refuses 2 '--residuals and --curve belong to' 'residuals of an exact fit are refused' cox "$surv" "$data/lung.csv" --ties exact --residuals dfbeta
refuses 2 '--firth has the errors' 'a penalty and robust errors exclude each other' cox "$surv" "$data/lung.csv" --firth --robust
refuses 2 'give --curve too' 'times without a curve are refused' cox "$surv" "$data/lung.csv" --at 100
refuses 2 'zero, mean or the number of a line' 'a curve of nobody is refused' cox "$surv" "$data/lung.csv" --curve median
refuses 2 '--recurrent and --id belong together' 'whose rows recurrent events are must be said' cox "$surv" "$data/lung.csv" --recurrent pwp-gap
refuses 2 '--recurrent has robust errors by person' 'recurrent events have their own clusters' cox "$surv" "$data/lung.csv" --recurrent pwp-gap --id inst --cluster inst
refuses 1 'stretches of a person that do not overlap' 'stretches that overlap are refused' cox 'Surv(tstart, tstop, status) ~ age' "$data/cgd.csv" --recurrent pwp-total --id sex
refuses 2 "--ties is no option of 'km'" 'ties are no matter of curves' km "$surv" "$data/lung.csv" --ties efron
if cox 'Surv(time, status) ~ x' "$catalogue/B29_nan_covariate.csv" > /dev/null; then
    not_ok 'an infinite covariate is refused with its place' "it was not"
elif grep -q 'B29_nan_covariate.csv:7:3 (x): a finite number was expected' "$work/told"; then
    ok 'an infinite covariate is refused with its place'
else
    not_ok 'an infinite covariate is refused with its place' "$(cat "$work/told")"
fi

exit $failed
