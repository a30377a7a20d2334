#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk that is full, one without room for another file, and a limit on the size of files (as a quota says EDQUOT), in every stage
# and at every output: one message, exit status 1, old files as they were, nothing left over; with room again the same bytes.
#   sh tests/whole/test_disk_full.sh          from the root of the repository
# The small disk is a tmpfs in a mount namespace of the test's own; where there is none, only limits are tested.
. tests/whole/support.sh

borrow pharmaco
study=$box/pharmaco/study.yaml
sed -i 's/^disclosure:.*/disclosure: {threshold: 11}/; /^published:/d' "$study"
all_stages="$stages release report"
listing() { # every file with its hash
    (cd "$1" && find . -type f ! -name .stepdown.lock ! -name filler ! -path './empty/*' -exec sha256sum {} + | sort -k 2)
}

# What a stage that could not write must have left: the report may miss what failed, and the next run mends it.
judge() { # OUT STAGE STATUS: prints what is wrong
    listing "$1" > "$box/after"
    find "$1" -name '.*' ! -name .stepdown.lock ! -path '*/empty/*' | grep -q . && echo "$2 leaves $(find "$1" -name '.*' ! -name .stepdown.lock | head -n 1)"
    [ "$3" -le 1 ] || echo "$2 ended with status $3"
    [ "$3" = 0 ] || grep -q '^error: \|^warning: ' "$box/told" || echo "$2 told nothing"
    [ "$2" = report ] || cmp -s "$box/expected" "$box/after" || echo "$2 changed $(diff "$box/expected" "$box/after" | sed -n 2p)"
}

again() { # OUT STAGE: left alone it gives the same bytes
    "$stepdown" "$2" --again -q -j 1 -o "$1" "$study" > "$box/told" 2>&1
    listing "$1" | cmp -s "$box/expected" - || echo "$2 with room again: $(listing "$1" | diff "$box/expected" - | sed -n 2p) $(head -c 100 "$box/told")"
}

for stage in $all_stages; do
    "$stepdown" "$stage" -q -j 1 -o "$box/out" "$study" > "$box/told" 2>&1 || report 1 "$stage runs"
done
listing "$box/out" > "$box/expected"

# ---- files may not grow: the write fails with EFBIG, where the signal is ignored ----------------------------------------

wrong=
failures=0
for blocks in 0 8 64; do
    for stage in $all_stages; do
        [ $stage != report ] || [ $blocks = 8 ] || continue # it draws for a while
        (
            ulimit -f $blocks
            exec "$stepdown" "$stage" --again -q -j 1 -o "$box/out" "$study"
        ) 2>&1 | head -c 4000 > "$box/told"
        grep -q '^error: ' "$box/told" && failures=$((failures + 1))
        wrong="$wrong$(judge "$box/out" "$stage" 0)"
        [ "$stage" = report ] && wrong="$wrong$(again "$box/out" report)"
    done
done
for stage in $all_stages; do
    wrong="$wrong$(again "$box/out" "$stage")"
done
[ -z "$wrong" ] && [ $failures -ge 10 ]
report $? 'where files may not grow a stage says so and leaves all files as they were' "$failures failures; $wrong"

# ---- a disk that is full --------------------------------------------------------------------------------------------------

if ! unshare -rm true 2> /dev/null; then
    echo 'skipped - no mount namespace here: the full disk'
    exit $failed
fi
export box stepdown study all_stages
cat > "$box/full" << 'SH'
set -u
mkdir "$box/disk"
mount -t tmpfs -o size=8m,nr_inodes=400 tmpfs "$box/disk" || exit 9
cp -R "$box/out" "$box/disk/out"
out=$box/disk/out
fill() { # KB that are left
    rm -f "$out/filler"
    left=$(df -k --output=avail "$box/disk" | tail -n 1)
    head -c $(((left - $1) * 1024)) /dev/zero > "$out/filler"
}
failures=0
for room in 0 12 100; do
    for stage in $all_stages; do
        [ $stage != report ] || [ $room = 12 ] || continue
        fill $room
        "$stepdown" "$stage" --again -q -j 1 -o "$out" "$study" > "$box/told.out" 2> "$box/told"
        status=$?
        cat "$box/told.out" >> "$box/told"
        [ $status = 0 ] || failures=$((failures + 1))
        [ $status = 0 ] || grep -q 'No space left on device\|^warning: \|figure' "$box/told" || echo "$stage, $room kB: $(head -c 120 "$box/told")"
        judge "$out" "$stage" $status
        rm -f "$out/filler"
        [ "$stage" != report ] || again "$out" report
    done
done
# No room for another file, with space enough.
mkdir "$out/empty"
n=0
while true > "$out/empty/$n"; do n=$((n + 1)); done 2> /dev/null
for stage in $all_stages; do
    "$stepdown" "$stage" --again -q -j 1 -o "$out" "$study" > "$box/told" 2>&1
    status=$?
    [ $status = 0 ] || failures=$((failures + 1))
    judge "$out" "$stage" $status
done
rm -rf "$out/empty"
for stage in $all_stages; do
    again "$out" "$stage"
done
echo "$failures" > "$box/failures"
SH
{
    sed -n '/^listing() {/,/^}/p; /^judge() {/,/^}/p; /^again() {/,/^}/p' "$0"
    cat "$box/full"
} > "$box/full.sh"
unshare -rm sh "$box/full.sh" > "$box/wrong" 2>&1
[ ! -s "$box/wrong" ] && [ "$(cat "$box/failures" 2> /dev/null || echo 0)" -ge 14 ]
report $? 'a full disk is told, leaves every file as it was, and with room again gives the same bytes' "$(cat "$box/failures") failures; $(head -n 4 "$box/wrong" | tr '\n' ' ')"

exit $failed
