#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Killed at any moment, a run leaves whole files, old or new; asked to end, it cleans up; two runs do not mix.
#   sh tests/whole/test_interrupted.sh          from the root of the repository
# KILLS=1000: so many kills of a whole run instead of 25.
. tests/whole/support.sh

kills=${KILLS:-25}
borrow pharmaco
study=$box/pharmaco/study.yaml
data=$box/pharmaco/pharmaco.csv
out=$box/out

# Two states of the source, and the files that belong to each.
cp "$data" "$box/old.csv"
sed '2s/,36,/,37,/' "$box/old.csv" > "$box/new.csv"
for version in old new; do
    cp "$box/$version.csv" "$data"
    "$stepdown" run -q "$study" -o "$box/$version" > /dev/null
    report $? "the $version data give a report"
done

# Processes that have the folder among their arguments; the brackets keep grep itself out.
alive() {
    grep -lxz -e "$box/[o]ut" /proc/[0-9]*/cmdline 2> /dev/null | sed 's,/proc/,,; s,/cmdline,,'
}
settle() { # waits until nobody works on the folder any more
    patience=200
    while [ -n "$(alive)" ] && [ $patience -gt 0 ]; do
        sleep 0.05
        patience=$((patience - 1))
    done
}

# Every file under its own name is byte for byte one of the two.
torn_files() {
    (cd "$out" && find . -path './*/.*' -prune -o -type f ! -name '.*' -print) | while read -r file; do
        cmp -s "$out/$file" "$box/old/$file" || cmp -s "$out/$file" "$box/new/$file" || printf '%s ' "$file"
    done
}
leftovers() {
    find "$out" -name '.*' ! -name .stepdown.lock | tr '\n' ' '
}

# ---- SIGKILL -------------------------------------------------------------------------------------------------

# The front door or the stage that happens to work, at moments that the seed decides: most within the quick stages.
torn=
mixed=
awk -v kills="$kills" 'BEGIN { srand(20261121)
    for (i = 0; i < kills; i++)
        printf "%.3f %s\n", rand() * (i % 3 == 0 ? 1.3 : 0.25), i % 2 ? "stage" : "door" }' > "$box/moments"
round=0
while read -r moment whom; do
    round=$((round + 1))
    if [ $((round % 2)) = 1 ]; then version=new; else version=old; fi
    cp "$box/$version.csv" "$data"
    "$stepdown" run -q "$study" -o "$out" > /dev/null 2>&1 &
    door=$!
    sleep "$moment"
    if [ $whom = stage ]; then
        for process in $(alive); do
            [ "$process" = $door ] || kill -9 "$process" 2> /dev/null
        done
    else
        kill -9 $door 2> /dev/null
    fi
    wait $door 2> /dev/null
    settle
    now_torn=$(torn_files)
    torn="$torn$now_torn"
    [ -z "$now_torn" ] || echo "killed after $moment s ($whom, round $round): $now_torn" >&2
    if [ $((round % 20)) = 0 ] && [ $round -lt "$kills" ]; then # what lies there is old and new in some mixture: a run in peace
        "$stepdown" run -q "$study" -o "$out" > /dev/null 2>&1 || mixed="$mixed it failed after $round"
        mixed="$mixed$(diff -rq "$out" "$box/$version" -x .stepdown.lock 2>&1)"
        echo "$round kills" >&2
    fi
done < "$box/moments"
[ -z "$torn" ] && [ $round = "$kills" ]
report $? "after $kills kills every file is an old one or a new one, whole" "$torn"
[ -z "$(alive)" ]
report $? 'no program is left behind' "$(alive)"

cp "$box/new.csv" "$data"
try "$stepdown" run -q "$study" -o "$out"
differ=$(diff -rq "$out" "$box/new" -x .stepdown.lock 2>&1)
[ "$status" = 0 ] && [ -z "$differ$mixed" ]
report $? 'a run after the kills gives the same bytes as one that was left alone' "$differ$mixed"
[ -z "$(leftovers)" ]
report $? 'and sweeps what the killed ones left' "$(leftovers)"

# What a report that was killed has left goes also where nothing has changed since.
figures=$box/out/work/.figures.stepdown-999999.tmp
mkdir "$figures" && : > "$figures/risks.gp"
: > "$out/release/figures/.risks.png.stepdown-999999.tmp"
: > "$out/release/tables/.risks.csv.stepdown-999999-2.tmp"
try "$stepdown" run -q "$study" -o "$out"
[ "$status" = 0 ] && [ -z "$(leftovers)" ]
report $? 'so does a run that has nothing to do' "$(leftovers) $(head -c 300 "$box/told")"

# ---- SIGTERM, SIGINT ---------------------------------------------------------------------------------------------

for moment in 0.02 0.06 0.15 0.6; do
    rm -rf "$out"
    "$stepdown" run -q "$study" -o "$out" > /dev/null 2>&1 &
    door=$!
    sleep $moment
    kill -TERM $door 2> /dev/null
    wait $door
    status=$?
    settle
    { [ $status = 143 ] || [ $status = 0 ]; } && [ -z "$(leftovers)" ] && [ -z "$(torn_files)" ]
    report $? "asked to end after $moment s it leaves no temporary file" "exit status $status, $(leftovers)"
done

# A stage by itself, whatever its speed: asked to end until it is caught at work.
caught=
for tries in 1 2 3 4 5 6 7 8 9 10; do
    "$stepdown" report -q --again "$study" -o "$box/new" > /dev/null 2>&1 &
    stage=$!
    sleep 0.$((tries % 5 + 1))
    kill -TERM $stage 2> /dev/null
    wait $stage
    [ $? = 143 ] && caught=yes && break
done
[ -n "$caught" ] && ! find "$box/new" -name '.*' ! -name .stepdown.lock | grep -q .
report $? 'a stage that is asked to end says so by its status, 143, and leaves no temporary file' "$tries tries"

# ---- two at once --------------------------------------------------------------------------------------------------

rm -rf "$out"
for run in 1 2 3 4 5; do
    { "$stepdown" run -q "$study" -o "$out" > /dev/null 2> "$box/told.$run"; echo $? > "$box/status.$run"; } &
done
wait
winners=$(cat "$box"/status.? | grep -c '^0$')
strange=$(cat "$box"/status.? | grep -vc '^[01]$')
[ "$winners" -ge 1 ] && [ "$strange" = 0 ]
report $? 'of five runs on one folder at least one is done' "$(cat "$box"/status.? | tr '\n' ' ')"
untold=
for run in 1 2 3 4 5; do
    [ "$(cat "$box/status.$run")" = 0 ] || grep -q "is in use" "$box/told.$run" ||
        untold="$untold $(head -n 1 "$box/told.$run")"
done
[ -z "$untold" ]
report $? 'the others are told that the folder is in use' "$untold"
differ=$(diff -rq "$out" "$box/new" -x .stepdown.lock 2>&1)
[ -z "$differ" ]
report $? 'and the files are those of one run' "$differ"

if command -v flock > /dev/null; then
    mkfifo "$box/held" "$box/over"
    flock "$out/.stepdown.lock" sh -c 'echo held > "$0/held"; read -r word < "$0/over"' "$box" &
    read -r word < "$box/held"
    try "$stepdown" run -q --again "$study" -o "$out"
    told 1 'is in use' 'a folder that is locked is left alone'
    echo "$word" > "$box/over"
    wait
fi

exit $failed
