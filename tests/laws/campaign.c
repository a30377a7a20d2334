/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Laws on random studies that go through the whole pipeline, as they are and changed (law_study.h):
 *
 *     campaign STEPDOWN FOLDER FIRST N [LAW...]       N studies for each law, from seed FIRST on
 *
 * Prints a line for each law; exit status 1 when a number is not what the law says.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/program.h"
#include "tests/laws/law_compare.h"
#include "tests/laws/law_study.h"

static void run_stage(const char *stepdown, const char *stage, const char *folder)
{
    char out[512], study[512], told[512];
    int status = -1;

    snprintf(out, sizeof out, "%s/out", folder);
    snprintf(study, sizeof study, "%s/study.yaml", folder);
    snprintf(told, sizeof told, "%s/told", folder);
    const pid_t child = fork();
    if (child == 0) {
        const int file = open(told, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        dup2(file, STDOUT_FILENO);
        dup2(file, STDERR_FILENO);
        execl(stepdown, "stepdown", stage, "-q", "-j", "1", "--max-reject", "0.5", "-o", out, study, (char *)NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "%s ended with status %d; see %s\n", stage, status, told);
        exit(1);
    }
}

static void run_study(const char *stepdown, const char *folder, uint64_t seed, enum law law, bool is_changed)
{
    static const char *const stages[] = {"ingest", "episodes", "cohort", "outcomes", "compare"};

    mkdir(folder, 0700);
    law_study_write(folder, seed, law, is_changed);
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++)
        run_stage(stepdown, stages[i], folder);
}

static void try_law(const char *stepdown, const char *folder, uint64_t seed, enum law law, bool is_alone, struct law_tally *tally)
{
    char before[400], after[400], results[2][512];

    snprintf(before, sizeof before, "%s/before", folder);
    snprintf(after, sizeof after, "%s/after", folder);
    if (is_alone || law_has_own_study(law))
        run_study(stepdown, before, seed, law, false);
    run_study(stepdown, after, seed, law, true);
    snprintf(results[0], sizeof results[0], "%s/out/work/results.h5", before);
    snprintf(results[1], sizeof results[1], "%s/out/work/results.h5", after);
    law_compare(results[0], results[1], law, seed, tally);
}

static bool is_asked(enum law law, int argc, char *argv[])
{
    for (int i = 5; i < argc; i++)
        if (strcmp(argv[i], law_name(law)) == 0)
            return true;
    return argc == 5;
}

int main(int argc, char *argv[])
{
    struct law_tally tallies[N_LAWS] = {{0}};
    size_t n_wrong = 0;

    if (argc < 5) {
        fprintf(stderr, "usage: campaign STEPDOWN FOLDER FIRST N [LAW...]\n");
        return 2;
    }
    program_start("campaign");
    const uint64_t first = strtoull(argv[3], NULL, 10), n = strtoull(argv[4], NULL, 10);
    for (uint64_t seed = first; seed < first + n; seed++)
        for (enum law law = 0; law < N_LAWS; law++)
            if (is_asked(law, argc, argv))
                try_law(argv[1], argv[2], seed, law, argc > 5, &tallies[law]);
    for (enum law law = 0; law < N_LAWS; law++) {
        const struct law_tally *t = &tallies[law];
        if (t->n_studies > 0)
            printf("%s: %zu studies, %zu rows, %zu numbers, %zu wrong; the others differ by %.1e at most; %zu rows without information\n",
                   law_name(law), t->n_studies, t->n_rows, t->n_numbers, t->n_wrong, t->largest, t->n_flat);
        fflush(stdout);
        n_wrong += t->n_wrong;
    }
    return n_wrong == 0 ? 0 : 1;
}
