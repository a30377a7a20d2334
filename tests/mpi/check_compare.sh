#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Comparisons that are made by parts of the people say the same, byte by byte, as one process: counts, curves, descriptions, Cox
# models, their notes; and so do those that need all people, beside them.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_compare.sh          from the root of the repository
. tests/mpi/support.sh

cat > "$box/s/codebook.yaml" << 'end'
codebook: made
missing: [""]
columns:
  age:     {type: integer, range: [12, 99]}
  dose:    {type: real}
  group:   {type: category}
  site:    {type: category}
  never:   {type: category}
  arm:     {type: category}
  entry:   {type: integer, range: [0, 9999]}
  days:    {type: integer, range: [0, 9999]}
  status:  {type: integer, range: [0, 2]}
  score:   {type: real}
  times:   {type: integer, range: [1, 9]}
end
# Ties, deaths, people who come late, missing cells, a level in which nobody has the event, two columns that are one, counted rows.
rows() { # SEED N
    awk -v seed="$1" -v n="$2" '
        function any(k) { return int(rand() * k) }
        BEGIN {
            srand(seed)
            print "age,dose,group,site,never,arm,entry,days,status,score,times"
            for (i = 0; i < n; i++) {
                late = any(4) == 0 ? 1 + any(20) : 0
                status = any(3)
                never = any(12) == 0 ? "x" : "y"
                if (never == "x" && status == 1)
                    status = 0
                printf "%s,%.3f,%s,s%d,%s,%s,%d,%d,%d,%.4f,%d\n", any(30) == 0 ? "" : 18 + any(60), rand() * 40 - 7,
                       any(25) == 0 ? "" : "g" any(4), any(3), never, any(2) ? "iop" : "inpatient", late, late + 1 + any(60),
                       status, rand() * 9, 1 + any(3)
            }
        }' /dev/null > "$box/s/clients.csv"
}
study() { # MORE: lines of the analysis; WEIGHT; ENTRY
    cat << end
study: made
title: Parts of people
seed: 3
privacy: {basis: public}
tables:
  clients: {file: clients.csv, codebook: codebook.yaml$2}
cohort:
  arms: {iop: "arm == 'iop'", inpatient: "arm == 'inpatient'"}
  reference: inpatient
  populations: {all: "true", elder: "age >= 40"}
  covariates: [age, dose, group, never, site]
  strata: [site]
outcomes:
  relapse: {time: days$3, event: "status == 1", competing: {other: "status == 2"}, event_is: bad}
  drink:   {time: days$3, event: "status == 1", event_is: bad}
  any:     {event: "status == 1", event_is: bad}
compare:
  - outcomes: [relapse, drink, any]
    measures: [risk_difference, hazard_ratio, rmst_difference, logrank_test, ph_test]
    at: [10, 30, 60]
    tau: 40
$1
disclosure: {threshold: 0, because: "made up"}
end
}
models='    models: [{cox: "arm + age + dose + group + never"}, {cox: "arm + strata(site)", ties: breslow}, {cox: "arm + age + strata(group)"},
             {logistic: "arm + age + group + never"}]'

for n in 12 90 2500; do
    for late in '' ', entry: entry'; do
        next_rows $n
        study "$models" '' "$late" > "$box/s/study.yaml"
        same "seed $seed, $n people$late" 2 3 8
    done
done
closing 'people of whom each rank has some'
rows 31 400
study "$models" ', weight: times' '' > "$box/s/study.yaml"
same 'counted rows' 2 4
study "$models
    bootstrap: {n: 100}" '' '' > "$box/s/study.yaml"
same 'a bootstrap' 3
study '    adjust: [{method: iptw, propensity: covariates}, {name: model, method: regression, terms: [age, group]}]
    bootstrap: {n: 100}' '' '' > "$box/s/study.yaml"
