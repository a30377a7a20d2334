#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The matrix: one study under a threshold is the same file by file for 1 to 16 threads, locales, time zones, folders and umasks;
# and the same in content, tables and figures for shuffled rows, other optimisation and another compiler, where they are there.
#   sh tests/whole/test_determinism.sh          from the root of the repository
. tests/whole/support.sh

borrow pharmaco
study=$box/pharmaco/study.yaml
sed -i 's/^disclosure:.*/disclosure: {threshold: 11}/; /^published:/d' "$study"
stages="$stages release"
compute "$study" "$box/one" -j 1 > /dev/null
report $? 'the study runs on one thread'
listing() { # OUT: every file with its hash
    (cd "$1" && find . -type f ! -name .stepdown.lock -exec sha256sum {} + | sort -k 2)
}
listing "$box/one" > "$box/expected"
same() { # OUT SENTENCE
    listing "$1" | diff "$box/expected" - > "$box/told"
    report $? "$2" "$(head -n 3 "$box/told" | tr '\n' ' ')"
}

for threads in 2 4 8 16; do
    compute "$study" "$box/threads$threads" -j $threads > /dev/null
    same "$box/threads$threads" "$threads threads change no byte"
done
n=0
for locale in C de_DE.UTF-8 tr_TR.UTF-8; do
    for zone in UTC Asia/Kathmandu America/New_York; do
        n=$((n + 1))
        (
            LC_ALL=$locale LANG=$locale TZ=$zone HOME=/nonexistent
            export LC_ALL LANG TZ HOME
            umask $((n % 2 * 77))
            mkdir -p "$box/somewhere$n/else"
            cd "$box/somewhere$n/else" || exit 1
            compute ../../pharmaco/study.yaml ../out -j $((1 + n % 3)) > /dev/null
        )
        same "$box/somewhere$n/out" "locale $locale, zone $zone, another folder and umask change no byte"
    done
done

# The rows in another order.
cp -R "$box/pharmaco" "$box/shuffled"
data=$box/shuffled/pharmaco.csv
{ head -n 1 "$data"; tail -n +2 "$data" | awk 'BEGIN { srand(3) } { print rand() "\t" $0 }' | sort -n | cut -f 2-; } > "$box/rows"
cp "$box/rows" "$data"
compute "$box/shuffled/study.yaml" "$box/other-order" > /dev/null
[ "$(content "$box/one/work/results.h5")" = "$(content "$box/other-order/work/results.h5")" ] &&
    [ "$(content "$box/one/release/released.h5")" = "$(content "$box/other-order/release/released.h5")" ]
report $? 'shuffled rows give the same content of results and release'

# The same rows in two files instead of one: only who reads what, and what lies in which file, may differ.
cp -R "$box/pharmaco" "$box/split"
data=$box/split/pharmaco.csv
half=$(($(wc -l < "$data") / 2))
head -n $half "$data" > "$box/split/first.csv"
{ head -n 1 "$data"; tail -n +$((half + 1)) "$data"; } > "$box/split/second.csv"
rm "$data"
sed -i 's/file: pharmaco.csv/file: [first.csv, second.csv]/' "$box/split/study.yaml"
compute "$box/split/study.yaml" "$box/two-files" > /dev/null
differ=
for table in arms baseline balance attrition estimates curves verdicts; do
    for out in one two-files; do
        "$stepdown" show "$box/$out/release/released.h5" $table --format csv > "$box/$out.csv"
    done
    { cmp -s "$box/one.csv" "$box/two-files.csv" && [ -s "$box/one.csv" ]; } || differ="$differ $table"
done
[ -z "$differ" ]
report $? 'a source in two files gives the same tables' "$differ"

# Where memory lies, what it holds before, how threads are scheduled, and a hostile environment.
alone() { # NAME SENTENCE VARIABLE=VALUE...
    name=$1
    sentence=$2
    shift 2
    (
        export "$@"
        compute "$study" "$box/$name" -j 3 < /dev/null > /dev/null
    )
    same "$box/$name" "$sentence"
}
alone perturbed 'memory that is not empty changes no byte' MALLOC_PERTURB_=165 MALLOC_ARENA_MAX=1 MALLOC_TOP_PAD_=12345
alone scheduled 'other settings of threads change no byte' OMP_DYNAMIC=true OMP_SCHEDULE=dynamic,1 OMP_NUM_THREADS=7 OMP_PROC_BIND=false
alone environment 'an odd environment changes no byte' POSIXLY_CORRECT=1 COLUMNS=7 TERM=dumb HDF5_USE_FILE_LOCKING=FALSE TMPDIR=/nowhere \
    LC_NUMERIC=de_DE.UTF-8 SOURCE_DATE_EPOCH=1 GSL_RNG_SEED=5 GSL_RNG_TYPE=taus
if setarch -R true 2> /dev/null; then
    for n in 1 2; do
        if [ $n = 1 ]; then compute "$study" "$box/random$n" > /dev/null; else
            for stage in $stages; do
                setarch -R "$stepdown" "$stage" -q -o "$box/random$n" "$study" > /dev/null
            done
        fi
        same "$box/random$n" "addresses drawn anew, or not at all ($n), change no byte"
    done
fi

# Other trees that are there (make check-compilers): another compiler, other optimisation.
for other in build/clang build/O0 build/O1 build/O3; do
    [ -x "$other/bin/stepdown" ] && [ "$root/$other" != "$build" ] || continue
    made=$box/${other#build/}
    (
        stepdown=$root/$other/bin/stepdown
        compute "$study" "$made" > /dev/null
    )
    [ "$(content "$box/one/release/released.h5")" = "$(content "$made/release/released.h5")" ] &&
        [ "$(content "$box/one/work/results.h5")" = "$(content "$made/work/results.h5")" ]
    report $? "$other gives the same content"
done

exit $failed
