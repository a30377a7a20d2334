#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown fit logistic|poisson|negbin|meta` as a program: R's numbers, options, refusals.
set -u
. tests/support/fit_tests.sh
rows=tests/reference/glm_rows.csv
answers=tests/reference/glm_answers.csv

# One set of the reference rows, with the exposure that its offset is the logarithm of.
take_set() {
    awk -F, -v OFS=, -v set="$1" 'NR == 1 { print $0, "exposure"; next } $1 == set { printf "%s,%.17g\n", $0, exp($6) }' "$rows" \
        > "$work/$1.csv"
}

# COLUMN of the answers for (set, family, term), and of our rows for (measure, term).
theirs() {
    awk -F, -v set="$1" -v family="$2" -v term="$3" -v name="$4" '
        NR == 1 { for (i = 1; i <= NF; i++) place[$i] = i; next }
        $1 == set && $2 == family && $3 == term { print $place[name] }' "$answers"
}
ours() {
    awk -F, -v measure="$2" -v term="$3" -v name="$4" '
        NR == 1 { for (i = 1; i <= NF; i++) place[$i] = i; next }
        $place["measure"] == measure && $place["term"] == term { print $place[name] }' "$1"
}
near() { # OURS THEIRS RELATIVE
    awk -v a="$1" -v b="$2" -v r="$3" 'BEGIN { d = a - b; s = b < 0 ? -b : b; exit !(a != "" && b != "" && (d < 0 ? -d : d) <= r * s) }'
}

terms='0:(intercept) 1:x1 2:x2 3:factor(f)=1 4:factor(f)=2'
compare() { # NAME FILE SET FAMILY MEASURE ERRORS: coefficients and errors of all terms
    for pair in $terms; do
        number=${pair%%:*} term=${pair#*:}
        near "$(ours "$2" "$5" "$term" estimate)" "$(theirs "$3" "$4" "$number" coef)" 1e-6 &&
            near "$(ours "$2" "$5" "$term" std_error)" "$(theirs "$3" "$4" "$number" "$6")" 1e-6 || {
            not_ok "$1" "$term: $(ours "$2" "$5" "$term" estimate) $(ours "$2" "$5" "$term" std_error)"
            return
        }
    done
    ok "$1"
}
run() { # FILE, then arguments of fit
    out=$1
    shift
    "$fit" "$@" --format csv > "$out" 2> "$work/talk"
}

for set in 3 7; do
    take_set $set
    data=$work/$set.csv
    formula='x1 + x2 + factor(f) + offset(offset)'
    run "$work/a" logistic "y ~ $formula" "$data" --weights weight
    compare "logistic regression is R's, set $set" "$work/a" $set 0 log_odds_ratio se
    run "$work/a" logistic "y ~ $formula" "$data" --weights weight --robust hc3
    compare "HC3 errors are those of R's sandwich, set $set" "$work/a" $set 0 log_odds_ratio hc3
    run "$work/a" logistic --robust=hc1 "y ~ $formula" "$data" --weights weight
    compare "HC1 errors are those of R's sandwich, set $set" "$work/a" $set 0 log_odds_ratio hc1
    run "$work/a" logistic "y ~ $formula" "$data" --weights weight --cluster cluster
    compare "clustered errors are those of R's sandwich, set $set" "$work/a" $set 0 log_odds_ratio clustered
    run "$work/a" logistic "y ~ $formula" "$data" --weights weight --weight-type sampling
    compare "sampling weights have robust errors, set $set" "$work/a" $set 0 log_odds_ratio sampling
    run "$work/a" poisson "count ~ x1 + x2 + factor(f)" "$data" --weights weight --exposure exposure
    compare "Poisson regression with an exposure is R's, set $set" "$work/a" $set 1 log_rate_ratio se
    run "$work/a" negbin "count ~ $formula" "$data" --weights weight
    compare "negative binomial regression is R's, set $set" "$work/a" $set 2 log_rate_ratio se
    check "theta is R's, set $set" near "$(ours "$work/a" dispersion theta estimate)" "$(theirs $set 2 0 theta)" 1e-6
done

check 'Firth'"'"'s penalty gives R'"'"'s estimate' near \
    "$(run "$work/a" logistic "y ~ x1 + x2 + factor(f) + offset(offset)" "$work/3.csv" --weights weight --firth; ours "$work/a" log_odds_ratio x1 estimate)" \
    "$(theirs 3 0 1 firth)" 1e-6

# ---- what has no estimate --------------------------------------------------------------------------------------

printf 'y,g,x\n1,a,1\n0,a,2\n1,a,5\n0,a,3\n1,b,4\n1,b,2\n1,b,6\n' > "$work/separated.csv"
run "$work/a" logistic 'y ~ g + x' "$work/separated.csv"
check 'a separated level is undefined and named' test "$(ours "$work/a" log_odds_ratio g=b status)" = undefined
check 'its note says that no estimate exists' grep -q 'g=b.*estimate does not exist' "$work/a"
check 'the others are fitted' test "$(ours "$work/a" log_odds_ratio x status)" = shown
check 'the likelihood-ratio test is given' test "$(ours "$work/a" lr_test '' status)" = shown
check 'the Wald test is not' test "$(ours "$work/a" wald_test '' status)" = undefined
run "$work/a" logistic 'y ~ g + x' "$work/separated.csv" --firth
check 'with the penalty every coefficient exists' test "$(ours "$work/a" log_odds_ratio g=b status)" = shown
check 'nothing is printed as NaN or infinite' is_finite "$work/a"

# ---- usage --------------------------------------------------------------------------------------------------------

status() {
    "$fit" "$@" > "$work/out" 2> "$work/talk"
    echo $?
}
check 'an exposure of 0 is rejected with its line' grep -q 'exposure.*not above 0.*line 2' "$(
    printf 'y,exposure\n3,0\n2,1\n1,2\n' > "$work/e.csv"
    "$fit" poisson 'y ~ 1' "$work/e.csv" --exposure exposure > /dev/null 2> "$work/t"
    echo "$work/t")"
