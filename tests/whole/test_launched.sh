#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Started several times by a launcher, the ordinary build says that it has no ranks; nothing else is taken for a launcher.
#   sh tests/whole/test_launched.sh          from the root of the repository
. tests/whole/support.sh

borrow uis
study=$box/uis/study.yaml
out=$box/out
for name in OMPI_COMM_WORLD_SIZE OMPI_COMM_WORLD_RANK PMI_SIZE PMI_RANK PMIX_RANK SLURM_STEP_NUM_TASKS SLURM_PROCID SLURM_NTASKS; do
    unset $name
done

refused() { # SENTENCE VARIABLE=VALUE...: by a stage, by run, and by a command that shares no work
    sentence=$1
    shift
    try env "$@" "$stepdown" run "$study" -o "$out"
    told 2 '`make MPI=1` makes build/mpi/bin/stepdown' "$sentence: a run is refused"
    grep -q "(${1%%=*})" "$box/told"
    report $? 'and the variable that says so is named' "$(cat "$box/told")"
    try env "$@" "$stepdown" ingest "$study" -o "$out"
    told 2 'this build has no ranks' "$sentence: a stage is refused"
    try env "$@" "$stepdown" simulate --persons 20 --truth-persons 0 "$box/made"
    told 2 'shares no work: start it once' "$sentence: what shares no work is refused"
    [ ! -e "$out" ] && [ ! -e "$box/made" ]
    report $? 'before anything is written'
}
refused 'mpirun of Open MPI' OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_RANK=0
refused 'a launcher that speaks PMI' PMI_SIZE=2 PMI_RANK=0
refused 'srun' SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=0
refused 'a launcher that speaks PMIx' PMIX_RANK=0

try env OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_RANK=1 "$stepdown" run "$study" -o "$out"
[ "$status" = 0 ] && [ ! -s "$box/told" ] && [ ! -e "$out" ]
report $? 'rank 0 speaks for all' "$status $(cat "$box/told")"
try env OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_RANK=0 "$stepdown" run --help
told 0 'Usage: stepdown run' 'help is given to whoever asks'

works() { # SENTENCE VARIABLE=VALUE...
    sentence=$1
    shift
    try env "$@" "$stepdown" ingest -q --again "$study" -o "$out"
    report "$status" "$sentence" "$(cat "$box/told")"
}
works 'a script of a batch job has many tasks and is one process' SLURM_NTASKS=8 SLURM_PROCID=0 SLURM_JOB_ID=7
works 'a step of one task is one process' SLURM_NTASKS=8 SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0 PMIX_RANK=0
works 'and so is one rank, were its launcher started by srun' OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_RANK=0 PMIX_RANK=0 \
    SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=0
exit "$failed"
