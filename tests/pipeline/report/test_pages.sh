#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Dashboard, review and index as files: whole, inert, the same each time, and nothing small in them.
#   sh tests/pipeline/report/test_pages.sh          from the root of the repository
. tests/whole/support.sh
. tests/support/programme_people.sh

study() { # THRESHOLD DASHBOARD: a study in the file study.yaml
    cat > "$box/study/study.yaml" << END
study: sites
title: "Hostile \\"title\\" <script>alert(1)</script> @ _ {x} \`id\`"
$(people_of_programmes)
compare:
  - outcomes: [left]
    measures: [risk_difference]
    at: 30
    non_inferiority: [{outcome: left, measure: risk_difference, at: 30, margin: 0.1, because: agreed, role: primary}]
disclosure: {threshold: $1, because: made up}
END
    [ "$2" = no ] || cat >> "$box/study/study.yaml" << 'END'
dashboard:
  date: begun
  period: quarter
  measures:
    - {outcome: left, at: 30, label: "Left </script><script>alert(2)</script> & \"more\""}
    - {outcome: left, at: 90, share: no_event}
END
}
long=$(printf 'x%.0s' $(seq 200))
arabic=$(printf '\331\205\330\261\331\203\330\262')
sed "s|,north,|,\"<script>alert(3)</script>\",|; s|,south,|,\"it's \`id\` @ _ {x} \\& co\",|; s|,west,|,$long,|; s|,east,|,$arabic,|" \
    tests/reference/programme_people.csv > "$box/study/people.csv"
study 0 yes
compute "$box/study/study.yaml" "$box/out" && "$stepdown" report -q -o "$box/out" "$box/study/study.yaml" > /dev/null
report $? "a study with a dashboard has its pages"
pages=$box/out/release

