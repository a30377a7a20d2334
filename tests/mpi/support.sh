# SPDX-License-Identifier: GPL-3.0-or-later
# What the checks of the cluster build share.  Besides tests/whole/support.sh:
#   $alone      the ordinary program            together N COMMAND...   the cluster build's, on N ranks
#   closing SENTENCE   reports what was added to $cases and $wrong since the last one
#   same WHAT N...   compares $study_file on N ranks with one process: adds to $cases, and to $wrong where results.h5 differs
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

wrong=
cases=0
same() { # WHAT RANKS...
    what=$1
    shift
    rm -rf "$box/one" "$box/many"
    "$alone" run -q --until compare "$study_file" -o "$box/one" -j 2 > "$box/one.told" 2>&1 || {
        wrong="$wrong [$what runs alone: $(tail -c 300 "$box/one.told")]"
        return
    }
    cp -r "$box/one" "$box/many"
    for ranks; do
        rm "$box/many/work/results.h5"
        try together "$ranks" compare -q "$study_file" -o "$box/many" -j 2
        cases=$((cases + 1))
        if [ "$status" != 0 ]; then
            wrong="$wrong [$what, $ranks ranks: status $status: $(head -c 300 "$box/told")]"
        elif ! cmp -s "$box/one/work/results.h5" "$box/many/work/results.h5"; then
            wrong="$wrong [$what, $ranks ranks: results]"
        fi
    done
}
closing() {
    [ -z "$wrong" ] && [ "$cases" -gt 0 ]
    report $? "$1 ($cases cases)" "$wrong"
    cases=0
    wrong=
}
