#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Balance and matching against R (scripts/references/balance.R), and what is refused.
. tests/support/fit_tests.sh
answers=tests/reference/balance_answers.csv
people=tests/reference/balance_people.csv
formula='arm ~ age + score + site + sex'

for sd in pooled reference arm; do
    matches_r $answers plain_$sd 1e-12 balance "$formula" $people --sd $sd
done
matches_r $answers weighted 1e-12 balance "$formula" $people --weights w --weight-type sampling
matches_r $answers counted 1e-12 balance "$formula" $people --weights count
matches_r $answers lalonde 1e-12 balance 'treat ~ age + educ + re74 + re75 + race' tests/reference/lalonde.csv --sd arm

options_of() {
    case $1 in
    nearest) ;;
    caliper) echo --caliper 0.1 ;;
    logit) echo --score logit --caliper 0.2 ;;
    ratio) echo --ratio 2 --caliper 0.25 ;;
    exact) echo --exact site --caliper 0.25 ;;
    esac
}
for run in nearest caliper logit ratio exact; do
    # shellcheck disable=SC2046
    matches_r $answers $run 1e-9 match "$formula" $people $(options_of $run)
    # shellcheck disable=SC2046
    "$fit" match "$formula" $people $(options_of $run) --pairs --format csv 2> "$work/err" | awk -F, 'NR > 1 {print $2 "," $3}' |
        sort > "$work/first"
    sed -n "s/^$run,//p" tests/reference/balance_pairs.csv | sort > "$work/second"
    check "pairs of $run are those of the plain search" same_output
done

# The pairs do not depend on where a row stands.
named() { awk -F, 'NR == FNR {row[NR] = $0; next} FNR > 1 {print row[$2] " " row[$3]}' "$1" - | sort; }
"$fit" match "$formula" $people --caliper 0.1 --pairs --format csv 2> /dev/null | named $people > "$work/first"
{ head -n 1 $people; tail -n +2 $people | sort -t, -k1,1; } > "$work/shuffled.csv"
"$fit" match "$formula" "$work/shuffled.csv" --caliper 0.1 --pairs --format csv 2> /dev/null | named "$work/shuffled.csv" > "$work/second"
check "pairs do not depend on the order of rows" same_output

printf 'arm,x,g\na,1,u\na,2,u\nb,1.5,v\nb,3,v\n' > "$work/apart.csv"
printf 'arm,x\na,1\nb,2\nc,3\nc,4\n' > "$work/three.csv"
refuses 1 "'balance' compares two arms; the column before '~' has 3" "three arms are refused" balance 'arm ~ x' "$work/three.csv"
refuses 2 "takes the column of the two arms before '~'" "an outcome is no arm" balance 'Surv(x, arm) ~ x' "$work/three.csv"
refuses 2 "--caliper: a number above 0 was expected" "a caliper is above 0" match "$formula" $people --caliper 0
refuses 2 "--ratio: a whole number from 1 to 1000 was expected" "a ratio is whole" match "$formula" $people --ratio 1.5
refuses 2 "--sd is no option of 'km'" "other models take no --sd" km 'Surv(age, score) ~ 1' $people --sd arm
refuses 1 "the logit of a propensity of 0 or 1 is infinite" "the logit of a certainty is refused" match 'arm ~ g' "$work/apart.csv" --score logit
prints ',,,smd,g=u,' "a level that one arm alone has still has a distance" balance 'arm ~ x + g' "$work/apart.csv"
"$fit" match 'arm ~ g' "$work/apart.csv" --caliper 0.1 > "$work/out" 2> "$work/err"
grep -q "predicts the arm perfectly" "$work/err" && ok "what predicts the arm is named" || not_ok "what predicts the arm is named" "$(cat "$work/err")"
"$fit" balance 'factor(arm, ref="iop") ~ age' $people --format csv 2> /dev/null | grep 'smd,age' | cut -d, -f10,11 > "$work/out"
echo 'control,iop' > "$work/first"; cp "$work/out" "$work/second"
check "the reference can be chosen" same_output
exit $failed
