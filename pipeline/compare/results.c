/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/results.h"

#include <math.h>
#include <stdio.h>

struct column_of {
    const char *name, *label;
    enum column_type type;
};

static struct table *alloc(const char *name, const char *label, const struct column_of *columns, size_t n)
{
    struct table *table = table_alloc(name, label);

    for (size_t i = 0; table != NULL && i < n; i++)
        if (table_add_column(table, columns[i].name, columns[i].type, 1, columns[i].label, "") == NULL) {
            table_free(table);
            return NULL;
        }
    return table;
}

#define ALLOC(name, label, columns) alloc(name, label, columns, sizeof columns / sizeof columns[0])

struct table *verdicts_alloc(void)
{
    static const struct column_of columns[] = {
        {"analysis", "Analysis", COLUMN_TEXT},
        {"outcome", "Outcome", COLUMN_TEXT},
        {"population", "Population", COLUMN_TEXT},
        {"adjustment", "Adjustment", COLUMN_TEXT},
        {"estimand", "Estimand", COLUMN_TEXT},
        {"measure", "Measure", COLUMN_TEXT},
        {"arm", "Arm", COLUMN_TEXT},
        {"reference", "Reference arm", COLUMN_TEXT},
        {"time", "Day", COLUMN_FLOAT64},
        {"margin", "Margin", COLUMN_FLOAT64},
        {"because", "Why this margin", COLUMN_TEXT},
        {"worse_is", "Worse is", COLUMN_TEXT},
        {"role", "Role", COLUMN_TEXT},
        {"estimate", "Estimate", COLUMN_FLOAT64},
        {"conf_low", "Lower limit", COLUMN_FLOAT64},
        {"conf_high", "Upper limit", COLUMN_FLOAT64},
        {"conf_level", "Level of the interval", COLUMN_FLOAT64},
        {"verdict", "Verdict", COLUMN_TEXT},
        {"statistically", "Statistically", COLUMN_TEXT},
        {"power", "Power at a true difference of 0", COLUMN_FLOAT64},
        {"n_needed_80", "People needed for 80 % power", COLUMN_INT64},
        {"n_needed_90", "People needed for 90 % power", COLUMN_INT64},
        {"gate", "Read together with", COLUMN_TEXT},
        {"note", "Note", COLUMN_TEXT},
    };
    return ALLOC("verdicts", "Verdicts", columns);
}

struct table *baseline_alloc(void)
{
    static const struct column_of columns[] = {
        {"population", "Population", COLUMN_TEXT}, {"term", "Covariate", COLUMN_TEXT},
        {"level", "Level", COLUMN_TEXT},           {"arm", "Arm", COLUMN_TEXT},
        {"n", "People", COLUMN_INT64},             {"n_missing", "Missing", COLUMN_INT64},
        {"mean", "Mean", COLUMN_FLOAT64},          {"std_dev", "Standard deviation", COLUMN_FLOAT64},
        {"percent", "Percent", COLUMN_FLOAT64},    {"label", "Label of the covariate", COLUMN_TEXT},
    };
    return ALLOC("baseline", "Who was compared", columns);
}

struct table *balance_alloc(void)
{
    static const struct column_of columns[] = {
        {"analysis", "Analysis", COLUMN_TEXT},
        {"outcome", "Outcome", COLUMN_TEXT},
        {"population", "Population", COLUMN_TEXT},
        {"adjustment", "Adjustment", COLUMN_TEXT},
        {"term", "Covariate", COLUMN_TEXT},
        {"level", "Level", COLUMN_TEXT},
        {"arm", "Arm", COLUMN_TEXT},
        {"reference", "Reference arm", COLUMN_TEXT},
        {"smd", "Standardised mean difference", COLUMN_FLOAT64},
        {"variance_ratio", "Ratio of variances", COLUMN_FLOAT64},
        {"ks_statistic", "Largest distance of distributions", COLUMN_FLOAT64},
        {"denominator", "In units of", COLUMN_TEXT},
    };
    return ALLOC("balance", "How alike the arms are", columns);
}

struct table *overlap_alloc(void)
{
    static const struct column_of columns[] = {
        {"analysis", "Analysis", COLUMN_TEXT},     {"outcome", "Outcome", COLUMN_TEXT},
        {"population", "Population", COLUMN_TEXT}, {"adjustment", "Adjustment", COLUMN_TEXT},
        {"arm", "Arm", COLUMN_TEXT},               {"reference", "Reference arm", COLUMN_TEXT},
        {"people_of", "People of arm", COLUMN_TEXT}, {"score_from", "Score from", COLUMN_FLOAT64},
        {"score_to", "Score to", COLUMN_FLOAT64},  {"n", "People", COLUMN_INT64},
    };
    return ALLOC("overlap", "Scores by arm", columns);
}

