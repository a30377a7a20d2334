#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Releases of a few random studies, and of a shipped one, are attacked; many of them: make check-attack.
#   sh tests/whole/test_attack.sh          from the root of the repository
. tests/whole/support.sh

STUDIES=datasets/uis/study.yaml BUILD=$build scripts/check-attack 7 104 > "$box/told" 2>&1
status=$?
sed -n 's/^\([a-z]*: [0-9]* releases.*\)/compared - \1/p' "$box/told"
careless=$(sed -n 's/^careless: .* not shown \([0-9]*\) were found.*/\1/p' "$box/told")
[ "${careless:-0}" -ge 10 ]
report $? 'an attacker finds small counts where nothing but they are hidden' "$(head -n 1 "$box/told")"
[ $status = 0 ] && [ "$(grep -c ' 0 were found and 0 proved small' "$box/told")" = 5 ] && ! grep -q '^not ok' "$box/told"
report $? 'and none in what is released, alone, rounded, or beside one or two earlier releases' "$(grep -v '^careless' "$box/told" | head -n 3)"

# Of this study it was proved that two people had changed, before releases remembered shares.
mkdir "$box/study"
"$build/tests/attack/campaign" "$build/bin/stepdown" "$box/study" 15 1 updates > "$box/updates" 2>&1 &&
    grep -q '^updates: 2 releases (0 refused); of [0-9]* cells .* [1-9][0-9]* differ by a few, 0 of them are proved to' "$box/updates" &&
    grep -q '^updates: .* 0 of them are proved to' "$box/told"
report $? 'that a few people behind a share have changed is not told by two releases' "$(tail -n 1 "$box/updates")"

# Of this one that two people had had the event in what is left of a step: 61 % of at most 103 people had it, 32 of them in the other arm.
"$build/tests/attack/campaign" "$build/bin/stepdown" "$box/study" 20002 1 alone > "$box/shares" 2>&1 &&
    grep -q '^alone: 1 releases (0 refused) .* 0 were found and 0 proved small' "$box/shares" &&
    grep -q '^share|relapse_180|above 74,74,protects others$' "$box/study/out-20002/work/release-log.csv"
report $? 'nor do a share and the other arm tell how few events there are within a step' "$(head -n 1 "$box/shares")"

# Of this one nobody of the second month is due on the later day, and of the first one nobody was lost: its share tells of the first month alone.
"$build/tests/attack/campaign" "$build/bin/stepdown" "$box/study" 31502 1 alone > "$box/due" 2>&1 &&
    grep -q '^alone: 1 releases (0 refused) .* 0 were found and 0 proved small' "$box/due"
report $? 'nor does the share of a day on which nobody of a month is due' "$(head -n 1 "$box/due")"

exit $failed
