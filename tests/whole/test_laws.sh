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

# The comparison would see it: an estimate of one study is not that of another.
mkdir "$box/one" "$box/two"
"$build/tests/laws/campaign" "$stepdown" "$box/one" 4 1 split > /dev/null
"$build/tests/laws/campaign" "$stepdown" "$box/two" 5 1 split > /dev/null
one=$(content "$box/one/after/out/work/results.h5")
[ ${#one} = 64 ] && [ "$one" != "$(content "$box/two/after/out/work/results.h5")" ]
report $? 'two seeds are two studies'

exit $failed
