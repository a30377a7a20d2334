/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/launched.h"

#include <stdlib.h>

static size_t number(const char *text)
{
    const long value = strtol(text, NULL, 10);

    return value > 0 ? (size_t)value : 0;
}

bool launched_as_several(struct launched *how)
{
    /* The mpirun of Open MPI, those that speak PMI (MPICH, srun), and any other step of srun; the first that speaks is right, since
     * an mpirun starts its helpers by srun. */
    static const char *const launchers[][2] = {
        {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"}, {"PMI_SIZE", "PMI_RANK"}, {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"}};

    for (size_t i = 0; i < sizeof launchers / sizeof launchers[0]; i++) {
        const char *const n = getenv(launchers[i][0]), *const rank = getenv(launchers[i][1]);
        if (n == NULL || rank == NULL)
            continue;
        if (how != NULL)
            *how = (struct launched){launchers[i][0], number(n), number(rank)};
        return number(n) > 1;
    }
    const char *const rank = getenv("PMIX_RANK");
    if (rank != NULL && how != NULL)
        *how = (struct launched){"PMIX_RANK", 0, number(rank)};
    return rank != NULL;
}
