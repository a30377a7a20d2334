/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where people are: probabilities of states over time, and expected time in each, by arm. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/number.h"
#include "fit/arm_rows.h"
#include "fit/survival_table.h"
#include "stats/distribution.h"
#include "stats/multistate.h"

struct states_work {
    const struct fit_request *request;
    const struct frame *frame;
    const struct multistate *m;
    struct table *estimates;
    size_t arm;
};

/* Limits of a number that lies between 0 and most: on the log scale, or plain and cut. */
static void set_limits(const struct fit_request *request, struct estimate *row, double most)
{
    const double half = confidence_z(request->level) * row->std_error;
    if (!(row->estimate > 0)) {
        row->conf_level = NAN;
        return;
    }
    const bool log_scale = request->conf_type == SURVIVAL_CONF_LOG;
    row->conf_low = log_scale ? row->estimate * exp(-half / row->estimate) : fmax(row->estimate - half, 0);
    row->conf_high = fmin(log_scale ? row->estimate * exp(half / row->estimate) : row->estimate + half, most);
}

static int add_row(const struct states_work *work, enum measure measure, size_t state, double t, double estimate,
                   double std_error)
{
    struct estimate row = survival_row(work->request, work->frame, measure, work->arm, 0);
    const double last = multistate_last_time(work->m);
    char note[96], number[NUMBER_SIZE];
    row.term = work->frame->states.labels[state];
    row.time = t;
    row.n = multistate_n_person(work->m);
    row.n_event = multistate_n_entered(work->m, state, t);
    row.method = work->request->conf_type == SURVIVAL_CONF_LOG ? "Aalen-Johansen; infinitesimal jackknife; log limits"
                                                               : "Aalen-Johansen; infinitesimal jackknife; plain limits";
    if (t > last) {
        snprintf(note, sizeof note, "beyond the last time under observation, %s", number_exact(number, last));
        row.status = "undefined";
        row.note = note;
        row.conf_level = NAN;
        return estimates_add(work->estimates, &row);
    }
    row.estimate = estimate;
    row.std_error = std_error;
    set_limits(work->request, &row, measure == MEASURE_state_occupation ? 1 : t);
    if (isnan(row.conf_low))
        row.note = "nobody in this state so far: no interval";
    return estimates_add(work->estimates, &row);
}

static int add_time(const struct states_work *work, enum measure measure, double t)
{
    double estimate[STATES_MAX] = {0}, std_error[STATES_MAX] = {0};
    const bool occupation = measure == MEASURE_state_occupation;
    if (t <= multistate_last_time(work->m)) {
        const int status = (occupation ? multistate_occupation : multistate_expected)(work->m, t, estimate, std_error);
        if (status != GSL_SUCCESS)
            return fail_kernel("state occupation", status);
    }
    for (size_t state = 0; state < work->frame->states.n; state++)
        if (add_row(work, measure, state, t, estimate[state], std_error[state]) != 0)
            return -1;
    return 0;
}

static int add_arm(const struct fit_request *request, const struct frame *frame, size_t arm, struct table *estimates)
{
    struct states_work work = {.request = request, .frame = frame, .estimates = estimates, .arm = arm};
    struct arm_rows rows;
    struct multistate *m = NULL;
    int result = -1, status;
    if (arm_rows_take(frame, arm, &rows) != 0)
        goto done;
    const struct multistate_rows given = {
        .n = rows.n, .n_id = rows.n_id, .n_state = frame->states.n, .id = rows.id, .entry = rows.entry,
        .time = rows.time, .from = rows.from, .to = rows.event,
    };
    m = multistate_alloc(&given, &status);
    if (status == GSL_EDOM) {
        fail("'multistate' takes stretches of a person that do not overlap, each from the state that the one before ended in, and "
             "none that ends in its own state");
        goto done;
    }
    if (status != GSL_SUCCESS) {
        fail_kernel("paths", status);
        goto done;
    }
    work.m = m;
    result = 0;
    for (size_t i = 0; i < request->at.n && result == 0; i++)
        result = add_time(&work, MEASURE_state_occupation, request->at.values[i]);
    if (result == 0 && !isnan(request->tau))
        result = add_time(&work, MEASURE_expected_days, request->tau);
done:
    multistate_free(m);
    arm_rows_clear(&rows);
    return result;
}

static int fit_multistate(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    if (request->at.n == 0 && isnan(request->tau))
        return fail("'multistate' needs --at T,.. (state_occupation), --tau T (expected_days) or both");
    return survival_add_arms(request, frame, add_arm, estimates);
}

const struct model model_multistate = {
    .name = "multistate", .outcome = OUTCOME_STATES, .fit = fit_multistate, .needed = "id from",
    .conf_types = 1 << SURVIVAL_CONF_LOG | 1 << SURVIVAL_CONF_PLAIN,
    .options = "id from at tau conf-type timefix",
    .examples = {"'Surv(start, stop, to) ~ arm' stays.csv --id person --from level --at 90 --tau 180"},
};
