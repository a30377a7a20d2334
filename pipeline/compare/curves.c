/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/curves.h"

#include <math.h>
#include <stdio.h>

#include "base/fail.h"
#include "compare/numbers.h"
#include "compare/results.h"
#include "outcomes/outcome.h"
#include "stats/survival_interval.h"

static void add_key(struct row_builder *row, const struct comparison *c, const char *adjustment, const char *stratum, const char *arm)
{
    row_text(row, "analysis", c->analysis->name.text);
    row_text(row, "outcome", c->outcome->name.text);
    row_text(row, "population", c->population->name.text);
    row_text(row, "adjustment", adjustment);
    row_text(row, "stratum", stratum);
    row_text(row, "arm", arm);
}

int curve_corner_add(const struct curve_key *key, struct curve_corner corner, struct table *curves)
{
    struct row_builder row = table_new_row(curves);

    add_key(&row, key->comparison, key->adjustment, key->stratum, key->arm);
    row_text(&row, "measure", measure_name(key->measure));
    row_text(&row, "cause", key->cause);
    row_real(&row, "time", corner.time);
    row_integer(&row, "n_risk", corner.n_risk);
    row_integer(&row, "n_event", corner.n_event);
    row_integer(&row, "n_censor", corner.n_censor);
    row_real(&row, "estimate", corner.estimate);
    row_real(&row, "std_error", corner.std_error);
    row_real(&row, "conf_low", corner.conf_low);
    row_real(&row, "conf_high", corner.conf_high);
    return row_end(&row);
}

int curve_corner_weighted(const struct curve_key *key, struct curve_corner corner, struct table *curves)
{
    const bool survival = key->measure == MEASURE_survival;
    const double error = number_without_noise(corner.std_error, 1);
    struct survival_interval interval;
    double low, high;

    (void)survival_interval_init(&interval, SURVIVAL_CONF_LOG_LOG, CONF_LEVEL);
    survival_interval_limits(&interval, survival ? corner.estimate : 1 - corner.estimate, error > 0 ? error : NAN, &low, &high);
    corner.std_error = error;
    corner.conf_low = survival ? low : 1 - high;
    corner.conf_high = survival ? high : 1 - low;
    return curve_corner_add(key, corner, curves);
}

bool curve_is_read(const struct comparison *c, const struct weighted_curve *curve, size_t k)
{
    const struct study_numbers *days = &c->analysis->at;

    for (size_t i = 0; i < days->n; i++)
        if (curve->time[k] <= days->values[i] && (k + 1 == curve->n_time || curve->time[k + 1] > days->values[i]))
            return true;
    return false;
}

/* Everybody stands at the start of the curve until something happens. */
static struct curve_corner origin(const struct comparison *c, size_t arm, double estimate)
{
    return (struct curve_corner){0, risk_table_start(c->table, arm, RISK_TABLE_ALL), 0, 0, estimate, 0, NAN, NAN};
}

static int add_event_free(const struct comparison *c, size_t arm, struct table *curves)
{
    const struct km_curve *km = c->event_free[arm];
    const struct curve_key key = {c, MEASURE_survival, "", "unadjusted", c->stratum, comparison_arm(c, arm)};
    int status = km->n > 0 && km->time[0] == 0 ? 0 : curve_corner_add(&key, origin(c, arm, 1), curves);

    for (size_t i = 0; status == 0 && i < km->n; i++)
        status = curve_corner_add(&key,
                                  (struct curve_corner){km->time[i], km->n_risk[i], km->n_event[i], km->n_censor[i], km->surv[i],
                                                        km->std_err[i], km->conf_low[i], km->conf_high[i]},
                                  curves);
    return status;
}

static int add_cuminc(const struct comparison *c, size_t arm, size_t cause, struct table *curves)
{
    const struct cuminc_curve *curve = c->cuminc[arm * c->n_cause + cause - 1];
    const struct curve_key key = {c, MEASURE_cumulative_incidence, outcome_cause(c->outcome, cause), "unadjusted", c->stratum,
                                  comparison_arm(c, arm)};
    int status = curve->n > 0 && curve->time[0] == 0 ? 0 : curve_corner_add(&key, origin(c, arm, 0), curves);

    for (size_t i = 0; status == 0 && i < curve->n; i++)
        status = curve_corner_add(&key,
                                  (struct curve_corner){curve->time[i], curve->n_risk[i], curve->n_event[i], curve->n_censor[i],
                                                        curve->cuminc[i], curve->std_err[i], curve->conf_low[i], curve->conf_high[i]},
                                  curves);
    return status;
}

int curves_add(const struct comparison *c, struct table *curves)
{
    int status = 0;

    for (size_t arm = 0; status == 0 && c->table != NULL && arm < c->n_arm; arm++) {
        if (c->cuminc == NULL)
            status = add_event_free(c, arm, curves);
        for (size_t cause = 1; status == 0 && c->cuminc != NULL && cause <= c->n_cause; cause++)
            status = add_cuminc(c, arm, cause, curves);
    }
    return status;
}

/* A time of the axis at which nothing happened in this arm needs no row. */
static bool is_empty(const struct comparison *c, size_t arm, size_t k)
{
    const struct risk_counts counts = risk_table_counts(c->table, arm, RISK_TABLE_ALL, 0, k);

    return counts.n_enter == 0 && counts.n_event == 0 && counts.n_censor == 0;
}

static int add_time(const struct comparison *c, size_t arm, size_t k, struct table *risk_tables)
{
    struct row_builder row = table_new_row(risk_tables);
    const struct risk_counts all = risk_table_counts(c->table, arm, RISK_TABLE_ALL, 0, k);

    add_key(&row, c, "unadjusted", c->stratum, comparison_arm(c, arm));
    row_real(&row, "time", c->table->time[k]);
    row_integer(&row, "entered", all.n_enter);
    row_integer(&row, "n_censor", all.n_censor);
    for (size_t cause = 1; cause <= c->n_cause; cause++) {
        char name[32];
        snprintf(name, sizeof name, "n_event_%zu", cause);
        row_integer(&row, name, risk_table_counts(c->table, arm, RISK_TABLE_ALL, cause, k).n_event);
    }
    return row_end(&row);
}

/* Those at risk from the start come first, with no day: they entered before day 0's events. */
static int add_start(const struct comparison *c, size_t arm, struct table *risk_tables)
{
    struct row_builder row = table_new_row(risk_tables);

    add_key(&row, c, "unadjusted", c->stratum, comparison_arm(c, arm));
    row_integer(&row, "entered", risk_table_start(c->table, arm, RISK_TABLE_ALL));
    row_integer(&row, "n_censor", 0);
    for (size_t cause = 1; cause <= c->n_cause; cause++) {
        char name[32];
        snprintf(name, sizeof name, "n_event_%zu", cause);
        row_integer(&row, name, 0);
    }
    return row_end(&row);
}

int risk_tables_add(const struct comparison *c, struct table *risk_tables)
{
    int status = 0;

    for (size_t arm = 0; status == 0 && c->table != NULL && arm < c->n_arm; arm++) {
        status = add_start(c, arm, risk_tables);
        for (size_t k = 0; status == 0 && k < c->table->n_time; k++)
            if (!is_empty(c, arm, k))
                status = add_time(c, arm, k, risk_tables);
    }
    return status;
}
