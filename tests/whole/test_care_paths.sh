#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Paths through levels of care, from linked stays to state_occupation, expected_days and mean_cumulative_count: by hand, and the
# same from `stepdown fit` (which R's survfit has confirmed) on more people; what is small is withheld.
#   sh tests/whole/test_care_paths.sh          from the root of the repository
. tests/whole/support.sh

codebook() {
    cat <<'CODEBOOK'
codebook: stays
columns:
  client: {type: text}
  admitted: {type: integer, range: [0, 2000]}
  discharged: {type: integer, range: [0, 2000]}
  care: {type: category, codes: {detox: detox, iop: iop, inpatient: inpatient, other: other}}
CODEBOOK
}
study() { # MEASURES THRESHOLD
    cat <<STUDY
study: paths
tables: {episodes: {file: stays.csv, codebook: codebook.yaml, person: client, admission: admitted, discharge: discharged}}
levels: {care: {detox: detox, iop: iop, inpatient: inpatient, other: none}}
link: {gap_days: 14}
privacy: {basis: public}
cohort:
  index: {first_stay_in: [iop, inpatient], washout_days: 0}
  arms: {iop: "level == 'iop'", inpatient: "level == 'inpatient'"}
  reference: inpatient
  follow_up: {until: 2000, days: 60}
outcomes: {stay: {days_until: {column: stay_days}, completed: left, event_is: bad}}
compare: [{outcomes: [stay], measures: [rmst_difference, $1], at: [5, 20, 37], tau: 60}]
disclosure: {threshold: $2$([ "$2" = 0 ] && echo ', because: made-up data')}
STUDY
}
measures='state_occupation, expected_days, mean_cumulative_count'

# ---- four people, by hand -----------------------------------------------------------------------------------------
# a: inpatient 0-10, iop 10-40.  b: inpatient 0-10, detox 35-40.  c: iop 0-30.  d: iop 0-10, inpatient 6-13: the more
# intensive counts.  All are seen for 60 days.
printf 'client,admitted,discharged,care\na,10,20,inpatient\na,20,50,iop\nb,5,15,inpatient\nb,40,45,detox\nc,8,38,iop\nd,12,22,iop\nd,18,25,inpatient\n' \
    > "$box/stays.csv"
codebook > "$box/codebook.yaml"
study "$measures" 0 > "$box/study.yaml"
compute "$box/study.yaml" "$box/out" 2> "$box/told"
report $? "a study asks for its paths" "$(head -c 300 "$box/told")"
number() { # MEASURE STATE ARM TIME COLUMN
    "$stepdown" show "$box/out/work/results.h5" estimates --format csv | awk -F, -v m="$1" -v s="$2" -v a="$3" -v t="$4" -v c="$5" '
        NR == 1 { for (i = 1; i <= NF; i++) place[$i] = i; next }
        $place["measure"] == m && $place["term"] == s && $place["arm"] == a && $place["time"] == t { printf "%.10g", $place[c] }'
}
is() { # WANTED SENTENCE, then as number
    wanted=$1 sentence=$2
    shift 2
    found=$(number "$@")
    [ "$found" = "$wanted" ]
    report $? "$sentence" "'$found' in place of $wanted"
}
is 1 "all of the inpatient arm are inpatients on day 5" state_occupation inpatient inpatient 5 estimate
is 0.5 "one of two has stepped down by day 20" state_occupation iop inpatient 20 estimate
is 0.5 "the other is out of care" state_occupation out inpatient 20 estimate
is 0.5 "and comes back to detox" state_occupation detox inpatient 37 estimate
is 1 "who is there is counted" state_occupation detox inpatient 37 n_event
is 10 "days of an inpatient" expected_days inpatient inpatient 60 estimate
is 15 "days of iop after inpatient care" expected_days iop inpatient 60 estimate
is 2.5 "days of detox" expected_days detox inpatient 60 estimate
is 32.5 "days out of care: the states add up to tau" expected_days out inpatient 60 estimate
is 3.5 "of two stays at once the more intensive counts" expected_days inpatient iop 60 estimate
is 18 "and the other until it begins" expected_days iop iop 60 estimate
is 0.5 "moves into detox are counted" mean_cumulative_count detox inpatient 37 estimate
is 0.5 "and moves out of care" mean_cumulative_count out inpatient 37 estimate

