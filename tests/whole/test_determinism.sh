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

# Other trees that are there: another compiler, other optimisation.
for other in build/clang build/o0 build/o3; do
    [ -x "$other/bin/stepdown" ] && [ "$root/$other" != "$build" ] || continue
    (
        stepdown=$root/$other/bin/stepdown
        compute "$study" "$box/$(basename $other)" > /dev/null
    )
    [ "$(content "$box/one/release/released.h5")" = "$(content "$box/$(basename $other)/release/released.h5")" ] &&
        [ "$(content "$box/one/work/results.h5")" = "$(content "$box/$(basename $other)/work/results.h5")" ]
    report $? "$other gives the same content"
done

exit $failed
