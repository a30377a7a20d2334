#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Relapses that happen again: mean cumulative counts and regressions of recurrent events beside survfit and coxph of survival
# 3.5-3 on stretches made another way (scripts/references/recurrences.R).
#   sh tests/pipeline/compare/test_recurrences.sh          from the root of the repository
. tests/whole/support.sh
. tests/pipeline/compare/dated_people.sh

# 50 made-up people over half a year: days of use in runs, and a day on which some move away.
awk -v people="$box/people.csv" -v use="$box/use.csv" -v ends="$box/ends.csv" '
    function draw(n) { seed = (seed * 69069 + 1) % 4294967296; return int(seed / 65536) % n }
    BEGIN {
        seed = 20261130
        print "id,arm,age" > people
        print "id,day,what" > use
        print "id,day,status" > ends
        for (i = 1; i <= 50; i++) {
            arm = i % 2
            print i "," (arm ? "iop" : "inpatient") "," 20 + draw(40) > people
            for (day = draw(arm ? 40 : 80); day < 180; day += 8 + draw(arm ? 60 : 110)) {
                n = 1 + draw(4)
                for (k = 0; k < n; k++) {
                    print i "," day ",used" > use
                    day += 1 + draw(6)
                }
                if (draw(5) == 0)
                    print i "," day ",none" > use
            }
            if (draw(4) == 0)
                print i "," 60 + draw(100) ",moved" > ends
        }
    }'
rows_codebook what used none > "$box/use.yaml"
rows_codebook status moved > "$box/ends.yaml"
study() { # OUTCOME MORE
    cat <<STUDY
study: again
privacy: {basis: public}
tables:
  clients: {file: people.csv, codebook: people.yaml, person: id}
  use_days: {file: use.csv, codebook: use.yaml, person: id, day: day}
  visits: {file: ends.csv, codebook: ends.yaml, person: id, day: day}
evidence:
  use: {use_days: "what == 'used'"}
  moved: {visits: "status == 'moved'"}
cohort:
  arms: {iop: "arm == 'iop'", inpatient: "arm == 'inpatient'"}
  reference: inpatient
  covariates: [age]
  follow_up: {days: 180}
outcomes:
  relapse: {first_of: {use_day: use}, missing: censor, censor: [moved], $1event_is: bad}
compare:
  - outcomes: [relapse]
    measures: [mean_cumulative_count, risk_difference]
    at: [30, 90, 180]
$2
disclosure: {threshold: 0, because: made-up data}
STUDY
}
study 'again_after: 14, grace: 1, ' '    models: [{cox: "arm + age", recurrent: andersen_gill, ties: breslow}, {cox: arm, recurrent: pwp_total}]' > "$box/study.yaml"
try "$stepdown" run "$box/study.yaml" -o "$box/out" -q
report "$status" "an outcome that happens again runs" "$(head -c 300 "$box/told")"
nelson='Nelson-Aalen for recurrent events'
near "$(cell_of estimate mean_cumulative_count unadjusted '' "$nelson" inpatient 30)" 0.2 1e-9 "mean counts are R's: inpatient, day 30"
near "$(cell_of estimate mean_cumulative_count unadjusted '' "$nelson" inpatient 180)" 2.358379446640 1e-9 "... inpatient, day 180"
near "$(cell_of estimate mean_cumulative_count unadjusted '' "$nelson" iop 90)" 2.063333333333 1e-9 "... iop, day 90"
near "$(cell_of estimate mean_cumulative_count unadjusted '' "$nelson" iop 180)" 3.825455040764 1e-9 "... iop, day 180"
near "$(cell_of std_error mean_cumulative_count unadjusted '' "$nelson" iop 180)" 0.14823528208546 1e-9 "... with the error by person"
near "$(cell_of std_error mean_cumulative_count unadjusted '' "$nelson" inpatient 90)" 0.09133414435974 1e-9 "... of both arms"
ag='arm + age; andersen_gill'
near "$(cell_of estimate log_hazard_ratio "$ag" arm=iop Breslow '' '')" 0.4899542701786672 1e-9 "Andersen and Gill's regression is R's: the arm"
near "$(cell_of std_error log_hazard_ratio "$ag" arm=iop 'robust, 50 clusters' '' '')" 0.069165805031493 1e-9 "... its robust error"
near "$(cell_of estimate log_hazard_ratio "$ag" age Breslow '' '')" -0.0004308833782241 1e-9 "... age"
near "$(cell_of estimate log_hazard_ratio 'arm; pwp_total' arm=iop stratified '' '')" 2.024309472686 1e-9 "Prentice, Williams and Peterson's, too"
near "$(cell_of std_error log_hazard_ratio 'arm; pwp_total' arm=iop stratified '' '')" 0.2712105809089 1e-9 "... its robust error"
refused() { # KEYS MORE WORDS SENTENCE
    study "$1" "$2" > "$box/wrong.yaml"
    try "$stepdown" check "$box/wrong.yaml"
    told 1 "$3" "$4"
}
refused 'again_after: 14, ' '' "an event of day 0 would have none; add 'grace: 1'" 'days at risk begin after day 0'
refused 'grace: 1, ' '    models: [{cox: arm, recurrent: pwp_gap}]' "models: 'recurrent' needs an outcome that happens again" \
    'a model of what recurs needs such an outcome'
refused 'grace: 1, ' '' "it needs an outcome with 'again_after', or linked stays" 'counts need what happens again'
exit $failed
