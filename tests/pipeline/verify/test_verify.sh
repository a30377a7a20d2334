#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown verify`: published numbers from the records, stored numbers from stored counts, and what changed between runs.
#   sh tests/pipeline/verify/test_verify.sh          from the root of the repository
. tests/whole/support.sh

# ---- a study ------------------------------------------------------------------------------------------------

borrow uis
study=$box/uis/study.yaml
try "$stepdown" verify "$study" -o "$box/out"
told 0 '16 published: 16 match, 0 differ, 0 not computable' 'the published numbers of uis are recomputed and match'

sed -i 's/,131.5,113,154,/,132.5,113,154,/' "$box/uis/published.csv"
try "$stepdown" verify "$study" -o "$box/out"
told 3 'relapse, all, unadjusted, quantile_time, 0.5, short: DOES NOT MATCH' \
    'a number that should match and does not is named; the exit status is 3'
sed -i 's/^\(.*,132.5,113,154,.*\)matches,.*$/\1differs,a slip of the pen/' "$box/uis/published.csv"
try "$stepdown" verify "$study" -o "$box/out"
told 0 'short: not expected to match: a slip of the pen' 'a number that was expected to differ is shown with its reason'
sed -i 's/differs,a slip of the pen/differs,/' "$box/uis/published.csv"
try "$stepdown" verify "$study" -o "$box/out"
told 1 '(note): the reason why' 'who expects a number to differ has to say why'
try "$stepdown" verify "$study" -o "$box/out" --format csv
told 1 '(note)' 'a failed run is a failure in any format'
sed -i '/^published:/d' "$study"
try "$stepdown" verify "$study" -o "$box/out"
told 1 'names no published numbers' 'a study without published numbers cannot be verified'
cp datasets/uis/study.yaml datasets/uis/published.csv "$box/uis/"
"$stepdown" verify "$study" -o "$box/out" --format csv > "$box/csv" 2>&1
[ "$(grep -c ',matches,' "$box/csv")" = 16 ]
report $? '--format csv prints the table published'

# ---- a results file ---------------------------------------------------------------------------------------------

"$stepdown" run -q "$study" -o "$box/out" > /dev/null
results=$box/out/work/results.h5
released=$box/out/release/released.h5
for file in "$results" "$released"; do
    "$stepdown" verify "$file" > "$box/told" 2>&1
    status=$?
    [ $status = 0 ] && grep -qE '^estimates +56 hold, 0 differ$' "$box/told" && grep -qE '^curves +4 hold, 0 differ$' "$box/told" &&
        grep -qE '^verdicts +1 hold' "$box/told" && grep -qE '^manifest +[0-9]+ hold, 0 differ$' "$box/told"
    report $? "every number of $(basename "$file") follows from its counts" "$(cat "$box/told")"
done

damage() { # FILE OLD NEW
    cp "$1" "$box/kept"
    sed -i "s/$2/$3/" "$1"
    cmp -s "$1" "$box/kept" && report 1 "the test damages $(basename "$1")"
    try "$stepdown" verify "$released"
}
mend() { cp "$box/kept" "$1"; }

manifest=$box/out/release/manifest.json
for change in '"size": 1/"size": 2' '"sha256": "[0-9]/"sha256": "x' '"threshold": 0/"threshold": 1' '"version": "0/"version": "9' \
    '"study": "u/"study": "v' '"study_sha256": "./"study_sha256": "x' '"report.html"/"report2.html"'; do
    damage "$manifest" "${change%%/*}" "${change#*/}"
    [ "$status" = 3 ] && grep -q '^  manifest: ' "$box/told"
    report $? "a changed manifest is found: ${change%%/*}" "exit status $status"
    mend "$manifest"
done
damage "$manifest" '"report.html"' '"report2.html"'
told 3 'manifest: report2.html: the file is missing' 'a file that the manifest names and nobody has is named'
told 3 'manifest: report.html: the file is not in the manifest' 'a file that nobody listed is named'
mend "$manifest"
damage "$manifest" '"files"' '"files'
told 3 'manifest: manifest.json: line' 'a manifest that is no JSON is told with its line'
mend "$manifest"
mv "$manifest" "$box/kept"
for file in "$results" "$released"; do
    try "$stepdown" verify "$file"
    told 3 "manifest: manifest.json: the bundle's manifest is missing" "a release without its manifest is found: $(basename "$file")"
done
mv "$box/out/release/report.html" "$box/out/release/review.html" "$box/out/release/ro-crate-metadata.json" "$box/"
try "$stepdown" verify "$released"
told 3 "the bundle's manifest is missing" 'were only its figures and tables left'
mv "$box/report.html" "$box/review.html" "$box/ro-crate-metadata.json" "$box/out/release/"
mend "$manifest"
mkdir "$box/lone"
cp "$released" "$box/lone/"
try "$stepdown" verify "$box/lone/released.h5"
told 0 'no manifest lies beside the file' 'a results file alone needs no manifest'
page=$box/out/release/report.html
damage "$page" 'Kaplan' 'Koplan'
told 3 "manifest: report.html: its SHA-256 is not the one in the manifest" 'a changed page is found and named'
mend "$page"
try "$stepdown" verify "$released"
told 0 'manifest' 'mended, all holds again'

