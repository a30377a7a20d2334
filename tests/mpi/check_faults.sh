#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What happens to one rank ends the work of all, is told once with its number, and leaves no half file; a rerun goes on.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_faults.sh          from the root of the repository
. tests/mpi/support.sh

"$alone" simulate -q --persons 60000 --truth-persons 0 "$box/big"
"$alone" ingest -q "$box/big/study.yaml" -o "$box/whole"

# Errors of ours; mpirun has a lot to say besides.
n_errors() { grep -c '^error' "$box/told"; }
left_over() { find "$1/work" -type f ! -name rejects.csv 2> /dev/null; }

# ---- a rank is killed ----------------------------------------------------------------------------------------------

rank_of() { # RANK: process number of that rank of the run into $box/out
    for process in $(pgrep -f "ingest -q $box/big/study.yaml -o $box/out"); do
        tr '\0' '\n' < "/proc/$process/environ" 2> /dev/null | grep -qx "OMPI_COMM_WORLD_RANK=$1" &&
            [ "$(cat "/proc/$process/comm")" = stepdown ] && echo "$process" && return
    done
}

wrong=
rounds=0
for victim in 0 1 2 1 0 2; do
    rm -rf "$box/out"
    timeout 600 mpirun --oversubscribe -n 3 "$stepdown" ingest -q "$box/big/study.yaml" -o "$box/out" -j 1 > "$box/told" 2>&1 &
    job=$!
    process=
    while [ -z "$process" ] && kill -0 $job 2> /dev/null; do process=$(rank_of $victim); done
    sleep 0.$((1 + rounds % 4))
    [ -n "$process" ] && kill -KILL "$process" 2> /dev/null && killed=yes || killed=
    wait $job
    status=$?
    [ -n "$killed" ] && [ $status != 0 ] || continue
    cmp -s "$box/out/work/records.h5" "$box/whole/work/records.h5" && continue # it was killed when all was done
    rounds=$((rounds + 1))
    grep -q "rank $victim with PID" "$box/told" || wrong="$wrong [rank $victim is not named: $(head -c 300 "$box/told")]"
    [ "$(n_errors)" = 0 ] || wrong="$wrong [others complain]"
    # What rank 0 had no time to remove is swept by the next run.
    left_over "$box/out" | grep -vE '/\.[a-z0-9]+\.(h5|csv)\.stepdown-[0-9]+\.tmp$' | grep -q . && wrong="$wrong [left: $(left_over "$box/out")]"
    [ ! -e "$box/out/work/records.h5" ] || wrong="$wrong [half a file has its name]"
done
[ -z "$wrong" ] && [ $rounds -gt 1 ]
report $? "a rank that is killed is named, and ends the others ($rounds times)" "$wrong"
while pgrep -f "ingest -q $box/big/study.yaml -o $box/out" > /dev/null; do sleep 0.1; done
together 2 ingest -q "$box/big/study.yaml" -o "$box/out" > "$box/told" 2>&1
ls -la "$box/out/work" >> "$box/told"
cmp -s "$box/out/work/records.h5" "$box/whole/work/records.h5" && [ "$(left_over "$box/out")" = "$box/out/work/records.h5" ]
report $? 'and the next run makes the whole file' "$(head -c 300 "$box/told")"

# ---- the disk is full ------------------------------------------------------------------------------------------------

# What MPI itself keeps in files must stay below the limit: messages over sockets.
rm -rf "$box/out"
OMPI_MCA_btl=self,tcp timeout 600 mpirun -q --oversubscribe -n 3 sh -c \
    '[ "$OMPI_COMM_WORLD_RANK" = 0 ] && ulimit -f 500; exec "$0" ingest -q "$1" -o "$2"' \
    "$stepdown" "$box/big/study.yaml" "$box/out" > "$box/told" 2>&1
status=$?
[ $status != 0 ] && [ "$(n_errors)" = 1 ] && grep -q '^error.*records.h5' "$box/told" && [ -z "$(left_over "$box/out")" ]
report $? 'a file that finds no room is told once and leaves nothing' "status $status, $(head -c 400 "$box/told") $(left_over "$box/out")"

# Records that wait to be linked lie in a file of each rank.
rm -rf "$box/out"
mkdir -p "$box/out"
cp -r "$box/whole/work" "$box/out/"
OMPI_MCA_btl=self,tcp timeout 600 mpirun -q --oversubscribe -n 3 sh -c \
    '[ "$OMPI_COMM_WORLD_RANK" = 1 ] && ulimit -f 500; exec "$0" episodes -q "$1" -o "$2"' \
    "$stepdown" "$box/big/study.yaml" "$box/out" > "$box/told" 2>&1
status=$?
[ $status != 0 ] && [ "$(n_errors)" = 1 ] && grep -q '^error: rank 1 of 3: records that wait to be linked cannot be written' "$box/told" &&
    [ "$(left_over "$box/out")" = "$box/out/work/records.h5" ]
report $? 'a rank without room for its stays is named, and leaves nothing' "status $status, $(head -c 400 "$box/told") $(left_over "$box/out")"
"$alone" episodes -q "$box/big/study.yaml" -o "$box/whole" > /dev/null 2>&1
together 3 episodes -q "$box/big/study.yaml" -o "$box/out" > "$box/told" 2>&1
cmp -s "$box/out/work/episodes.h5" "$box/whole/work/episodes.h5"
report $? 'and the next run links them' "$(head -c 300 "$box/told")"