check 'a fraction is no count' test "$(printf 'y\n0.5\n1\n' > "$work/f.csv"; status poisson 'y ~ 1' "$work/f.csv"; grep -c 'is no count' "$work/talk")" = "0
1"
check '--firth belongs to logistic' test "$(status poisson 'y ~ 1' "$work/e.csv" --firth)" = 2
check '--exposure belongs to counts' test "$(status logistic 'y ~ x' "$work/separated.csv" --exposure x)" = 2
check 'kinds of robust errors belong to these models' test "$(status cox 'Surv(x, y) ~ g' "$work/separated.csv" --robust hc3)" = 2
check 'strata are refused' test "$(status logistic 'y ~ x + strata(g)' "$work/separated.csv")" = 1

# ---- meta-analysis ------------------------------------------------------------------------------------------------

awk -F, 'NR > 1 && $1 == 1 { print "trial" NR ",vaccine," $2 "," $3; print "trial" NR ",control," $4 "," $5 }
         BEGIN { print "study,arm,events,n" }' tests/reference/meta_arms.csv > "$work/bcg.csv"
bcg="events/n ~ factor(arm, ref='control') + study"
pooled() { # METHOD NUMBER COLUMN: of the reference; 3 is the log odds ratio
    awk -F, -v method="$1" -v set="$2" -v name="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) place[$i] = i; next }
        $1 == set && $2 == method { print $place[name] }' tests/reference/meta_answers.csv
}
for pair in 0:reml 1:dl 2:pm 3:fe; do
    run "$work/a" meta "$bcg" "$work/bcg.csv" --method "${pair#*:}"
    check "pooled risk differences are metafor's: ${pair#*:}" near \
        "$(awk -F, 'NR > 1 && $0 ~ /limits/ && $0 !~ /Q profile/' "$work/a" | awk -F, -v p="$(head -n 1 "$work/a" | tr , '\n' | grep -n '^estimate$' | cut -d: -f1)" '{ print $p; exit }')" \
        "$(pooled "${pair%%:*}" 1 estimate)" 1e-7
    check "the variance between studies is metafor's: ${pair#*:}" near \
        "$(ours "$work/a" tau_squared '' estimate | sed 's/^0$/1e-300/')" "$(pooled "${pair%%:*}" 1 tau2 | sed 's/^0$/1e-300/')" 1e-6
done
run "$work/a" meta "$bcg" "$work/bcg.csv" --measure odds_ratio --hartung-knapp
check 'a prediction interval is given' test "$(ours "$work/a" prediction_interval '' status)" = shown
printf 'study,arm,events,n\nSchneider 1996,day,15,32\nSchneider 1996,inpatient,40,42\nAlterman 1994,day,30,56\nAlterman 1994,inpatient,49,55\n' \
    > "$work/two.csv"
