/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "stats/two_by_two.h"
#include "verify/numcheck.h"

/* ---- ranges ------------------------------------------------------------------------------------------------------ */

static int check_range(const struct numcheck_row *row, struct table *findings)
{
    const struct printed_number *n = row->number;
    const struct {
        enum numcheck_column events, all;
    } pairs[] = {{NUMCHECK_EVENTS, NUMCHECK_N}, {NUMCHECK_EVENTS_REFERENCE, NUMCHECK_N_REFERENCE}};

    for (size_t i = 0; i < 2; i++)
        if (n[pairs[i].events].given && n[pairs[i].all].given && n[pairs[i].events].value > n[pairs[i].all].value &&
            numcheck_add(findings, row, pairs[i].events, "range", SEVERITY_WRONG, NULL, "%.0f events among %.0f people",
                         n[pairs[i].events].value, n[pairs[i].all].value) != 0)
            return -1;
    if (n[NUMCHECK_PERCENT].given && (n[NUMCHECK_PERCENT].value < 0 || n[NUMCHECK_PERCENT].value > 100) &&
        numcheck_add(findings, row, NUMCHECK_PERCENT, "range", SEVERITY_WRONG, NULL, "a percentage lies between 0 and 100") != 0)
        return -1;
    if (n[NUMCHECK_P].given && (n[NUMCHECK_P].value < 0 || n[NUMCHECK_P].value > 1) &&
        numcheck_add(findings, row, NUMCHECK_P, "range", SEVERITY_WRONG, NULL, "a p-value lies between 0 and 1") != 0)
        return -1;
    const double most = n[NUMCHECK_ESTIMATE].percent ? 100 : 1;
    if (row->scale == SCALE_SHARE && n[NUMCHECK_ESTIMATE].given &&
        (n[NUMCHECK_ESTIMATE].value < 0 || n[NUMCHECK_ESTIMATE].value > most))
        return numcheck_add(findings, row, NUMCHECK_ESTIMATE, "range", SEVERITY_WRONG, NULL,
                            "a probability lies between 0 and %g", most);
    return 0;
}

/* ---- a percentage and its counts ------------------------------------------------------------------------------------ */

/* The counts k of n whose percentage may round to the printed one; false when there is none. */
static bool counts_of(const struct printed_number *percent, double n, double *first, double *last)
{
    const struct span span = printed_number_span(percent);
    const double noise = 1e-9 * n;

    *first = fmax(ceil(span.low * n / 100 - noise), 0);
    *last = fmin(floor(span.high * n / 100 + noise), n);
    return *first <= *last;
}

static int check_grim(const struct numcheck_row *row, struct table *findings)
{
    const struct printed_number *percent = &row->number[NUMCHECK_PERCENT], *n = &row->number[NUMCHECK_N],
                                *events = &row->number[NUMCHECK_EVENTS];
    char reading[96];
    double first, last;

    if (!percent->given || percent->relation != '=' || !n->given || n->value < 1 || percent->value < 0 || percent->value > 100)
        return 0;
    const bool possible = counts_of(percent, n->value, &first, &last);
    if (events->given && (!possible || events->value < first || events->value > last)) {
        snprintf(reading, sizeof reading, "%.0f of %.0f are %.*f %%", events->value, n->value, percent->digits,
                 100 * events->value / n->value);
        return numcheck_add(findings, row, NUMCHECK_PERCENT, "grim", SEVERITY_WRONG, reading,
                            "%.0f of %.0f are not %.*f %%", events->value, n->value, percent->digits, percent->value);
    }
    if (possible)
        return 0;
    const double below = floor(percent->value * n->value / 100);
    snprintf(reading, sizeof reading, "%.0f are %.*f %%, %.0f are %.*f %%", below, percent->digits + 1, 100 * below / n->value,
             below + 1, percent->digits + 1, 100 * (below + 1) / n->value);
    return numcheck_add(findings, row, NUMCHECK_PERCENT, "grim", SEVERITY_WRONG, reading, "no count of %.0f is %.*f %%",
                        n->value, percent->digits, percent->value);
}