# ---- each rank with files of its own ---------------------------------------------------------------------------------

apart() { # N: each rank in its own folder $box/apart/RANK
    timeout 600 mpirun -q --oversubscribe -n "$1" sh -c 'cd "$0/apart/$OMPI_COMM_WORLD_RANK" && exec "$1" ingest -q study.yaml -o "$0/out"' \
        "$box" "$stepdown" > "$box/told" 2>&1
    status=$?
}
fresh() {
    rm -rf "$box/apart" "$box/out"
    for r in 0 1 2; do
        mkdir -p "$box/apart/$r"
        cp datasets/uis/* "$box/apart/$r"
        touch -d "2020-01-0$((r + 1))" "$box/apart/$r"/*
    done
}
one_error() { # TEXT SENTENCE
    [ "$status" != 0 ] && [ "$(n_errors)" = 1 ] && grep -qF -- "$1" "$box/told" && [ -z "$(left_over "$box/out")" ]
    report $? "$2" "status $status, $(head -c 400 "$box/told")"
}
fresh
apart 3
"$alone" ingest -q datasets/uis/study.yaml -o "$box/uis"
[ "$status" = 0 ] && cmp -s "$box/out/work/records.h5" "$box/uis/work/records.h5"
report $? 'copies with the same content are the same input, whatever their times' "$(head -c 300 "$box/told")"
fresh
echo '700,1,2,3' >> "$box/apart/2/uis.csv"
apart 3
one_error "rank 2 finds another 'uis.csv' than rank 0" 'a source that is longer on one rank is found'
fresh
sed -i '2s/1/2/' "$box/apart/1/uis.csv"
apart 3
one_error "rank 1 finds another 'uis.csv' than rank 0" 'and one that differs in a single byte'
fresh
echo '# a remark' >> "$box/apart/2/study.yaml"
apart 3
one_error "rank 2 finds another 'study.yaml' than rank 0" 'so is another study'
fresh
echo '# a remark' >> "$box/apart/1/codebook.yaml"
apart 3
one_error 'rank 1 finds another' 'and another codebook'
fresh
rm "$box/apart/2/uis.csv"
apart 3
one_error 'rank 2 of 3:' 'what only one rank meets is told by it, with its number'
fresh
# Rank 0 stands still as soon as it has made the folder, and hears nobody.
fresh
rm "$box/apart/2/uis.csv"
apart 3 &
job=$!
while [ ! -d "$box/out" ] && kill -0 $job 2> /dev/null; do :; done
deaf=$(for process in $(pgrep -f "ingest -q study.yaml -o $box/out"); do
    tr '\0' '\n' < "/proc/$process/environ" 2> /dev/null | grep -qx OMPI_COMM_WORLD_RANK=0 && [ "$(cat "/proc/$process/comm")" = stepdown ] && echo "$process"
done)
[ -n "$deaf" ] && kill -STOP "$deaf"
wait $job
[ -n "$deaf" ] && [ "$(n_errors)" = 1 ] && grep -q '^error: rank 2 of 3:' "$box/told"
report $? 'a rank that rank 0 does not listen to tells it itself' "$(head -c 400 "$box/told")"
fresh
for r in 0 1 2; do rm "$box/apart/$r/uis.csv"; done
apart 3
one_error 'uis.csv' 'what all ranks meet is told once'
[ "$(grep -c 'rank' "$box/told")" = 0 ]
report $? 'without a number' "$(head -c 300 "$box/told")"

# ---- interrupted -------------------------------------------------------------------------------------------------------

for attempt in 1 2 3 4 5 6 7 8; do # one that was done just before is asked again, earlier
    rm -rf "$box/out"
    mpirun -q --oversubscribe -n 2 "$stepdown" ingest -q "$box/big/study.yaml" -o "$box/out" -j 1 > "$box/told" 2>&1 &
    job=$!
    while [ ! -d "$box/out/work" ] && kill -0 $job 2> /dev/null; do sleep 0.01; done
    sleep 0.0$((8 - attempt))
    kill -TERM $job
    wait $job
    status=$?
    [ $status = 0 ] || break
done
left=$(left_over "$box/out")
[ $status != 0 ] && { [ -z "$left" ] || cmp -s "$left" "$box/whole/work/records.h5"; } # it may have been done just now
report $? 'a run that is asked to stop leaves nothing behind' "status $status, $(left_over "$box/out")"

# ---- every stage says no --------------------------------------------------------------------------------------------------

sed 's/treat == .short./treat == "never"/' datasets/uis/study.yaml > "$box/apart/0/never.yaml"
cp datasets/uis/uis.csv "$box/apart/0/"
try together 2 run -q "$box/apart/0/never.yaml" -o "$box/never"
[ "$status" != 0 ] && [ "$(n_errors)" = 1 ]
report $? 'a stage that one rank does for all tells its error once' "status $status, $(head -c 300 "$box/told")"
try together 3 run -q "$box/nowhere.yaml" -o "$box/never"
[ "$status" != 0 ] && [ "$(n_errors)" = 1 ]
report $? 'a study that is not there is told once' "status $status, $(head -c 300 "$box/told")"
try together 2 ingest --nonsense
[ "$status" = 2 ]
report $? 'wrong usage ends with 2' "status $status"
exit "$failed"
