#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Files that ranks write together (--collective) hold what one process writes, are ordinary HDF5, and are whole or not there.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_collective.sh          from the root of the repository
. tests/mpi/support.sh

files='records.h5 episodes.h5 cohort.h5 outcomes.h5'
n_errors() { grep -c '^error' "$box/told"; }
left_over() { find "$1/work" -type f ! -name rejects.csv 2> /dev/null; }

# Every value of every dataset, by the ordinary library: its checksums are checked on the way.
readable() { # DIR
    for file in $files; do
        h5dump "$1/work/$file" > "$box/dump" 2> "$box/dump.told" && [ ! -s "$box/dump.told" ] || { echo "$file: $(head -c 200 "$box/dump.told")"; return 1; }
    done
}
unlike() {
    for file in $files; do
        one=$(content "$box/one/work/$file")
        [ -n "$one" ] && [ "$one" = "$(content "$box/many/work/$file")" ] || echo "$file differs"
    done
    for file in rejects.csv results.h5; do
        cmp -s "$box/one/work/$file" "$box/many/work/$file" || echo "$file differs"
    done
}
with=--collective
same_content() { # STUDY NAME "RANKS THREADS ..."
    same_runs "$1" "$3"
    why=$(readable "$box/many") || wrong="$wrong [$why]"
    closing "$2: the same content, and ordinary HDF5, whatever ranks and threads"
}

# ---- the same content ---------------------------------------------------------------------------------------------

"$alone" simulate -q --persons 3000 --truth-persons 0 "$box/stays"
sed 's/^caveats:/profiles: {gap14: {link: {gap_days: 14}}}\
caveats:/' "$box/stays/study.yaml" > "$box/stays/more.yaml"
same_content "$box/stays/more.yaml" 'a chunk, and more ranks than chunks' '1 1 2 2 3 1 4 1 8 1'
same_content datasets/uis/study.yaml 'people without stays' '2 1 8 1'
same_content datasets/ctn0094/start.yaml 'words of weeks' '3 1'
"$alone" simulate -q --persons 75000 --truth-persons 0 "$box/big"
same_content "$box/big/study.yaml" 'several chunks' '2 2 3 1 4 1 8 1'

# A table that rank 0 alone writes, of several chunks; texts; more labels than an enum takes; a column that is missing throughout.
mkdir "$box/plain"
awk 'BEGIN { print "id,group,note,none,age,los"
    for (i = 1; i <= 150000; i++) printf "p%d,g%d,%s,,%d,%d\n", i, i * 7 % 300, i % 5 ? "" : "said " i, 20 + i % 50, i % 400 }' > "$box/plain/clients.csv"
cat > "$box/plain/codebook.yaml" << 'end'
codebook: plain
missing: [""]
columns:
  id:    {type: text, role: id}
  group: {type: category}
  note:  {type: text}
  none:  {type: category}
  age:   {type: integer, range: [12, 80]}
  los:   {type: integer, range: [0, 9999]}
end
cat > "$box/plain/study.yaml" << 'end'
study: plain
title: Rows
seed: 1
privacy: {basis: public}
tables:
  clients: {file: clients.csv, codebook: codebook.yaml, person: id}
cohort:
  arms: {young: "age < 40", old: "age >= 40"}
  reference: old
outcomes:
  stay: {days_until: {column: los}, completed: left, event_is: bad}
compare:
  - {outcomes: [stay], measures: [risk_difference], at: [90]}
disclosure: {threshold: 0, because: "made up"}
end
same_content "$box/plain/study.yaml" 'a large table of rank 0, texts, many labels and none' '3 2 8 1'

# Tables of no row, of one, of whole chunks and a row more, all of whose rows one rank has at first.
write_rows() { # RANKS ROWS together|alone [flip]
    timeout 600 mpirun -q --oversubscribe -n "$1" "$build/tests/mpi/write_rows" "$box/rows.h5" "$2" "$3" ${4:-}
}
for rows in 0 1 65536 65537 300000; do
    for way in '1 alone' '3 alone' '2 together' '3 together' '8 together'; do
        try write_rows "${way% *}" $rows "${way#* }"
        found=$(content "$box/rows.h5")
        [ "$way" != '1 alone' ] || expected=$found
        [ "$status" = 0 ] && [ -n "$found" ] && [ "$found" = "$expected" ] && h5dump "$box/rows.h5" > /dev/null 2>&1 ||
            wrong="$wrong [$rows rows, $way: status $status, $(head -c 200 "$box/told")]"
        rm -f "$box/rows.h5"
        cases=$((cases + 1))
    done
