#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Persons with several rows, each of whom is at one rank or, at a border, at two: several index stays (`every`), regressions of
# events that recur, and paths through levels of care.  Results by parts of the persons are those of one process, byte by byte.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_persons.sh          from the root of the repository
. tests/mpi/support.sh

cat > "$box/s/stays.yaml" << 'end'
codebook: stays
missing: [""]
columns:
  who:      {type: text}
  admitted: {type: integer, range: [0, 99999]}
  left:     {type: integer, range: [0, 99999]}
  care:     {type: category, codes: {A: detox, B: inpatient, C: iop, D: outpatient}}
  age:      {type: integer, range: [12, 99]}
  group:    {type: category}
  site:     {type: category}
  days:     {type: integer, range: [0, 9999]}
  status:   {type: integer, range: [0, 2]}
  entry:    {type: integer, range: [0, 9999]}
end
cat > "$box/s/use.yaml" << 'end'
codebook: use
columns:
  who:  {type: text}
  day:  {type: integer, range: [0, 99999]}
  what: {type: category, codes: {used: used, none: none}}
end
# Persons with 1 to MOST stays, far enough apart for each to be an index stay; use in runs of days.
rows() { # SEED PERSONS MOST
    awk -v seed="$1" -v n="$2" -v most="$3" -v stays="$box/s/stays.csv" -v use="$box/s/use.csv" '
        function any(k) { return int(rand() * k) }
        BEGIN {
            srand(seed)
            print "who,admitted,left,care,age,group,site,days,status,entry" > stays
            print "who,day,what" > use
            for (i = 0; i < n; i++) {
                who = "p" any(9) i
                at = 100 + any(60)
                bad = rand()
                for (k = any(most); k >= 0; k--) {
                    iop = any(2)
                    entry = any(4) == 0 ? 1 + any(20) : 0
                    printf "%s,%d,%d,%s,%s,%s,s%d,%d,%d,%d\n", who, at, at + 5 + any(30), iop ? "C" : "B", any(30) == 0 ? "" : 18 + any(60),
                           any(25) == 0 ? "" : "g" any(4), any(3), entry + 1 + any(60), rand() < bad ? 1 : any(3), entry > stays
                    at += 130 + any(90)
                }
                for (day = 100 + any(40); day < at; day += 9 + any(60))
                    for (k = any(4); k >= 0; k--) {
                        print who "," day ",used" > use
                        day += 1 + any(6)
                    }
            }
        }' /dev/null
}
study() { # INDEX, MORE: lines of the analysis, ENTRY, REST of the cohort
    cat << end
study: persons
title: Several rows of a person
seed: 3
privacy: {basis: public}
tables:
  episodes: {file: stays.csv, codebook: stays.yaml, person: who, admission: admitted, discharge: left}
  use_days: {file: use.csv, codebook: use.yaml, person: who, day: day}
levels:
  care: {A: detox, B: inpatient, C: iop, D: outpatient}
link: {gap_days: 14}
evidence:
  use: {use_days: "what == 'used'"}
cohort:
  index: {first_stay_in: [iop, inpatient], washout_days: 30$1}
  arms: {iop: "level == 'iop'", inpatient: "level == 'inpatient'"}
  reference: inpatient
  populations: {all: "true", elder: "age >= 40"}
  covariates: [age, group, site]
  follow_up: {until: 4000, days: 120}
$4
outcomes:
  relapse: {time: days$3, event: "status == 1", competing: {other: "status == 2"}, event_is: bad}
  any:     {event: "status == 1", event_is: bad}
  again:   {first_of: {use_day: use}, missing: censor, again_after: 7, grace: 1, event_is: bad}
compare:
  - outcomes: [relapse, any, again]
    measures: [risk_difference, hazard_ratio, rmst_difference, mean_cumulative_count, logrank_test]
    at: [10, 30, 60]
    tau: 40
$2
disclosure: {threshold: 0, because: "made up"}
end
}
# The note of a model counts the persons.
clusters_are() { # WHAT
    "$alone" show "$box/one/work/results.h5" estimates --format csv > "$box/told" 2>&1
    grep -q "$1" "$box/told"
    report $? "there is '$1'" "$(grep -o 'robust[^,]*clusters' "$box/told" | sort -u | head -3)"
}

recurrent='    models: [{cox: "arm + age", recurrent: andersen_gill}, {cox: "arm + group", recurrent: pwp_total},
             {cox: "arm + age + strata(site)", recurrent: pwp_gap}, {cox: "arm + site", recurrent: andersen_gill, ties: breslow}]'
