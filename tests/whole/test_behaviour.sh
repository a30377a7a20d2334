#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What a user meets who makes a mistake, or whose data hold little: a clear message, the right exit status, no NaN.
#   sh tests/whole/test_behaviour.sh          from the root of the repository
. tests/whole/support.sh

# ---- wrong usage: 2 -----------------------------------------------------------------------------------------

try "$stepdown"
told 2 'Usage: stepdown COMMAND' 'no command is wrong usage, and the commands are listed'
try "$stepdown" comparee
told 2 "did you mean 'compare'" 'an unknown command is wrong usage, and the near one is named'
try "$stepdown" run
told 2 'which study?' 'a run without a study is wrong usage'
try "$stepdown" run one.yaml two.yaml
told 2 'one study file at a time' 'a run of two studies is wrong usage'
try "$stepdown" compare --fast datasets/uis/study.yaml
told 2 '--fast' 'an unknown option is wrong usage, and named'
try "$stepdown" run -j many datasets/uis/study.yaml
told 2 "value 'many'" 'a number of threads that is none is wrong usage'
try "$stepdown" run --collective datasets/uis/study.yaml -o "$box/none"
told 2 'this build has no parallel HDF5' 'files of many writers are refused by a build that cannot make them'
[ ! -e "$box/none" ]
report $? 'before anything is done'
try "$stepdown" show
told 2 'which run?' 'show without a run is wrong usage'

# ---- help and version -------------------------------------------------------------------------------------------

helpless=
for command in run check new key codebook ingest episodes cohort outcomes compare report release show fit; do
    "$stepdown" $command --help > "$box/help" 2> "$box/told" && [ ! -s "$box/told" ] &&
        grep -q "^Usage: stepdown $command" "$box/help" &&
        grep -q "^  stepdown $command " "$box/help" || helpless="$helpless $command"
    "$stepdown" $command --version 2> /dev/null | grep -q "^stepdown $command $(cat VERSION) " ||
        helpless="$helpless $command --version"
done
[ -z "$helpless" ]
report $? 'every command explains itself with an example, on standard output' "$helpless"
[ "$("$stepdown" --version | cut -d ' ' -f 1,2)" = "stepdown $(cat VERSION)" ]
report $? 'the front door tells the version'

# ---- files that are not there, studies with mistakes: 1 ------------------------------------------------------------

borrow pharmaco
study=$box/pharmaco/study.yaml
out=$box/out
try "$stepdown" run "$box/pharmaco/none.yaml" -o "$out"
told 1 "none.yaml': No such file" 'a study that is not there is named'
mv "$box/pharmaco/pharmaco.csv" "$box/pharmaco/away.csv"
try "$stepdown" run "$study" -o "$out"
told 1 "study.yaml:8:" 'data that are not there are told with the line of the study'
grep -qF "there is no file 'pharmaco.csv'" "$box/told"
report $? 'and with their name'
mv "$box/pharmaco/away.csv" "$box/pharmaco/pharmaco.csv"
try "$stepdown" show "$box/nowhere"
told 1 'nowhere' 'a run that is not there cannot be shown'

bad=$box/pharmaco/bad.yaml
sed 's/reference: patch_only/reference: patch/; s/tau: 180/tau: soon/
     s/margin: 0.10/margin: -0.10/; s/event_is: bad/event_is: awful/' "$study" > "$bad"
try "$stepdown" run "$bad" -o "$box/never"
[ "$status" = 1 ] && [ "$(grep -cE '^error: .*bad.yaml:[0-9]+:[0-9]+: ' "$box/told")" = 4 ]
report $? 'a bad study is refused with all its mistakes at once, each with line and column' "$(cat "$box/told")"
[ "$(sort -t : -k 3n "$box/told")" = "$(cat "$box/told")" ]
report $? 'in the order of the lines'
! find "$box/never" -name '*.h5' 2> /dev/null | grep -q .
report $? 'and nothing is written'
try "$stepdown" check "$bad"
told 1 'did you mean 0.1?' 'check tells the same, with what was probably meant'
try "$stepdown" check "$study"
[ "$status" = 0 ]
report $? 'check finds no mistake in a good study'

