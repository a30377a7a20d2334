#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Outcomes found in dated rows, of which each rank reads some and gets those of its persons: outcomes.h5 is that of one process, byte
# by byte, and so are its counts of rows set aside.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_outcomes.sh          from the root of the repository
. tests/mpi/support.sh
last=outcomes
made=outcomes.h5

cat > "$box/s/people.yaml" << 'end'
codebook: people
missing: [""]
columns:
  who:  {type: text}
  arm:  {type: category, codes: {iop: iop, inpatient: inpatient}}
  zero: {type: integer, range: [0, 99999]}
  age:  {type: integer, range: [12, 99]}
end
cat > "$box/s/stays.yaml" << 'end'
codebook: stays
missing: [""]
columns:
  who:      {type: text}
  admitted: {type: integer, range: [0, 99999]}
  left:     {type: integer, range: [0, 99999]}
  care:     {type: category, codes: {B: inpatient, C: iop, D: outpatient}}
  age:      {type: integer, range: [12, 99]}
end
cat > "$box/s/tests.yaml" << 'end'
codebook: tests
missing: [""]
columns:
  who:    {type: text}
  day:    {type: integer, range: [0, 99999]}
  result: {type: category, codes: {p: positive, n: negative}}
  place:  {type: text}
end
cat > "$box/s/visits.yaml" << 'end'
codebook: visits
missing: [""]
columns:
  who:    {type: text}
  day:    {type: integer, range: [0, 99999]}
  status: {type: category, codes: {h: held, m: missed}}
end
# Tests and visits of persons of whom there is no other row, without a day, without a person, twice, long before and after.
rows() { # SEED PERSONS TESTS
    awk -v seed="$1" -v n="$2" -v tests="$3" -v box="$box/s" '
        function any(k) { return int(rand() * k) }
        function of() { return any(30) == 0 ? "" : "p" any(n * 1.2) }
        function dated(name, n_rows, one, two, more,    i, row) {
            for (i = 0; i < n_rows; i++) {
                row = of() "," (any(25) == 0 ? "" : any(700)) "," (any(20) == 0 ? "" : rand() < .3 ? one : two) (more ? ",site " any(5) "x" any(3) : "")
                print row > (box "/" name)
                if (any(15) == 0)
                    print row > (box "/" name)
            }
        }
        BEGIN {
            srand(seed)
            print "who,arm,zero,age" > (box "/people.csv")
            print "who,admitted,left,care,age" > (box "/stays.csv")
            for (i = 0; i < n; i++) {
                printf "p%d,%s,%d,%d\n", i, rand() < .5 ? "iop" : "inpatient", 100 + any(200), 18 + any(60) > (box "/people.csv")
                at = 60 + any(90)
                for (k = any(4); k >= 0; k--) {
                    printf "p%d,%d,%d,%s,%d\n", i, at, at + 3 + any(20), substr("BCD", 1 + any(3), 1), 18 + any(60) > (box "/stays.csv")
                    at += 90 + any(90)
                }
            }
            print "who,day,result,place" > (box "/tests.csv")
            print "who,day,status" > (box "/visits.csv")
            dated("tests.csv", tests, "p", "n", 1)
            dated("visits.csv", tests / 3, "m", "h", 0)
        }' /dev/null
}
study() { # BASIS, TABLE of the persons, COHORT
    cat << end
study: dated
title: Rows that have a day
seed: 3
privacy: {basis: $1}
tables:
  $2
  tests:  {file: tests.csv, codebook: tests.yaml, person: who, day: day, window: {from: -30, to: 300}}
  visits: {file: visits.csv, codebook: visits.yaml, person: who, day: day}
evidence:
  positive: {tests: "result == 'positive' or place == 'site 3x1' and age > 40"}
  seen:     {tests: "result in ('positive', 'negative')"}
  held:     {visits: "status == 'held'", without: [positive]}
$3
outcomes:
  relapse: {first_of: {test: positive}, missing: last_seen, seen_by: [seen], event_is: bad}
  absent:  {first_of: {visit: held}, missing: censor, again_after: 20, grace: 1, event_is: good}
compare: [{outcomes: [relapse], measures: [risk_difference], at: [30]}]
disclosure: {threshold: 0, because: "made up"}
end
}
clients='clients: {file: people.csv, codebook: people.yaml, person: who}'
stays='episodes: {file: stays.csv, codebook: stays.yaml, person: who, admission: admitted, discharge: left}'
cohort="cohort:
  time_zero: {column: zero}
  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}
  reference: inpatient
  follow_up: {days: 200}"
linked() { # MORE of index
    echo "levels:
  care: {B: inpatient, C: iop, D: outpatient}
link: {gap_days: 14}
cohort:
  index: {first_stay_in: [iop, inpatient]$1}
  arms: {iop: \"level == 'iop'\", inpatient: \"level == 'inpatient'\"}
  reference: inpatient
  covariates: [age]
  follow_up: {until: 650, days: 200}"
}

"$alone" key new "$box/s/site.key" > "$box/told" 2>&1

for n in 5 300; do
    next_rows $n $((20 * n))
    study public "$clients" "$cohort" > "$box/s/study.yaml"
    same "seed $seed, $n persons" 1 2 3 8
    study 'limited_data_set, key_file: site.key' "$clients" "$cohort" > "$box/s/study.yaml"
    same "seed $seed, $n persons with keys" 2 5
    for every in '' ', every: yes'; do
        study public "$stays" "$(linked "$every")" > "$box/s/study.yaml"
        same "seed $seed, stays of $n persons$every" 2 3 8
    done
done
for table in evidence losses; do
    "$alone" show "$box/one/work/outcomes.h5" $table --format csv
done > "$box/told" 2>&1
for reason in 'day missing' 'person missing' 'not in the cohort' 'duplicate of another row' 'outside the window' 'positive'; do
    grep -q "tests.*$reason.*,[1-9]" "$box/told"
    report $? "there are rows set aside: $reason" "$(head -c 600 "$box/told")"
done
closing 'outcomes by parts of the persons and of the dated rows'

# More rows than all ranks read at once, so that they come in several rounds, of a person in each.
rows 40 200 150000
study public "$clients" "$cohort" > "$box/s/study.yaml"
same 'rounds of rows' 2
sed -i '2{s/.*/p100,299,p,site 1x1/;q}' "$box/s/tests.csv"
sed -i '2{s/.*/p7,299,h/;q}' "$box/s/visits.csv"
same 'one test and one visit' 2 8
closing 'many rows, or one'
sed -i '2s/p100/nobody/' "$box/s/tests.csv"
try together 3 run -q --until outcomes "$box/s/study.yaml" -o "$box/refused"
told 1 'has no row of anybody in the cohort' 'a table that tells of nobody is refused'
[ "$(grep -c '^error' "$box/told")" = 1 ] && [ ! -e "$box/refused/work/outcomes.h5" ]
report $? 'once, and nothing is written' "$(head -c 300 "$box/told")"
exit "$failed"
