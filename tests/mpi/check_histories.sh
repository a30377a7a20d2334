#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Events that recur, times known between looks, and what would turn a verdict say the same, byte by byte, by parts of the people as
# by one process; each also beside an analysis that needs all of them.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_histories.sh          from the root of the repository
. tests/mpi/support.sh
. tests/pipeline/compare/dated_people.sh

# People who are tested on days of their own, use in runs of days, and move away.
rows() { # SEED N
    awk -v seed="$1" -v n="$2" -v people="$box/people.csv" -v tests="$box/tests.csv" -v use="$box/use.csv" -v ends="$box/ends.csv" '
        function draw(n) { return int(rand() * n) }
        BEGIN {
            srand(seed)
            print "id,arm,age" > people
            print "id,day,result" > tests
            print "id,day,what" > use
            print "id,day,status" > ends
            for (i = 1; i <= n; i++) {
                arm = draw(2)
                print i "," (arm ? "iop" : "inpatient") "," 20 + draw(40) > people
                relapse = 10 + draw(arm ? 110 : 150)
                for (day = 7 + draw(14); day <= 120; day += 9 + draw(12)) {
                    print i "," day "," (day >= relapse ? "positive" : "negative") > tests
                    if (draw(14) == 0)
                        break
                }
                for (day = draw(arm ? 40 : 80); day < 180; day += 8 + draw(arm ? 60 : 110))
                    for (k = draw(4); k >= 0; k--) {
                        print i "," day ",used" > use
                        day += 1 + draw(6)
                    }
                if (draw(4) == 0)
                    print i "," 60 + draw(100) ",moved" > ends
            }
        }' /dev/null
}
rows_codebook result positive negative > "$box/tests.yaml"
rows_codebook what used none > "$box/use.yaml"
rows_codebook status moved > "$box/ends.yaml"
study() { # MORE: lines of the analysis, ANOTHER analysis
    cat <<STUDY
study: histories
privacy: {basis: public}
tables:
  clients: {file: people.csv, codebook: people.yaml, person: id}
  tests: {file: tests.csv, codebook: tests.yaml, person: id, day: day}
  use_days: {file: use.csv, codebook: use.yaml, person: id, day: day}
  visits: {file: ends.csv, codebook: ends.yaml, person: id, day: day}
evidence:
  positive: {tests: "result == 'positive'"}
  seen: {tests: "result in ('positive', 'negative')"}
  use: {use_days: "what == 'used'"}
  moved: {visits: "status == 'moved'"}
cohort:
  arms: {iop: "arm == 'iop'", inpatient: "arm == 'inpatient'"}
  reference: inpatient
  covariates: [age]
  populations: {all: "true", elder: "age >= 35"}
  follow_up: {days: 120}
outcomes:
  found: {first_of: {test: positive}, missing: last_seen, seen_by: [seen], between_looks: yes, event_is: bad}
  again: {first_of: {use_day: use}, missing: censor, censor: [moved], again_after: 7, grace: 1, event_is: bad}
compare:
  - outcomes: [found, again]
    measures: [survival, risk, risk_difference, mean_cumulative_count]
    at: [14, 60, 90, 120]
    non_inferiority: [{outcome: found, measure: risk_difference, at: 90, margin: 0.1, because: made up, role: primary}]
    tipping_points: yes
$1
disclosure: {threshold: 0, because: made-up data}
STUDY
}

study_file=$box/study.yaml

study '    models: [{aft: "arm + age"}]' > "$box/study.yaml"
for n in 24 60 500; do
    next_rows $n
    same "seed $seed, $n people" 2 3 8
done
for table in tipping estimates; do
    "$alone" show "$box/one/work/results.h5" "$table" --format csv > "$box/$table.told" 2>&1
done
grep -q mean_cumulative_count "$box/estimates.told" && grep -q interval_censored "$box/estimates.told" && grep -q 'risk_difference' "$box/tipping.told"
report $? 'there are expected counts, times between looks and tipping points' "$(head -c 300 "$box/tipping.told")"
closing 'histories by parts of the people'
study '    models: [{cox: "arm + age", recurrent: andersen_gill}]
  - outcomes: [found]
    measures: [risk_difference]
    at: [60]' > "$box/study.yaml"
same 'a regression of events that recur, beside another analysis' 2 3
study '    adjust: [{method: match, propensity: [age]}]
  - outcomes: [again, found]
    measures: [survival, mean_cumulative_count]
    at: [60, 90]' > "$box/study.yaml"
same 'histories beside what needs all people' 2 4
closing 'and beside what needs all people'
exit "$failed"