same 'replicates of adjusted numbers' 2 5
closing 'so do counted people, and replicates'
adjust='    adjust: [{method: iptw, propensity: covariates}, {name: ato, method: overlap, propensity: [age, group, "age:group"]},
             {name: att, method: att, propensity: [dose, group, never], trim: [0.05, 0.95]},
             {name: atc, method: atc, propensity: [age], common_support: true},
             {name: stable, method: iptw, propensity: [age, site], stabilised: true},
             {name: held, method: iptw, propensity: [age, dose], truncate: 0.9}]'
for n in 12 90 2500; do
    next_rows $n
    study "$models
$adjust" '' '' > "$box/s/study.yaml"
    same "seed $seed, $n people with weights" 2 3 8
done
study "$adjust" ', weight: times' '' > "$box/s/study.yaml"
same 'counted people with weights' 2 4
closing 'people who are weighted'
regressions='    adjust: [{name: model, method: regression, terms: [age, "rcs(dose, 4)", group, site]},
             {name: few, method: regression, estimand: att, terms: [age, never]},
             {name: both, method: doubly_robust, propensity: [age, group, "rcs(dose, 3)"], terms: [age, group, site]},
             {name: both_atc, method: doubly_robust, estimand: atc, propensity: [age, site], terms: [dose, never]},
             {name: one_ratio, method: modified_poisson, terms: [age, "rcs(dose, 3)", never]},
             {name: fifths, method: stratify, propensity: covariates, strata: 5},
             {name: scored, method: iptw, propensity: [age, site], score_strata: 3}]'
for n in 12 90 2500; do
    next_rows $n
    [ "$n" = 12 ] && plain='s/"rcs(dose, .)"/dose/' || plain=
    study "$regressions" '' '' | sed "$plain" | sed 's/logrank_test/risk_ratio, odds_ratio, rmst_ratio, quantile_time, logrank_test/; s/    tau: 40/&\
    quantiles: [0.25, 0.5]/' > "$box/s/study.yaml"
    same "seed $seed, $n people with regressions" 2 3 8
done
# Of each kind one: a regression takes some hundred messages, for each level.
study "$(printf '%s\n' "$regressions" | sed '/name: few/d; /name: both_atc/d; /name: fifths/d; s/, never]},$/, never]}]/; /name: scored/d')
    subgroups: [group]" ', weight: times' '' | sed 's/logrank_test/risk_ratio, logrank_test/' > "$box/s/study.yaml"
same 'counted people with regressions, by level' 2 4
closing 'people whose outcomes are regressed'
losses='    adjust: [{method: iptw, propensity: [age, site], censoring: [age, group, never]},
             {name: ato, method: overlap, propensity: [age, group], censoring: [dose]}]'
entries='    adjust: [{method: iptw, propensity: [age, site]}, {name: held, method: att, propensity: [age, group], truncate: 0.9},
             {name: fifths, method: stratify, propensity: [age, dose], strata: 3}, {method: mantel_haenszel, by: [site]}]'
for n in 30 90 700; do
    next_rows $n
    study "$losses" '' '' | sed 's/logrank_test/subhazard_ratio, logrank_test/' > "$box/s/study.yaml"
    same "seed $seed, $n people some of whom are lost" 2 3 8
    study "$entries" '' ', entry: entry' > "$box/s/study.yaml"
    same "seed $seed, $n people with weights who come late" 2 5
done
study "$losses
    subgroups: [site]" ', weight: times' '' | sed 's/hazard_ratio, //' > "$box/s/study.yaml"
same 'counted people some of whom are lost, by level' 3
closing 'people who are lost by what they are, or come late'
subhazards='    models: [{finegray: "arm + age + dose + group + never", cause: 1}, {finegray: "arm + never", cause: 2},
             {aft: "arm + age + group", distribution: weibull}, {aft: "arm + never", distribution: loglogistic}, {cox: "arm + never", firth: yes}]
    adjust: [{method: iptw, propensity: [age, site]}, {name: model, method: regression, terms: [age, group]}]'