sed 's/time: ttr/time: trt/' "$study" > "$bad"
try "$stepdown" run "$bad" -o "$box/never"
told 1 "bad.yaml:18:11: time: there is no column 'trt'" 'an unknown column is told with its place'
printf 'study: [unclosed\n' > "$bad"
try "$stepdown" run "$bad" -o "$box/never"
told 1 'bad.yaml:' 'a file that is no YAML is told with its place'
: > "$bad"
try "$stepdown" run "$bad" -o "$box/never"
told 1 'bad.yaml' 'an empty study is refused'
head -c 3000 /dev/urandom > "$bad"
try "$stepdown" run "$bad" -o "$box/never"
[ "$status" = 1 ] && [ "$(wc -c < "$box/told")" -lt 4000 ]
report $? 'noise in place of a study is refused in few words'

# ---- bad values ------------------------------------------------------------------------------------------------------

rows() { # QUANTITY
    cell "$out/work/records.h5" quality '$1 == "clients" && $2 == "" && $3 == "" && $4 == "'"$1"'" && $5 == ""' n
}
sed '3s/,41,/,forty,/' datasets/pharmaco/pharmaco.csv > "$box/pharmaco/pharmaco.csv"
compute "$study" "$out" > "$box/told" 2>&1
status=$?
told 0 "pharmaco.csv:3:5 (age): a whole number from 18 to 99 was expected; value 'forty'" \
    'a bad value is told with file, line, column and what was expected'
[ "$(rows rows_in)" = 125 ] && [ "$(rows rows_kept)" = 124 ] && [ "$(rows rows_rejected)" = 1 ]
report $? 'its row is set aside, and in = kept + set aside'
[ "$(wc -l < "$out/work/rejects.csv")" = 2 ] && grep -q '^pharmaco.csv,3,[0-9]*,age,' "$out/work/rejects.csv"
report $? 'and listed in rejects.csv'
"$stepdown" show "$out/work/cohort.h5" attrition --format csv > "$box/attrition"
awk -F, 'NR > 1 && $3 == unit && $2 !~ /^population/ && $5 != left - $4 { bad = 1 }
    { unit = $3; left = $5 } END { exit bad }' "$box/attrition"
report $? 'attrition adds up, row by row' "$(cat "$box/attrition")"
awk -F, 'NR > 1 && $1 != step && $1 != step + 1 { bad = 1 } { step = $1 } END { exit bad }' "$box/attrition"
report $? 'and its steps are numbered without a gap'

awk -F, -v OFS=, 'NR % 60 == 3 { $5 = "forty" } { print }' datasets/pharmaco/pharmaco.csv > "$box/pharmaco/pharmaco.csv"
before=$(content "$out/work/records.h5")
try "$stepdown" run "$study" -o "$out"
told 1 'more than --max-reject 1 %' 'more than one row in a hundred stops the run'
[ "$(content "$out/work/records.h5")" = "$before" ]
report $? 'and the old records stay'
try "$stepdown" ingest --max-reject 5% "$study" -o "$out"
told 0 'set aside' 'unless the user allows more'
cp datasets/pharmaco/pharmaco.csv "$box/pharmaco/pharmaco.csv"

printf '%s\n' 'id,ttr' '1,2' > "$box/pharmaco/pharmaco.csv"
try "$stepdown" run "$study" -o "$box/never"
told 1 'relapse' 'columns that the data lack are named'
{ head -n 1 datasets/pharmaco/pharmaco.csv; } > "$box/pharmaco/pharmaco.csv"
try "$stepdown" run "$study" -o "$box/never"
told 1 'no rows' 'data with a header alone are refused'
: > "$box/pharmaco/pharmaco.csv"
try "$stepdown" run "$study" -o "$box/never"
told 1 'pharmaco.csv' 'empty data are refused'
cp datasets/pharmaco/pharmaco.csv "$box/pharmaco/pharmaco.csv"

# ---- little data ------------------------------------------------------------------------------------------------