for page in report dashboard review; do
    file=$pages/$page.html
    if command -v xmllint > /dev/null; then
        xmllint --html --noout "$file" 2>&1 | grep 'error :' | grep -v 'Tag [a-z]* invalid' > "$box/xml"
        [ -s "$file" ] && [ ! -s "$box/xml" ]
        report $? "$page.html parses without an error" "$(head -c 300 "$box/xml")"
    fi
    ids=$(grep -o ' id="[^"]*"' "$file" | sort | uniq -d | head -3)
    [ -z "$ids" ]
    report $? "no id stands twice in $page.html" "$ids"
    here=$(grep -o 'href="#[^"]*"' "$file" | sed 's/href="#//;s/"//' | sort -u)
    lost=$(for id in $here; do grep -q " id=\"$id\"" "$file" || echo "$id"; done)
    lost="$lost$(grep -o 'href="[a-z][^"]*"' "$file" | sed 's/href="//;s/"//' | sort -u | while read -r link; do [ -f "$pages/$link" ] || echo "$link"; done)"
    [ -n "$here" ] && [ -z "$lost" ]
    report $? "every link of $page.html leads somewhere" "$lost"
    ! grep -qE '<script>alert|(src|href)="(https?:|//)|url\((https?:|//)|@import' "$file"
    report $? "no label runs in $page.html, and nothing is fetched"
    grep -q "default-src 'none'" "$file"
    report $? "the policy of $page.html forbids what it does not need"
done

# The script's hash in the policy is that of the script in the page.
awk '/<script>\(function/ { on = 1; sub(/.*<script>/, "") } on && /<\/script>/ { sub(/<\/script>.*/, ""); printf "%s", $0; exit } on { print }' \
    "$pages/dashboard.html" > "$box/script"
[ -s "$box/script" ] && grep -qF "'sha256-$(openssl dgst -sha256 -binary "$box/script" | openssl base64)'" "$pages/dashboard.html"
report $? "the policy names the hash of the one script"
[ "$(grep -c '<script' "$pages/dashboard.html")" = 2 ] && ! grep -q '<script' "$pages/report.html" && ! grep -q '<script' "$pages/review.html"
report $? "a dashboard has its data and its script, other pages have none"

grep -q 'dir="auto">'"$arabic"'<' "$pages/dashboard.html" && grep -q ">$long<" "$pages/dashboard.html" &&
    grep -q "it's \`id\` @ _ {x} &amp; co<" "$pages/dashboard.html"
report $? "labels of all kinds can be read as they are"

# Each number of a table is that of released.h5: the share of the first programme.
wanted=$("$stepdown" show "$pages/released.h5" programmes --format csv | awk -F, '$1 == "left_30" && $2 == "mid" && $3 == "" { printf "%d %d %.1f %.2f", $4, $5, 100 * $5 / $4, $9 }')
told=$(grep -o '<th scope="row" dir="auto">mid</th>.*' "$pages/dashboard.html" | head -1 | sed 's/<[^>]*>/ /g; s/ \+/ /g; s/\xc2\xa0%//g' | awk '{ print $2, $3, $4, $6 }')
[ -n "$wanted" ] && [ "$wanted" = "$told" ]
report $? "the dashboard tells the numbers of released.h5" "$wanted; $told"

mkdir "$box/again" && compute "$box/study/study.yaml" "$box/again/out" -j 1 && "$stepdown" report -q -j 1 -o "$box/again/out" "$box/study/study.yaml" > /dev/null
cmp -s "$pages/report.html" "$box/again/out/release/report.html" && cmp -s "$pages/dashboard.html" "$box/again/out/release/dashboard.html" &&
    cmp -s "$pages/review.html" "$box/again/out/release/review.html"
report $? "another folder and one thread give the same bytes"

grep -q 'Not registered: nothing shows that the margins were fixed' "$pages/report.html"
report $? "a margin that is not registered is said to be so beside the verdict"
for part in "Estimand of the primary question" "The trial that is emulated" "STROBE" "RECORD" "CONSORT, non-inferiority" "How to cite" "not reported"; do
    grep -q "$part" "$pages/report.html" || echo "$part"
done > "$box/parts"
[ ! -s "$box/parts" ]
report $? "the report says its estimand, its trial, its checklists and how to cite it" "$(cat "$box/parts")"
grep -q 'outcome=left population=all adjustment=unadjusted measure=risk_difference arm=iop reference=bed time=30\|outcome=left .*measure=risk_difference.*time=30' "$pages/review.html"
report $? "the review has each number under the key of its row"

# ---- with a threshold -------------------------------------------------------------------------------------------

study 11 yes
compute "$box/study/study.yaml" "$box/out" && "$stepdown" report -q -o "$box/out" "$box/study/study.yaml" > /dev/null
hidden=$pages/dashboard.html
grep -o '"[ny]":\[[^]]*\]' "$hidden" | sed 's/.*\[//; s/\]//' | tr ',' '\n' | awk '$1 > 0 && $1 < 11 { bad = 1 } $1 == -1 { hidden++ } END { exit bad || hidden < 20 }' &&
    grep -q '>withheld<' "$hidden"
report $? "no count of 1 to 10 is in the dashboard, nor in the data of its script"

study 0 no
compute "$box/study/study.yaml" "$box/out" && "$stepdown" report -q -o "$box/out" "$box/study/study.yaml" > /dev/null
[ -e "$pages/report.html" ] && [ ! -e "$pages/dashboard.html" ]
report $? "a study without a dashboard has no such page"

# ---- over several studies ---------------------------------------------------------------------------------------

try "$stepdown" report --index -o "$box/index.html" "$box/out" "$box/again/out"
[ "$status" = 0 ] && [ -s "$box/index.html" ]
report $? "a page over several studies is made"
links=$(grep -o 'href="[a-z][^"]*"' "$box/index.html" | sed 's/href="//;s/"//')
lost=$(for link in $links; do [ -f "$box/$link" ] || echo "$link"; done)
[ "$(echo "$links" | wc -l)" = 5 ] && [ -z "$lost" ]
report $? "it leads to the pages of each study by relative links" "$links"
! grep -q "$box" "$box/index.html"
report $? "no path of the machine is in it"
try "$stepdown" report --index -o "$box/index.html" "$box/nowhere"
told 1 "holds no released.h5" "a folder without a release is told"
try "$stepdown" report --index
told 2 "which studies?" "an index of nothing is wrong usage"

# ---- on the terminal, for a paper ----------------------------------------------------------------------------------

try "$stepdown" show "$box/out" verdicts --format words
told 0 "10 points" "the page's verdicts are printed in words"
"$stepdown" show "$box/out" estimates --format md > "$box/md"
[ "$(grep '^|' "$box/md" | sed 's/\\|//g' | tr -cd '|\n' | sort -u | wc -l)" = 1 ]
report $? "a table of Markdown has as many cells in every row" "$(head -5 "$box/md")"
try "$stepdown" show "$box/out" estimates --format tex
told 0 '95 \% interval' "LaTeX has its special signs escaped"
try "$stepdown" show "$box/out" --format md
told 2 "needs the name of a table" "a format needs a table"
try "$stepdown" show "$box/out" estimates --format html
told 2 "text, csv, json, words, md or tex was expected" "an unknown format is told"
exit $failed
