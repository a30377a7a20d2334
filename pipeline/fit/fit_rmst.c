/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restricted means by arm, and their differences and ratios to the first arm, in every stratum. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "fit/survival_table.h"
#include "fit/weighted_curve.h"

static int add_contrast(const struct fit_request *request, const struct frame *frame, const struct risk_table *table,
                        size_t stratum, size_t arm, const struct rmst *rmst, enum rmst_measure measure,
                        struct table *estimates)
{
    struct estimate row = survival_row(request, frame,
                                       measure == RMST_DIFFERENCE ? MEASURE_rmst_difference : MEASURE_rmst_ratio, arm,
                                       stratum);
    struct rmst_contrast contrast;
    row.reference = frame->arms.labels[0];
    row.time = request->tau;
    row.n = risk_table_n_person(table, arm, stratum) + risk_table_n_person(table, 0, stratum);
    row.method = measure == RMST_DIFFERENCE ? "independent arms; normal limits"
                                            : "independent arms; limits and standard error of the logarithm";
    if (isnan(rmst[arm].estimate) || isnan(rmst[0].estimate)) {
        row.status = "undefined";
        row.conf_level = NAN;
        row.note = "the restricted mean of an arm is undefined";
    } else if (rmst_compare(&rmst[arm], &rmst[0], measure, request->level, &contrast) != GSL_SUCCESS) {
        row.status = "undefined";
        row.conf_level = NAN;
        row.note = "a restricted mean is 0";
    } else {
        row.estimate = contrast.estimate;
        row.std_error = contrast.std_err;
        row.conf_low = contrast.conf_low;
        row.conf_high = contrast.conf_high;
        row.statistic = contrast.statistic;
        row.p_value = contrast.p_value;
        row.n_event = rmst[arm].n_event + rmst[0].n_event;
        if (isnan(contrast.p_value))
            row.note = "standard error 0: no test";
    }
    return estimates_add(estimates, &row);
}

/* One stratum.  rmst is room for one result an arm. */
static int add_stratum(const struct fit_request *request, const struct frame *frame, size_t stratum,
                       const struct risk_table *table, struct km_curve *curve, struct rmst *rmst,
                       struct table *estimates)
{
    struct survival_interval interval;
    char note[RMST_NOTE_SIZE];
    survival_interval_init(&interval, SURVIVAL_CONF_NONE, request->level);
    for (size_t arm = 0; arm < frame->arms.n; arm++) {
        rmst[arm] = (struct rmst){.estimate = NAN, .std_err = NAN};
        if (risk_table_n_person(table, arm, stratum) == 0)
            continue;
        struct km_weighted *weighted;
        if (curve_solve(frame, table, arm, stratum, &interval, curve, &weighted) != 0)
            return -1;
        const struct estimate row = survival_rmst_row(request, frame, curve, weighted, arm, stratum, &rmst[arm], note);
        km_weighted_free(weighted);
        if (estimates_add(estimates, &row) != 0)
            return -1;
    }
    for (size_t arm = 1; arm < frame->arms.n; arm++) {
        if (risk_table_n_person(table, arm, stratum) == 0 || risk_table_n_person(table, 0, stratum) == 0)
            continue;
        if (add_contrast(request, frame, table, stratum, arm, rmst, RMST_DIFFERENCE, estimates) != 0 ||
            add_contrast(request, frame, table, stratum, arm, rmst, RMST_RATIO, estimates) != 0)
            return -1;
    }
    return 0;
}

static int fit_rmst(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    struct risk_table *table = survival_table_make(request, frame);
    struct rmst *rmst = allocate(frame->arms.n, sizeof *rmst);
    struct km_curve *curve = NULL;
    int result = -1;
    if (table == NULL || rmst == NULL)
        goto done;
    if ((curve = km_curve_alloc(table->n_time)) == NULL) {
        fail_memory();
        goto done;
    }
    result = 0;
    for (size_t stratum = 0; stratum < frame->strata.n && result == 0; stratum++)
        result = add_stratum(request, frame, stratum, table, curve, rmst, estimates);
done:
    km_curve_free(curve);
    free(rmst);
    risk_table_free(table);
    return result;
}

const struct model model_rmst = {
    .name = "rmst", .outcome = OUTCOME_SURVIVAL, .fit = fit_rmst, .needed = "tau",
    .options = "tau timefix weights weight-type",
    .examples = {"'Surv(time, censor) ~ treat' uis.csv --tau 365 --format csv"},
};
