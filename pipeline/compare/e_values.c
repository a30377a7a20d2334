/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/e_values.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cells.h"
#include "compare/estimates.h"
#include "stats/e_value.h"

/* Below this share of people with the event, ratios of odds and hazards are near that of risks. */
static const double RARE = 0.15;

static bool asks(const struct study *study, const struct table *estimates, size_t row)
{
    for (size_t i = 0; i < study->n_analyses; i++)
        if (study->analyses[i].e_values && cell_is(estimates, "analysis", row, study->analyses[i].name.text))
            return true;
    return false;
}

/* The whole's ratio of two arms, read once: not of a stratum, nor again with other limits. */
static bool is_ratio(const struct table *estimates, size_t row)
{
    return (cell_is(estimates, "measure", row, "risk_ratio") || cell_is(estimates, "measure", row, "odds_ratio") ||
            cell_is(estimates, "measure", row, "hazard_ratio")) &&
           (cell_is(estimates, "term", row, "") || cell_is(estimates, "term", row, "at least")) &&
           cell_is(estimates, "stratum", row, "") && !cell_is(estimates, "reference", row, "") &&
           !column_is_missing(table_column(estimates, "estimate"), row);
}

static bool is_rare(const struct table *estimates, size_t row)
{
    const struct column *n = table_column(estimates, "n"), *n_event = table_column(estimates, "n_event");

    return !column_is_missing(n, row) && !column_is_missing(n_event, row) &&
           column_real(n_event, row) < RARE * column_real(n, row);
}

static enum e_value_scale scale_of(const struct table *estimates, size_t row, const char **method)
{
    if (cell_is(estimates, "measure", row, "risk_ratio") || is_rare(estimates, row)) {
        *method = cell_is(estimates, "measure", row, "risk_ratio") ? "E-value of a risk ratio"
                                                                   : "E-value, rare outcome: taken as a risk ratio";
        return E_RISK_RATIO;
    }
    if (cell_is(estimates, "measure", row, "odds_ratio")) {
        *method = "E-value, common outcome: square root of the odds ratio";
        return E_ODDS_RATIO;
    }
    *method = "E-value, common outcome: approximate risk ratio";
    return E_HAZARD_RATIO;
}

static int add_one(struct table *estimates, size_t from)
{
    enum { N = 9 };
    static const char *const keys[N] = {"analysis", "outcome", "population", "adjustment", "estimand",
                                        "cause",    "arm",     "reference",  "measure"};
    const double ratio = column_real(table_column(estimates, "estimate"), from),
                 low = column_real(table_column(estimates, "conf_low"), from),
                 high = column_real(table_column(estimates, "conf_high"), from);
    struct estimate row = ESTIMATE_NONE;
    struct e_value result;
    const char *method;
    const enum e_value_scale scale = scale_of(estimates, from, &method);
    const bool limits = isfinite(low) && isfinite(high);
    char *text[N], term[64];
    int status = 0;

    if (e_value(ratio, limits ? low : ratio, limits ? high : ratio, scale, &result) != GSL_SUCCESS)
        return 0;
    for (size_t k = 0; k < N; k++)
        if ((text[k] = cell_copy(estimates, keys[k], from)) == NULL)
            status = -1;
    if (status == 0) {
        snprintf(term, sizeof term, "%s%s", text[8], cell_is(estimates, "term", from, "at least") ? ", at least" : "");
        row.analysis = text[0];
        row.outcome = text[1];
        row.population = text[2];
        row.adjustment = text[3];
        row.estimand = text[4];
        row.cause = text[5];
        row.arm = text[6];
        row.reference = text[7];
        row.measure = MEASURE_e_value;
        row.term = term;
        row.time = column_real(table_column(estimates, "time"), from);
        row.n = column_integer(table_column(estimates, "n"), from);
        row.n_event = column_integer(table_column(estimates, "n_event"), from);
        row.estimate = result.estimate;
        row.conf_low = limits ? result.limit : NAN;
        row.method = method;
        status = estimates_add(estimates, &row);
    }
    for (size_t k = 0; k < N; k++)
        free(text[k]);
    return status;
}

int e_values_add(const struct study *study, struct table *estimates)
{
    const size_t n = estimates->n_rows;
    int status = 0;

    for (size_t i = 0; status == 0 && i < n; i++)
        if (asks(study, estimates, i) && is_ratio(estimates, i))
            status = add_one(estimates, i);
    return status;
}