done
closing 'tables of every number of rows'
wrong=
for ranks in 2 3; do
    try write_rows $ranks 300000 together flip
    [ "$status" != 0 ] && [ "$(n_errors)" = 1 ] && grep -q "^error: .*rows.h5' is not written: table '.*' was read back with other values" "$box/told" &&
        [ ! -e "$box/rows.h5" ] && [ -z "$(find "$box" -maxdepth 1 -name '.rows.h5*')" ] || wrong="$wrong [$ranks ranks: status $status, $(head -c 300 "$box/told")]"
done
[ -z "$wrong" ]
report $? 'a bit that is turned over on its way to the disk is found, and nothing is left' "$wrong"

# ---- among others ----------------------------------------------------------------------------------------------------

run() { "$@" "$box/stays/study.yaml" -o "$box/many" > "$box/told" 2>&1 || echo "$*: $(head -c 300 "$box/told")" >> "$box/wrong"; }
run_alone "$box/stays/study.yaml" 'the study'
: > "$box/wrong"
run together 3 ingest -q --collective
run together 2 episodes -q
run together 4 cohort -q --collective
run "$alone" outcomes -q
run together 2 compare -q
why=$wrong$(unlike)$(cat "$box/wrong")
[ -z "$why" ]
report $? 'stages that write together and others follow each other' "$why"
before=$(stat -c '%Y %i' "$box"/many/work/*.h5)
try together 3 run -q --collective --until compare "$box/stays/study.yaml" -o "$box/many"
[ "$status" = 0 ] && [ "$before" = "$(stat -c '%Y %i' "$box"/many/work/*.h5)" ]
report $? 'a second run finds its work done, whoever wrote the files' "$(head -c 300 "$box/told")"
try "$alone" run -q --until compare "$box/stays/study.yaml" -o "$box/many"
[ "$status" = 0 ] && [ "$before" = "$(stat -c '%Y %i' "$box"/many/work/*.h5)" ]
report $? 'and so does the ordinary program' "$(head -c 300 "$box/told")"
try together 2 compare -q --collective "$box/stays/study.yaml" -o "$box/many"
told 2 'the option is for ingest, episodes, cohort and outcomes' 'a stage without rows of ranks refuses the option'

# ---- a rank is killed ----------------------------------------------------------------------------------------------

rank_of() { # RANK: process number of that rank of the run into $box/out
    for process in $(pgrep -f "ingest -q --collective $box/big/study.yaml -o $box/out"); do
        tr '\0' '\n' < "/proc/$process/environ" 2> /dev/null | grep -qx "OMPI_COMM_WORLD_RANK=$1" &&
            [ "$(cat "/proc/$process/comm")" = stepdown ] && echo "$process" && return
    done
}
"$alone" ingest -q "$box/big/study.yaml" -o "$box/whole-big"
wrong=
rounds=0
for victim in 0 1 2 1 0 2; do
    rm -rf "$box/out"
    timeout 600 mpirun --oversubscribe -n 3 "$stepdown" ingest -q --collective "$box/big/study.yaml" -o "$box/out" -j 1 > "$box/told" 2>&1 &
    job=$!
    process=
    while [ -z "$process" ] && kill -0 $job 2> /dev/null; do process=$(rank_of $victim); done
    sleep 0.$((2 + rounds))
    [ -n "$process" ] && kill -KILL "$process" 2> /dev/null && killed=yes || killed=
    wait $job
    status=$?
    [ -n "$killed" ] && [ $status != 0 ] && [ ! -e "$box/out/work/records.h5" ] || continue # it was killed when all was done
    rounds=$((rounds + 1))
    grep -q "rank $victim with PID" "$box/told" || wrong="$wrong [rank $victim is not named: $(head -c 300 "$box/told")]"
    [ "$(n_errors)" = 0 ] || wrong="$wrong [others complain]"
    # What rank 0 had no time to remove is swept by the next run.
    left_over "$box/out" | grep -vE '/\.[a-z0-9]+\.(h5|csv)\.stepdown-[0-9]+\.tmp$' | grep -q . && wrong="$wrong [left: $(left_over "$box/out")]"
done
[ -z "$wrong" ] && [ $rounds -gt 1 ]
report $? "a rank that is killed is named, and ends the others ($rounds times)" "$wrong"
while pgrep -f "ingest -q --collective $box/big/study.yaml -o $box/out" > /dev/null; do sleep 0.1; done
try together 2 ingest -q --collective "$box/big/study.yaml" -o "$box/out"
[ "$(content "$box/out/work/records.h5")" = "$(content "$box/whole-big/work/records.h5")" ] && [ "$(left_over "$box/out")" = "$box/out/work/records.h5" ]
report $? 'and the next run makes the whole file' "$(head -c 300 "$box/told")"

# ---- no room -----------------------------------------------------------------------------------------------------------

# Told once, by whoever meets it; nothing is left, and what was there is untouched.
full() { # DIR SENTENCE
    [ "$status" != 0 ] && [ "$(n_errors)" = 1 ] && grep -q '^error.*records.h5' "$box/told" && [ -z "$(left_over "$1")" ]
    report $? "$2" "status $status, $(head -c 400 "$box/told") $(left_over "$1")"
}
for victim in 0 all; do
    rm -rf "$box/out"
    OMPI_MCA_btl=self,tcp timeout 600 mpirun -q --oversubscribe -n 3 sh -c \
        '[ "$OMPI_COMM_WORLD_RANK" = "$3" ] || [ "$3" = all ] && ulimit -f 500; exec "$0" ingest -q --collective "$1" -o "$2"' \
        "$stepdown" "$box/big/study.yaml" "$box/out" $victim > "$box/told" 2>&1
    status=$?
    full "$box/out" "where files may not grow (rank $victim) it is told once, and nothing is left"
done
if unshare -rm true 2> /dev/null; then
    mkdir "$box/disk"
    cat > "$box/small" << 'end'
mount -t tmpfs -o size=600k tmpfs "$1/disk" || exit 9
timeout 600 mpirun -q --oversubscribe -n 3 "$2" ingest -q --collective "$1/big/study.yaml" -o "$1/disk/out" -j 1
status=$?
find "$1/disk/out/work" -type f ! -name rejects.csv ! -name '.*.stepdown-*.tmp' > "$1/left" # those are swept by the next run
exit $status
end
    try unshare -rm sh "$box/small" "$box" "$stepdown"
    [ "$status" != 0 ] && [ "$status" != 9 ] && [ "$(n_errors)" = 1 ] && grep -q '^error' "$box/told" && [ ! -s "$box/left" ]
    report $? 'so it is on a disk that is full' "status $status, $(head -c 400 "$box/told") $(cat "$box/left")"
else
    echo 'skipped - no mount namespace here: the full disk'
fi

# ---- ranks that do not share the folder ---------------------------------------------------------------------------------------

for r in 0 1 2; do
    mkdir -p "$box/apart/$r"
    cp datasets/uis/* "$box/apart/$r"
done
try timeout 600 mpirun -q --oversubscribe -n 3 sh -c 'cd "$0/apart/$OMPI_COMM_WORLD_RANK" && exec "$1" ingest -q --collective study.yaml -o out' \
    "$box" "$stepdown"
[ "$status" != 0 ] && [ "$(n_errors)" = 1 ] && grep -q 'rank [12] of 3: .*this rank does not see the file that rank 0 has begun' "$box/told" &&
    [ -z "$(left_over "$box/apart/0/out")$(left_over "$box/apart/1/out")" ]
report $? 'a rank with a folder of its own is told so' "status $status, $(head -c 400 "$box/told")"
exit "$failed"
