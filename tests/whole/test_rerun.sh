#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A stage runs when something it depends on has changed, and only then; a stage believes no file made from other bytes.
#   sh tests/whole/test_rerun.sh          from the root of the repository
. tests/whole/support.sh

borrow pharmaco
study=$box/pharmaco/study.yaml
out=$box/out

# A file that was written again is another file: its name was taken by rename.
state() {
    (cd "$out" && find . -type f ! -name .stepdown.lock -exec ls -i {} + | sort -k 2)
}
changed() { # prints the files that are other files than in $box/before
    state > "$box/after"
    diff "$box/before" "$box/after" | sed -n 's/^[<>] *[0-9]* //p' | sed 's,^\./,,' | sort -u | tr '\n' ' '
}
remember() {
    state > "$box/before"
}

# ---- dry runs ---------------------------------------------------------------------------------------------

try "$stepdown" run --dry-run "$study" -o "$out"
told 3 'ingest     has work to do' 'a dry run of a new study says that there is work and ends with 3'
[ ! -e "$out" ]
report $? 'a dry run writes nothing'

try "$stepdown" compare -q "$study" -o "$box/nowhere"
told 1 "records.h5' is not there: the stages before this one come first" 'a stage by itself says what it lacks'
[ ! -e "$box/nowhere" ]
report $? 'and makes no folder'

try "$stepdown" run -q "$study" -o "$out"
told 0 'report.html' 'the study runs and names its report'
try "$stepdown" run --dry-run "$study" -o "$out"
told 0 'report     has nothing to do' 'a dry run after a run ends with 0'

# ---- nothing has changed ------------------------------------------------------------------------------------

remember
try "$stepdown" run -q "$study" -o "$out"
told 0 'report.html' 'a second run still gives the answer'
[ -z "$(changed)" ]
report $? 'nothing is written again when nothing has changed' "$(changed)"

touch "$box/pharmaco/pharmaco.csv" "$box/pharmaco/codebook.yaml" "$study"
try "$stepdown" run -q "$study" -o "$out" -j 1
[ "$status" = 0 ] && [ -z "$(changed)" ]
report $? 'new dates on the same bytes, or another number of threads, are no change' "$(changed)"

# ---- --from, --again ---------------------------------------------------------------------------------------------

try "$stepdown" run -q --from compare "$study" -o "$out"
case $(changed) in
*records.h5* | *cohort.h5* | *outcomes.h5*) false ;;
*results.h5*) : ;;
*) false ;;
esac
report $? '--from compare works from there on, and on nothing before' "$(changed)"
remember
try "$stepdown" cohort -q --again "$study" -o "$out"
[ "$status" = 0 ] && [ "$(changed)" = 'work/cohort.h5 ' ]
report $? '--again makes one stage work' "$(changed)"
try "$stepdown" run --from compute "$study" -o "$out"
told 2 'one of ingest, episodes, cohort, outcomes, compare, report' '--from an unknown stage is wrong usage'

# ---- what has changed is worked on again ---------------------------------------------------------------------------

before=$(content "$out/work/results.h5")
sed -i '2s/,36,/,37,/' "$box/pharmaco/pharmaco.csv"
try "$stepdown" run --dry-run "$study" -o "$out"
told 3 'has work to do' 'changed data are work'
try "$stepdown" run -q "$study" -o "$out"
[ "$status" = 0 ] && [ "$(content "$out/work/results.h5")" != "$before" ]
report $? 'changed data give changed results'
mkdir "$box/fresh"
try "$stepdown" run -q "$study" -o "$box/fresh/out"
differ=$(diff -rq -x .stepdown.lock "$out" "$box/fresh/out" 2>&1)
[ -z "$differ" ]
report $? 'a run over old files gives the same files as a run from nothing' "$differ"

remember
sed -i 's/label: Age,/label: Age on the first day,/' "$box/pharmaco/codebook.yaml"
try "$stepdown" run -q "$study" -o "$out"
case $(changed) in *records.h5*results.h5*) : ;; *) false ;; esac
report $? 'a changed codebook is worked on from the start' "$(changed)"

before=$(content "$out/work/results.h5")
sed -i 's/tau: 180/tau: 150/' "$study"
try "$stepdown" run -q "$study" -o "$out"
[ "$status" = 0 ] && [ "$(content "$out/work/results.h5")" != "$before" ] &&
    [ "$(cell "$out/work/results.h5" estimates '$7 == "rmst_difference" ' time)" = 150 ]
report $? 'a changed study gives changed results'

rm "$out/work/cohort.h5"
try "$stepdown" run -q "$study" -o "$out"
[ "$status" = 0 ] && [ -s "$out/work/cohort.h5" ]
report $? 'a file that was removed is made again'

# ---- parents from other bytes ----------------------------------------------------------------------------------------

sed -i '3s/,41,/,42,/' "$box/pharmaco/pharmaco.csv"
try "$stepdown" ingest -q "$study" -o "$out"
[ "$status" = 0 ]
report $? 'one stage can be run by itself'
remember
for stage in cohort outcomes compare; do
    try "$stepdown" $stage -q "$study" -o "$out"
    told 1 'run' "$stage refuses a parent that was made from other bytes, and says what to run"
done
[ -z "$(changed)" ]
report $? 'a stage that refuses leaves every file as it was' "$(changed)"
try "$stepdown" run -q "$study" -o "$out"
[ "$status" = 0 ]
report $? 'a run puts the chain in order'

# A flipped byte in a parent is seen, whatever its place.
before=$(content "$out/work/results.h5")
size=$(wc -c < "$out/work/outcomes.h5")
silent=
for share in 1 2 3 4 5 6 7; do
    cp "$out/work/outcomes.h5" "$box/kept"
    place=$((size * share / 8))
    byte=$(od -An -tu1 -j $place -N 1 "$box/kept" | tr -d ' ')
    printf "\\$(printf %o $((255 - byte)))" | dd of="$out/work/outcomes.h5" bs=1 seek=$place conv=notrunc 2> /dev/null
    if "$stepdown" compare -q --again "$study" -o "$out" > "$box/told" 2>&1; then
        # A byte that nothing depends on may be read over, but then the answer is the same.
        [ "$(content "$out/work/results.h5")" = "$before" ] || silent="$silent $place"
    fi
    cp "$box/kept" "$out/work/outcomes.h5"
done
[ -z "$silent" ]
report $? 'flipped bytes of a parent are never read over' "at$silent"

# Another study's files are not taken for this one's.
try "$stepdown" compare -q datasets/uis/study.yaml -o "$out"
told 1 '' "a stage refuses another study's files"

exit $failed
