#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown digitised`: curves that are drawn from known people, read off in pixels, give back nearly the same answers.
#   sh tests/pipeline/verify/test_digitised.sh          from the root of the repository
. tests/whole/support.sh

# Reads the survival curves of an outcome as from a figure of 800 by 500 pixels, with TICKS numbers at risk after the first.
read_off() { # RESULTS OUTCOME LAST TICKS: to $box/curve.csv and $box/risk.csv
    "$stepdown" show "$1" curves --format csv | awk -F, -v outcome="$2" -v last="$3" -v ticks="$4" -v curve="$box/curve.csv" \
        -v risk="$box/risk.csv" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print "arm,time,survival" > curve; print "arm,time,n" > risk; next }
        $at["outcome"] == outcome && $at["measure"] == "survival" {
            a = $at["arm"]
            if (!(a in n)) arms[++n_arm] = a
            k = n[a]++
            t[a, k] = $at["time"]; s[a, k] = $at["estimate"]; r[a, k] = $at["n_risk"]
        }
        END {
            for (j = 1; j <= n_arm; j++) {
                a = arms[j]
                for (x = 0; x <= 800; x++) {
                    day = x / 800 * last
                    height = 1
                    for (i = 0; i < n[a] && t[a, i] <= day; i++) height = s[a, i]
                    printf "%s,%.6g,%.6g\n", a, day, int(height * 500 + 0.5) / 500 > curve
                }
                for (q = 0; q <= ticks; q++) {
                    left = 0
                    for (i = 0; i < n[a]; i++) if (t[a, i] >= last * q / ticks) { left = r[a, i]; break }
                    printf "%s,%.6g,%d\n", a, last * q / ticks, left > risk
                }
            }
        }'
}

# The logarithm of the hazard ratio of the only term, or the median of an arm.
log_ratio() { "$stepdown" fit cox "$2" "$1" --format csv | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["measure"] == "log_hazard_ratio" { print $at["estimate"] }'; }
median() { "$stepdown" fit km "$2" "$1" --quantile 0.5 --format csv | awk -F, -v arm="$3" 'NR == 1 { for (i = 1; i <= NF; i++)
    at[$i] = i; next } $at["measure"] == "quantile_time" && $at["arm"] == arm { print $at["estimate"] }'; }

near() { # A B HOW-NEAR SENTENCE
    echo "$1 $2 $3" | awk '{ d = $1 - $2; exit !(NF == 3 && d <= $3 && -d <= $3) }'
    report $? "$4" "$1 and $2"
}

# ---- known people --------------------------------------------------------------------------------------------------

compute datasets/cocaine-relapse/study.yaml "$box/cocaine"
read_off "$box/cocaine/work/results.h5" relapse 12 4
"$stepdown" digitised "$box/curve.csv" --at-risk "$box/risk.csv" > "$box/people.csv" 2> "$box/told"
[ "$(grep -c ',1$' "$box/people.csv")" = 62 ] && [ "$(wc -l < "$box/people.csv")" = 105 ]
report $? '104 people with 62 relapses come back from their curve' "$(cat "$box/told")"
near "$(log_ratio "$box/people.csv" 'Surv(time, status) ~ arm')" -1.0221629 0.001 'the hazard ratio of the cocaine data is met within 0.1 %'

compute datasets/pharmaco/study.yaml "$box/pharmaco"
read_off "$box/pharmaco/work/results.h5" relapse 182 6
"$stepdown" digitised "$box/curve.csv" --at-risk "$box/risk.csv" --trial pharmaco > "$box/first.csv" 2> "$box/told"
near "$(log_ratio "$box/first.csv" 'Surv(time, status) ~ arm')" 0.60500 0.005 'so is that of the smoking trial, with events on day 0'
near "$(median "$box/first.csv" 'Surv(time, status) ~ arm' patch_only)" 23 0.25 'and its median, to the width of a pixel'
[ "$(sed -n 2p "$box/first.csv" | cut -d, -f1,2)" = pharmaco,combination ]
report $? '--trial names the trial in every row' "$(sed -n 2p "$box/first.csv")"

compute datasets/uis/study.yaml "$box/uis"
read_off "$box/uis/work/results.h5" relapse 365 4
"$stepdown" digitised "$box/curve.csv" --at-risk "$box/risk.csv" --trial uis > "$box/second.csv" 2> "$box/told"
# The truth as far as the figure goes: whoever is free of relapse by day 365 is censored there.
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print "arm,time,status"; next }
    { t = $at["time"]; e = $at["censor"]; if (t > 365) { t = 365; e = 0 }
      print ($at["treat"] == 1 ? "long" : "short") "," t "," e }' datasets/uis/uis.csv > "$box/truth.csv"
near "$(log_ratio "$box/second.csv" 'Surv(time, status) ~ arm')" "$(log_ratio "$box/truth.csv" 'Surv(time, status) ~ arm')" 0.01 \
    'the hazard ratio of 628 people is met within 1 %'
near "$(median "$box/second.csv" 'Surv(time, status) ~ arm' short)" 131.5 1 'so is their median, within a day'

