#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every case of tests/reference/survival_cases/catalogue.csv through `stepdown fit`: R's numbers where it has them, and what the
# catalogue says where R itself has none.
#   sh tests/whole/test_survival_catalogue.sh      from the root of the repository
set -u
. tests/support/fit_tests.sh
cases=tests/reference/survival_cases

# ---- R's numbers --------------------------------------------------------------------------------------------------
# One line a row of fit, "csv|CASE|METHOD|KEY|QUANTITY|VALUE"; the answers have the same words.
cat > "$work/rows.awk" <<'AWK'
NR == 1 { n = split_csv($0, cell); for (i = 1; i <= n; i++) place[cell[i]] = i; next }
{
    split_csv($0, cell)
    for (name in place) v[name] = cell[place[name]]
    group = v["arm"] == "" ? "all" : by "=" v["arm"]
    key = group "@" sprintf("%.15g", v["time"])
    if (v["measure"] == "survival") {
        print key "|surv|" v["estimate"]; print key "|se_surv(greenwood)|" v["std_error"]
        print key "|lower|" v["conf_low"]; print key "|upper|" v["conf_high"]
    } else if (v["measure"] == "cumulative_hazard") {
        print key "|cumhaz(NelsonAalen)|" v["estimate"]
    } else if (v["measure"] == "quantile_time") {
        print (group == "all" ? "" : group ":") "q" 100 * v["term"] "|quantile|" v["estimate"]
    } else if (v["measure"] == "logrank_test") {
        print "|chisq|" v["statistic"]; print "|p|" v["p_value"]
    } else if (v["measure"] == "log_hazard_ratio") {
        print v["term"] "|coef|" v["estimate"]; print v["term"] "|se|" v["std_error"]
    } else if (v["measure"] == "loglik") {
        print (v["term"] == "null" ? "|loglik0|" : "|loglik1|") v["estimate"]
    } else if (v["measure"] == "score_test" || v["measure"] == "wald_test") {
        print "|" (v["measure"] == "score_test" ? "score" : "wald") "|" v["statistic"]
    }
}
AWK

by=arm # the column that divides the rows
run() { # CASE METHOD, then arguments of fit
    case=$1 method=$2
    shift 2
    "$fit" "$@" --format csv > "$work/out.csv" 2>> "$work/told" || return 0
    if grep -qiE '(^|,)-?(nan|inf)(,|$)' "$work/out.csv"; then echo "$case $method" >> "$work/not_finite"; fi
    awk -v by="$by" -f tests/support/csv.awk -f "$work/rows.awk" "$work/out.csv" | sed "s/^/$case|$method|/" >> "$work/ours"
}

: > "$work/ours"
: > "$work/not_finite"
: > "$work/told"
for input in "$cases"/in/[ABC]*.csv; do
    case=$(basename "$input" .csv)
    header=$(head -n 1 "$input")
    time=time strata= by=arm
    case $case in
    B12_negative_time) continue ;;    # R keeps negative times; they are rejected here, see below
    B15_timefix) time=time_days ;;    # its decimal times are looked at below
    B17_empty_stratum) strata=' + strata(site)' by=site ;;
    esac
    outcome="Surv($time, status)"
    case ",$header," in *,start,*) outcome="Surv(start, $time, status)" ;; esac
    for method in $(awk -F, -v c="$case" '$1 == c { print $2 }' "$cases/answers.csv" | sort -u); do
        case $method in
        km_*)
            type=${method#km_}
            weights=
            if [ "$type" = log_w ]; then type=log weights='--weights wt --weight-type sampling'; fi
            run "$case" "$method" km "$outcome ~ 1" "$input" --hazard --quantile 0.25,0.5,0.75 --conf-type "$type" $weights
            case ",$header," in *,$by,*)
                run "$case" "$method" km "$outcome ~ $by" "$input" --hazard --quantile 0.25,0.5,0.75 --conf-type "$type" $weights ;;
            esac ;;
        survdiff_*)
            case ",$header," in *,arm,*)
                run "$case" "$method" logrank "$outcome ~ arm$strata" "$input" --rho "${method#survdiff_rho}" ;;
            esac ;;
        esac
    done
    weights=
    [ $case = B24_weights_fractional ] && weights='--weights wt --weight-type sampling'
    for method in $(awk -F, -v c="$case" '$1 == c { print $2 }' "$cases/answers_cox_tight.csv" | sort -u); do
        terms=$(awk -F, -v c="$case" -v m="$method" '$1 == c && $2 == m && $3 == "coef" { print $4 }' \
            "$cases/answers_cox_tight.csv" | paste -sd+ -)$strata
        ties=${method#coxph_}
        case $method in
        *_noInf) awk -F, 'NR == 1 || $0 !~ /Inf/' "$input" > "$work/finite.csv"
            run "$case" "$method" cox "$outcome ~ $terms" "$work/finite.csv" --ties "${ties%_noInf}" ;;
        *_days) run "$case" "$method" cox "$outcome ~ $terms" "$input" --ties "${ties%_days}" ;;
        *_years) run "$case" "$method" cox "Surv(time, status) ~ $terms" "$input" --ties "${ties%_years}" --timefix ;;
        *_notimefix) run "$case" "$method" cox "Surv(time, status) ~ $terms" "$input" --ties "${ties%_years_notimefix}" ;;
        *) run "$case" "$method" cox "$outcome ~ $terms" "$input" --ties "$ties" $weights ;;
        esac
    done
