/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/survival_table.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/threads.h"
#include "stats/distribution.h"

int fail_kernel(const char *kernel, int status)
{
    return fail("%s: %s", kernel, gsl_strerror(status));
}

/* Both ends of intervals as one list of times; an open end is no time. */
static int merge_ends(const struct frame *frame, double *axis)
{
    double *const end = axis + 2 * frame->n;
    size_t n = 0, n_time;
    for (size_t i = 0; i < frame->n; i++) {
        end[n++] = frame->time[i];
        if (isfinite(frame->upper[i]))
            end[n++] = frame->upper[i];
    }
    const int status = risk_table_merge_near_ties(n, NULL, end, RISK_TABLE_NEAR_TIE, axis, &n_time);
    n = 0;
    for (size_t i = 0; i < frame->n; i++) {
        frame->time[i] = end[n++];
        if (isfinite(frame->upper[i]))
            frame->upper[i] = end[n++];
    }
    return status;
}

int survival_merge_times(const struct fit_request *request, const struct frame *frame)
{
    size_t n_time;
    if (!request->timefix)
        return 0;
    double *const axis = allocate(4 * frame->n, sizeof *axis);
    if (axis == NULL)
        return -1;
    const int status = frame->upper != NULL
                           ? merge_ends(frame, axis)
                           : risk_table_merge_near_ties(frame->n, frame->entry, frame->time, RISK_TABLE_NEAR_TIE, axis, &n_time);
    free(axis);
    if (status == GSL_EDOM && frame->entry != NULL)
        return fail("--timefix makes a start equal to its stop: these times differ only by rounding");
    return status == GSL_SUCCESS ? 0 : fail_kernel("times", status);
}

struct risk_table *survival_table_make(const struct fit_request *request, const struct frame *frame)
{
    const size_t room = frame->entry != NULL ? 2 * frame->n : frame->n;
    double *axis = allocate(room, sizeof *axis);
    struct risk_table *table = NULL;
    size_t n_time = 0;
    if (axis == NULL)
        return NULL;
    int status;
    if (request->timefix)
        status = risk_table_merge_near_ties(frame->n, frame->entry, frame->time, RISK_TABLE_NEAR_TIE, axis, &n_time);
    else
        status = risk_table_axis(frame->n, frame->entry, frame->time, axis, &n_time);
    if (status == GSL_EDOM && request->timefix && frame->entry != NULL) {
        fail("--timefix makes a start equal to its stop: these times differ only by rounding");
        goto done;
    }
    if (status != GSL_SUCCESS) {
        fail_kernel("times", status);
        goto done;
    }
    if ((table = risk_table_alloc(frame->arms.n, frame->strata.n, frame->n_cause, axis, n_time)) == NULL) {
        fail("out of memory for %zu arms, %zu strata and %zu times", frame->arms.n, frame->strata.n, n_time);
        goto done;
    }
    status = risk_table_add(table, frame->n, frame->entry, frame->time, frame->event, frame->arms.code,
                            frame->strata.code, frame->frequency, (size_t)threads_available());
    if (status != GSL_SUCCESS) {
        fail_kernel("risk table", status);
        risk_table_free(table);
        table = NULL;
    }
done:
    free(axis);
    return table;
}

struct estimate survival_row(const struct fit_request *request, const struct frame *frame, enum measure measure,
                             size_t arm, size_t stratum)
{
    struct estimate row = ESTIMATE_NONE;
    row.measure = measure;
    row.arm = frame->arms.labels[arm];
    row.stratum = frame->strata.labels[stratum];
    row.conf_level = request->level;
    return row;
}

struct estimate survival_rmst_row(const struct fit_request *request, const struct frame *frame,
                                  const struct km_curve *curve, struct km_weighted *weighted, size_t arm,
                                  size_t stratum, struct rmst *rmst,
                                  char note[static RMST_NOTE_SIZE])
{
    struct estimate row = survival_row(request, frame, MEASURE_rmst, arm, stratum);
    row.time = request->tau;
    row.n = curve->n_person;
    row.method = weighted != NULL ? "area under Kaplan-Meier; sampling weights, robust errors" : "area under Kaplan-Meier; Greenwood";
    *rmst = (struct rmst){.tau = request->tau, .estimate = NAN, .std_err = NAN};
    if (request->tau > rmst_max_tau(curve)) {
        char tau[NUMBER_SIZE], largest[NUMBER_SIZE];
        snprintf(note, RMST_NOTE_SIZE, "tau %s lies beyond the last time, where S > 0; the largest allowed tau is %s",
                 number_exact(tau, request->tau), number_exact(largest, rmst_max_tau(curve)));
        row.status = "undefined";
        row.note = note;
        row.conf_level = NAN;
        return row;
    }
    if ((weighted != NULL ? km_weighted_rmst(weighted, request->tau, rmst) : rmst_solve(curve, request->tau, rmst)) !=
        GSL_SUCCESS)
        return row; /* cannot be: tau was checked; the row stays without numbers */
    const double half = confidence_z(request->level) * rmst->std_err;
    row.estimate = rmst->estimate;
    row.std_error = rmst->std_err;
    row.conf_low = rmst->estimate - half;
    row.conf_high = rmst->estimate + half;
    row.n_event = rmst->n_event;
    if (curve->events == 0)
        row.note = "no events";
    return row;
}

int survival_add_arms(const struct fit_request *request, const struct frame *frame, survival_add_arm *add_arm, struct table *estimates)
{
    int status = 0;
    if (frame->strata.n > 1)
        return fail("'%s' has no strata; a column of the right side divides the rows into arms", request->model->name);
    if (survival_merge_times(request, frame) != 0)
        return -1;
    for (size_t arm = 0; status == 0 && arm < frame->arms.n; arm++)
        status = add_arm(request, frame, arm, estimates);
    return status;
}
