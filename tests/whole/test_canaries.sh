#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A hundred canaries are planted in a source: ids, free text, cells that are refused, rare values, names of files.  None is
# in a released file, a message, an argument, a temporary file or a file of a run that has no row for it.
#   sh tests/whole/test_canaries.sh          from the root of the repository
. tests/whole/support.sh

mkdir "$box/study"
# 20 ids, 20 dropped notes, 20 cells that are no number, 20 person keys, and 20 values that are there once each.
awk 'BEGIN {
    srand(20261121)
    print "id,note,person,grp,age,score,days,relapse"
    for (i = 1; i <= 400; i++) {
        id = i; note = ""; person = "P" i; age = 18 + int(60 * rand()); score = int(40 * rand())
        days = 1 + int(300 * rand()); relapse = rand() < 0.6
        if (i <= 20) id = sprintf("canary%03d", i)
        else if (i <= 40) note = sprintf("canary%03d", i)
        else if (i <= 60) age = sprintf("canary%03d", i)
        else if (i <= 80) person = sprintf("canary%03d", i)
        else if (i <= 100) score = 72999999 + i
        printf "%s,%s,%s,%s,%s,%s,%d,%d\n", id, note, person, i % 2 ? "day" : "night", age, score, days, relapse
    } }' > "$box/study/people.csv"
cat > "$box/study/codebook.yaml" << 'YAML'
codebook: people
columns:
  id: {role: row_id}
  note: {role: drop}
  person: {type: text}
  grp: {type: category, codes: {day: day, night: night}}
  age: {type: integer, range: [18, 89]}
  score: {type: integer}
  days: {type: integer, range: [0, 400], known: after}
  relapse: {type: integer, range: [0, 1], known: after}
YAML
cat > "$box/study/study.yaml" << 'YAML'
study: canaries
privacy: {basis: limited_data_set, key_file: site.key}
tables: {clients: {file: people.csv, codebook: codebook.yaml, person: person}}
cohort: {arms: {day: "grp == 'day'", night: "grp == 'night'"}, reference: night, covariates: [age, score]}
outcomes: {relapse: {time: days, event: "relapse == 1", event_is: bad}}
compare: [{outcomes: [relapse], measures: [risk_difference, quantile_time, rmst_difference], at: [90, 180], tau: 180}]
YAML
"$stepdown" key new "$box/study/site.key" > "$box/told" 2>&1
report $? 'a key is made' "$(head -c 300 "$box/told")"

# What is on the command lines of all programs while they work.
watch() {
    while [ ! -e "$box/done" ]; do
        cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\0' '\n' | grep -aE 'canary[0-9]{3}|730000[0-9]{2}' | grep -v grep
        find "$box/tmp" -type f -exec grep -laE 'canary[0-9]{3}|730000[0-9]{2}' {} + 2> /dev/null
        sleep 0.02
    done > "$box/seen"
}
mkdir "$box/tmp"
watch &
watcher=$!
TMPDIR=$box/tmp "$stepdown" run -v --max-reject 0.1 "$box/study/study.yaml" -o "$box/out" > "$box/log" 2>&1
report $? 'the study runs to its report' "$(tail -n 2 "$box/log")"
: > "$box/done"
wait $watcher

planted=$(grep -oE 'canary[0-9]{3}|730000[0-9]{2}' "$box/study/people.csv" | sort -u | wc -l)
[ "$planted" = 100 ]
report $? 'a hundred canaries are planted' "$planted"
holding() { # FOLDER...: files that hold a canary, as text or as the text of a number
    grep -rlaE 'canary[0-9]{3}|730000[0-9]{2}|73,000,0|7\.3e\+?07' "$@" 2> /dev/null | tr '\n' ' '
}
found=$(holding "$box/out/release")
[ -z "$found" ]
report $? 'none is in a released file' "$found"
# Tables of the release are compressed: they are looked at as text, too.
for table in $("$stepdown" show "$box/out/release/released.h5" 2> /dev/null | awk '{ print $1 }') estimates baseline quality study; do
    "$stepdown" show "$box/out/release/released.h5" "$table" --format csv 2> /dev/null
done > "$box/tables"
[ -s "$box/tables" ] && ! grep -qE 'canary[0-9]{3}|730000[0-9]{2}|7\.3e\+?07' "$box/tables"
report $? 'none is in a released table'
# A message may show a cell that could not be read, in a column that names nobody: ages here.  Nothing else.
grep -oE 'canary[0-9]{3}' "$box/log" | sort -u | awk '{ n = substr($0, 7) + 0; if (n < 41 || n > 60) print }' > "$box/others"
[ ! -s "$box/others" ] && ! grep -qE '730000[0-9]{2}' "$box/log"
report $? 'none but unreadable ages is in a message' "$(head -n 2 "$box/others")"
[ ! -s "$box/seen" ]
report $? 'none is in an argument or a temporary file' "$(head -n 2 "$box/seen")"
found=$(holding "$box/out/work")
[ -z "$found" ]
report $? 'ids, notes and refused cells are in no file of the run' "$found"
"$stepdown" show "$box/out/work/records.h5" clients --format csv > "$box/records" 2>&1
! grep -qE 'canary[0-9]{3}' "$box/records" && grep -qE '730000[0-9]{2}' "$box/records"
report $? 'person keys are unreadable even in the private records, whose scores are there'
[ -z "$(find "$box" "$root" -maxdepth 2 -name 'core*' -newer "$box/study/people.csv" -type f 2> /dev/null)" ]
report $? 'no core is dumped'

exit $failed
