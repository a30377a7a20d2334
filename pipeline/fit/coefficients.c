/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/coefficients.h"

#include <math.h>
#include <stdio.h>

#include "fit/survival_table.h"

static struct estimate shared(const struct coefficient_rows *rows, enum measure measure)
{
    struct estimate row = ESTIMATE_NONE;

    row.measure = measure;
    row.cause = rows->cause;
    row.method = rows->method;
    row.n = rows->n;
    row.n_event = rows->n_event;
    if (!rows->converged)
        row.note = "did not converge: not to be relied on";
    return row;
}

static int add_undefined(const struct coefficient_rows *rows, const struct coefficient *coefficient, enum measure measure)
{
    struct estimate row = shared(rows, measure);

    row.term = coefficient->term;
    row.status = "undefined";
    row.note = coefficient->state == COEFFICIENT_ALIASED
                   ? "aliased: constant, or a combination of terms before it; left out"
                   : "estimate does not exist: the likelihood rises for ever in this direction (separation)";
    return estimates_add(rows->estimates, &row);
}

static int add_number(const struct coefficient_rows *rows, const struct coefficient *coefficient, bool exponential)
{
    struct estimate row = shared(rows, exponential ? rows->exponential : rows->measure);
    const double half = confidence_z(rows->request->level) * coefficient->std_error;
    const double z = coefficient->estimate / coefficient->std_error;
    char note[P_NOTE_SIZE];

    row.term = coefficient->term;
    row.estimate = coefficient->estimate;
    row.std_error = coefficient->std_error;
    row.conf_low = coefficient->estimate - half;
    row.conf_high = coefficient->estimate + half;
    row.conf_level = rows->request->level;
    if (exponential) {
        row.estimate = exp(row.estimate);
        row.conf_low = exp(row.conf_low);
        row.conf_high = exp(row.conf_high);
    }
    if (!(coefficient->std_error > 0)) {
        row.conf_low = row.conf_high = row.conf_level = NAN;
        row.note = rows->converged ? "standard error 0: no test and no interval" : row.note;
    } else {
        row.statistic = z;
        estimate_set_p(&row, normal_two_sided(z), M_LN2 + normal_log_upper_tail(fabs(z)), note);
    }
    if (!rows->converged)
        row.status = "flagged";
    return estimates_add(rows->estimates, &row);
}

int coefficient_add(const struct coefficient_rows *rows, const struct coefficient *coefficient)
{
    const bool both = rows->exponential != rows->measure;

    if (coefficient->state != COEFFICIENT_FITTED) {
        const int result = add_undefined(rows, coefficient, rows->measure);
        return result != 0 || !both ? result : add_undefined(rows, coefficient, rows->exponential);
    }
    const int result = add_number(rows, coefficient, false);
    return result != 0 || !both ? result : add_number(rows, coefficient, true);
}

int coefficient_add_test(const struct coefficient_rows *rows, enum measure measure, const struct chi_square_test *test,
                         const char *why)
{
    struct estimate row = shared(rows, measure);
    char note[P_NOTE_SIZE];

    if (isnan(test->statistic)) {
        row.status = "undefined";
        row.note = why;
        return estimates_add(rows->estimates, &row);
    }
    row.statistic = test->statistic;
    row.df = (double)test->df;
    estimate_set_p(&row, test->p_value, test->log_p, note);
    if (!rows->converged)
        row.status = "flagged";
    return estimates_add(rows->estimates, &row);
}

int coefficient_add_loglik(const struct coefficient_rows *rows, double null, double model)
{
    struct estimate row = shared(rows, MEASURE_loglik);

    row.term = "null";
    row.estimate = null;
    row.note = NULL;
    if (estimates_add(rows->estimates, &row) != 0)
        return -1;
    row = shared(rows, MEASURE_loglik);
    row.term = "model";
    row.estimate = model;
    if (!rows->converged)
        row.status = "flagged";
    return estimates_add(rows->estimates, &row);
}