mkdir "$box/small"
small=$box/small/study.yaml
cat > "$box/small/codebook.yaml" <<'EOF'
codebook: small
columns:
  arm: {type: category, codes: {1: iop, 2: inpatient, 3: other}}
  days: {type: integer, range: [0, 999]}
  start: {type: integer, range: [0, 999]}
  what: {type: integer, range: [0, 2]}
  age: {type: real, range: [0, 120]}
  sex: {type: category, codes: {1: female, 2: male}}
EOF
write_study() { # COHORT-LINE MORE-ARMS THRESHOLD
    cat > "$small" <<EOF
study: small
title: A small study
privacy: {basis: public}
tables:
  clients: {file: data.csv, codebook: codebook.yaml}
disclosure: {threshold: $3, because: a test}
cohort:
  $1
  arms: {iop: "arm == 'iop'", inpatient: "arm == 'inpatient'"$2}
  reference: inpatient
  covariates: [age, sex]
outcomes:
  relapse: {time: days, event: "what == 1", event_is: bad}
  either: {time: days, event: "what == 1", competing: {death: "what == 2"}, event_is: bad}
  late: {time: days, entry: start, event: "what == 1", event_is: bad}
  ever: {event: "what == 1", event_is: good}
primary: {outcome: relapse, measure: risk_difference, at: 10}
compare:
  - outcomes: [relapse, either, late, ever]
    measures: [risk, survival, risk_difference, risk_ratio, odds_ratio, survival_difference, rmst_difference,
               rmst_ratio, quantile_time, logrank_test, chi_square_test]
    at: [0, 10, 50, 900]
    at_least: [10]
    tau: 40
    non_inferiority:
      - {outcome: relapse, measure: risk_difference, at: 10, margin: 0.1, because: a test, role: primary}
      - {outcome: relapse, measure: rmst_ratio, margin: 1.1, because: a test}
      - {outcome: ever, measure: odds_ratio, margin: 1.5, because: a test}
  - analysis: incidence
    outcomes: [either]
    measures: [cumulative_incidence]
    at: [10]
EOF
}
write_data() { # LINE...: arm,days,start,what,age,sex
    { echo arm,days,start,what,age,sex; printf '%s\n' "$@"; } > "$box/small/data.csv"
}

