#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Eight laws on a few random studies each; on a thousand: make check-laws.
#   sh tests/whole/test_laws.sh          from the root of the repository
. tests/whole/support.sh

BUILD=$build scripts/check-laws 3 "${SEED:-1}" > "$box/told" 2>&1
status=$?
grep '^not ok' "$box/told"
sed -n 's/^\([a-z]*: [0-9]* studies.*\)/compared - \1/p' "$box/told"
[ $status = 0 ] && [ "$(grep -c ' 3 studies, .* 0 wrong' "$box/told")" = 8 ]
report $? 'numbers of random studies that are shuffled, split, renamed, rescaled or counted otherwise are what the laws say' \
    "$(tail -n 1 "$box/told")"

# A level of which nobody is seen in one arm: whichever level comes first, no number rests on it.
mkdir "$box/unseen"
"$build/tests/laws/campaign" "$stepdown" "$box/unseen" 61 1 renamed > "$box/told" 2>&1
report $? 'no number of a level that nobody shows hangs on which level comes first' "$(head -n 1 "$box/told")"
"$stepdown" show "$box/unseen/before/out/work/results.h5" estimates --format csv > "$box/rows"
grep -q 'nobody with drug=drug[0-9] in arm .* is seen to this day' "$box/rows"
report $? 'such a number is undefined, and its note says why'

# Seeds whose numbers once hung on names, units or counting: maxima that are rounding, of logistic (596, 914) and of Cox regressions (646),
# events while one arm is alone (914), errors of 0 that were added up (472, 949).
for seed in '596 renamed' '949 days' '646 copies' '914 copies' '472 copies'; do
    mkdir "$box/seed${seed% *}"
    "$build/tests/laws/campaign" "$stepdown" "$box/seed${seed% *}" ${seed% *} 1 ${seed#* } > "$box/told" 2>&1
    report $? "no number of seed ${seed% *} hangs on how it is written (${seed#* })" "$(head -n 1 "$box/told")"
done

# The comparison would see it: an estimate of one study is not that of another.
mkdir "$box/one" "$box/two"
"$build/tests/laws/campaign" "$stepdown" "$box/one" 4 1 split > /dev/null
"$build/tests/laws/campaign" "$stepdown" "$box/two" 5 1 split > /dev/null
one=$(content "$box/one/after/out/work/results.h5")
[ ${#one} = 64 ] && [ "$one" != "$(content "$box/two/after/out/work/results.h5")" ]
report $? 'two seeds are two studies'

exit $failed