# ---- 300 people, against fit --------------------------------------------------------------------------------------
awk 'function draw(n) { seed = (seed * 69069 + 1) % 4294967296; return int(seed / 65536) % n }
    BEGIN {
        seed = 20261128
        split("detox iop inpatient iop", care, " ")
        print "client,admitted,discharged,care"
        for (i = 0; i < 300; i++) {
            day = 1700 + draw(290)
            for (k = 0; k <= draw(5); k++) {
                last = day + draw(25)
                if (last > 2000) break
                printf "P%03d,%d,%d,%s\n", i, day, last, care[1 + draw(4)]
                day = last + (draw(2) ? draw(30) : 0) - (draw(6) == 0 ? 2 : 0)
            }
        }
    }' > "$box/stays.csv"
rm -rf "$box/out"
compute "$box/study.yaml" "$box/out" 2> "$box/told"
report $? "300 people run" "$(head -c 300 "$box/told")"
"$stepdown" show "$box/out/work/cohort.h5" cohort --format csv > "$box/cohort.csv"
"$stepdown" show "$box/out/work/outcomes.h5" care_paths --format csv > "$box/paths.csv"
awk -F, -v OFS=, '
    FNR == NR { if (FNR == 1) { for (i = 1; i <= NF; i++) if ($i == "arm") at = i } else arm[FNR - 2] = $at; next }
    FNR == 1 { for (i = 1; i <= NF; i++) place[$i] = i; print "person,start,stop,level,to,arm"; next }
    { print $place["row"], $place["from"], $place["to"], $place["state"], ($place["next"] == "" ? "none" : $place["next"]), \
          arm[$place["row"]] }' "$box/cohort.csv" "$box/paths.csv" > "$box/fit.csv"
"$build/bin/stepdown-fit" multistate 'Surv(start, stop, to) ~ arm' "$box/fit.csv" --id person --from level --at 5,20,37 --tau 60 --format csv \
    > "$box/theirs.csv" 2> "$box/told"
"$stepdown" show "$box/out/work/results.h5" estimates --format csv > "$box/ours.csv"
awk -F, '
    FNR == 1 { for (i = 1; i <= NF; i++) place[$i] = i; file++; next }
    { key = $place["measure"] "|" $place["term"] "|" $place["arm"] "|" $place["time"] }
    file == 1 { p[key] = $place["estimate"]; s[key] = $place["std_error"]; next }
    key in p { n++
        d = p[key] - $place["estimate"]; e = ($place["std_error"] == "" ? 0 : s[key] - $place["std_error"])
        if (d * d > 1e-20 || e * e > 1e-20) { print key, p[key], $place["estimate"], s[key], $place["std_error"]; bad++ } }
    END { print n " compared"; exit bad > 0 || n < 24 }' "$box/theirs.csv" "$box/ours.csv" > "$box/differences"
report $? "probabilities and days are those of stepdown fit multistate" "$(head -n 3 "$box/differences" "$box/told")"

# ---- moves back into intensive care as events that recur, against fit ----------------------------------------------
study "$measures" 0 | sed 's/, tau: 60}/, tau: 60, models: [{cox: arm, recurrent: andersen_gill, into: [detox, inpatient]}, {cox: arm, recurrent: pwp_total, into: [detox, inpatient], ties: breslow}, {cox: arm, recurrent: pwp_gap, into: detox}]}/' \
    > "$box/study.yaml"
