#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Two studies over the same source that differ by a few people, and one ledger for both.
#   sh tests/pipeline/report/test_ledger_studies.sh          from the root of the repository
. tests/whole/support.sh

# Six hundred people with an answer each; three of them are 18.
mkdir "$box/people" && cd "$box/people" || exit 1
awk 'BEGIN { srand(7); print "grp,sex,drug,age,done"
    for (i = 1; i <= 600; i++) printf "%d,%s,%d,%d,%d\n", i % 2, rand() < 0.4 ? "F" : "M", int(3 * rand()),
        i % 200 == 7 ? 18 : 19 + int(50 * rand()), rand() < 0.4 }' > people.csv
cat > codebook.yaml << 'YAML'
codebook: people
columns:
  grp: {type: category, codes: {0: night, 1: day}}
  sex: {type: category, codes: {F: female, M: male}}
  drug: {type: category, codes: {0: alcohol, 1: opioids, 2: other}}
  age: {type: integer, range: [18, 89]}
  done: {type: integer, range: [0, 1], known: after}
YAML
study() { # NAME AGE DISCLOSURE
    cat > "$1.yaml" << YAML
study: $1
title: made up
seed: 1
privacy: {basis: public}
tables:
  clients: {file: people.csv, codebook: codebook.yaml}
cohort:
  eligible: ["age >= $2"]
  arms: {day: "grp == 'day'", night: "grp == 'night'"}
  reference: night
  covariates: [sex, drug]
outcomes:
  finished: {event: "done == 1", event_is: good}
compare:
  - analysis: main
    outcomes: [finished]
    measures: [risk_difference, risk_ratio]
    subgroups: [sex]
disclosure: {threshold: 11$3}
YAML
}
study all 18 ', ledger: releases.h5'
study older 19 ', ledger: releases.h5'
study alone 19 ''
for study in all older alone; do
    compute $study.yaml "$box/$study"
    report $? "study $study is computed"
done
all_people=$(cell "$box/all/work/results.h5" arms '{}' n | awk '{ n += $1 } END { print n }')
older_people=$(cell "$box/older/work/results.h5" arms '{}' n | awk '{ n += $1 } END { print n }')
[ $((all_people - older_people)) = 3 ]
report $? 'the studies differ by 3 people' "$all_people and $older_people"

shown() { # STUDY: released people of arms, a hidden one as -
    cell "$box/$1/release/released.h5" arms '{}' n | sed 's/^$/-/' | paste -sd' '
}
"$stepdown" release -q -o "$box/alone" alone.yaml > "$box/told"
report $? 'the second is released without a ledger'
"$stepdown" release -q -o "$box/all" all.yaml > "$box/told" && "$stepdown" release -q -o "$box/older" older.yaml > "$box/told"
report $? 'both are released under one ledger'
case $(shown all) in *-*) false ;; *) true ;; esac
report $? 'the first shows its arms' "$(shown all)"

# What both show under the same name: equal, or differing by 11 at least.
for study in all older alone; do
    for table in arms baseline estimates; do
        "$stepdown" show "$box/$study/release/released.h5" $table --format csv | awk -F, -v table=$table '
            NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
            { key = table; split("outcome population stratum term level measure arm reference time", names, " ")
              for (k = 1; k <= 9; k++) if (names[k] in at) key = key "|" $at[names[k]]
              for (k = split("n n_event n_missing", counts, " "); k > 0; k--)
                  if (counts[k] in at && $at[counts[k]] != "") print key "|" counts[k] "\t" $at[counts[k]] }'
    done | sort -u > "$box/$study.counts"
done
near() { # STUDY: how many counts it shows that the first shows too, and how many of them differ by fewer than 11
    join -t "$(printf '\t')" "$box/all.counts" "$box/$1.counts" |
        awk -F '\t' '{ d = $2 - $3; if (d < 0) d = -d; n += d > 0 && d < 11 } END { print NR, n + 0 }'
}
set -- $(near alone)
[ "$1" -ge 20 ] && [ "$2" -ge 5 ]
report $? 'without a ledger a reader of both could subtract' "$1 pairs, $2 of them differ by a few"
set -- $(near older)
[ "$1" -ge 5 ] && [ "$2" = 0 ]
report $? 'with one no count that both show differs by a few' "$1 pairs, $2 of them differ by a few"

# Started at the same time, they wait for each other, and every one is entered.
rm releases.h5
for n in 1 2 3 4; do
    sed "s/^study:.*/study: number$n/" all.yaml > number$n.yaml
    compute number$n.yaml "$box/number$n"
done
for n in 1 2 3 4; do
    "$stepdown" release -q -o "$box/number$n" number$n.yaml > "$box/told.$n" 2>&1 &
done
wait
entered=$("$stepdown" show releases.h5 ledger --format csv | awk -F, 'NR > 1 { print $1 }' | sort -u | paste -sd' ')
[ "$entered" = 'number1 number2 number3 number4' ]
report $? 'releases at the same time are all entered' "$entered; $(cat "$box"/told.? | grep error | head -n 2)"

exit $failed