# Words, not parts of words: "inferior" and "finance" are none.
numbers_of_nowhere() { # FOLDER
    find "$1" -name '*.csv' -o -name '*.html' -o -name '*.svg' -o -name '*.json' | tr '\n' '\0' |
        xargs -0 grep -liE '(^|[^a-z])(nan|inf|infinity)([^a-z]|$)' | head -n 3
}
runs() { # SENTENCE [FIGURES]: the study runs to its end, and no number of nowhere is printed
    rm -rf "$box/small/out"
    if [ -n "${2:-}" ]; then
        try "$stepdown" run -q "$small" -o "$box/small/out"
    else
        compute "$small" "$box/small/out" > "$box/told" 2>&1 &&
            "$stepdown" release -q "$small" -o "$box/small/out" >> "$box/told" 2>&1
        status=$?
    fi
    strange=$(numbers_of_nowhere "$box/small/out")
    for table in estimates curves verdicts baseline balance; do
        "$stepdown" show "$box/small/out/work/results.h5" $table --format csv > "$box/$table.csv"
    done
    for format in text json; do
        "$stepdown" show "$box/small/out/work/results.h5" estimates --format $format > "$box/estimates.$format"
    done
    strange=$strange$(grep -liE '(^|[^a-z])(nan|inf|infinity)([^a-z]|$)' "$box"/*.text "$box"/*.csv "$box"/*.json)
    [ "$status" = 0 ] && [ -z "$strange" ] && [ -s "$box/estimates.json" ]
    report $? "$1 runs, and prints no NaN" "exit status $status, $strange $(head -c 300 "$box/told")"
}
refused() { # TEXT SENTENCE
    rm -rf "$box/small/out"
    try "$stepdown" run -q "$small" -o "$box/small/out"
    told 1 "$1" "$2"
}
undefined() { # CONDITION TEXT SENTENCE: such rows are undefined, with a reason
    "$stepdown" show "$box/small/out/work/results.h5" estimates --format csv > "$box/estimates"
    awk -F, "$1" "$box/estimates" > "$box/chosen"
    [ -s "$box/chosen" ] && ! grep -qv ',undefined,' "$box/chosen" && ! grep -qvF "$2" "$box/chosen"
    report $? "$3" "$(head -n 2 "$box/chosen")"
}

write_study '' '' 0
write_data 1,5,0,0,30,1 1,12,0,0,40,2 1,30,1,0,,1 2,7,0,1,50,2 2,40,3,1,60,1 2,60,0,0,33,
runs 'an arm without events' with-figures
undefined '$2 == "relapse" && $7 == "risk_ratio" && $12 == 10' 'no events in arm iop' \
    'its ratios are undefined, and the arm is named'
undefined '$2 == "relapse" && $7 == "risk" && $12 == 900' 'lies after the last day observed' \
    'so is a day that nobody reached, and the last one is named'
write_data 1,5,0,0,30,1 1,12,0,0,40,2 2,7,0,0,50,2 2,40,3,0,60,1
runs 'a study in which everybody is censored'
undefined '$2 == "relapse" && $7 == "logrank_test"' 'no events in any arm' 'it has no log-rank test, and says why'
[ "$(cell "$box/small/out/work/results.h5" verdicts '$2 == "relapse"' verdict | sort -u)" = undefined ]
report $? 'and no verdict' "$(cat "$box/verdicts.csv")"
write_data 1,5,0,1,30,1 1,5,0,1,40,2 2,5,0,1,50,2 2,5,3,1,60,1
runs 'a study in which all have the event on one day'
undefined '$2 == "relapse" && $7 == "logrank_test"' 'the variance is 0' 'it has no log-rank test either'
write_data 1,0,0,1,30,1 1,0,0,1,40,2 2,0,0,1,50,2 2,0,0,1,60,1
runs 'a study in which all have the event on day 0'
write_data 1,0,0,0,, 1,0,0,0,, 2,0,0,0,, 2,0,0,0,,
runs 'a study in which all are censored on day 0 and nothing else is known' with-figures
write_data 1,5,0,2,30,1 1,9,0,2,40,2 2,7,0,2,50,2 2,40,3,2,60,1
runs 'a study with competing events alone'
write_study '' '' 11
runs 'a study whose counts are all too small to be shown' with-figures
grep -q '"audited": "yes"' "$box/small/out/release/manifest.json"
report $? 'and what is released of it is audited'

write_study '' ", other: \"arm == 'other'\"" 0
write_data 1,5,0,1,30,1 1,12,0,0,40,2 2,7,0,1,50,2 2,40,3,1,60,1
refused "study.yaml:9:64: arm 'other' has no people" 'an arm without people is refused by name and place'
write_study 'eligible: ["age > 100"]' '' 0
refused 'study.yaml:8:15: the cohort is empty' 'an empty cohort is refused, with the condition that emptied it'
write_study '' '' 0
write_data 1,,0,1,30,1 1,,0,1,40,2 2,7,0,1,50,2 2,40,3,1,60,1
refused "arm 'iop' has nobody" 'an arm for whom the outcome is never known is refused'
write_data 1,5,0,1,30,1 2,7,0,1,50,2 2,40,3,1,60,1
refused 'a comparison needs two or more' 'an arm of one person is refused'

# ---- the shipped studies ------------------------------------------------------------------------------------------

find datasets -type f -exec sha256sum {} + | sort > "$box/inputs"
strange=
for name in uis pharmaco teds2004; do
    "$stepdown" run -q "datasets/$name/study.yaml" -o "$box/$name.out" > "$box/answer" 2>&1 &&
        [ "$(wc -l < "$box/answer")" -ge 2 ] && [ -f "$(tail -n 1 "$box/answer")" ] || strange="$strange $name"
    strange="$strange$(numbers_of_nowhere "$box/$name.out")"
done
[ -z "$strange" ]
report $? 'the shipped studies give an answer, the path of a page, and no NaN' "$strange"
find datasets -type f -exec sha256sum {} + | sort | cmp -s - "$box/inputs"
report $? 'inputs are never changed, and nothing is written beside them'
chmod -R a-w "$box/pharmaco"
compute "$study" "$box/readonly"
report $? 'read-only inputs are fine'

exit $failed
