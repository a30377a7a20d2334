#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown report`, `release` and `show` as programs, on a shipped study.
#   sh tests/pipeline/report/test_report.sh          from the root of the repository
. tests/whole/support.sh

study=datasets/pharmaco/study.yaml
out=$box/out
compute "$study" "$out" -j 1
report $? "the study is computed"

try "$stepdown" report --dry-run -o "$out" "$study"
told 3 "would be made" "a dry run says that there is work"
[ ! -e "$out/release" ]
report $? "a dry run writes nothing"

"$stepdown" report -o "$out" "$study" > "$box/answer" 2> "$box/talk"
status=$?
cp "$box/answer" "$box/told"
told 0 "Return to smoking, by day 180: combination 20.6 points lower than patch only" "the answer is printed in one line"
[ "$(wc -l < "$box/answer")" = 2 ] && [ "$(tail -n 1 "$box/answer")" = "$out/release/report.html" ]
report $? "the path of the page is printed after it"

if command -v xmllint > /dev/null; then
    for svg in "$out"/release/figures/*.svg; do
        xmllint --noout "$svg" > "$box/xml" 2>&1 || break
    done
    [ ! -s "$box/xml" ]
    report $? "every SVG is well formed" "$(head -c 200 "$box/xml")"
    # The parser knows HTML 4; it calls newer elements invalid, and that is all it may say.
    xmllint --html --noout "$out/release/report.html" 2>&1 | grep 'error :' | grep -v 'Tag [a-z]* invalid' > "$box/xml"
    [ ! -s "$box/xml" ]
    report $? "the page parses without an error" "$(head -c 200 "$box/xml")"
fi
ids=$(grep -o ' id="[^"]*"' "$out/release/report.html" | sort | uniq -d | head -3)
[ -z "$ids" ]
report $? "no id stands twice in the page" "$ids"
links=$(grep -o 'href="[a-z]*/[^"]*"' "$out/release/report.html" | sed 's/href="//;s/"//' | sort -u)
missing=$(for link in $links; do [ -f "$out/release/$link" ] || echo "$link"; done)
[ -n "$links" ] && [ -z "$missing" ]
report $? "every link of the page leads to a file of the release" "$missing"
expected=$(($(grep -c '' "$(dirname "$study")/published.csv") - 1))
told=$(sed -n 's/.*Published numbers beside ours: \([0-9]*\) match, \([0-9]*\) differ, \([0-9]*\) cannot.*/\1 \2 \3/p' "$out/release/report.html")
sum=0
for n in $told; do sum=$((sum + n)); done
[ "$expected" -gt 0 ] && [ "$sum" = "$expected" ]
report $? "every published number stands in the page beside ours" "$expected in the file, $told in the page"
! grep -qE '(src|href)="(https?:|//)|url\((https?:|//)|@import' "$out/release/report.html"
report $? "the page asks for nothing from a network"
[ "$(find "$out/release" -type f ! -perm 600)" = "" ]
report $? "files of the release are private to their owner"
! grep -rqE "(^|[^a-z])(/tmp|/home|/root)|$(basename "$box")" "$out/release" --include='*.json' --include='*.html' --include='*.csv'
report $? "no path of the machine is in the release"

before=$(stat -c %Y.%i "$out/release/report.html")
"$stepdown" report -q -o "$out" "$study" > "$box/again"
[ "$before" = "$(stat -c %Y.%i "$out/release/report.html")" ] && cmp -s "$box/answer" "$box/again"
report $? "a report that is current is not made again, and says the same"
printf x >> "$out/release/tables/arms.csv"
"$stepdown" report -q -o "$out" "$study" > /dev/null
[ "$before" != "$(stat -c %Y.%i "$out/release/report.html")" ] && ! grep -q x "$out/release/tables/arms.csv"
report $? "a file that was changed makes the release again"

(
    LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu HOME=/nonexistent
    export LC_ALL TZ HOME
    compute "$study" "$box/other" -j 2
    "$stepdown" report -q -o "$box/other" "$study" > /dev/null
)
diff -r "$out/release" "$box/other/release" > "$box/told"
report $? "another locale, time zone, folder and home change no byte" "$(head -c 300 "$box/told")"

mkdir "$box/empty"
(
    PATH=$box/empty
    export PATH
    "$stepdown" report --again -q -o "$box/other" "$study"
) > "$box/answer" 2> "$box/told"
status=$?
told 1 "figure 'risks' failed" "a missing gnuplot ends with status 1 and names the figures"
grep -q "points lower" "$box/answer" && grep -q "could not be drawn" "$box/other/release/report.html" &&
    [ -s "$box/other/release/tables/estimates.csv" ]
report $? "the numbers, the answer and the page are there all the same"
"$stepdown" report -q -o "$box/other" "$study" > /dev/null
diff -r "$out/release" "$box/other/release" > "$box/told"
report $? "the next run with gnuplot mends it" "$(head -c 300 "$box/told")"

# The same study under a threshold.
cp -R datasets/pharmaco "$box/hidden"
sed -i 's/^disclosure:.*/disclosure: {threshold: 11}/; /^published:/d' "$box/hidden/study.yaml"
compute "$box/hidden/study.yaml" "$box/other" -j 1
"$stepdown" report -q -o "$box/other" "$box/hidden/study.yaml" > /dev/null
report $? "a study with a threshold is reported"
grep -q '"audited": "yes"' "$box/other/release/manifest.json" && grep -q '"threshold": 11' "$box/other/release/manifest.json"
report $? "its manifest says the threshold, and that hidden cells are audited"
grep -q "found for every hidden count" "$box/other/release/report.html"
report $? "its page says what was hidden and what the audit found"
[ ! -e "$box/other/release/released.h5" ] || [ -z "$(find "$box/other/release" -name 'results.h5' -o -name 'release-log.csv' -o -name 'ledger.h5')" ]
report $? "exact results, the log and the ledger are no part of it"
grep -q ',small$' "$box/other/work/release-log.csv" && [ "$(stat -c %a "$box/other/work/release-log.csv")" = 600 ]
report $? "a private log says what was hidden and why"
few() { # FILE: counts of 1 to 10 in its tables
    for table in attrition baseline quality estimates curves arms; do
        "$stepdown" show "$1" "$table" --format csv | awk -F, '
            NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^(n|n_missing|n_event|n_risk|n_censor|dropped|left)$/) count[i] }
            NR > 1 { for (i in count) if ($i ~ /^([1-9]|10)$/) print }'
    done
}
[ -n "$(few "$box/other/work/results.h5")" ] && [ -z "$(few "$box/other/release/released.h5")" ]
report $? "no count of 1 to 10 is in its tables, though the exact ones have some"
[ ! -e "$box/other/release/tables/risk_tables.csv" ]
report $? "its exact risk tables stay inside"
! grep -q "parent:\|input:" "$box/other/release/tables/provenance.csv"
report $? "hashes of private files stay inside"
before=$(stat -c %Y.%i "$box/other/release/report.html")
"$stepdown" report -q -o "$box/other" "$box/hidden/study.yaml" > /dev/null
[ "$before" = "$(stat -c %Y.%i "$box/other/release/report.html")" ]
report $? "it is current, too, when nothing has changed"

