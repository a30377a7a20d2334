/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/coefficients.h"

#include <math.h>

static struct estimate shared(const struct coefficient_rows *rows, enum measure measure)
{
    struct estimate row = rows->keys;

    row.measure = measure;
    if (!rows->converged)
        row.note = "did not converge: not to be relied on";
    return row;
}

static int add_undefined(const struct coefficient_rows *rows, enum measure measure, const char *term, const char *why)
{
    struct estimate row = shared(rows, measure);

    row.term = term;
    row.status = "undefined";
    row.note = why;
    return estimates_add(rows->estimates, &row);
}

int coefficient_add_undefined(const struct coefficient_rows *rows, const char *term, const char *why)
{
    const int result = add_undefined(rows, rows->measure, term, why);

    return result != 0 || rows->exponential == rows->measure ? result : add_undefined(rows, rows->exponential, term, why);
}

static int add_number(const struct coefficient_rows *rows, const struct coefficient *coefficient, bool exponential)
{
    struct estimate row = shared(rows, exponential ? rows->exponential : rows->measure);
    const double half = confidence_z(rows->level) * coefficient->std_error;
    const double z = coefficient->estimate / coefficient->std_error;
    char note[P_NOTE_SIZE];

    row.term = coefficient->term;
    row.estimate = coefficient->estimate;
    row.std_error = coefficient->std_error;
    row.conf_low = coefficient->estimate - half;
    row.conf_high = coefficient->estimate + half;
    row.conf_level = rows->level;
    if (coefficient->limited) {
        row.conf_low = coefficient->conf_low;
        row.conf_high = coefficient->conf_high;
    }
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
    if (coefficient->state != COEFFICIENT_FITTED)
        return coefficient_add_undefined(
            rows, coefficient->term,
            coefficient->state == COEFFICIENT_ALIASED
                ? "aliased: constant, or a combination of terms before it; left out"
                : "estimate does not exist: the likelihood rises for ever in this direction (separation)");
    const int result = add_number(rows, coefficient, false);
    return result != 0 || rows->exponential == rows->measure ? result : add_number(rows, coefficient, true);
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
