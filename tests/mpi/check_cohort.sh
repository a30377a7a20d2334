#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A cohort that ranks draw from parts of the persons is that of one process, byte by byte: index stays, attrition, joined columns,
# clusters, populations, time zero, states and moves by arm; and what it refuses is refused alike, once.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_cohort.sh          from the root of the repository
. tests/mpi/support.sh

cat > "$box/s/stays.yaml" << 'end'
codebook: stays
missing: [""]
columns:
  who:      {type: text}
  admitted: {type: integer, range: [0, 99999]}
  left:     {type: integer, range: [0, 99999]}
  care:     {type: category, codes: {A: detox, B: inpatient, C: iop, D: outpatient}}
  plan:     {type: integer, range: [1, 999]}
  zero:     {type: integer, range: [0, 99999]}
  place:    {type: text}
  payer:    {type: integer, range: [0, 99]}
  seen:     {type: integer, range: [0, 99999]}
end
cat > "$box/s/people.yaml" << 'end'
codebook: people
missing: [""]
columns:
  who:    {type: text}
  income: {type: integer, range: [0, 999999]}
  region: {type: category}
end
# Overlaps, readmissions, stays still open, missing cells, clients without a row and clients on two.
rows() { # SEED PERSONS
    awk -v seed="$1" -v n="$2" -v stays="$box/s/stays.csv" -v people="$box/s/people.csv" '
        function any(k) { return int(rand() * k) }
        BEGIN {
            srand(seed)
            print "who,admitted,left,care,plan,zero,place,payer,seen" > stays
            print "who,income,region" > people
            for (k = 0; k < 3 * n; k++) {
                who = "p" any(n) + 1000000
                from = 100 + any(600)
                to = any(20) == 0 ? "" : from + any(60)
                printf "%s,%d,%s,%s,%s,%s,%s,%s,%s\n", any(40) == 0 ? "" : who, from, to, substr("ABCD", 1 + any(4), 1),
                       any(10) == 0 ? "" : 1 + any(50), any(5) == 0 ? "" : from + any(9), any(9) == 0 ? "" : "site " any(17) "x" any(2),
                       any(9) == 0 ? "" : any(12), any(4) == 0 ? from + any(300) : "" > stays
            }
            for (i = 0; i < n; i++) {
                for (k = any(12) == 0 ? 2 : any(15) == 0 ? 0 : 1; k > 0; k--)
                    printf "p%d,%s,r%d\n", i + 1000000, any(9) == 0 ? "" : any(90000), any(5) > people
            }
        }' /dev/null
}
study() { # INDEX, ZERO, REST of the cohort
    cat << end
study: parts
title: A cohort by parts of the persons
seed: 3
privacy: {basis: public}
tables:
  episodes: {file: stays.csv, codebook: stays.yaml, person: who, admission: admitted, discharge: left, planned_days: plan, programme: place}
  clients:  {file: people.csv, codebook: people.yaml, person: who}
levels:
  care: {A: detox, B: inpatient, C: iop, D: outpatient}
link: {gap_days: 30}
cohort:
  index: {first_stay_in: [iop, inpatient]$1}
  time_zero: $2
  arms: {iop: "level == 'iop'", inpatient: "level == 'inpatient'"}
  reference: inpatient
$3
outcomes:
  leaving: {process: leaving, completed: censor, completed_if: "plan == 14", event_is: bad}
compare:
  - outcomes: [leaving]
    measures: [risk_difference]
    at: [30]
disclosure: {threshold: 0, because: "made up"}
end
}

last=cohort
made=cohort.h5
clients_warned() { grep '^warning.*clients' "$1"; }
unlike() {
    cmp -s "$box/one/work/$made" "$box/many/work/$made" || echo cohort
    [ "$(clients_warned "$box/told")" = "$(clients_warned "$box/one.told")" ] || echo "warns: $(head -c 300 "$box/told")"
}

all='  # derived, too: stay_days planned_share episode_path new_episode_days days_to_outpatient index_number
  eligible: ["income != 777", "prior_stays < 9"]
  covariates: [income, {column: payer, missing: drop}, region, prior_stays, entered_from]
  populations: {all: "true", rich: "income >= 20000", long: {when: "reached_plan == 1", post_baseline: "made up"}}
  follow_up: {until: 900, end: [seen]}'
for n in 4 60 1500; do
    next_rows $n
    study ', washout_days: 40, washout_ignores: [detox], look_back_days: 5, from: 102, to: 690' admission "$all
  cluster: place" > "$box/s/study.yaml"
    [ $n = 4 ] || same "seed $seed, $n persons by place" 1 2 3 8
    study ', every: true' discharge "$all" > "$box/s/study.yaml"
    same "seed $seed, $n persons, every stay" 2 8