run "$work/a" meta "events/n ~ factor(arm, ref='inpatient') + study" "$work/two.csv"
check 'with two studies both kinds of limits are shown' test "$(grep -c 'fewer than 3 studies' "$work/a")" = 2
check 'limits of a difference stay within -1 and 1' grep -q 'risk_difference,hartung-knapp.*,-1,' "$work/a"
check 'no prediction from two studies' test "$(ours "$work/a" prediction_interval '' status)" = undefined
check 'a formula of another form is refused' test "$(status meta 'events ~ arm' "$work/two.csv")" = 2
check 'three arms are refused' test "$(printf 'study,arm,events,n\nx,a,1,5\nx,b,2,6\nx,c,1,4\n' > "$work/three.csv"; status meta 'events/n ~ arm + study' "$work/three.csv")" = 1
check 'a study without one arm is named' test "$(printf 'study,arm,events,n\nx,a,1,5\nx,b,2,6\ny,a,1,4\n' > "$work/one.csv"; status meta 'events/n ~ arm + study' "$work/one.csv"; grep -c "study 'y'" "$work/talk")" = "1
1"
check 'more events than people are rejected' grep -q 'no whole number of persons' "$(
    printf 'study,arm,events,n\nx,a,7,5\nx,b,2,6\n' > "$work/more.csv"
    "$fit" meta 'events/n ~ arm + study' "$work/more.csv" > /dev/null 2> "$work/t"
    echo "$work/t")"
check 'Peto pools odds ratios only' test "$(status meta "$bcg" "$work/bcg.csv" --method peto --measure risk_ratio)" = 2

# ---- generalised estimating equations -----------------------------------------------------------------------------------
marginal='arm + age + factor(site)'
marginal_near() { # MODEL MEASURE: all coefficients and errors, and the correlation, are geepack's
    for pair in '0:(intercept)' 1:arm 2:age '3:factor(site)=2' '4:factor(site)=3'; do
        line=$(awk -F, -v model="$1" -v k="${pair%%:*}" '$1 == model && $2 == "exchangeable" && $3 == k { print $4, $5, $6 }' tests/reference/gee_answers.csv)
        # shellcheck disable=SC2086
        set -- "$1" "$2" $line
        near "$(ours "$work/gee" "$2" "${pair#*:}" estimate)" "$3" 1e-8 && near "$(ours "$work/gee" "$2" "${pair#*:}" std_error)" "$4" 1e-7 &&
            near "$(ours "$work/gee" coefficient 'working correlation' estimate)" "$5" 1e-8 || {
            not_ok "$1 with an exchangeable working correlation is geepack's" "${pair#*:}"
            return
        }
    done
    ok "$1 with an exchangeable working correlation is geepack's"
}
run "$work/gee" logistic "y ~ $marginal" tests/reference/gee_rows.csv --cluster cluster --working exchangeable
marginal_near logistic log_odds_ratio
run "$work/gee" poisson "count ~ $marginal" tests/reference/gee_rows.csv --exposure days --cluster cluster --working exchangeable
marginal_near poisson log_rate_ratio
"$fit" logistic "y ~ $marginal" tests/reference/gee_rows.csv --working exchangeable > "$work/out" 2>&1
[ $? = 2 ] && grep -q 'needs --cluster' "$work/out" && ok "a working correlation needs clusters" || not_ok "a working correlation needs clusters" "$(cat "$work/out")"

# ---- profiles ---------------------------------------------------------------------------------------------------------------
run "$work/profile" logistic "y ~ $marginal" tests/reference/gee_rows.csv --profile
for pair in 1:arm 2:age '3:factor(site)=2' '4:factor(site)=3'; do
    line=$(awk -F, -v k="${pair%%:*}" '$1 == "logistic" && $2 == k { print $3, $4 }' tests/reference/glm_profiles.csv)
    near "$(ours "$work/profile" log_odds_ratio "${pair#*:}" conf_low)" "${line% *}" 1e-8 &&
        near "$(ours "$work/profile" log_odds_ratio "${pair#*:}" conf_high)" "${line#* }" 1e-8 || echo "${pair#*:}"
done > "$work/far"
[ ! -s "$work/far" ] && ok "profile limits are the roots of whole fits" || not_ok "profile limits are the roots of whole fits" "$(cat "$work/far")"
"$fit" logistic "y ~ $marginal" tests/reference/gee_rows.csv --profile --robust > "$work/out" 2>&1
[ $? = 2 ] && grep -q "takes no --robust" "$work/out" && ok "a profile has no robust limits" || not_ok "a profile has no robust limits" "$(cat "$work/out")"

exit $failed