try "$stepdown" verify "$results" --study "$study"
told 0 'inputs            4 hold, 0 differ' 'the study and its data are those that the results were made from'
sed -i '2s/188/189/' "$box/uis/uis.csv"
try "$stepdown" verify "$results" --study "$study"
told 3 'inputs: input:clients/uis.csv: it is not the file that the results were made from' \
    'one changed digit in the data is found and named'

# ---- against another run ------------------------------------------------------------------------------------------

compute "$study" "$box/changed"
try "$stepdown" verify "$box/changed/work/results.h5" --against "$results"
told 3 'cause: input: input:clients/uis.csv' 'the input that changed is named as the cause'
told 3 'estimates: relapse, relapse, all, unadjusted, survival, long, day 365: person_time was 63705, now 63706' \
    'each estimate that changed is named with both numbers'
cp datasets/uis/uis.csv "$box/uis/"
sed -i 's/^seed: .*/seed: 7/' "$study"
compute "$study" "$box/changed"
try "$stepdown" verify "$box/changed/work/results.h5" --against "$results"
told 0 'cause: option: seed' 'another seed changes no number here, and is told'
sed -i 's/at: \[90, 180, 365\]/at: [91, 180, 365]/' "$study"
compute "$study" "$box/changed"
try "$stepdown" verify "$box/changed/work/results.h5" --against "$results"
told 3 'day 91: it was not there before' 'an estimate that is new is named'
told 3 'study: compare.1.at.1' 'the key of the study that changed is named'

# ---- wrong usage ----------------------------------------------------------------------------------------------------

try "$stepdown" verify
told 2 'which study or results file?' 'verify wants to know what'
try "$stepdown" verify "$study" --against "$results"
told 2 'go with a results file' '--against goes with a results file'
try "$stepdown" verify "$results" "$released"
told 2 'one study or results file at a time, please:' 'verify takes one file'
try "$stepdown" verify "$results" --format xml
told 2 "--format: text, csv or json was expected; value 'xml'" 'and prints in one of three formats'
try "$stepdown" verify "$box/nothing.h5"
told 1 'nothing.h5' 'a file that is not there is a failure'
for folder in "$box/out" "$box/out/release"; do
    try "$stepdown" verify "$folder"
    told 1 "'$folder' is a folder, and no study or results file; \`stepdown verify $released\`" "of a folder the results file is named: ${folder#"$box"/}"
done
try "$stepdown" verify "$box"
told 1 'released.h5 or results.h5 was expected' 'where there is one'
for file in report.html manifest.json tables/estimates.csv; do
    try "$stepdown" verify "$box/out/release/$file"
    told 1 "is a file of a release, and no study or results file; \`stepdown verify $box/out/release" "verify does not take $file for a study"
    [ "$(wc -l < "$box/told")" = 1 ]
    report $? 'and says so in a line' "$(head -c 300 "$box/told")"
done
for command in check run release site verify; do
    cp "$released" "$box/merged"
    case $command in site) set -- -o "$box/x.h5" ;; *) set -- ;; esac
    try "$stepdown" $command "$box/merged" "$@"
    told 1 "merged' is no study file but an HDF5 file" "a results file is no study: $command"
done
cp "$page" "$box/page"
try "$stepdown" check "$box/page"
told 1 "page' is no study file but a page" 'nor is a page'
try "$stepdown" release "$study" -o "$box/nowhere"
told 1 "'stepdown run' goes through all of them" 'a release before a run says that a run comes first'
echo 'no HDF5' > "$box/text.h5"
try "$stepdown" verify "$box/text.h5"
told 3 'the file is not one that was written whole' 'a file that is no results file does not hold'

# ---- printed tables ---------------------------------------------------------------------------------------------------

printf 'item,printed\nrelapse,0.91 (4.50-1.85)\n' > "$box/table.csv"
try "$stepdown" numcheck "$box/table.csv"
told 3 'line 2 (low) relapse: wrong: the lower limit 4.50 is not below the upper limit 1.85; likely reading: lower limit 0.45' \
    'an impossible interval is caught and a likely reading offered'
try "$stepdown" numcheck "$box/table.csv" --format csv
told 3 '2,low,relapse,order,wrong,' 'the findings are printed as CSV'
printf 'item,printed\nrelapse,0.91 (0.45-1.85)\n' > "$box/table.csv"
try "$stepdown" numcheck "$box/table.csv"
told 0 '1 rows: 0 wrong, 0 doubtful, 0 hints' 'a consistent table passes'
printf 'item,printed\nrelapse,some\n' > "$box/table.csv"
try "$stepdown" numcheck "$box/table.csv"
told 1 'table.csv:2:2: (printed)' 'a cell that is no result is a failure with its place'

exit $failed
