/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/estimates.h"

#include <math.h>
#include <stdio.h>

static const struct {
    const char *name, *label;
    enum column_type type;
} columns[] = {
    {"analysis", "Analysis", COLUMN_TEXT},
    {"outcome", "Outcome", COLUMN_TEXT},
    {"population", "Population", COLUMN_TEXT},
    {"adjustment", "Adjustment", COLUMN_TEXT},
    {"estimand", "Estimand", COLUMN_TEXT},
    {"stratum", "Stratum", COLUMN_TEXT},
    {"measure", "Measure", COLUMN_TEXT},
    {"term", "Term", COLUMN_TEXT},
    {"cause", "Cause", COLUMN_TEXT},
    {"arm", "Arm", COLUMN_TEXT},
    {"reference", "Reference arm", COLUMN_TEXT},
    {"time", "Day", COLUMN_FLOAT64},
    {"estimate", "Estimate", COLUMN_FLOAT64},
    {"std_error", "Standard error", COLUMN_FLOAT64},
    {"conf_low", "Lower limit", COLUMN_FLOAT64},
    {"conf_high", "Upper limit", COLUMN_FLOAT64},
    {"conf_level", "Level of the interval", COLUMN_FLOAT64},
    {"statistic", "Test statistic", COLUMN_FLOAT64},
    {"df", "Degrees of freedom", COLUMN_FLOAT64},
    {"df2", "Second degrees of freedom", COLUMN_FLOAT64},
    {"p_value", "p-value", COLUMN_FLOAT64},
    {"n", "People", COLUMN_INT64},
    {"n_event", "Events", COLUMN_INT64},
    {"person_time", "Person-time", COLUMN_FLOAT64},
    {"status", "Status", COLUMN_TEXT},
    {"method", "Method", COLUMN_TEXT},
    {"note", "Note", COLUMN_TEXT},
};

struct table *estimates_alloc(void)
{
    struct table *table = table_alloc("estimates", "Estimates");

    for (size_t i = 0; table != NULL && i < sizeof columns / sizeof columns[0]; i++)
        if (table_add_column(table, columns[i].name, columns[i].type, 1, columns[i].label, "") == NULL) {
            table_free(table);
            return NULL;
        }
    return table;
}

/* An infinite number is as absent as NaN. */
static double finite_or_missing(double x)
{
    return isfinite(x) ? x : NAN;
}

int estimates_add(struct table *estimates, const struct estimate *e)
{
    struct row_builder row = table_new_row(estimates);

    row_text(&row, "analysis", e->analysis);
    row_text(&row, "outcome", e->outcome);
    row_text(&row, "population", e->population);
    row_text(&row, "adjustment", e->adjustment);
    row_text(&row, "estimand", e->estimand);
    row_text(&row, "stratum", e->stratum);
    row_text(&row, "measure", measure_name(e->measure));
    row_text(&row, "term", e->term);
    row_text(&row, "cause", e->cause);
    row_text(&row, "arm", e->arm);
    row_text(&row, "reference", e->reference);
    row_real(&row, "time", finite_or_missing(e->time));
    row_real(&row, "estimate", finite_or_missing(e->estimate));
    row_real(&row, "std_error", finite_or_missing(e->std_error));
    row_real(&row, "conf_low", finite_or_missing(e->conf_low));
    row_real(&row, "conf_high", finite_or_missing(e->conf_high));
    row_real(&row, "conf_level", finite_or_missing(e->conf_level));
    row_real(&row, "statistic", finite_or_missing(e->statistic));
    row_real(&row, "df", finite_or_missing(e->df));
    row_real(&row, "df2", finite_or_missing(e->df2));
    row_real(&row, "p_value", finite_or_missing(e->p_value));
    row_integer(&row, "n", e->n);
    row_integer(&row, "n_event", e->n_event);
    row_real(&row, "person_time", finite_or_missing(e->person_time));
    row_text(&row, "status", e->status);
    row_text(&row, "method", e->method);
    row_text(&row, "note", e->note);
    return row_end(&row);
}

void estimate_set_p(struct estimate *row, double p_value, double log_p, char note[static P_NOTE_SIZE])
{
    row->p_value = p_value;
    if (p_value == 0 && isfinite(log_p)) {
        row->p_value = NAN;
        snprintf(note, P_NOTE_SIZE, "p is 10^%.6g, below every double", log_p / M_LN10);
        row->note = note;
    }
}
