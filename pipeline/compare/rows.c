/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/rows.h"

#include <math.h>
#include <stdio.h>

#include "cohort/arms.h"
#include "compare/between_looks.h"
#include "compare/gates.h"
#include "compare/hazards.h"
#include "compare/numbers.h"
#include "compare/resampled.h"
#include "compare/tests.h"
#include "outcomes/outcome.h"

struct estimate rows_keys(const struct comparison *c, const struct wanted *wanted)
{
    struct estimate row = ESTIMATE_NONE;

    row.analysis = c->analysis->name.text;
    row.outcome = c->outcome->name.text;
    row.population = c->population->name.text;
    row.adjustment = "unadjusted";
    row.measure = wanted->measure;
    row.time = wanted->horizon.time;
    if (wanted->horizon.at_least)
        row.term = "at least";
    return row;
}

/* Time at risk up to the horizon: what a risk or a mean rests on. */
static double person_time(const struct comparison *c, size_t arm, struct horizon horizon)
{
    return c->table == NULL || isnan(horizon.time)
               ? NAN
               : risk_table_person_time(c->table, arm, RISK_TABLE_ALL, horizon.time);
}

static int add_arm(const struct comparison *c, const struct wanted *wanted, size_t arm, size_t cause,
                   struct table *estimates)
{
    struct estimate row = rows_keys(c, wanted);
    struct number number;
    char term[32];

    contrast_of_arm(c, wanted->measure, arm, cause, wanted->horizon, CONF_LEVEL, &number);
    number_put(&number, &row);
    row.arm = comparison_arm(c, arm);
    if (c->n_cause > 1 && (wanted->measure == MEASURE_risk || wanted->measure == MEASURE_cumulative_incidence))
        row.cause = outcome_cause(c->outcome, cause);
    if (wanted->measure == MEASURE_quantile_time) {
        snprintf(term, sizeof term, "%g", wanted->horizon.time);
        row.term = term;
        row.time = NAN;
    } else
        row.person_time = person_time(c, arm, wanted->horizon);
    return estimates_add(estimates, &row);
}

static int add_arms(const struct comparison *c, const struct wanted *wanted, struct table *estimates)
{
    const size_t n_cause = wanted->measure == MEASURE_cumulative_incidence ? c->n_cause : 1;
    int status = 0;

    for (size_t cause = 1; status == 0 && cause <= n_cause; cause++)
        for (size_t arm = 0; status == 0 && arm < c->n_arm; arm++)
            status = add_arm(c, wanted, arm, cause, estimates);
    return status;
}

static int add_pairs(const struct comparison *c, const struct wanted *wanted, struct table *estimates)
{
    struct arm_pairs pairs;
    int status = 0;

    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t i = 0; status == 0 && i < pairs.n; i++) {
        struct estimate row = rows_keys(c, wanted);
        struct number number;
        char note[2 * NOTE_SIZE];
        contrast_of_pair(c, wanted->measure, pairs.items[i], wanted->horizon, CONF_LEVEL, &number);
        number_put(&number, &row);
        row.arm = comparison_arm(c, pairs.items[i].arm);
        row.reference = comparison_arm(c, pairs.items[i].reference);
        if (wanted->measure == MEASURE_hazard_ratio || wanted->measure == MEASURE_log_hazard_ratio)
            status = gates_flag_hazards(c, pairs.items[i], &row, note, sizeof note);
        if (status == 0)
            status = estimates_add(estimates, &row);
    }
    return status;
}

static int add_test(const struct comparison *c, const struct wanted *wanted, const size_t *arms, size_t n,
                    struct table *estimates)
{
    struct estimate row = rows_keys(c, wanted);
    struct arm_test test;

    if (wanted->measure == MEASURE_chi_square_test)
        test_chi_square(c, wanted->horizon, arms, n, &test);
    else if (wanted->measure == MEASURE_ph_test) {
        if (test_proportional(c, arms, n, &test) != 0)
            return -1;
    } else if (wanted->measure == MEASURE_gray_test) {
        if (test_gray(c, arms, n, &test) != 0)
            return -1;
    } else if (wanted->measure == MEASURE_trend_test) {
        if (test_trend(c, arms, n, &test) != 0)
            return -1;
    } else if (test_logrank(c, arms, n, &test) != 0)
        return -1;
    if (n == 2) {
        row.arm = comparison_arm(c, arms[0]);
        row.reference = comparison_arm(c, arms[1]);
    }
    row.statistic = test.statistic;
    row.p_value = test.p_value;
    row.df = test.defined ? (double)test.df : NAN;
    row.n = test.n;
    row.n_event = test.n_event;
    row.status = test.defined ? "shown" : "undefined";
    row.method = test.method;
    row.note = test.note;
    return estimates_add(estimates, &row);
}

/* All arms at once, and, where there are more than two, every pair that is compared. */
static int add_tests(const struct comparison *c, const struct wanted *wanted, struct table *estimates)
{
    struct arm_pairs pairs;
    size_t all[ARM_MAX];
    int status = 0;

    arm_pairs_list(c->study, c->analysis, &pairs);
    if (c->n_arm > 2) {
        for (size_t arm = 0; arm < c->n_arm; arm++)
            all[arm] = arm;
        status = add_test(c, wanted, all, c->n_arm, estimates);
    }
    /* A trend is one over all arms; two of them have a log-rank test. */
    for (size_t i = 0; status == 0 && i < pairs.n && !(wanted->measure == MEASURE_trend_test && c->n_arm > 2); i++)
        status = add_test(c, wanted, (const size_t[]){pairs.items[i].arm, pairs.items[i].reference}, 2, estimates);
    return status;
}

int rows_add(const struct comparison *c, const struct wanted_list *wanted, struct table *estimates)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < wanted->n; i++) {
        const struct wanted *item = &wanted->items[i];
        if (wanted_is_test(item->measure))
            status = add_tests(c, item, estimates);
        else if (measure_is_contrast(item->measure))
            status = add_pairs(c, item, estimates);
        else
            status = add_arms(c, item, estimates);
    }
    if (status == 0)
        status = between_looks_add(c, wanted, estimates);
    return status != 0 ? status : resampled_add(c, wanted, NULL, estimates);
}
