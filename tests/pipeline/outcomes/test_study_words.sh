#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Weekly words from the dated tables of datasets/ctn0094: all 3,560, all phases, cell by cell.
#   sh tests/pipeline/outcomes/test_study_words.sh     from the root of the repository
. tests/whole/support.sh
answers=tests/reference/ctn0094_weekly_words.csv

words_of() { # STUDY OUT: the words as csv in OUT.csv, which begin with the day before week 1
    for stage in ingest episodes cohort outcomes; do
        "$stepdown" "$stage" -q -o "$2" "$1" || return
    done
    "$stepdown" show "$2/work/outcomes.h5" words/weekly --format csv > "$2.csv"
}

words_of datasets/ctn0094/words.yaml "$box/out"
report $? "weekly words are made from visits and positive urines"

# start_week,rand_week1,rand_week2,end_week,baseline,phase1,phase2 of both, as text
tail -n +2 "$answers" | tr -d '"' | cut -d, -f 2- > "$box/wanted"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
         { print $at["first_week"] "," ($at["start"] == -1 ? "" : 0) "," $at["phase_2"] "," $at["end_week"] "," \
                 $at["baseline"] "," $at["word_1"] "," $at["word_2"] }' "$box/out.csv" > "$box/made"
n=$(awk -F, 'NR == FNR { wanted[FNR] = $0; rows = FNR; next }
             { split(wanted[FNR], cell, ","); for (i = 1; i <= 7; i++) equal += cell[i] == $i; n = FNR }
             END { print n == rows ? equal + 0 : 0 }' "$box/wanted" "$box/made")
[ "$n" = 24920 ]
report $? "all cells of all 3,560 words are equal to the stored answers" "$n of 24920"
[ "$n" != 24920 ] || echo "compared - $n cells of weekly words (7 columns, 3,560 people) with $(basename "$answers"): all equal"
cmp -s "$box/wanted" "$box/made"
report $? "the words are equal to the byte"

# ---- the order of rows, doubled rows, CRLF and quotes ---------------------------------------------------------------

mkdir "$box/other"
cp datasets/ctn0094/*.yaml datasets/ctn0094/participants.csv "$box/other"
for file in visits uds_positive; do
    { head -n 1 "datasets/ctn0094/$file.csv"
      { tail -n +2 "datasets/ctn0094/$file.csv"; tail -n 100 "datasets/ctn0094/$file.csv"; } | sort -t, -k 2,2r -k 1,1; } |
        sed 's/^\([0-9]*\),/"\1",/; s/$/\r/' > "$box/other/$file.csv"
done
words_of "$box/other/words.yaml" "$box/again" && cmp -s "$box/out.csv" "$box/again.csv"
report $? "rows in another order, rows that stand twice, CRLF and quotes change nothing"

"$stepdown" outcomes -q --again -j 1 -o "$box/out" datasets/ctn0094/words.yaml &&
    one=$(content "$box/out/work/outcomes.h5") &&
    "$stepdown" outcomes -q --again -j 5 -o "$box/out" datasets/ctn0094/words.yaml &&
    [ "$one" = "$(content "$box/out/work/outcomes.h5")" ] && [ -n "$one" ]
report $? "the words do not depend on the number of threads"

# ---- definitions of the study's own ------------------------------------------------------------------------------------------

own() { # RULE: the study with an outcome of its own
    printf 'library: own\ndefinitions:\n  mine: {source: own 2026, rule: made up, all: {%s}}\n' "$1" > "$box/other/own.yaml"
    sed '/^    at: /d; s/^cohort:/definitions: own.yaml\ncohort:/; s/library: Rs_ctnNinetyFour_2023/library: mine/' \
        datasets/ctn0094/words.yaml > "$box/other/mine.yaml"
    for stage in ingest episodes cohort outcomes; do
        "$stepdown" "$stage" -v -o "$box/mine" "$box/other/mine.yaml" || return
    done > "$box/told" 2>&1
    "$stepdown" show "$box/mine/work/outcomes.h5" outcome/relapse --format csv | tail -n +2 | cut -d, -f 1 | grep -c 1
}
few=$(own 'count: negative, at_least: 20')
grep -q 'outcomes: 2 computed' "$box/told"
first=$?
again=$(own 'count: negative, at_least: 20')
grep -q 'outcomes: nothing has changed' "$box/told"
second=$?
many=$(own 'count: negative, at_least: 2')
[ $first$second = 00 ] && [ "$few" = "$again" ] && [ "$few" -gt 0 ] && [ "$many" -gt "$few" ]
report $? "a study may have definitions of its own, and a change in them is worked on" "$few, $again, $many"

# ---- words as a file of words --------------------------------------------------------------------------------------------

"$stepdown" outcomes -q --words "$box/out/work/outcomes.h5:/words/weekly" --word word_1 --library Rd_fudala_2003 --format csv |
    tail -n +2 | cut -d, -f 2 | awk '{ print ($1 >= 0.5) + 0 }' > "$box/one"
"$stepdown" show "$box/out/work/outcomes.h5" outcome/mostly_negative --format csv | tail -n +2 | cut -d, -f 1 | cmp -s - "$box/one"
report $? "an outcome by a bound is the definition's value of the stored words"

# ---- twelve published definitions on one trial ----------------------------------------------------------------------------

compute datasets/ctn0094/definitions.yaml "$box/definitions"
report $? "published definitions of the library are outcomes of a study: events, times and values"
"$stepdown" show "$box/definitions/work/results.h5" estimates --format csv |
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print "outcome,arm,n,n_event"; next }
             $at["measure"] == "risk" { print $at["outcome"] "," $at["arm"] "," $at["n"] "," $at["n_event"] }' > "$box/counts"
cmp -s "$box/counts" tests/reference/ctn0094_definitions.csv
n=$?
report $n "people and events of each arm are those that R counts from the raw tables" "$(diff "$box/counts" tests/reference/ctn0094_definitions.csv | head -n 6)"
[ $n != 0 ] || echo "compared - 48 counts of 12 definitions in both arms of X:BOT with ctn0094_definitions.csv: all equal"

"$stepdown" show "$box/definitions/work/results.h5" estimates --format csv |
    awk -F, 'NR == FNR { for (i = 1; i <= NF; i++) r[$1, i] = $i; rows += FNR > 1; next }
             FNR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
             $at["measure"] == "mean_difference" {
                 n = split("estimate std_error df p_value conf_low conf_high", name, " ")
                 for (i = 1; i <= n; i++) {
                     d = $at[name[i]] / r[$at["outcome"], i + 1] - 1
                     equal += d < 1e-9 && d > -1e-9
                 }
             }
             END { print equal + 0, "of", 6 * rows }' tests/reference/ctn0094_means.csv - > "$box/equal"
[ "$(cat "$box/equal")" = "12 of 12" ]
report $? "differences of means are those of R's t.test" "$(cat "$box/equal")"

# Seven and six people: neither their means nor what is made of both may leave.
sed 's/^disclosure:.*/disclosure: {threshold: 11}/; s/"not missing(arm)"/"not missing(arm)", "age > 56"/' \
    datasets/ctn0094/definitions.yaml > "$box/other/few.yaml"
compute "$box/other/few.yaml" "$box/few" && "$stepdown" release -q "$box/other/few.yaml" -o "$box/few" > /dev/null 2> "$box/told"
"$stepdown" show "$box"/few/release*/released.h5 estimates --format csv | grep '_negative,.*mean' > "$box/rows"
[ "$(wc -l < "$box/rows")" = 3 ] && [ "$(grep -c ',withheld,' "$box/rows")" = 3 ]
report $? "means of few people, and their difference, are withheld" "$(cat "$box/rows" "$box/told")"

exit $failed