done
closing 'persons of whom each rank has some'
rows 11 300
study '' '{column: zero}' "$all
  cluster: payer" > "$box/s/study.yaml"
same 'time zero in a column, clusters of numbers' 2 5
study '' '{landmark: 14}' "$all
  cluster: who" > "$box/s/study.yaml"
same 'a landmark, as many clusters as persons' 2 5
# Half of the records are nobody's.
awk -F, 'NR > 1 && NR % 2 == 0 { sub(/^[^,]*/, "") } { print }' "$box/s/stays.csv" > "$box/s/other" && mv "$box/s/other" "$box/s/stays.csv"
same 'records without a person' 2 8
closing 'other days from which they are followed, other clusters'

# A few records alone: most ranks have nobody.
for n in 3 5; do
    { head -n 1 "$box/s/stays.csv"
      printf 'a,1,5,C,,,x,1,\nb,2,9,B,,,,,\na,50,60,D,,,x,1,\nc,3,4,B,,,y,2,\n' | head -n $((n - 1)); } > "$box/s/few.csv"
    mv "$box/s/few.csv" "$box/s/stays.csv"
    study '' admission '  covariates: [income, region]
  cluster: place
  follow_up: {until: 900}' > "$box/s/study.yaml"
    same "$((n - 1)) records" 2 8
done
closing 'and so are two or four records'

# ---- a row a person --------------------------------------------------------------------------------------------------

cat > "$box/s/rows.yaml" << 'end'
codebook: rows
missing: [""]
columns:
  who:   {type: text}
  times: {type: integer, range: [0, 9]}
  age:   {type: integer, range: [0, 120]}
  day:   {type: integer, range: [0, 999]}
  site:  {type: category}
  arm:   {type: category, codes: {1: iop, 2: inpatient, 3: neither}}
  event: {type: integer, range: [0, 1]}
end
awk 'BEGIN {
    srand(5)
    print "who,times,age,day,site,arm,event"
    for (i = 0; i < 400; i++)
        printf "w%d,%d,%s,%s,s%d,%s,%d\n", int(rand() * 390), int(rand() * 4), rand() < .1 ? "" : 12 + int(rand() * 60),
               rand() < .1 ? "" : int(rand() * 99), int(rand() * 7), rand() < .1 ? "" : 1 + int(rand() * 3), int(rand() * 2)
}' > "$box/s/rows.csv"
cat > "$box/s/study.yaml" << 'end'
study: rows
title: A row a person
seed: 3
privacy: {basis: public}
tables:
  clients: {file: rows.csv, codebook: rows.yaml, person: who, weight: times}
cohort:
  time_zero: {column: day}
  eligible: ["age >= 18"]
  arms: {iop: "arm == 'iop'", inpatient: "arm == 'inpatient'"}
  reference: inpatient
  populations: {all: "true", old: "age >= 50"}
  covariates: [age]
  cluster: site
outcomes: {event: {event: "event == 1", event_is: bad}}
compare: [{outcomes: [event], measures: [risk_difference]}]
disclosure: {threshold: 0, because: "made up"}
end
same 'counted rows' 2 3 8
closing 'rows that are persons'

# ---- refusals --------------------------------------------------------------------------------------------------------

refused() { # SED TEXT SENTENCE
    sed "$1" "$box/s/study.yaml" > "$box/s/never.yaml"
    rm -rf "$box/no"
    "$alone" run -q --until cohort "$box/s/never.yaml" -o "$box/no" > "$box/one.told" 2>&1
    try together 3 cohort -q "$box/s/never.yaml" -o "$box/no"
    [ "$status" = 1 ] && grep -qF -- "$2" "$box/told" && [ "$(grep -c '^error' "$box/told")" = 1 ] && [ ! -e "$box/no/work/cohort.h5" ] &&
        [ "$(grep '^error' "$box/told")" = "$(grep '^error' "$box/one.told")" ]
    report $? "$3" "status $status, $(head -c 300 "$box/told")"
}
refused 's/age >= 18/age >= 200/' 'nobody is left after' 'an empty cohort is told once'
refused "s/inpatient: \"arm == 'inpatient'\"/inpatient: \"age >= 0\"/" 'the arms overlap' 'arms that overlap are counted over all ranks'
refused "s/inpatient: \"arm == 'inpatient'\"/inpatient: \"age > 119\"/" "arm 'inpatient' has no people" 'an arm without people'
refused 's/age >= 50/age > 119/' "population 'old' is empty" 'an empty population'
exit "$failed"
