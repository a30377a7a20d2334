#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Strategies, by clones and by landmarks, and frailties of groups say the same, byte by byte, by parts of the people as by one process.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_strategies.sh          from the root of the repository
. tests/mpi/support.sh

cat > "$box/s/codebook.yaml" << 'end'
codebook: made
missing: [""]
columns:
  age:    {type: integer, range: [12, 99]}
  dose:   {type: real}
  group:  {type: category}
  site:   {type: category}
  ward:   {type: integer, range: [0, 99]}
  arm:    {type: category}
  entry:  {type: integer, range: [0, 9999]}
  act:    {type: integer, range: [-9, 9999]}
  days:   {type: integer, range: [0, 9999]}
  status: {type: integer, range: [0, 2]}
  times:  {type: integer, range: [1, 9]}
end
# Ties, deaths, people who come late, missing cells; a site of the first person alone, and others whose people lie side by side.
rows() { # SEED N
    awk -v seed="$1" -v n="$2" '
        function any(k) { return int(rand() * k) }
        BEGIN {
            srand(seed)
            print "age,dose,group,site,ward,arm,entry,act,days,status,times"
            for (i = 0; i < n; i++) {
                site = i == 0 ? "lone" : i % 3 ? "s" any(5) : "t" int(4 * i / n)
                late = any(4) == 0 ? 1 + any(20) : 0
                printf "%s,%.3f,%s,%s,%s,%s,%d,%s,%d,%d,%d\n", any(30) == 0 ? "" : 18 + any(60), rand() * 40 - 7,
                       any(25) == 0 ? "" : "g" any(4), site, any(40) == 0 ? "" : any(7), any(2) ? "iop" : "inpatient", late,
                       any(3) == 0 ? "" : any(30) - (any(20) == 0), late + 1 + any(60) + (site == "s1" ? 9 : 0), any(3), 1 + any(3)
            }
        }' /dev/null > "$box/s/clients.csv"
}
study() { # MORE: lines of the analysis; WEIGHT; ENTRY; COHORT: lines; BESIDE: lines of the study
    cat << end
study: made
title: Parts of people
seed: 3
privacy: {basis: public}
tables:
  clients: {file: clients.csv, codebook: codebook.yaml${2:-}}
cohort:
  arms: {iop: "arm == 'iop'", inpatient: "arm == 'inpatient'"}
  reference: inpatient
  populations: {all: "true", elder: "age >= 40"}
  covariates: [age, dose, group, site]
  strata: [ward]
${4:-}
outcomes:
  relapse: {time: days${3:-}, event: "status == 1", competing: {other: "status == 2"}, event_is: bad}
  drink:   {time: days${3:-}, event: "status == 1", event_is: bad}
${5:-}
compare:
  - outcomes: [relapse, drink]
    at: [10, 30, 60]
    tau: 40
$1
disclosure: {threshold: 0, because: "made up"}
end
}

# ---- frailties ----
models='    measures: [risk_difference]
    models: [{cox: "arm + age + group", frailty: site}, {cox: "arm + strata(group)", frailty: ward, ties: breslow},
             {cox: "arm + dose", frailty: group}]'
for n in 12 90 1500; do
    for late in '' ', entry: entry'; do
        next_rows $n
        study "$models" '' "$late" > "$study_file"
        same "seed $seed, $n people in groups$late" 2 3 8
    done
done
study "$models" ', weight: times' > "$study_file"
same 'counted people in groups' 1 4
closing 'people whose groups have frailties'

# ---- strategies ----
questions='strategies:
  start: {day: act, people: "age >= 20", follow: {early: {by: 9}, late: {by: 25, from: 10}, wait: {not_by: 9}, never: {never: yes}}, reference: wait}
  soon: {day: act, follow: {early: {by: 9}, stay: {not_by: 9}}, reference: stay}'