done

# S, errors and tests to 1e-12 (limits 1e-11, p 1e-9), Cox to 1e-10; what R gives as NaN or 0 without error is missing here.
cat > "$work/compare.awk" <<'AWK'
BEGIN { FS = "|" }
FNR == NR { ours[$1 "|" $2 "|" $3 "|" $4] = $5; seen[$1 "|" $2] = 1; next }
{
    split($0, part, ",")
    if (part[2] !~ /^(km_|survdiff|coxph)/ || part[3] ~ /^(R_|n|n\.risk|n\.event|n\.censor|nevent|iter|observed|expected|var11)$/ || part[3] ~ /^R_/) next
    method = part[1] "|" part[2]
    if (!(method in seen)) { skipped[method] = 1; next }
    key = part[4]
    at = index(key, "@")
    if (at > 0) key = substr(key, 1, at) sprintf("%.15g", substr(key, at + 1))
    name = method "|" key "|" part[3]
    theirs = part[5]
    # The errors of a curve under sampling weights are those of S; the stored ones were multiplied with S once more.
    if (part[2] == "km_log_w" && part[3] ~ /^se_surv/) {
        surv = method "|" key "|surv"
        if (name in ours && ours[name] != "" && ours[surv] > 0) theirs = theirs / ours[surv]
    }
    if (!(name in ours)) { if (theirs == theirs + 0 && theirs != 0) { missing[method]++; first[method] = name } ; next }
    if (ours[name] == "") { if (theirs + 0 != 0 && theirs !~ /NA|NaN|Inf/) { wrong[method]++; first[method] = name ": nothing, R has " theirs } ; next }
    if (theirs ~ /NA|NaN|Inf/) next
    n++
    difference = ours[name] - theirs; if (difference < 0) difference = -difference
    size = theirs + 0; if (size < 0) size = -size
    allowed = part[3] == "p" ? 1e-9 : part[2] ~ /^coxph/ ? 1e-9 : part[3] ~ /lower|upper/ ? 1e-11 : 1e-11
    if (!(difference <= allowed * (size < 1e-3 ? 1e-3 : size))) { wrong[method]++; first[method] = name ": " ours[name] ", R has " theirs }
}
END {
    for (m in seen) {
        if (m in wrong) print "not ok - " m " equals R\n# " first[m]
        else if (m in missing) print "not ok - " m " has the rows of R\n# " first[m]
        else print "ok - " m " equals R"
    }
    print "compared " n > "/dev/stderr"
}
AWK
cat "$cases/answers.csv" | grep -v ',coxph' > "$work/theirs"
cat "$cases/answers_cox_tight.csv" >> "$work/theirs"
awk -f "$work/compare.awk" "$work/ours" "$work/theirs" > "$work/result" 2> "$work/n"
cat "$work/result"
grep -q '^not ok' "$work/result" && failed=1
if [ "$(sed -n 's/^compared //p' "$work/n")" -gt 2300 ]; then ok "more than 2300 numbers were compared"; else not_ok "more than 2300 numbers were compared" "$(cat "$work/n")"; fi
if [ ! -s "$work/not_finite" ]; then ok "no NaN or inf is printed"; else not_ok "no NaN or inf is printed" "$(cat "$work/not_finite")"; fi

# ---- what the catalogue says where R has no number ------------------------------------------------------------------

