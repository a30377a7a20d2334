/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cluster build: the stages that are spread over ranks are linked into the front door. */
#include "stepdown/launch.h"

#include <string.h>

#include "base/fail.h"
#include "base/program.h"
#include "base/ranks.h"

/* The mains of the stages, renamed by the Makefile. */
int stage_main_ingest(int argc, char **argv);
int stage_main_episodes(int argc, char **argv);
int stage_main_cohort(int argc, char **argv);
int stage_main_outcomes(int argc, char **argv);
int stage_main_compare(int argc, char **argv);

typedef int stage_main(int argc, char **argv);

static stage_main *find_spread(const char *name)
{
    static const struct {
        const char *name;
        stage_main *main;
    } spread[] = {{"ingest", stage_main_ingest},
                  {"episodes", stage_main_episodes},
                  {"cohort", stage_main_cohort},
                  {"outcomes", stage_main_outcomes},
                  {"compare", stage_main_compare}};

    for (size_t i = 0; i < sizeof spread / sizeof spread[0]; i++)
        if (strcmp(spread[i].name, name) == 0)
            return spread[i].main;
    return NULL;
}

int launch_stage(const struct command *command, int argc, char **argv)
{
    stage_main *const spread = find_spread(command->name);
    int status = EXIT_DONE;

    if (ranks_n() == 1)
        return launch_program(command, argv);
    const uint64_t n_before = ranks_n_sent(), n_met_before = ranks_n_met();
    if (spread != NULL)
        status = spread(argc, argv);
    else if (ranks_rank() == 0 && (status = launch_program(command, argv)) != EXIT_DONE)
        fail_count_as_told();
    if (status != EXIT_DONE)
        ranks_fail(status);
    int64_t n_sent = (int64_t)(ranks_n_sent() - n_before);
    const uint64_t n_met = ranks_n_met() - n_met_before;
    ranks_sum(&n_sent, 1); /* the others wait here for rank 0 */
    if (spread != NULL)
        detail("%s: the ranks sent each other %lld bytes, and met %llu times", command->name, (long long)n_sent,
               (unsigned long long)n_met);
    return status;
}
