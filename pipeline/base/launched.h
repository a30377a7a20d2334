/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * launched.h - has a launcher (mpirun, mpiexec, srun) started this process as one of several?
 *
 * Told by what launchers set for each process they start; what a batch system sets for a whole job (SLURM_NTASKS) says nothing
 * of this process.
 */
#ifndef BASE_LAUNCHED_H
#define BASE_LAUNCHED_H

#include <stdbool.h>
#include <stddef.h>

struct launched {
    const char *said_by; /* variable of the environment */
    size_t n;            /* 0: several, or one: it is not said */
    size_t rank;
};

/** *how, which may be NULL, is set where there are, or may be, several. */
bool launched_as_several(struct launched *how);

#endif
