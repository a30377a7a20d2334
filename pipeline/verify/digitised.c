/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/digitised.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/program.h"
#include "stats/guyot.h"

static struct table *people_alloc(const struct digitised_command *command, const struct digitised *d)
{
    struct table *people = table_alloc("people", "People behind a printed curve");
    const bool has_arms = d->n > 1 || d->arms[0].name[0] != '\0';

    if (people != NULL && (command->trial == NULL || table_add_column(people, "trial", COLUMN_TEXT, 1, "Trial", "") != NULL) &&
        (!has_arms || table_add_column(people, "arm", COLUMN_TEXT, 1, "Arm", "") != NULL) &&
        table_add_column(people, "time", COLUMN_FLOAT64, 0, "Time", "") != NULL &&
        table_add_column(people, "status", COLUMN_INT8, 0, "1 event, 0 censored", "") != NULL)
        return people;
    table_free(people);
    return NULL;
}

static int add_people(struct table *people, const struct digitised_command *command, const char *arm, double time, int status,
                      int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        struct row_builder row = table_new_row(people);
        if (command->trial != NULL)
            row_text(&row, "trial", command->trial);
        if (table_column(people, "arm") != NULL)
            row_text(&row, "arm", arm);
        /* A day that has begun counts whole, so that nobody has an event before the start. */
        row_real(&row, "time", command->whole ? ceil(time) : time);
        row_integer(&row, "status", status);
        if (row_end(&row) != 0)
            return -1;
    }
    return 0;
}

static int add_arm(struct table *people, const struct digitised_command *command, const struct digitised_arm *arm,
                   const struct guyot_fit *fit)
{
    int status = 0;

    for (size_t k = 0; status == 0 && k < arm->n; k++) {
        const double next = k + 1 < arm->n ? (arm->time[k] + arm->time[k + 1]) / 2 : arm->time[k];
        status = add_people(people, command, arm->name, arm->time[k], 1, fit->n_event[k]);
        if (status == 0)
            status = add_people(people, command, arm->name, next, 0, fit->n_censor[k]);
    }
    return status;
}

/* How well it went: what a reader must know before using it. */
static void tell(const struct digitised_arm *arm, const struct guyot_fit *fit)
{
    double height = 1, worst = 0;
    int64_t at_risk = arm->risk[0];

    for (size_t k = 0; k < arm->n; k++) {
        if (at_risk > 0)
            height *= 1 - (double)fit->n_event[k] / (double)at_risk;
        at_risk -= fit->n_event[k] + fit->n_censor[k];
        worst = fmax(worst, fabs(height - arm->surv[k]));
    }
    note("%s%s%lld people, %lld events%s; the curve of these people lies within %.4f of what was read", arm->name,
         arm->name[0] == '\0' ? "" : ": ", (long long)arm->risk[0], (long long)fit->total,
         arm->n_event < 0 ? " (their number is not printed)" : "", worst);
    if (arm->n_event >= 0 && fit->total != arm->n_event)
        warn("%s%sthe curve and its numbers at risk give %lld events, and %lld are printed", arm->name,
             arm->name[0] == '\0' ? "" : ": ", (long long)fit->total, (long long)arm->n_event);
    for (size_t i = 0; i < arm->n_risk; i++)
        if (llabs(fit->at_risk[i] - arm->risk[i]) > 1) /* one person more or less is a matter of reading */
            warn("%s%sat %g the curve allows %lld people at risk, and %lld are printed", arm->name,
                 arm->name[0] == '\0' ? "" : ": ", arm->risk_time[i], (long long)fit->at_risk[i], (long long)arm->risk[i]);
    if (arm->n_levelled > 0)
        note("%s%s%zu points lay a little above the one before and were taken as level", arm->name,
             arm->name[0] == '\0' ? "" : ": ", arm->n_levelled);
}

static int reconstruct(struct table *people, const struct digitised_command *command, const struct digitised_arm *arm)
{
    const struct guyot_curve curve = {arm->n, arm->time, arm->surv, arm->n_risk, arm->place, arm->risk, arm->n_event};
    struct guyot_fit fit = {.n_event = allocate(arm->n, sizeof *fit.n_event),
                            .n_censor = allocate(arm->n, sizeof *fit.n_censor),
                            .at_risk = allocate(arm->n_risk, sizeof *fit.at_risk)};
    int status = fit.n_event == NULL || fit.n_censor == NULL || fit.at_risk == NULL ? -1 : 0;

    if (status == 0 && guyot_solve(&curve, &fit) != GSL_SUCCESS)
        status = fail("arm '%s': the points are no survival curve", arm->name);
    if (status == 0) {
        tell(arm, &fit);
        status = add_arm(people, command, arm, &fit);
    }
    free(fit.n_event);
    free(fit.n_censor);
    free(fit.at_risk);
    return status;
}

int digitised_run(const struct digitised_command *command)
{
    struct digitised digitised = {0};
    struct table *people = NULL;
    int status = digitised_read(command->curve, command->at_risk, &command->options, &digitised);

    if (status == 0)
        status = (people = people_alloc(command, &digitised)) == NULL ? -1 : 0;
    for (size_t i = 0; status == 0 && i < digitised.n; i++)
        status = reconstruct(people, command, &digitised.arms[i]);
    if (status == 0)
        status = table_print(STDOUT_FILENO, people, command->format);
    table_free(people);
    digitised_free(&digitised);
    return status == 0 ? EXIT_DONE : EXIT_FAILED;
}
