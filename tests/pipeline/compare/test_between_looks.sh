#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Relapses that tests find, known between the test before and the one that found them: Turnbull's estimate beside EM in R that
# goes on to the end, accelerated failure times beside survreg of survival 3.5-3 (scripts/references/between_looks.R).
#   sh tests/pipeline/compare/test_between_looks.sh          from the root of the repository
. tests/whole/support.sh
. tests/pipeline/compare/dated_people.sh

# 60 made-up people, tested on days of their own every two weeks or so; the first positive test ends the story of most.
awk -v people="$box/people.csv" -v tests="$box/tests.csv" '
    function draw(n) { seed = (seed * 69069 + 1) % 4294967296; return int(seed / 65536) % n }
    BEGIN {
        seed = 20261129
        print "id,arm,age" > people
        print "id,day,result" > tests
        for (i = 1; i <= 60; i++) {
            arm = i % 2
            age = 20 + draw(40)
            print i "," (arm ? "iop" : "inpatient") "," age > people
            relapse = 10 + draw(arm ? 110 : 150)
            for (day = 7 + draw(14); day <= 120; day += 9 + draw(12)) {
                positive = day >= relapse
                print i "," day "," (positive ? "positive" : "negative") > tests
                if (positive || draw(14) == 0)
                    break
            }
        }
    }'
rows_codebook result positive negative > "$box/tests.yaml"
study() { # BETWEEN MORE
    cat <<STUDY
study: looks
privacy: {basis: public}
tables:
  clients: {file: people.csv, codebook: people.yaml, person: id}
  tests: {file: tests.csv, codebook: tests.yaml, person: id, day: day}
evidence:
  use: {tests: "result == 'positive'"}
  seen: {tests: "result in ('positive', 'negative')"}
cohort:
  arms: {iop: "arm == 'iop'", inpatient: "arm == 'inpatient'"}
  reference: inpatient
  covariates: [age]
  follow_up: {days: 120}
outcomes:
  relapse: {first_of: {test: use}, missing: last_seen, seen_by: [seen], between_looks: $1, event_is: bad}
compare:
  - outcomes: [relapse]
    measures: [survival, risk_difference]
    at: [14, 60, 90]
$2
disclosure: {threshold: 0, because: made-up data}
STUDY
}
study yes '    models: [{aft: "arm + age"}, {aft: arm, distribution: lognormal}]' > "$box/study.yaml"
try "$stepdown" run "$box/study.yaml" -o "$box/out" -q
report "$status" "intervals between looks run" "$(head -c 300 "$box/told")"
near "$(cell_of estimate survival interval_censored '' Turnbull inpatient 60)" 0.753982943843 1e-6 "Turnbull's estimate is R's: inpatient, day 60"
near "$(cell_of estimate survival interval_censored '' Turnbull inpatient 90)" 0.568823684042 1e-6 "... inpatient, day 90, where EM has not stopped early"
near "$(cell_of estimate survival interval_censored '' Turnbull iop 90)" 0.341758868275 1e-6 "... iop, day 90"
near "$(cell_of estimate risk_difference interval_censored '' Turnbull iop 90)" 0.227064815767 1e-6 "the difference is that of the arms"
[ "$(cell_of status survival interval_censored '' Turnbull iop 60)" = undefined ] &&
    estimates "$box/out" | grep -q 'the day lies within an interval; the survival is between 0.3924 and 0.4937'
report $? "a day within an interval has bounds, and no number"
near "$(cell_of estimate log_time_ratio 'arm + age; weibull' arm=iop 'accelerated failure time' '' '')" -0.53384819375965 1e-6 "times are stretched as in survreg: Weibull, the arm"
near "$(cell_of std_error log_time_ratio 'arm + age; weibull' arm=iop 'accelerated failure time' '' '')" 0.2257189832615 1e-6 "... its error"
near "$(cell_of estimate log_time_ratio 'arm + age; weibull' age 'accelerated failure time' '' '')" -0.00993379954887 1e-6 "... age"
near "$(cell_of estimate coefficient 'arm + age; weibull' 'log(scale)' 'accelerated failure time' '' '')" -0.45534730339745 1e-6 "... the scale"
near "$(cell_of estimate loglik 'arm + age; weibull' model 'accelerated failure time' '' '')" -111.777405901 1e-6 "... the likelihood"
near "$(cell_of estimate log_time_ratio 'arm; lognormal' arm=iop 'accelerated failure time' '' '')" -0.483531174770 1e-6 "... log-normal"
study no '' > "$box/found.yaml"
try "$stepdown" run "$box/found.yaml" -o "$box/found" -q
[ "$status" = 0 ] && ! estimates "$box/found" | grep -q interval_censored
report $? "without between_looks an event is on the day on which it was found"
[ "$(estimates "$box/found" | grep -c ',unadjusted,')" -gt 8 ] &&
    [ "$(estimates "$box/found" | grep ',unadjusted,')" = "$(estimates "$box/out" | grep ',unadjusted,')" ]
report $? "numbers by the day of finding stand beside, as before"

refused() { # OUTCOME WORDS SENTENCE
    study yes '' | sed "s/^  relapse: .*/  relapse: $1/" > "$box/wrong.yaml"
    try "$stepdown" check "$box/wrong.yaml"
    told 1 "$2" "$3"
}
refused '{first_of: {test: use, days: 2, in_a_row: yes}, missing: last_seen, seen_by: [seen], between_looks: yes, event_is: bad}' \
    'wrong.yaml:15:23: between_looks: several days or weeks are found by several looks' 'a run of days is no interval between looks'
refused '{first_of: {test: use}, missing: relapse, seen_by: [seen], between_looks: yes, event_is: bad}' \
    "puts a day to what nobody saw; with 'between_looks' it is 'censor' or 'last_seen'" 'what nobody saw has no interval'
exit $failed
