#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The order of the input rows changes no number and no figure.
#   sh tests/whole/test_shuffle.sh          from the root of the repository
. tests/whole/support.sh

# The lines after the header in another order, the same one every time.
shuffle() { # FILE SEED
    { head -n 1 "$1"; tail -n +2 "$1" | awk -v seed="$2" 'BEGIN { srand(seed) } { printf "%.12f\t%s\n", rand(), $0 }' |
        sort | cut -f 2-; } > "$1.new" && mv "$1.new" "$1"
}

for study in uis pharmaco teds2004; do
    case $study in uis) data=uis.csv ;; pharmaco) data=pharmaco.csv ;; *) data=discharges.csv ;; esac
    compute "datasets/$study/study.yaml" "$box/$study.ordered"
    borrow $study
    for seed in 1 2 3; do
        shuffle "$box/$study/$data" $seed
        compute "$box/$study/study.yaml" "$box/$study.shuffled" -j 4
        expected=$(content "$box/$study.ordered/work/results.h5")
        ! cmp -s "$box/$study/$data" "datasets/$study/$data" && [ ${#expected} = 64 ] &&
            [ "$(content "$box/$study.shuffled/work/results.h5")" = "$expected" ]
        report $? "$study has the same content of results.h5 for shuffled rows ($seed)"
    done
    cmp -s "$box/$study.ordered/work/results.h5" "$box/$study.shuffled/work/results.h5"
    [ $? = 1 ]
    report $? "$study still records which bytes were read"
done

"$stepdown" run -q datasets/uis/study.yaml -o "$box/uis.ordered" > /dev/null
"$stepdown" run -q "$box/uis/study.yaml" -o "$box/uis.shuffled" > /dev/null
differ=$(diff -rq "$box/uis.ordered/release/figures" "$box/uis.shuffled/release/figures" 2>&1)
[ -z "$differ" ] && [ -n "$(ls "$box/uis.ordered/release/figures")" ]
report $? "released figures are the same for shuffled rows" "$differ"

# provenance.csv names the bytes that were read.
differ=$(diff -rq -x provenance.csv "$box/uis.ordered/release/tables" "$box/uis.shuffled/release/tables" 2>&1)
[ -z "$differ" ] && [ -s "$box/uis.ordered/release/tables/estimates.csv" ]
report $? "released tables are the same for shuffled rows" "$differ"

[ "$(content "$box/uis.ordered/release/released.h5")" = "$(content "$box/uis.shuffled/release/released.h5")" ]
report $? "released.h5 has the same content for shuffled rows"

exit $failed