struct table *curves_alloc(void)
{
    static const struct column_of columns[] = {
        {"analysis", "Analysis", COLUMN_TEXT},   {"outcome", "Outcome", COLUMN_TEXT},
        {"population", "Population", COLUMN_TEXT}, {"adjustment", "Adjustment", COLUMN_TEXT},
        {"stratum", "Stratum", COLUMN_TEXT},     {"measure", "Measure", COLUMN_TEXT},
        {"cause", "Kind of event", COLUMN_TEXT}, {"arm", "Arm", COLUMN_TEXT},
        {"time", "Day", COLUMN_FLOAT64},         {"n_risk", "At risk", COLUMN_INT64},
        {"n_event", "Events", COLUMN_INT64},     {"n_censor", "Censored", COLUMN_INT64},
        {"estimate", "Estimate", COLUMN_FLOAT64}, {"std_error", "Standard error", COLUMN_FLOAT64},
        {"conf_low", "Lower limit", COLUMN_FLOAT64}, {"conf_high", "Upper limit", COLUMN_FLOAT64},
    };
    return ALLOC("curves", "Curves", columns);
}

struct table *risk_tables_alloc(size_t n_causes)
{
    static const struct column_of columns[] = {
        {"analysis", "Analysis", COLUMN_TEXT},     {"outcome", "Outcome", COLUMN_TEXT},
        {"population", "Population", COLUMN_TEXT}, {"adjustment", "Adjustment", COLUMN_TEXT},
        {"stratum", "Stratum", COLUMN_TEXT},       {"arm", "Arm", COLUMN_TEXT},
        {"time", "Day", COLUMN_FLOAT64},           {"entered", "Entered", COLUMN_INT64},
    };
    struct table *table = ALLOC("risk_tables", "Who entered and who left, by day", columns);

    for (size_t k = 1; table != NULL && k <= n_causes; k++) {
        char name[32];
        snprintf(name, sizeof name, "n_event_%zu", k);
        if (table_add_column(table, name, COLUMN_INT64, 0, k == 1 ? "Events" : "Competing events", "") == NULL) {
            table_free(table);
            return NULL;
        }
    }
    if (table != NULL && table_add_column(table, "n_censor", COLUMN_INT64, 0, "Censored", "") == NULL) {
        table_free(table);
        return NULL;
    }
    return table;
}

static double finite_or_missing(double x)
{
    return isfinite(x) ? x : NAN;
}

int balance_row_add(struct table *balance, const struct balance_row *b)
{
    struct row_builder row = table_new_row(balance);

    row_text(&row, "analysis", b->analysis);
    row_text(&row, "outcome", b->outcome);
    row_text(&row, "population", b->population);
    row_text(&row, "adjustment", b->adjustment);
    row_text(&row, "term", b->term);
    row_text(&row, "level", b->level);
    row_text(&row, "arm", b->arm);
    row_text(&row, "reference", b->reference);
    row_real(&row, "smd", finite_or_missing(b->smd));
    row_real(&row, "variance_ratio", finite_or_missing(b->variance_ratio));
    row_real(&row, "ks_statistic", finite_or_missing(b->ks));
    row_text(&row, "denominator", "pooled");
    return row_end(&row);
}

int verdicts_add(struct table *verdicts, const struct verdict_row *v)
{
    struct row_builder row = table_new_row(verdicts);

    row_text(&row, "analysis", v->analysis);
    row_text(&row, "outcome", v->outcome);
    row_text(&row, "population", v->population);
    row_text(&row, "adjustment", v->adjustment);
    row_text(&row, "estimand", v->estimand);
    row_text(&row, "measure", measure_name(v->measure));
    row_text(&row, "arm", v->arm);
    row_text(&row, "reference", v->reference);
    row_real(&row, "time", finite_or_missing(v->time));
    row_real(&row, "margin", finite_or_missing(v->margin));
    row_text(&row, "because", v->because);
    row_text(&row, "worse_is", v->worse_is);
    row_text(&row, "role", v->role);
    row_real(&row, "estimate", finite_or_missing(v->estimate));
    row_real(&row, "conf_low", finite_or_missing(v->conf_low));
    row_real(&row, "conf_high", finite_or_missing(v->conf_high));
    row_real(&row, "conf_level", finite_or_missing(v->conf_level));
    row_text(&row, "verdict", v->verdict);
    row_text(&row, "statistically", v->statistically);
    row_real(&row, "power", finite_or_missing(v->power));
    row_integer(&row, "n_needed_80", v->n_needed_80);
    row_integer(&row, "n_needed_90", v->n_needed_90);
    row_text(&row, "gate", v->gate);
    row_text(&row, "note", v->note);
    return row_end(&row);
}