numbers='    measures: [risk_difference, risk_ratio, odds_ratio, rmst_difference, hazard_ratio]'
clones="$numbers
    strategies: {of: start, weights: [age, group]}
  - outcomes: [drink]
    at: [20]
    strategies: {of: soon, weights: [age, \"rcs(dose, 3)\", site], truncate: 0.9, period: 3}
$numbers
    tau: 30
  - outcomes: [drink]
    at: [20]
    strategies: {of: soon}
    measures: [risk_difference]"
landmark="    measures: [risk_difference, hazard_ratio, rmst_difference, logrank_test, ph_test]
    strategies: {of: soon, landmark: 9}
    models: [{cox: \"arm + age + group\", frailty: site}]
    adjust: [{method: iptw, propensity: [age, site]}, {name: model, method: regression, terms: [age, group]}]
    subgroups: [group]"
for n in 12 90 1500; do
    next_rows $n
    study "$clones" '' '' '' "$questions" > "$study_file"
    same "seed $seed, clones of $n people" 2 3 8
done
study "$clones" '' '' '  cluster: ward' "$questions" > "$study_file"
same 'clones of people in clusters' 1 4
for late in '' ', entry: entry'; do
    next_rows 700
    study "$landmark" '' "$late" '' "$questions" > "$study_file"
    same "people at a landmark$late" 2 5
done
study "$landmark" ', weight: times' '' '' "$questions" > "$study_file"
same 'counted people at a landmark' 3
closing 'people who follow strategies'

# Nobody follows the one; nobody departs from the other; one person; those who come late and rows that stand for several have no clones.
study "$numbers
    strategies: {of: odd, weights: [age]}" '' '' '' 'strategies:
  odd: {day: act, follow: {early: {by: 9}, at_last: {by: 38, from: 36}, stay: {not_by: 9}}, reference: stay}' > "$study_file"
same 'a strategy that nobody follows' 2 3
sed -i 's/at_last: {by: 38, from: 36}/any: {by: 39}/' "$study_file"
awk -F, -v OFS=, 'NR > 1 && $8 == "" { $8 = 5 } { print }' "$box/s/clients.csv" > "$box/s/other" && mv "$box/s/other" "$box/s/clients.csv"
same 'a strategy that nobody departs from' 3
study "$clones" ', weight: times' '' '' "$questions" > "$study_file"
same 'rows that stand for several people' 2
study "$clones" '' ', entry: entry' '' "$questions" > "$study_file"
same 'people who come late' 2
for n in 2 3 5; do
    next_rows $n
    study "$clones" '' '' '' "$questions" | sed '/elder/d; s/  populations.*//' > "$study_file"
    same "$n people" 3 8
done
closing 'strategies that few or none follow'

# ---- persons with several stays, and replicates ----
cat > "$box/s/stays.yaml" << 'end'
codebook: stays
missing: [""]
columns:
  who:      {type: text}
  admitted: {type: integer, range: [0, 99999]}
  left:     {type: integer, range: [0, 99999]}
  care:     {type: category, codes: {B: inpatient, C: iop}}
  age:      {type: integer, range: [12, 99]}
  site:     {type: category}
  act:      {type: integer, range: [0, 9999]}
  days:     {type: integer, range: [0, 9999]}
  status:   {type: integer, range: [0, 2]}
end
awk 'function any(k) { return int(rand() * k) }
    BEGIN {
        srand(12)
        print "who,admitted,left,care,age,site,act,days,status"
        for (i = 0; i < 300; i++) {
            at = 100 + any(60)
            for (k = any(4); k >= 0; k--) {
                printf "p%d,%d,%d,%s,%s,s%d,%s,%d,%d\n", i, at, at + 5 + any(30), any(2) ? "C" : "B", any(30) == 0 ? "" : 18 + any(60), any(3),
                       any(3) == 0 ? "" : any(30), 1 + any(60), any(3)
                at += 130 + any(90)
            }
        }
    }' /dev/null > "$box/s/stays.csv"
stays() { # ANALYSES
    cat << end
study: made
title: Several stays of a person
seed: 3
privacy: {basis: public}
tables:
  episodes: {file: stays.csv, codebook: stays.yaml, person: who, admission: admitted, discharge: left}
levels:
  care: {B: inpatient, C: iop}
link: {gap_days: 14}
cohort:
  index: {first_stay_in: [iop, inpatient], washout_days: 30, every: yes}
  arms: {iop: "level == 'iop'", inpatient: "level == 'inpatient'"}
  reference: inpatient
  covariates: [age, site]
  follow_up: {until: 4000, days: 120}
outcomes:
  relapse: {time: days, event: "status == 1", competing: {other: "status == 2"}, event_is: bad}
  drink:   {time: days, event: "status == 1", event_is: bad}
strategies:
  soon: {day: act, follow: {early: {by: 9}, stay: {not_by: 9}}, reference: stay}
compare:
  - outcomes: [relapse, drink]
    at: [20]
    tau: 40
$1
disclosure: {threshold: 0, because: "made up"}
end
}
stays "$numbers
    strategies: {of: soon, weights: [age, site]}" > "$study_file"
same 'clones of several stays of a person' 2 3
stays "$numbers
    strategies: {of: soon, landmark: 9}
    bootstrap: {n: 100}
  - outcomes: [drink]
    measures: [risk_difference]
    at: [30]
    strategies: {of: soon, landmark: 9}
    adjust: [{method: iptw, propensity: [age]}]
    bootstrap: {n: 100}" > "$study_file"
same 'replicates of strategies at a landmark' 3
closing 'strategies of several stays of a person'
exit "$failed"
