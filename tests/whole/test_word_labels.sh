#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Weekly words as labels: what begins with - or +, and holds * and _, reaches CSV, HDF5, figures and pages as it is.
#   sh tests/whole/test_word_labels.sh       from the root of the repository
. tests/whole/support.sh
mkdir "$box/signs"
awk 'BEGIN { print "arm,days,relapsed,word"; n = split("--+o_,+-*o,-,+,*o,_+", w, ",")
             for (i = 0; i < 240; i++)
                 printf "%d,%d,%d,%s\n", i % 2 + 1, i * 37 % 300, i * 11 % 7 < 3, w[int(i / 2) % n + 1] }' > "$box/signs/people.csv"
cat > "$box/signs/codebook.yaml" <<'YAML'
codebook: people
columns:
  arm: {type: category, codes: {1: "-o", 2: "+_"}}
  days: {type: integer, range: [0, 400]}
  relapsed: {type: integer, range: [0, 1]}
  word: {type: category, label: "+*-o_"}
YAML
cat > "$box/signs/study.yaml" <<'YAML'
study: signs
tables:
  clients: {file: people.csv, codebook: codebook.yaml}
cohort:
  arms: {first: "arm == '-o'", second: "arm == '+_'"}
  reference: second
  covariates: [word]
outcomes:
  relapse: {time: days, event: "relapsed == 1", event_is: bad, label: "-+*o_"}
  other: {event: "relapsed == 1", event_is: bad, label: "+--_o"}
compare:
  - {outcomes: [relapse, other], measures: [risk_difference], at: [90]}
disclosure: {threshold: 0, because: made up}
YAML
"$stepdown" run -q "$box/signs/study.yaml" -o "$box/out" > "$box/told" 2>&1
report $? "a study with words as labels runs" "$(head -c 300 "$box/told")"
release=$box/out/release

levels() { sort -u | tr '\n' ' '; }
"$stepdown" show "$box/out/work/results.h5" baseline --format csv | tail -n +2 | cut -d, -f 3 | levels > "$box/levels"
[ "$(cat "$box/levels")" = '*o + +-*o - --+o_ _+ ' ]
report $? "HDF5 keeps them to the byte" "$(cat "$box/levels")"
tail -n +2 "$release/tables/baseline.csv" | cut -d, -f 3 | levels > "$box/levels"
[ "$(cat "$box/levels")" = "'+ '+-*o '- '--+o_ *o _+ " ]
report $? "released CSV keeps them behind a quote, so that no spreadsheet computes them" "$(cat "$box/levels")"

holds() { # TEXT FILE...: every file holds the text
    wanted=$1
    shift
    for file; do grep -qF -- "$wanted" "$file" || return; done
}
holds '-+*o_' "$release/figures/curves-relapse.svg" "$release/figures/risks.svg" && holds '+--_o' "$release/figures/risks.svg"
report $? "gnuplot writes them as they are"
holds '>-+*o_' "$release/report.html" && holds '--+o_' "$release/report.html" && holds '+--_o' "$release/report.html"
report $? "the page writes them as they are"
"$stepdown" show "$box/out" | grep -qF -- '-+*o_'
report $? "the terminal shows them as they are"

exit $failed
