/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stepdown/together.h"

#include "base/fail.h"
#include "base/launched.h"
#include "base/program.h"
#include "base/ranks.h"

static void tell(const char *command, bool shares, const char *said_by)
{
    if (!shares)
        fail("`stepdown %s` was started several times by a launcher (%s), and shares no work: start it once, without mpirun or srun",
             command, said_by);
    else if (!ranks_may_be_several())
        fail("`stepdown %s` was started several times by a launcher (%s), and this build has no ranks that would share the work: "
             "`make MPI=1` makes build/mpi/bin/stepdown, which has",
             command, said_by);
    else
        fail("`stepdown %s` was started several times by a launcher (%s), and the ranks do not find each other: start it by the mpirun "
             "of the library that this build was made with",
             command, said_by);
}

bool together_may(const char *command, bool shares, int *status)
{
    struct launched how;

    if (!launched_as_several(&how) || (shares && ranks_n() > 1))
        return true;
    if (shares && ranks_may_be_several() && how.n == 0) /* the ranks know better: there is one */
        return true;
    /* A rank that fails has the others ended, which must not keep rank 0 from telling why. */
    *status = how.rank == 0 ? EXIT_USAGE : EXIT_DONE;
    if (how.rank == 0)
        tell(command, shares, how.said_by);
    return false;
}
