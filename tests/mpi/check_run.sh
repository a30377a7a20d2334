#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A whole run is the same for any number of ranks and threads: every file of work/ byte by byte.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_run.sh          from the root of the repository
. tests/mpi/support.sh

warnings() { grep '^warning' "$1" | sed "s|/many/|/one/|" | sort; }
unlike() {
    for file in records.h5 rejects.csv episodes.h5 cohort.h5 outcomes.h5 results.h5; do
        cmp -s "$box/one/work/$file" "$box/many/work/$file" || echo "$file differs"
    done
    [ "$(content "$box/one/work/results.h5")" = "$(content "$box/many/work/results.h5")" ] || echo 'content differs'
    [ "$(warnings "$box/told")" = "$(warnings "$box/one.told")" ] || echo 'other warnings'
}
same_files() { # STUDY NAME "RANKS THREADS ..."
    same_runs "$1" "$3"
    closing "$2: the same files, whatever ranks and threads"
}

"$alone" simulate -q --persons 3000 --truth-persons 0 "$box/stays"
sed 's/^    tau: 365$/    tau: 365\
    bootstrap: {n: 100}\
    subgroups: [sex]\
    models: [{cox: "arm + age + sex"}]\
    adjust: [{method: overlap, propensity: covariates}]\
  - analysis: plain\
    outcomes: [relapse, retention]\
    measures: [risk_difference]\
    at: [90]/
s/^caveats:/profiles: {gap14: {link: {gap_days: 14}}}\
caveats:/' "$box/stays/study.yaml" > "$box/stays/more.yaml"
same_files "$box/stays/more.yaml" 'linked stays with a bootstrap, models, subgroups and a profile' '1 1 2 1 2 2 3 1 4 3 8 1'
# Rows that count rows of the cohort: paths through levels of care, relapses that happen again.
sed 's/measures: \[risk_difference, rmst_difference\]/measures: [risk_difference, state_occupation, expected_days, mean_cumulative_count]/
s/first_of: \[{test: positive}.*$/first_of: [{test: positive}]/
s/^    missing: censor$/    missing: censor\
    grace: 1\
    again_after: 20/' "$box/stays/study.yaml" > "$box/stays/paths.yaml"
same_files "$box/stays/paths.yaml" 'paths through levels of care and relapses that happen again' '2 1 3 2 8 1'
same_files datasets/ctn0094/start.yaml 'words of weeks' '2 1 3 2'
# A person or two, and a stay alone: most ranks have nothing.
for n in 2 3; do
    mkdir "$box/few-$n"
    cp "$box"/stays/*.yaml "$box/few-$n/"
    for file in "$box"/stays/*.csv; do
        case $file in */episodes.csv) head -n $n "$file" ;; *) cat "$file" ;; esac > "$box/few-$n/${file##*/}"
    done
    "$alone" run -q --until episodes "$box/few-$n/study.yaml" -o "$box/few-one" > /dev/null 2>&1
    try together 8 run -q --until episodes "$box/few-$n/study.yaml" -o "$box/few-many"
    [ "$status" = 0 ] && cmp -s "$box/few-one/work/episodes.h5" "$box/few-many/work/episodes.h5"
    report $? "$((n - 1)) stays are linked by 8 ranks as by one" "$(head -c 300 "$box/told")"
    rm -rf "$box/few-one" "$box/few-many"
done
for name in uis synthetic-linked teds2004 iop-trials; do
    [ -f "datasets/$name/study.yaml" ] && same_files "datasets/$name/study.yaml" "$name" '2 1 3 2 8 1'
done
same_files tests/mpi/../../datasets/uis/study.yaml 'a study named by another path' '4 1'

# ---- going on --------------------------------------------------------------------------------------------------

together 2 run -q --until cohort datasets/uis/study.yaml -o "$box/go" > /dev/null 2>&1
before=$(stat -c '%Y %i' "$box/go/work/records.h5")
together 3 run -q --until compare datasets/uis/study.yaml -o "$box/go" > "$box/told" 2>&1
[ "$before" = "$(stat -c '%Y %i' "$box/go/work/records.h5")" ] && [ -f "$box/go/work/results.h5" ]
report $? 'a second run goes on from the last whole stage' "$(head -c 300 "$box/told")"
rm "$box/go/work/results.h5"
try together 2 compare -q datasets/uis/study.yaml -o "$box/go"
[ "$status" = 0 ] && "$alone" run -q --until compare datasets/uis/study.yaml -o "$box/alone" > /dev/null 2>&1 &&
    cmp -s "$box/go/work/results.h5" "$box/alone/work/results.h5"
report $? 'one stage alone can be run by several ranks' "$(head -c 300 "$box/told")"
exit "$failed"
