#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Programmes by period: counts and what is expected as R has them, laws, thresholds, order, and inputs without people.
#   sh tests/pipeline/compare/test_programmes.sh          from the root of the repository
. tests/whole/support.sh
. tests/support/programme_people.sh

people=tests/reference/programme_people.csv
answers=tests/reference/programme_answers.csv
study() { # THRESHOLD: a study of the people in $box/study/people.csv
    cat > "$box/study/study.yaml" << END
study: sites
$(people_of_programmes)
compare: [{outcomes: [left], measures: [risk_difference], at: 30}]
dashboard:
  date: begun
  period: quarter
  measures: [{outcome: left, at: 30}, {outcome: left, at: 90, share: no_event, label: Stayed 90 days}]
disclosure: {threshold: $1, because: made up}
END
}
study 0
compute "$box/study/study.yaml" "$box/out" -j 2
report $? "a study with a dashboard is computed"
"$stepdown" show "$box/out/work/results.h5" programmes --format csv > "$box/cells.csv"

# Each answer of R is looked up; the largest relative distance is told.
awk -F, -v OFS=, '
    function apart(a, b) { a -= b; a = a < 0 ? -a : a; return b == 0 ? a : a / (b < 0 ? -b : b) }
    NR == FNR { if (FNR > 1) { n[$1 "," $2 "," $3] = $4; e[$1 "," $2 "," $3] = $5; u[$1 "," $2 "," $3] = $6
                               x[$1 "," $2 "," $3] = $7; v[$1 "," $2 "," $3] = $8 } next }
    FNR > 1 {
        key = ($2 == 1 ? "left_" $1 "_without" : "left_" $1) "," $3 "," $4
        looked++
        if (n[key] != $5 || e[key] != $6 || u[key] != $7) print "counts of " key ": " n[key] " " e[key] " " u[key]
        if (apart(x[key], $8) > 1e-7 || apart(v[key], $9) > 1e-7) print "expected of " key ": " x[key] " " v[key]
    }
    END { if (looked < 100) print "only " looked }' "$box/cells.csv" "$answers" > "$box/wrong"
[ ! -s "$box/wrong" ]
report $? "all counts are those of R, and what is expected to seven digits" "$(head -3 "$box/wrong")"

awk -F, '$3 == "" && $2 != "" { n[$1] += $4; e[$1] += $5; x[$1] += $7 }
         $3 == "" && $2 == "" && FNR > 1 { an[$1] = $4; ae[$1] = $5; ax[$1] = $7 }
         END { for (m in an) if (n[m] != an[m] || e[m] != ae[m] || (x[m] - ax[m]) ^ 2 > 1e-10 || (ax[m] - ae[m]) ^ 2 > 1e-10) bad = 1
               exit bad }' "$box/cells.csv"
report $? "programmes add up to all of them, and as many are expected as observed"

awk -F, '$3 == "" && $2 != "" && $5 > 0 && $8 > 0 { z = ($5 - $7) / sqrt($8); if ((z - $12) ^ 2 > 1e-12) exit 1
             if (($9 - $5 / $7) ^ 2 > 1e-16 || !($10 < $9 && $9 < $11)) exit 1; seen++ } END { exit !(seen > 8) }' "$box/cells.csv"
report $? "the distance of a programme is that of its counts, where chance explains what lies between programmes"

(head -1 "$people"; tail -n +2 "$people" | sort -t, -k3,3 -r) > "$box/study/people.csv"
compute "$box/study/study.yaml" "$box/turned" -j 1
"$stepdown" show "$box/turned/work/results.h5" programmes --format csv | cmp -s - "$box/cells.csv"
report $? "the order of people and the number of threads change no digit"

study 11
cp "$people" "$box/study/people.csv"
compute "$box/study/study.yaml" "$box/hidden"
"$stepdown" release -q -o "$box/hidden" "$box/study/study.yaml" > "$box/path"
"$stepdown" show "$(cat "$box/path")" programmes --format csv > "$box/released.csv"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
         { n = $c["n"]; e = $c["n_event"] }
         n != "" && (n > 0 && n < 11 || e > 0 && e < 11 || n - e > 0 && n - e < 11 || $c["n_unknown"] != "") { exit 1 }
         n == "" && ($c["expected"] != "" || $c["ratio"] != "" || $c["signal"] != "" || $c["status"] != "withheld") { exit 1 }
         n == "" { hidden++ } END { exit !(hidden > 20) }' "$box/released.csv"
report $? "small counts, and all that is made of them, do not leave"

sed 's/^\([0-9]*,[a-z]*,[-0-9]*,[0-9]*,[fm]*,[a-z]*,[0-9]*,[0-9]*\),left/\1,seen/' "$people" > "$box/study/people.csv"
study 0
compute "$box/study/study.yaml" "$box/none"
"$stepdown" show "$box/none/work/results.h5" programme_measures --format csv > "$box/measures.csv"
grep -q "not adjusted: nobody, or everybody, counts" "$box/measures.csv" &&
    [ "$("$stepdown" show "$box/none/work/results.h5" programmes --format csv | awk -F, '$1 == "left_30" && $5 > 0' | wc -l)" = 0 ]
report $? "without any event there is nothing to adjust, and nothing stands out"

(head -1 "$people"; echo "1,,,30,f,iop,1,50,left"; echo "2,,,31,m,iop,1,50,left"; echo "3,,,30,f,bed,1,50,left"; echo "4,,,39,m,bed,1,50,left") > "$box/study/people.csv"
try compute "$box/study/study.yaml" "$box/empty"
[ "$status" = 0 ] && [ "$("$stepdown" show "$box/empty/work/results.h5" programmes --format csv | sed -n 3p | cut -d, -f2-5)" = "no programme recorded,,4,0" ]
report $? "people without a programme and a date are counted as such" "$(cat "$box/told")"
exit $failed