# ---- printed curves in a study and in a meta-analysis --------------------------------------------------------------------

mkdir "$box/study"
"$stepdown" digitised "$box/curve.csv" --at-risk "$box/risk.csv" --whole -q > "$box/study/people.csv"
cat > "$box/study/codebook.yaml" << 'END'
codebook: read off a figure
columns:
  arm:    {type: category, label: Arm, codes: {short: short, long: long}}
  time:   {type: integer, label: Days, units: days, range: [0, 9999], known: after}
  status: {type: integer, label: Relapsed, range: [0, 1], known: after}
END
cat > "$box/study/study.yaml" << 'END'
study: read-off
privacy: {basis: public}
tables:
  clients: {file: people.csv, codebook: codebook.yaml}
cohort:
  arms: {short: "arm == 'short'", long: "arm == 'long'"}
  reference: long
outcomes:
  relapse: {time: time, event: "status == 1", event_is: bad}
compare:
  - outcomes: [relapse]
    measures: [risk_difference, hazard_ratio]
    at: [180]
disclosure: {threshold: 0, because: read off a printed figure}
END
compute "$box/study/study.yaml" "$box/compared"
near "$(cell "$box/compared/work/results.h5" estimates '$place["measure"] == "risk_difference"' estimate)" 0.12934 0.006 \
    'a printed curve enters a study: the difference at day 180 is met within 0.6 points'

for trial in first second; do
    "$stepdown" fit cox 'Surv(time, status) ~ arm' "$box/$trial.csv" --format csv |
        awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
            $at["measure"] == "log_hazard_ratio" { print $at["estimate"] "," $at["std_error"] }'
done | sed '1i estimate,std_error' > "$box/trials.csv"
try "$stepdown" fit meta 'estimate, std_error ~ 1' "$box/trials.csv" --method fe
told 0 'heterogeneity' 'printed curves enter a meta-analysis'

# ---- a curve that rises, in percent ---------------------------------------------------------------------------------------

printf 'time,survival\n0,0\n10,30\n20,30.5\n30,80\n' > "$box/rising.csv"
printf 'time,n,events\n0,40,32\n' > "$box/risk.csv"
try "$stepdown" digitised "$box/rising.csv" --at-risk "$box/risk.csv" --percent --rising
[ "$status" = 0 ] && [ "$(grep -c '^30,1$' "$box/told")" = 20 ] && [ "$(grep -c '^10,1$' "$box/told")" = 12 ]
report $? 'a rising curve in percent is read with --percent --rising' "$(cat "$box/told")"

# ---- bad inputs -------------------------------------------------------------------------------------------------------------

refuses() { # TEXT SENTENCE CURVE RISK
    printf "$3" > "$box/curve.csv"
    printf "$4" > "$box/risk.csv"
    try "$stepdown" digitised "$box/curve.csv" --at-risk "$box/risk.csv"
    told 1 "$1" "$2"
}
good='time,survival\n0,1\n10,0.7\n20,0.6\n'
refuses 'curve.csv:3:2: (survival): the curve rises from 0.5 to 0.7' 'a curve that rises is told' 'time,survival\n0,0.5\n9,0.7\n' 'time,n\n0,40\n'
refuses 'curve.csv:3:2: (survival): a share from 0 to 1 was expected; --percent reads 0 to 100' 'percent without --percent is told' \
    'time,survival\n0,1\n9,70\n' 'time,n\n0,40\n'
refuses 'curve.csv:3:1: (time): points were expected in the order of their times' 'times that go back are told' \
    'time,survival\n5,0.9\n3,0.8\n' 'time,n\n0,40\n'
refuses "curve.csv:1:2: there is no use for a column 'surival'; did you mean 'survival'?" 'an unknown column is told' \
    'time,surival\n0,1\n' 'time,n\n0,40\n'
refuses 'curve.csv:2:1: (time): a time was expected' 'a cell that is no number is told' 'time,survival\nnow,1\n' 'time,n\n0,40\n'
refuses 'risk.csv:3:2: (n): numbers at risk cannot increase: 41 after 40' 'numbers at risk that increase are told' "$good" \
    'time,n\n0,40\n10,41\n'
refuses 'risk.csv:2:1: (time): times from 0 on' 'numbers at risk begin at time 0' "$good" 'time,n\n5,40\n'
refuses "risk.csv:2:1: (arm): there is no curve of arm 'iop'" 'an arm without a curve is told' "$good" 'arm,time,n\niop,0,40\n'
refuses 'risk.csv:2:2: (n): a whole number from 0' 'half people are told' "$good" 'time,n\n0,40.5\n'
refuses 'has no numbers at risk' 'an empty table of numbers at risk is told' "$good" 'time,n\n'
refuses "curve.csv:1: the column 'survival' is missing" 'a missing column is told' 'time\n0\n' 'time,n\n0,40\n'
try "$stepdown" digitised "$box/curve.csv"
told 2 '--at-risk TABLE.csv is needed' 'numbers at risk are asked for'

exit $failed