told() { # TEXT that stderr or the csv must hold, NAME, then arguments
    wanted=$1 name=$2
    shift 2
    "$fit" "$@" --format csv > "$work/out" 2> "$work/err"
    if cat "$work/out" "$work/err" | grep -qF -- "$wanted"; then ok "$name"; else not_ok "$name" "$(cat "$work/err")" "$(tail -n 2 "$work/out")"; fi
}
in=$cases/in
told '1 of 228 rows left out: a used value is missing' "A07: the row left out is counted" cox 'Surv(time, status) ~ age + sex + ecog' $in/A07_lung_missing.csv
told 'no events' "B02, B03: no event, no log-rank test" logrank 'Surv(time, status) ~ arm' $in/B03_all_censored.csv
told 'log_hazard_ratio,x,,,,,,,,,,,,,,10,0,,undefined' "B03: no Cox model without events" cox 'Surv(time, status) ~ x' $in/B03_all_censored.csv
told 'quantile_time,0.5,,,,,,,,,,,,,,1,0,,undefined' "B02: one row has no median" km 'Surv(time, status) ~ 1' $in/B02_single_row_censored.csv
told 'variance 0' "B05: all events at once leave no variance" logrank 'Surv(time, status) ~ arm' $in/B05_all_events_same_time.csv
told "1 row rejected: column 'time' is negative or infinite; the first in line 2" "B12: a negative time is rejected with its line" km 'Surv(time, status) ~ arm' $in/B12_negative_time.csv
told 'only one arm is ever at risk at an event' "B18: an arm never at risk has no test" logrank 'Surv(time, status) ~ arm' $in/B18_arm_never_at_risk.csv
told 'everybody at risk at 2 had the event (n = 1): S is 0 from there on' "B20: a risk set that empties early is warned of" km 'Surv(start, time, status) ~ 1' $in/B20_left_truncation.csv
told "2 rows rejected: column 'start' is not before its stop" "B21: start >= stop is rejected" km 'Surv(start, time, status) ~ 1' $in/B21_start_ge_stop.csv
told "1 row rejected: column 'wt' is negative or infinite" "B23: a negative weight is rejected" km 'Surv(time, status) ~ 1' $in/B23_weights_negative.csv --weights wt
refuses 1 'a frequency, which is a whole number, was expected' "B24: fractions are no frequencies" km 'Surv(time, status) ~ 1' $in/B24_weights_fractional.csv --weights wt
told "1 row rejected: column 'status' is neither 0 nor 1; the first in line 4" "B26: another status is rejected" km 'Surv(time, status) ~ arm' $in/B26_status_other.csv
told '2 of 6 rows left out: a used value is missing' "B27: missing times are counted" km 'Surv(time, status) ~ arm' $in/B27_na_time.csv
refuses 1 'B29_nan_covariate.csv:7:3 (x): a finite number was expected' "B29: an infinite covariate is refused with its place" cox 'Surv(time, status) ~ x' $in/B29_nan_covariate.csv
told 'k is constant' "C02: a constant covariate is named" cox 'Surv(time, status) ~ x + x2 + k' $in/C02_constant_covariate.csv
told 'x3 is a combination of the columns before it' "C04: near-collinearity is named" cox 'Surv(time, status) ~ x + x2 + x3' $in/C04_collinear_near.csv
told 'estimate does not exist: x (monotone likelihood)' "C07: monotone likelihood is named" cox 'Surv(time, status) ~ x + x2' $in/C07_monotone_likelihood.csv
for case in D02_complete_separation D03_quasi_separation; do
    told 'log_odds_ratio,x,,,,,,,,,,,,,,6,3,,undefined' "$case: the estimate does not exist" logistic 'y ~ x' $in/$case.csv
done
refuses 1 'the outcome is 1 in all rows' "D05: a constant outcome is refused" logistic 'y ~ x' $in/D05_all_ones.csv
refuses 1 'in the only row' "D06: one row is refused" logistic 'y ~ x' $in/D06_single_row.csv
told 'log_odds_ratio,x2,,,,,,,,,,,,,,8,4,,undefined,logistic,"aliased' "D08: a multiple of a column is aliased" logistic 'y ~ x + x2' $in/D08_collinear.csv
awk -F, 'NR == 1 { print; next } { print $1 "," $2 - 1000000000 }' $in/D09_offset_large.csv > "$work/centred.csv"
slope() { "$fit" logistic 'y ~ x' "$1" --format csv | awk -F, '$7 == "log_odds_ratio" && $8 == "x" { printf "%.9g", $13 }'; }
if [ "$(slope $in/D09_offset_large.csv)" = "$(slope "$work/centred.csv")" ]; then
    ok "D09: a large constant changes nothing but the intercept"
else
    not_ok "D09: a large constant changes nothing but the intercept" "$(slope $in/D09_offset_large.csv)" "$(slope "$work/centred.csv")"
fi
told 'the largest allowed tau is 9' "a restricted mean beyond the follow-up names the largest tau" rmst 'Surv(time, status) ~ arm' $in/B03_all_censored.csv --tau 1000

# Every case of the catalogue is in one of the two parts, or has its own test: E01, E02 and E04 are intervals and tails of kernels (test_proportion, test_standardised, test_distribution).
sed 1d "$cases/catalogue.csv" | cut -d, -f1 | while read -r case; do
    short=${case%%_*}
    grep -q "^ok - $case|" "$work/result" || grep -q "$short" "$0" || echo "$case"
done > "$work/untested"
if [ ! -s "$work/untested" ]; then ok "every case of the catalogue is looked at"; else not_ok "every case of the catalogue is looked at" "$(cat "$work/untested")"; fi
exit $failed
