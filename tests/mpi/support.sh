# SPDX-License-Identifier: GPL-3.0-or-later
# What the checks of the cluster build share.  Besides tests/whole/support.sh:
#   $alone      the ordinary program            together N COMMAND...   the cluster build's, on N ranks
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
    timeout 120 mpirun -q --oversubscribe -n "$ranks" "$stepdown" "$@"
}