/* ---- an estimate and the counts of two arms ---------------------------------------------------------------------------- */

static double from_counts(const struct numcheck_row *row)
{
    const struct printed_number *n = row->number;
    const struct two_by_two table = {(int64_t)n[NUMCHECK_EVENTS].value, (int64_t)n[NUMCHECK_N].value,
                                     (int64_t)n[NUMCHECK_EVENTS_REFERENCE].value, (int64_t)n[NUMCHECK_N_REFERENCE].value};
    struct ratio_estimate ratio;

    if (two_by_two_check(&table) != GSL_SUCCESS || table.arm_n == 0 || table.reference_n == 0)
        return NAN;
    if (row->measure == MEASURE_odds_ratio)
        return two_by_two_odds_ratio(&table, 0.95, &ratio) == GSL_SUCCESS ? ratio.estimate : NAN;
    if (row->measure == MEASURE_risk_ratio)
        return two_by_two_risk_ratio(&table, 0.95, &ratio) == GSL_SUCCESS ? ratio.estimate : NAN;
    if (row->measure == MEASURE_risk_difference)
        return (double)table.arm_event / (double)table.arm_n - (double)table.reference_event / (double)table.reference_n;
    return NAN;
}

static int check_counts(const struct numcheck_row *row, struct table *findings)
{
    const struct printed_number *n = row->number, *estimate = &n[NUMCHECK_ESTIMATE];

    if (!estimate->given || !n[NUMCHECK_EVENTS].given || !n[NUMCHECK_N].given || !n[NUMCHECK_EVENTS_REFERENCE].given ||
        !n[NUMCHECK_N_REFERENCE].given)
        return 0;
    const double ours = from_counts(row) * (estimate->percent ? 100 : 1);
    const struct span span = printed_number_span(estimate);
    if (isnan(ours) || (ours >= span.low - 1e-9 && ours <= span.high + 1e-9))
        return 0;
    char reading[64];
    snprintf(reading, sizeof reading, "%.*f", estimate->digits, ours);
    return numcheck_add(findings, row, NUMCHECK_ESTIMATE, "counts", SEVERITY_DOUBTFUL, reading,
                        "the counts give %.*f; an adjusted estimate may differ", estimate->digits + 2, ours);
}

/* ---- medians --------------------------------------------------------------------------------------------------------------- */

/* Under constant hazards the hazard ratio is the ratio of the medians, turned round. */
static int check_medians(const struct numcheck_row *row, struct table *findings)
{
    const struct printed_number *arm = &row->number[NUMCHECK_MEDIAN], *reference = &row->number[NUMCHECK_MEDIAN_REFERENCE],
                                *estimate = &row->number[NUMCHECK_ESTIMATE];

    if (row->measure != MEASURE_hazard_ratio || !arm->given || !reference->given || !estimate->given || arm->value <= 0 ||
        reference->value <= 0 || estimate->value <= 0)
        return 0;
    const double ratio = reference->value / arm->value, low = row->number[NUMCHECK_LOW].value,
                 high = row->number[NUMCHECK_HIGH].value;
    const bool apart = row->number[NUMCHECK_LOW].given && row->number[NUMCHECK_HIGH].given
                           ? ratio < low || ratio > high
                           : fabs(log(ratio / estimate->value)) > log(1.5);
    const bool opposite = (ratio - 1) * (estimate->value - 1) < 0;
    if (!apart)
        return 0;
    return numcheck_add(findings, row, NUMCHECK_MEDIAN, "medians", SEVERITY_HINT, NULL,
                        "under constant hazards these medians go with a hazard ratio of %.2f, %s", ratio,
                        opposite ? "on the other side of 1: are the arms exchanged?" : "outside the printed interval");
}

int numcheck_counts(const struct numcheck_row *row, struct table *findings)
{
    return check_range(row, findings) != 0 || check_grim(row, findings) != 0 || check_counts(row, findings) != 0 ||
                   check_medians(row, findings) != 0
               ? -1
               : 0;
}
