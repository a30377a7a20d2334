#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Studies of dated rows: rows in any order, rows that stand there twice, line ends and quotes change no answer; printed
# numbers stand beside ours as the study expects; what cannot be compared or told is refused.
#   sh tests/whole/test_dated_rows.sh       from the root of the repository
. tests/whole/support.sh

numbers() { # OUT: what is estimated, as it would be printed
    "$stepdown" show "$1/work/results.h5" estimates --format csv
}

shuffle() { # FILE
    { head -n 1 "$1"; tail -n +2 "$1" | awk 'BEGIN { srand(7) } { printf "%.12f\t%s\n", rand(), $0 }' | sort | cut -f 2-; } \
        > "$1.new" && mv "$1.new" "$1"
}

cp -r datasets/ctn0094 "$box/data"
gunzip "$box/data/tlfb.csv.gz"
sed -i 's/tlfb\.csv\.gz/tlfb.csv/' "$box"/data/*.yaml
compute "$box/data/xbot.yaml" "$box/first"

for file in participants visits uds_positive specimens dosing tlfb; do shuffle "$box/data/$file.csv"; done
compute "$box/data/xbot.yaml" "$box/shuffled" -j 3
[ "$(content "$box/first/work/results.h5")" = "$(content "$box/shuffled/work/results.h5")" ]
report $? "X:BOT has the same content of results.h5 for shuffled rows of all six tables"

# Doubled rows change the counts of what is set aside, and nothing else.
for file in visits uds_positive specimens dosing tlfb; do
    tail -n +2 "$box/data/$file.csv" | awk 'NR % 3 == 0' > "$box/more" && cat "$box/more" >> "$box/data/$file.csv"
done
compute "$box/data/xbot.yaml" "$box/doubled"
numbers "$box/first" > "$box/first.csv"
numbers "$box/doubled" > "$box/doubled.csv"
[ -s "$box/first.csv" ] && cmp -s "$box/first.csv" "$box/doubled.csv"
report $? "rows that stand there twice change no number of X:BOT"
doubled=$("$stepdown" show "$box/doubled/work/results.h5" evidence --format csv |
    awk -F, '$3 == "duplicate of another row" { n += $4 } END { print n }')
[ "$doubled" -gt 20000 ]
report $? "they are counted" "$doubled"

# The reason of a visit in quotes, every line ended by CR LF.
awk 'BEGIN { FS = OFS = "," } NR > 1 && $5 !~ /"/ { $5 = "\"" $5 "\"" } { print }' "$box/data/visits.csv" > "$box/quoted"
mv "$box/quoted" "$box/data/visits.csv"
for file in participants visits uds_positive specimens dosing tlfb; do sed -i 's/$/\r/' "$box/data/$file.csv"; done
compute "$box/data/xbot.yaml" "$box/quoted_run"
numbers "$box/quoted_run" > "$box/quoted.csv"
cmp -s "$box/first.csv" "$box/quoted.csv"
report $? "line ends of two bytes and quoted reasons change no number of X:BOT"

# Published numbers: each as the study expects, and how many there were.
for study in xbot start poats; do
    compute "datasets/ctn0094/$study.yaml" "$box/$study"
    "$stepdown" show "$box/$study/work/results.h5" published --format csv > "$box/$study.published"
    n=$(tail -n +2 "$box/$study.published" | grep -cE ',(matches|differs)$')
    [ "$n" -gt 0 ] && [ "$n" = "$(($(wc -l < datasets/ctn0094/$study-published.csv) - 1))" ]
    report $? "$study: all $n published numbers are recomputed"
    wrong=$("$stepdown" show "$box/$study/work/results.h5" published --format json | tr '{' '\n' |
        awk '/"expected"/ { split($0, a, /"expected": *"/); split(a[2], e, "\""); split($0, b, /"match": *"/); split(b[2], m, "\"")
                            if (e[1] != m[1]) n++; total++ } END { print n + 0 " of " total }')
    [ "$wrong" = "0 of $n" ]
    report $? "$study: each matches or differs as expected" "$wrong"
done

try compute datasets/ctn0094/settings.yaml "$box/settings"
told 0 "setting is nested in trial: no overlap" "a comparison of settings across trials ends in a warning"
shown=$("$stepdown" show "$box/settings/work/results.h5" estimates --format csv |
    grep -c ',outpatient,inpatient,.*,withheld,.*setting is nested in trial: no overlap')
[ "$shown" = 4 ]
report $? "its estimates are withheld" "$shown"

# Nobody in the cohort was tested in the window.
sed "s/person: id, day: day, only: positives/&, window: {from: 900, to: 901}/" "$box/data/xbot.yaml" > "$box/data/late.yaml"
for stage in ingest episodes cohort; do "$stepdown" $stage -q -o "$box/late" "$box/data/late.yaml"; done
try "$stepdown" outcomes -q -o "$box/late" "$box/data/late.yaml"
told 1 "outcome 'rule_a' cannot be told from these data: it needs 'opioid_urine', and table 'tests' has no row" \
    "relapse is refused by name where nobody was tested"

exit $failed