compute "$box/study.yaml" "$box/out" 2> "$box/told"
report $? "a study asks for regressions of events that recur" "$(head -c 300 "$box/told")"
for kind in 'andersen-gill efron detox|inpatient 1' 'pwp-total breslow detox|inpatient 2' 'pwp-gap efron detox 3'; do
    set -- $kind
    awk -F, -v OFS=, -v into="$3" '
        FNR == NR { if (FNR == 1) { for (i = 1; i <= NF; i++) if ($i == "arm") at = i } else arm[FNR - 2] = $at; next }
        FNR == 1 { for (i = 1; i <= NF; i++) place[$i] = i; print "person,start,stop,status,arm"; next }
        $place["state"] !~ "^(" into ")$" { print $place["row"], $place["from"], $place["to"], ($place["next"] ~ "^(" into ")$" ? 1 : 0), arm[$place["row"]] }' \
        "$box/cohort.csv" "$box/paths.csv" > "$box/risk.csv"
    "$build/bin/stepdown-fit" cox "Surv(start, stop, status) ~ factor(arm, ref='inpatient')" "$box/risk.csv" --recurrent "$1" --ties "$2" --id person \
        --format csv 2> "$box/told" | awk -F, '$7 == "log_hazard_ratio" { print $13, $14 }' > "$box/theirs"
    "$stepdown" show "$box/out/work/results.h5" estimates --format csv | awk -F, -v k="$4" '
        $7 == "log_hazard_ratio" && $2 == "" { if (++n == k) print $13, $14 }' > "$box/ours"
    paste -d ' ' "$box/ours" "$box/theirs" | awk '{ d = $1 - $3; e = $2 - $4; exit !(NF == 4 && $2 > 0 && d * d < 1e-20 && e * e < 1e-20) }'
    report $? "$1: hazard ratio and robust error are those of stepdown fit cox" "$(paste -d ' ' "$box/ours" "$box/theirs")"
done

study "$measures" 11 > "$box/study.yaml"
"$stepdown" run -q "$box/study.yaml" -o "$box/small" > /dev/null 2> "$box/told"
report $? "a run with a threshold ends well" "$(head -c 300 "$box/told")"
"$stepdown" show "$box/small/release/released.h5" estimates --format csv | awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) place[$i] = i; next }
    $place["measure"] ~ /state_occupation|expected_days|mean_cumulative_count/ {
        n++; withheld += $place["status"] == "withheld"
        if ($place["status"] == "shown" && $place["n_event"] > 0 && $place["n_event"] < 11) bad++ }
    END { exit !(n > 0 && withheld > 0 && !bad) }'
report $? "levels with few people are withheld"

# ---- mistakes ------------------------------------------------------------------------------------------------------
study "state_occupation" 0 | sed 's/at: \[5, 20, 37\], //' > "$box/study.yaml"
try "$stepdown" check "$box/study.yaml"
told 1 "'state_occupation' is read on a day" "a day is needed"
study "expected_days" 0 | sed 's/rmst_difference/risk_difference/; s/, tau: 60//' > "$box/study.yaml"
try "$stepdown" check "$box/study.yaml"
told 1 "'expected_days' needs 'tau'" "an end is needed"
study "$measures" 0 | sed 's/, tau: 60}/, tau: 60, models: [{cox: arm, recurrent: pwp_gap}, {cox: arm, into: iop}]}/' > "$box/study.yaml"
try "$stepdown" check "$box/study.yaml"
told 1 "'recurrent' needs an outcome that happens again" "what the events are must be said"
told 1 "'into' belongs to 'recurrent'" "and of whom"
cp datasets/uis/*.csv datasets/uis/*.yaml "$box/" && sed 's/measures: \[/measures: [state_occupation, /' datasets/uis/study.yaml > "$box/uis.yaml"
try "$stepdown" check "$box/uis.yaml"
told 1 'it needs linked stays' "people without stays have no paths"
exit $failed
