#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Control charts of programmes: p, u and run charts, Laney's factor, phases that are held and re-based, rules, as R has them;
# what of them is released when small counts are hidden.
#   sh tests/pipeline/compare/test_programme_charts.sh          from the root of the repository
. tests/whole/support.sh
. tests/support/programme_people.sh

study() { # THRESHOLD [OF-PROGRAMME]
    cat > "$box/study/study.yaml" << END
study: charts
$(people_of_programmes)
compare: [{outcomes: [left], measures: [risk_difference], at: 30}]
dashboard:
  date: begun
  period: month
  charts:
    freeze: 2019-10-17
    rebase:
      - {from: 2020-02-11, freeze: 2020-09-30, because: a new intake, outcome: left}
      - {from: 2019-12-31, because: a new house, programmes: ${2:-west}}
      - {from: 2029-01-01, because: plans}
    rules: [beyond, run, trend, near]
    run: 5
    trend: 4
  measures:
    - {outcome: left, at: 45}
    - {outcome: left, at: 30, chart: laney_p}
    - {outcome: left, at: 90, chart: u}
    - {outcome: left, at: 60, chart: laney_u, label: "Leaving early"}
    - {outcome: left, at: 90, share: no_event, chart: run}
disclosure: {threshold: $1, because: made up}
END
}
study 0
compute "$box/study/study.yaml" "$box/out" -j 2
report $? "a study with charts of all kinds is computed"
"$stepdown" show "$box/out/work/results.h5" programmes --format csv > "$box/cells.csv"

# Each period of R is looked up: counts, phase and signals are the same, numbers to twelve digits (what is expected to seven).
awk -F, '
    function apart(a, b) { if ((a == "") != (b == "")) return 1; if (a == "") return 0
                           a -= b; a = a < 0 ? -a : a; return b == 0 ? a : a / (b < 0 ? -b : b) }
    NR == FNR && FNR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    # The signal may hold commas, in quotes: what stands before it is counted from the left, what stands behind from the right.
    NR == FNR { key = $1 "," $2 "," $3; n[key] = $at["n"]; e[key] = $at["n_event"]; x[key] = $at["expected"]; c[key] = $at["centre"]
                l[key] = $at["low"]; h[key] = $at["high"]; f[key] = $NF; p[key] = $(NF - 2); t[key] = $(NF - 3); s[key] = $0; next }
    FNR == 1 { split("", at); for (i = 1; i <= NF; i++) at[$i] = i; next }
    { key = $1 "," $2 "," $3; looked++
      if (n[key] != $4 || e[key] != $5 || p[key] != $8) print "counts or phase of " key ": " n[key] " " e[key] " " p[key]
      if (apart(c[key], $9) > 1e-12 || apart(l[key], $10) > 1e-12 || apart(h[key], $11) > 1e-12 || apart(f[key], $12) > 1e-11)
          print "limits of " key ": " c[key] " " l[key] " " h[key] " " f[key]
      if ($6 != "" && (apart(t[key], $6) > 1e-14 || apart(x[key], $7) > 1e-7)) print "time of " key ": " t[key] " " x[key]
      if ((s[key] ~ /the limits/) != $13 || (s[key] ~ /run (above|below)/) != $14 || (s[key] ~ /trend/) != $15 || (s[key] ~ /near the/) != $16)
          print "signal of " key ": " s[key]
      beyond += $13; runs += $14; trends += $15; near += $16 }
    END { if (looked < 800 || !beyond || !runs || !trends || !near) print "looked at " looked " " beyond " " runs " " trends " " near }' \
    "$box/cells.csv" tests/reference/programme_charts.csv > "$box/wrong"
[ ! -s "$box/wrong" ]
report $? "centres, limits, Laney's factors, phases and signals are those of R" "$(head -3 "$box/wrong")"

