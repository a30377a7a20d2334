/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/weighted_curve.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "fit/survival_table.h"

/* The rows of one arm and stratum. */
struct chosen {
    size_t n;
    double *entry, *time, *weight;
    int32_t *event;
};

static int choose(const struct frame *frame, size_t arm, size_t stratum, struct chosen *rows)
{
    *rows = (struct chosen){0};
    if ((rows->time = allocate(frame->n, sizeof *rows->time)) == NULL ||
        (rows->weight = allocate(frame->n, sizeof *rows->weight)) == NULL ||
        (rows->event = allocate(frame->n, sizeof *rows->event)) == NULL ||
        (frame->entry != NULL && (rows->entry = allocate(frame->n, sizeof *rows->entry)) == NULL))
        return -1;
    for (size_t i = 0; i < frame->n; i++) {
        if ((size_t)frame->arms.code[i] != arm || (size_t)frame->strata.code[i] != stratum)
            continue;
        const size_t k = rows->n++;
        rows->time[k] = frame->time[i];
        rows->weight[k] = frame->weight[i];
        rows->event[k] = frame->event[i];
        if (frame->entry != NULL)
            rows->entry[k] = frame->entry[i];
    }
    return 0;
}

/* The columns that both kinds of curve have. */
static void take(const struct km_weighted *from, struct km_curve *curve, const struct survival_interval *interval)
{
    const size_t size = from->n * sizeof(double);

    curve->n = from->n;
    memcpy(curve->time, from->time, size);
    memcpy(curve->surv, from->surv, size);
    memcpy(curve->std_err, from->std_err, size);
    memcpy(curve->conf_low, from->conf_low, size);
    memcpy(curve->conf_high, from->conf_high, size);
    memcpy(curve->cumhaz, from->cumhaz, size);
    memcpy(curve->cumhaz_std_err, from->cumhaz_std_err, size);
    for (size_t k = 0; k < from->n; k++) {
        curve->n_risk[k] = from->n_risk[k];
        curve->n_event[k] = from->n_event[k];
        curve->n_enter[k] = 0;
        curve->n_censor[k] = -from->n_event[k];
    }
    for (size_t i = 0; i < from->n_row; i++)
        curve->n_censor[from->row_time[i]]++;
    curve->n_person = from->n_person;
    curve->events = from->events;
    curve->interval = *interval;
}

static int solve_weighted(const struct frame *frame, size_t arm, size_t stratum, const struct survival_interval *interval,
                          struct km_curve *curve, struct km_weighted **weighted)
{
    struct chosen rows;
    int status = choose(frame, arm, stratum, &rows) != 0 ? GSL_ENOMEM : GSL_SUCCESS;

    if (status == GSL_SUCCESS && (*weighted = km_weighted_alloc(rows.n)) == NULL)
        status = GSL_ENOMEM;
    if (status == GSL_SUCCESS)
        status = km_weighted_solve(rows.n, rows.entry, rows.time, rows.event, rows.weight, interval, *weighted);
    if (status == GSL_SUCCESS)
        take(*weighted, curve, interval);
    free(rows.entry);
    free(rows.time);
    free(rows.weight);
    free(rows.event);
    return status;
}

int curve_solve(const struct frame *frame, const struct risk_table *table, size_t arm, size_t stratum,
                const struct survival_interval *interval, struct km_curve *curve, struct km_weighted **weighted)
{
    *weighted = NULL;
    const int status = frame->weight != NULL ? solve_weighted(frame, arm, stratum, interval, curve, weighted)
                                             : km_solve(table, arm, stratum, 0, interval, curve);
    if (status == GSL_SUCCESS)
        return 0;
    km_weighted_free(*weighted);
    *weighted = NULL;
    return fail_kernel("Kaplan-Meier", status);
}
