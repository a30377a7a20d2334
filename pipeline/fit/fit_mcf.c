/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mean cumulative function of recurrent events by arm. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/number.h"
#include "fit/arm_rows.h"
#include "fit/survival_table.h"
#include "stats/mcf.h"

static int add_place(const struct fit_request *request, const struct frame *frame, const struct mcf *mcf, size_t arm,
                     double t, size_t place, const char *method, struct table *estimates)
{
    struct estimate row = survival_row(request, frame, MEASURE_mean_cumulative_count, arm, 0);
    char note[96], last[NUMBER_SIZE];
    int64_t n_event = 0;
    for (size_t k = 0; place != SIZE_MAX && k <= place; k++)
        n_event += mcf->n_event[k];
    row.time = t;
    row.method = method;
    row.n = mcf->n_person;
    row.n_event = n_event;
    if (t > mcf->time[mcf->n - 1]) {
        snprintf(note, sizeof note, "beyond the last time under observation, %s", number_exact(last, mcf->time[mcf->n - 1]));
        row.status = "undefined";
        row.note = note;
        row.conf_level = NAN;
        return estimates_add(estimates, &row);
    }
    row.estimate = place == SIZE_MAX ? 0 : mcf->mean[place];
    row.std_error = place == SIZE_MAX ? 0 : mcf->std_err[place];
    row.conf_low = place == SIZE_MAX ? NAN : mcf->conf_low[place];
    row.conf_high = place == SIZE_MAX ? NAN : mcf->conf_high[place];
    if (isnan(row.conf_low)) {
        row.conf_level = NAN;
        row.note = mcf->events == 0 ? "no events" : "no event so far: no interval";
    }
    return estimates_add(estimates, &row);
}

static int add_arm(const struct fit_request *request, const struct frame *frame, size_t arm, struct table *estimates)
{
    struct arm_rows rows;
    struct mcf *mcf = NULL;
    const enum mcf_limits limits = request->conf_type == SURVIVAL_CONF_LOG ? MCF_LOG : MCF_PLAIN;
    const char *method = limits == MCF_LOG ? "Nelson-Aalen for recurrent events; robust errors; log limits"
                                           : "Nelson-Aalen for recurrent events; robust errors; plain limits";
    int result = -1;
    if (arm_rows_take(frame, arm, &rows) != 0)
        goto done;
    if ((mcf = mcf_alloc(rows.n)) == NULL) {
        fail_memory();
        goto done;
    }
    const int status =
        mcf_solve(rows.n, rows.entry, rows.time, rows.event, rows.id, rows.n_id, limits, request->level, mcf);
    if (status == GSL_EDOM) {
        fail("'mcf' takes rows of a person that do not overlap; without a start in Surv(), one row a person");
        goto done;
    }
    if (status != GSL_SUCCESS) {
        fail_kernel("mean cumulative function", status);
        goto done;
    }
    result = 0;
    for (size_t i = 0; i < request->at.n && result == 0; i++)
        result = add_place(request, frame, mcf, arm, request->at.values[i], mcf_place(mcf, request->at.values[i]), method,
                           estimates);
    for (size_t k = 0; k < mcf->n && request->at.n == 0 && result == 0; k++)
        if (mcf->n_event[k] > 0)
            result = add_place(request, frame, mcf, arm, mcf->time[k], k, method, estimates);
done:
    mcf_free(mcf);
    arm_rows_clear(&rows);
    return result;
}

static int fit_mcf(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    return survival_add_arms(request, frame, add_arm, estimates);
}

const struct model model_mcf = {
    .name = "mcf", .outcome = OUTCOME_SURVIVAL, .fit = fit_mcf, .needed = "id",
    .conf_types = 1 << SURVIVAL_CONF_LOG | 1 << SURVIVAL_CONF_PLAIN,
    .options = "id at conf-type timefix",
    .examples = {"'Surv(start, stop, relapse) ~ arm' spells.csv --id person --at 365"},
};