try "$stepdown" show "$out"
told 0 "Verdicts" "show prints the verdicts"
try "$stepdown" show "$out/work/results.h5" estimates --format csv
told 0 "analysis,outcome,population" "show prints a table of any file"
try "$stepdown" show "$out" estimats
told 1 "did you mean 'estimates'" "show names the nearest table"
try "$stepdown" show "$box/empty"
told 1 "holds no released.h5" "show says where nothing was released"
try "$stepdown" show
told 2 "which run?" "show without a run is wrong usage"
try "$stepdown" show "$out" estimates --format yaml
told 2 "text, csv, json, words, md or tex" "show refuses an unknown format"
try "$stepdown" report
told 2 "which study?" "report without a study is wrong usage"
try "$stepdown" report -o "$box/nowhere" "$study"
told 1 "results.h5" "report without results says what is missing"
try "$stepdown" release -o "$out" "$study"
told 0 "released.h5" "release writes the released tables alone"

cp -R "$out" "$box/spoilt"
rm -f "$box/spoilt/release/report.html"
mkdir "$box/spoilt/release/report.html"
try "$stepdown" report -q --again -o "$box/spoilt" "$study"
told 1 "error: cannot write '$box/spoilt/release/report.html': it exists and is not a regular file" "a page that cannot be written is told"

exit $failed