"$stepdown" show "$box/out/work/results.h5" programme_measures --format csv > "$box/measures.csv"
[ "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } { print $1, $at["share"] }' "$box/measures.csv" | tail -n +2 | tr '\n' ';')" = \
    "left_45 event;left_30 event;left_90_rate rate;left_60_rate rate;left_90_without no_event;" ] &&
    grep -q ',u,"beyond, run, trend, near",5,4,[0-9.]*,days$' "$box/measures.csv" && grep -q ',run,"run, trend",5,4,,$' "$box/measures.csv"
report $? "each measure says its chart, its rules and its units" "$(cat "$box/measures.csv")"

"$stepdown" show "$box/out/work/results.h5" programme_phases --format csv > "$box/phases.csv"
cat > "$box/wanted" << 'END'
left_45,,1,2019-02,2019-10,,
left_45,,2,2020-02,2020-09,a new intake,
left_45,,,,,plans,after the last period: not begun
left_45,west,1,2019-02,2019-10,,
left_45,west,2,2019-12,,a new house,
left_45,west,3,2020-02,2020-09,a new intake,
left_45,west,,,,plans,after the last period: not begun
END
grep '^left_45,' "$box/phases.csv" | cmp -s - "$box/wanted" && [ "$(wc -l < "$box/phases.csv")" = 36 ]
report $? "phases are told with their reasons, also one that has not begun" "$(head -8 "$box/phases.csv")"

awk -F, '$2 == "" && $3 == "" && $1 == "left_90_rate" { if ($8 != $7 || ($7 - $5) ^ 2 > 1e-9) exit 1; seen = 1 } END { exit !seen }' "$box/cells.csv"
report $? "as many events are expected as observed, with the variance of a Poisson count"

study 11
compute "$box/study/study.yaml" "$box/hidden" && "$stepdown" release -q -o "$box/hidden" "$box/study/study.yaml" > "$box/path"
"$stepdown" show "$(cat "$box/path")" programmes --format csv > "$box/released.csv"
# Of a measure that is told by its counts: hidden periods of people in the baseline leave no centre, no limits and no signal in that phase.
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
         $3 != "" && $1 == "left_45" { key = $1 "," $2 "," $(NF - 3); if ($(NF - 2) == 1 && $at["n"] == "") lost[key] = 1
                    if ($at["centre"] != "" || $(NF - 1) != "") centre[key] = 1
                    if ($0 ~ /(limits|run (above|below)|trend|near the)/) told[key] = 1 }
         END { for (k in centre) kept++; for (k in lost) { if (centre[k] || told[k]) print k; gone++ } if (!kept || !gone) print "kept " kept " lost " gone }' \
    "$box/released.csv" > "$box/wrong"
[ ! -s "$box/wrong" ]
report $? "limits leave only where every period that they are taken from is shown" "$(head -3 "$box/wrong")"

# Of others, which are told as shares: what leaves follows from what is shown.
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
         $3 != "" && $1 == "left_30" { key = $1 "," $2 "," $(NF - 3)
                    if ($(NF - 2) == 1 && $at["n"] != "") { n[key] += $at["n"]; y[key] += $at["n_event"] }
                    if ($at["centre"] != "") centre[key] = $at["centre"] }
         END { for (k in centre) { looked++; d = y[k] / n[k] - centre[k]; if (d * d > (centre[k] / 190) ^ 2) print k ": " centre[k] ", of what is shown " y[k] / n[k] }
               if (looked < 1) print "looked at " looked }' "$box/released.csv" > "$box/wrong"
[ ! -s "$box/wrong" ]
report $? "the centre of a measure that is told as a share is that of the periods that are shown" "$(head -3 "$box/wrong")"

study 0 nowhere
try compute "$box/study/study.yaml" "$box/nowhere"
[ "$status" != 0 ] && grep -q "dashboard: charts: rebase: there is no programme 'nowhere'" "$box/told"
report $? "a phase of a programme that is not there is refused" "$(cat "$box/told")"
exit $failed
