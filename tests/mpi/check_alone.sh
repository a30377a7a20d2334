#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A command that shares no work is not done several times over the same file.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_alone.sh          from the root of the repository
. tests/mpi/support.sh

case $alone in /*) : ;; *) alone=$root/$alone ;; esac
borrow uis
cd "$box/uis" || exit 1
"$alone" site study.yaml -o site.h5 -q
for command in 'site study.yaml -o again.h5' 'merge site.h5 -o merged.h5' 'merge --rounds site.h5 -o round.h5' \
    'simulate --persons 20 --truth-persons 0 made' 'check study.yaml' 'new fresh' 'key new site.key' 'verify study.yaml' \
    'show site.h5 site' 'codebook uis.csv -o draft.yaml' 'release study.yaml' 'cite study.yaml' 'lock study.yaml'; do
    # shellcheck disable=SC2086
    try together 3 $command
    told 2 "\`stepdown ${command%% *}\` was started several times" "three ranks are not let into: $command"
    [ "$(grep -c 'started several times' "$box/told")" = 1 ] || report 1 'and it is told once' "$(cat "$box/told")"
done
for made in again.h5 merged.h5 round.h5 made fresh site.key draft.yaml study.yaml.lock; do
    [ ! -e "$made" ] || report 1 'nothing is written' "$made"
done
printf 'id,word\n1,--++--++--++\n' > words.csv
try together 3 outcomes --words words.csv -o words.h5
told 2 'share no work among ranks' 'nor into definitions on words'
[ ! -e words.h5 ]
report $? 'which write nothing'
try together 1 site study.yaml -o again.h5 -q
cmp -s site.h5 again.h5
report $? 'one rank alone does what the ordinary program does' "$status $(head -c 300 "$box/told")"
try together 3 run -q --until compare study.yaml -o together
[ "$status" = 0 ] && [ -f together/work/results.h5 ]
report $? 'a run is shared as ever' "$status $(head -c 300 "$box/told")"

# Ranks that a launcher of another kind has started do not know of each other.
try env SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=0 timeout 60 "$stepdown" ingest -q study.yaml -o apart
[ "$status" != 0 ] && [ ! -e apart/work/records.h5 ]
report $? 'ranks that do not find each other do not all do the work' "$status $(head -c 300 "$box/told")"
exit "$failed"
