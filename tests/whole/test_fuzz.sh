#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every fuzz target comes back from its corpus and from mutations of it.  With libFuzzer: make fuzz SECONDS=600.
#   sh tests/whole/test_fuzz.sh          from the root of the repository
. tests/whole/support.sh

BUILD=$build scripts/fuzz-corpus "$box/corpus"
report $? 'corpora are made from what the tests and the studies hold'
for target in csv date number codebook study expression formula manifest store tables; do
    case $target in
    date | number) mutations=2000 ;;
    csv) mutations=10 ;;
    store) mutations=20 ;;
    tables) mutations=40 ;;
    study | codebook) mutations=20 ;;
    *) mutations=25 ;;
    esac
    "$build/tests/fuzz/fuzz_$target" "$box/corpus/$target" $mutations > "$box/told" 2>&1
    report $? "the target $target comes back" "$(tail -c 300 "$box/told")"
    sed -n "s/^\([0-9]* inputs.*\)/compared - fuzz target $target: \1/p" "$box/told"
done

# What fuzzing found: weeks by the label of a visit, in a study that misspells its tables.
sed 's/^tables:/tibles:/' datasets/ctn0094/poats.yaml > "$box/poats.yaml"
try "$stepdown" check "$box/poats.yaml"
told 1 "unknown key 'tibles'" 'weeks of a table that is not there are told'
# And a dashboard in such a study.
{ sed 's/^tables:/tibles:/' datasets/pharmaco/study.yaml; echo 'dashboard: {measures: [{outcome: relapse}]}'; } > "$box/dashboard.yaml"
try "$stepdown" check "$box/dashboard.yaml"
told 1 "unknown key 'tibles'" 'a dashboard of a table that is not there is told'

exit $failed
