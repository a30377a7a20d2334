#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Some calls of each kind fail in each stage, and some stages are killed: old files stay, nothing is left over.  All of them:
# make check-faults.
#   sh tests/whole/test_faults.sh          from the root of the repository
. tests/whole/support.sh

BUILD=$build scripts/check-faults 4 6 0 40 > "$box/told" 2>&1
status=$?
if grep -q '^skipped - ' "$box/told"; then
    cat "$box/told"
    exit 0
fi
grep '^not ok' "$box/told"
[ $status = 0 ] && [ "$(grep -c 'failed in turn' "$box/told")" = 84 ]
report $? 'a call that fails is told, and leaves every file as it was'
[ "$(grep -c 'ended by SIGKILL' "$box/told")" = 12 ] && ! grep -q 'SIGKILL in 0 of' "$box/told"
report $? 'a stage that is killed leaves whole files, and the next run sweeps'
grep -q '^verify: of 40 released files .* 0 were not found' "$box/told"
report $? 'a flipped bit of a released file, and a file cut short, are found'

exit $failed
