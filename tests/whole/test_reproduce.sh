#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The published numbers of all shipped studies are recomputed, and README.md tells how many match.
#   sh tests/whole/test_reproduce.sh          from the root of the repository
. tests/whole/support.sh

BUILD=$build scripts/reproduce "$box/out" > "$box/told" 2>&1
report $? 'every published number that should match does' "$(grep -E 'DOES NOT|error' "$box/told" | head -n 5)"

counts=$(sed -n 's/^all studies *\([0-9]*\) *\([0-9]*\) *\([0-9]*\)$/\1 \2 \3/p' "$box/told")
# shellcheck disable=SC2086
set -- ${counts:-0 0 0}
studies=$(grep -cE '^[a-z0-9-]+ +[0-9]+ +[0-9]+ +[0-9]+$' "$box/told")
sentence="recomputes $(($1 + $2 + $3)) published numbers of $studies studies: $1 match, $2 differ, $3 are not computable."
grep -qF "$sentence" README.md
report $? 'README.md tells how many match, differ and are not computable' "it should say: $sentence"

for study in uis pharmaco alcohol-relapse cocaine-relapse ctn0094-xbot ctn0094-start ctn0094-poats teds2004 teds2004-education \
    teds2004-length-of-stay tedsd-2017-2020 iop-trials; do
    grep -q "^$study " "$box/told"
    report $? "$study is among them"
done
[ "$(grep -c '^    .*: not expected to match: .' "$box/told")" = $(($2 + $3)) ]
report $? 'each number that does not match has its reason'

exit $failed
