# SPDX-License-Identifier: GPL-3.0-or-later
# What the checks of the cluster build share.  Besides tests/whole/support.sh:
#   $alone      the ordinary program            together N COMMAND...   the cluster build's, on N ranks
#   $box/s      a folder for a made-up study    $study_file   which is there, where a check says nothing else
#   same WHAT N...   the last stage of $study_file on N ranks, against one process: adds to $cases, and to $wrong what is unlike
#   same_runs STUDY "N THREADS ..."   so for whole runs, of which $with are options
#   closing SENTENCE   reports what was added to $cases and $wrong since the last one
#   next_rows ARGUMENT...   calls the check's rows with the next $seed
# More ranks than processors are fine, and so is being root in a container.
. tests/whole/support.sh
alone=${ALONE:-$root/build}/bin/stepdown
if ! command -v mpirun > /dev/null; then
    echo 'not ok - mpirun is not installed: scripts/dependencies --mpi'
    exit 1
fi
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_WAIT_POLICY=passive

together() { # N ARGUMENT...
    ranks=$1
    shift
    timeout 600 mpirun -q --oversubscribe -n "$ranks" "$stepdown" "$@"
}

mkdir "$box/s"
study_file=$box/s/study.yaml
seed=${SEED:-1}
next_rows() {
    seed=$((seed + 1))
    rows $seed "$@"
}

wrong=
cases=0
last=compare # the stage that is compared, and what it makes
made=results.h5
with=
# Says what differs between $box/one and $box/many; a check may have one of its own.
unlike() {
    cmp -s "$box/one/work/$made" "$box/many/work/$made" || echo "${made%.h5}"
}
run_alone() { # STUDY WHAT
    rm -rf "$box/one" "$box/many"
    "$alone" run -q --until $last "$1" -o "$box/one" -j 2 > "$box/one.told" 2>&1 && return
    wrong="$wrong [$2 runs alone: $(tail -c 300 "$box/one.told")]"
    return 1
}
compare_ranks() { # WHAT: after the last command of try
    cases=$((cases + 1))
    why="status $status: $(head -c 300 "$box/told")"
    [ "$status" != 0 ] || why=$(unlike)
    [ -z "$why" ] || wrong="$wrong [$1: $why]"
}
same() { # WHAT RANKS...
    what=$1
    shift
    run_alone "$study_file" "$what" || return
    cp -r "$box/one" "$box/many"
    for ranks; do
        rm "$box/many/work/$made"
        try together "$ranks" $last -q "$study_file" -o "$box/many" -j 2
        compare_ranks "$what, $ranks ranks"
    done
}
same_runs() { # STUDY "RANKS THREADS ..."
    study=$1
    run_alone "$study" "$study" || return
    # shellcheck disable=SC2086
    set -- $2
    while [ $# -gt 1 ]; do
        rm -rf "$box/many"
        try together "$1" run -q $with --until $last "$study" -o "$box/many" -j "$2"
        compare_ranks "$1 ranks, $2 threads"
        shift 2
    done
}
closing() {
    [ -z "$wrong" ] && [ "$cases" -gt 0 ]
    report $? "$1 ($cases cases)" "$wrong"
    cases=0
    wrong=
}
