#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The shipped synthetic source is what its README says made it, and the whole way from linked stays to the report works.
#   sh tests/whole/test_synthetic_linked.sh          from the root of the repository
. tests/whole/support.sh
shipped=datasets/synthetic-linked

# ---- made by the command of the README ---------------------------------------------------------------------------------

command=$(sed -n 's/^ *stepdown simulate made-up \(.*\)$/\1/p' $shipped/README.md)
# shellcheck disable=SC2086
"$stepdown" simulate -q "$box/made" $command
for file in visits.csv published.csv episodes.yaml tests.yaml visits.yaml; do
    cmp -s "$box/made/$file" $shipped/$file
    report $? "$file is what the command makes"
done
for file in episodes tests; do
    gzip -dc $shipped/$file.csv.gz | cmp -s - "$box/made/$file.csv"
    report $? "$file.csv.gz is what the command makes"
done
silent=$(grep -L SYNTHETIC $shipped/*.yaml $shipped/README.md)
[ -z "$silent" ]
report $? "every file with words says SYNTHETIC" "$silent"

# ---- a question about what is done after time zero ---------------------------------------------------------------------------

"$stepdown" run -q $shipped/stepdown.yaml -o "$box/later" > "$box/answer" 2> "$box/told"
report $? "the study of strategies runs" "$(head -n 2 "$box/told")"
grep -q 'early .* than stay' "$box/answer"
report $? "its answer is about strategies" "$(head -n 1 "$box/answer")"
grep -q 'Everybody is put into every strategy at time zero' "$box/later/release/report.html" &&
    grep -q 'id="strategies"' "$box/later/release/report.html"
report $? "its page says which trial of strategies is emulated"
# Of each strategy every clone departs, had an event or was lost before it was decided, or follows.
"$stepdown" show "$box/later" strategies --format csv | awk -F, '
    $1 == "clones" && $4 != "" { n[$4] += $6 } $1 == "clones" && $5 == "people" { all = $6 }
    END { for (s in n) if (n[s] != all) print s, n[s], all; if (length(n) != 2) print "not two strategies" }' > "$box/unequal"
[ ! -s "$box/unequal" ]
report $? "every clone is counted once" "$(head -n 1 "$box/unequal")"

# ---- the way to the report ------------------------------------------------------------------------------------------------

"$stepdown" run -q $shipped/study.yaml -o "$box/out" > "$box/answer" 2> "$box/told"
report $? "the study runs" "$(head -n 2 "$box/told")"
[ -s "$box/out/release/report.html" ] && grep -q '<title>SYNTHETIC: ' "$box/out/release/report.html"
report $? "the page says SYNTHETIC in its title"
for figure in stepdown stepdown-iop stepdown-inpatient; do
    for size in '' -narrow; do
        for format in svg pdf png; do
            [ -s "$box/out/release/figures/$figure$size.$format" ] || echo "$figure$size.$format"
        done
    done
done > "$box/missing"
[ ! -s "$box/missing" ]
report $? "moves between levels are drawn for all and for each arm" "$(head -n 1 "$box/missing")"

# What enters a level leaves it, in the flow of all episodes and of each arm.
"$stepdown" show "$box/out" flow --format csv | awk -F, '
    NR > 1 { if ($2 != "entry") out[$1, $2] += $4; if ($3 != "end" && $3 != "open") into[$1, $3] += $4 }
    END { for (k in into) if (into[k] != out[k]) print k, into[k], out[k]; if (length(into) < 12) print "too few levels" }' \
    > "$box/unequal"
[ ! -s "$box/unequal" ]
report $? "what enters a level leaves it" "$(head -n 1 "$box/unequal")"

# Every number has its truth beside it, and lies within four errors of it.
"$stepdown" show "$box/out/work/results.h5" published --format csv > "$box/published"
"$stepdown" show "$box/out/work/results.h5" estimates --format csv > "$box/estimates"
awk -F, '
    FNR == 1 { split("", place); for (i = 1; i <= NF; i++) place[$i] = i; next }
    { key = $place["outcome"] " " $place["measure"] " " $place["arm"] " " $place["reference"] " " $place["time"] }
    FILENAME ~ /estimates$/ { error[key] = $place["std_error"]; next }
    { n++; if ($place["match"] == "not_computable") print key, "has no number"
      far = $place["difference"] / (error[key] > 0 ? error[key] : 1)
      if (far > 4 || far < -4) print key, far }
    END { if (n < 60) print "only " n " numbers" }' "$box/estimates" "$box/published" > "$box/far"
[ ! -s "$box/far" ]
report $? "every number lies near its known truth" "$(head -n 2 "$box/far")"

# ---- laws ------------------------------------------------------------------------------------------------------------------

cp -R $shipped "$box/moved"
chmod -R u+w "$box/moved"
gzip -dc $shipped/episodes.csv.gz | awk 'NR == 1 { print; next } { print NR * 7919 % 11503 "\t" $0 }' |
    { read -r header; echo "$header"; sort -n | cut -f 2-; } | gzip -9n > "$box/moved/episodes.csv.gz"
compute "$box/moved/study.yaml" "$box/shuffled" -j 3
! gzip -dc "$box/moved/episodes.csv.gz" | cmp -s - "$box/made/episodes.csv" && [ "$(content "$box/shuffled/work/results.h5")" = "$(content "$box/out/work/results.h5")" ]
report $? "the order of the stays changes nothing"

# A person with detox alone is in no cohort: one more changes no estimate.
{ gzip -dc $shipped/episodes.csv.gz
  gzip -dc $shipped/episodes.csv.gz | awk -F, -v OFS=, '$4 == "WM" { $1 = "S999999"; print; exit }'; } |
    gzip -9n > "$box/moved/episodes.csv.gz"
compute "$box/moved/study.yaml" "$box/more"
"$stepdown" show "$box/more/work/results.h5" estimates --format csv | cmp -s - "$box/estimates"
report $? "an unrelated person changes no estimate"

# ---- under a threshold ------------------------------------------------------------------------------------------------------

# Its dashboard of nine measures, by month: much is hidden, but the study is released.  Under sanitizers that would take minutes.
if ! grep -q fsanitize "$build/flags.mk"; then
    cp -R $shipped "$box/hidden"
    chmod -R u+w "$box/hidden"
    sed -i 's/^disclosure:.*/disclosure: {threshold: 11}/; /^published:/d' "$box/hidden/study.yaml"
    compute "$box/hidden/study.yaml" "$box/threshold"
    "$stepdown" release -q -o "$box/threshold" "$box/hidden/study.yaml" > "$box/told" 2>&1
    report $? "under a threshold of 11 it is released" "$(tail -n 1 "$box/told")"
    "$stepdown" show "$box/threshold/release/released.h5" programmes --format csv > "$box/cells"
    awk -F, 'NR > 1 { if ($4 != "" && $5 != "") shown++; else hidden++ } END { exit !(shown > 10000 && hidden > 1000) }' "$box/cells"
    report $? "with a dashboard of which much is shown, and some hidden" "$(head -n 2 "$box/cells")"
fi

exit $failed