models='    models: [{cox: "arm + age + group"}, {cox: "arm + strata(site)", ties: breslow}, {logistic: "arm + age + group"},
             {finegray: "arm + age", cause: 1}, {finegray: "arm + site", cause: 2}, {cox: "arm + age", recurrent: andersen_gill},
             {cox: "arm + site", recurrent: pwp_gap}]'
adjust='    adjust: [{method: iptw, propensity: [age, group, site]}, {name: ato, method: overlap, propensity: [age, "age:site"], censoring: [age]},
             {name: model, method: regression, terms: [age, site]}, {name: both, method: doubly_robust, propensity: [age, group], terms: [site]},
             {name: ratio, method: modified_poisson, terms: [age]}, {name: fifths, method: stratify, propensity: [age, site], strata: 3}]'

for n in 12 60 600; do
    next_rows $n 3
    study '' "$recurrent" '' '' > "$box/s/study.yaml"
    same "seed $seed, $n persons with events that recur" 2 3 8
done
closing 'regressions of events that recur, by parts of the persons'
clusters_are 'robust, [0-9]* clusters'
for n in 12 60 600; do
    next_rows $n 5
    study ', every: yes' "$models" '' '' > "$box/s/study.yaml"
    same "seed $seed, $n persons with several index stays" 2 3 4 8
    study ', every: yes' "$models" ', entry: entry' '' > "$box/s/study.yaml"
    same "seed $seed, $n persons with several index stays who come late" 3
done
closing 'several index stays of a person'
for n in 40 600; do
    next_rows $n 4
    study ', every: yes' "$adjust" '' '' | sed 's/logrank_test/risk_ratio, subhazard_ratio/' > "$box/s/study.yaml"
    same "seed $seed, $n persons whose stays are weighted" 2 8
    study ', every: yes' "$(printf '%s\n' "$adjust" | sed 's/, censoring: \[age\]//; /name: model/d; /name: ratio/s/{name: ratio.*}, //')
    subgroups: [group]" ', entry: entry' '' > "$box/s/study.yaml"
    same "seed $seed, $n persons whose stays are weighted and come late" 3
done
closing 'several index stays, weighted and regressed'
moves='    models: [{cox: "arm + age", recurrent: pwp_total, into: [inpatient]}, {cox: "arm + site", recurrent: andersen_gill, into: [iop, inpatient]}]'
for n in 12 500; do
    next_rows $n 4
    for every in '' ', every: yes'; do
        study "$every" "$moves" '' '' | sed 's/hazard_ratio/state_occupation, expected_days/' > "$box/s/study.yaml"
        same "seed $seed, $n persons who move between levels of care$every" 2 5
    done
done
study '' "$moves
    adjust: [{method: match, propensity: [age]}]" '' '  cluster: site' | sed 's/hazard_ratio/state_occupation/' > "$box/s/study.yaml"
same 'moves by site, beside matches' 3
closing 'paths through levels of care'
rows 77 200 4
study ', every: yes' "$models
$adjust" '' '  cluster: site' | sed 's/logrank_test/risk_ratio/' > "$box/s/study.yaml"
same 'stays and events that recur, by site' 2 3
study ', every: yes' '    adjust: [{method: match, propensity: [age]}, {method: iptw, propensity: [age, site]}]
    bootstrap: {n: 100}
  - outcomes: [again, relapse]
    measures: [mean_cumulative_count, hazard_ratio]
    at: [30]
    models: [{cox: "arm + age", recurrent: pwp_total}]' '' '' > "$box/s/study.yaml"
same 'replicates, beside what is spread' 2 4
# Two persons, then a stay each; more ranks than either.
printf 'who,admitted,left,care,age,group,site,days,status,entry\na,100,120,B,30,g0,s0,9,1,0\na,300,310,C,31,g1,s1,20,0,0\nb,100,140,C,44,g0,s0,30,1,0\nb,300,310,B,45,g1,s1,12,1,0\n' > "$box/s/stays.csv"
printf 'who,day,what\na,105,used\na,140,used\nb,130,used\nb,350,used\n' > "$box/s/use.csv"
study ', every: yes' "$models" '' '' | sed 's/, elder: "age >= 40"//' > "$box/s/study.yaml"
same 'two persons' 3 8
closing 'clusters of the study, what needs everybody, two persons'

rows 5 300 4
study ', every: yes' "$models" '' '' > "$box/s/study.yaml"
same 'a whole run' 2
same_runs "$study_file" '3 2'
closing 'and a whole run, of which three ranks do all stages'
exit "$failed"