for n in 12 90 2500; do
    next_rows $n
    study "$subhazards" '' '' | sed 's/logrank_test/subhazard_ratio, log_subhazard_ratio, logrank_test/' > "$box/s/study.yaml"
    same "seed $seed, $n people with subdistribution hazards" 2 3 8
done
study "$subhazards" ', weight: times' '' | sed 's/logrank_test/subhazard_ratio, logrank_test/; s/hazard_ratio, rmst/rmst/' > "$box/s/study.yaml"
same 'counted people with subdistribution hazards' 2 4
closing 'people with subdistribution hazards'
study "$models
    subgroups: [group, site]
    adjust: [{method: iptw, propensity: [age, dose, never]}, {method: mantel_haenszel, by: [site, group]}, {method: direct, by: [group]}]
  - outcomes: [relapse, any]
    measures: [risk_difference, risk_ratio, odds_ratio]
    at: [20]
    subgroups: [never]
    bootstrap: {n: 100}" '' '' > "$box/s/study.yaml"
next_rows 900
same 'subgroups' 2 5
rows 7 40
same 'small subgroups' 8
study '    meta: {by: site, method: [reml, mh]}' '' '' > "$box/s/study.yaml"
same 'trials' 3
closing 'people by levels of columns'
rows 23 700
study "    models: [{logistic: \"arm + age + group\"}, {finegray: \"arm + age\", cause: 1}]
$adjust" '' '' | sed 's/^  strata: \[site\]$/  strata: [site]\
  cluster: dose/' > "$box/s/study.yaml"
sed -i 's/dose:    {type: real}/dose:    {type: integer, range: [0, 40]}/' "$box/s/codebook.yaml"
awk -F, -v OFS=, 'NR > 1 { $2 = int(($2 + 7)) } { print }' "$box/s/clients.csv" > "$box/s/other" && mv "$box/s/other" "$box/s/clients.csv"
same 'clusters' 2 4
sed -i 's/    models:.*/    models: [{cox: "arm + age + group"}, {cox: "arm + strata(site)", ties: breslow}, {cox: "arm + never", firth: yes}]/; s/score_strata: 3/&/' "$box/s/study.yaml"
same 'clusters and Cox models' 2 3
study "$models" '' ', entry: entry' | sed 's/^  strata: \[site\]$/  strata: [site]\
  cluster: dose/; s/"arm + age + dose/"arm + age/' > "$box/s/study.yaml"
same 'clusters and late entries' 2 3
study "$regressions" '' '' | sed 's/^  strata: \[site\]$/  strata: [site]\
  cluster: dose/; s/logrank_test/risk_ratio, logrank_test/' > "$box/s/study.yaml"
sed -i 's/"rcs(dose, .)"/dose/; s/"rcs(dose, .)"/dose/' "$box/s/study.yaml"
same 'clusters and regressions' 2 8
closing 'and people of one cluster at several ranks'
sed -i 's/dose:    {type: integer, range: .*}/dose:    {type: real}/' "$box/s/codebook.yaml"
exact='    models: [{cox: "arm + age + group", ties: exact}, {cox: "arm + strata(site)", ties: exact}, {cox: "arm + age + dose + never", ties: exact}]'
for n in 30 90 300; do
    for late in '' ', entry: entry'; do
        next_rows $n
        study "$exact" '' "$late" > "$box/s/study.yaml"
        same "seed $seed, $n people with exact ties$late" 2 5
    done
done
study "$exact" ', weight: times' '' > "$box/s/study.yaml"
same 'counted people with exact ties' 3
closing 'exact ties'
study "$models
    adjust: [{method: stratify, propensity: covariates}]
  - outcomes: [drink]
    measures: [risk_difference]
    at: [20]" '' '' > "$box/s/study.yaml"
same 'an adjusted analysis beside another' 2 3
study '    models: [{cox: "arm + age", ties: exact}, {cox: "arm + age", frailty: site}]' '' '' > "$box/s/study.yaml"
same 'what needs all people' 2
closing 'and what needs all people, beside the rest'
exit "$failed"
