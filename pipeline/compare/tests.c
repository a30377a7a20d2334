/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/tests.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "base/fail.h"
#include "cohort/arms.h"
#include "compare/risks.h"
#include "stats/gray.h"
#include "stats/logrank.h"
#include "stats/risk_table_arms.h"
#include "stats/two_by_two.h"

static struct arm_test no_test(const char *method)
{
    return (struct arm_test){.statistic = NAN,
                             .p_value = NAN,
                             .n = MISSING_INTEGER,
                             .n_event = MISSING_INTEGER,
                             .method = method};
}

static void undefined(struct arm_test *test, const char *why)
{
    snprintf(test->note, sizeof test->note, "%s", why);
}

static void take_logrank(const struct logrank *logrank, const struct risk_table *table, struct arm_test *test)
{
    test->n = test->n_event = 0;
    for (size_t arm = 0; arm < table->n_arm; arm++) {
        test->n += logrank->n_person[arm];
        test->n_event += logrank->n_event[arm];
    }
    test->defined = !logrank->undefined;
    if (test->defined) {
        test->statistic = logrank->chi_square;
        test->p_value = logrank->p_value;
        test->df = logrank->df;
    } else
        undefined(test, test->n_event == 0 ? "no events in any arm"
                                           : "the variance is 0: at no event was there a choice between arms");
}

int test_logrank(const struct comparison *c, const size_t *arms, size_t n, struct arm_test *test)
{
    struct risk_table *table;
    struct logrank *logrank;
    int code = GSL_ENOMEM;

    *test = no_test(c->n_cause > 1 ? "log-rank of the event, competing events censored" : "log-rank");
    if (c->table == NULL) {
        undefined(test, "the outcome has no time");
        return 0;
    }
    table = risk_table_take_arms(c->table, arms, n);
    logrank = logrank_alloc(n);
    if (table != NULL && logrank != NULL)
        code = logrank_solve(table, c->n_cause > 1 ? 1 : 0, 0, 0, LOGRANK_RANK_TOLERANCE, logrank);
    if (code == GSL_SUCCESS || code == GSL_EZERODIV)
        take_logrank(logrank, table, test);
    logrank_free(logrank);
    risk_table_free(table);
    return code == GSL_SUCCESS || code == GSL_EZERODIV
               ? 0
               : fail("outcome '%s': log-rank test: %s", c->outcome->name.text, gsl_strerror(code));
}

int test_trend(const struct comparison *c, const size_t *arms, size_t n, struct arm_test *test)
{
    struct risk_table *table;
    struct logrank *logrank;
    struct chi_square_test trend;
    double score[ARM_MAX];
    int code = GSL_ENOMEM;

    *test = no_test(c->n_cause > 1 ? "log-rank test for trend of the event, competing events censored"
                                   : "log-rank test for trend");
    if (c->table == NULL) {
        undefined(test, "the outcome has no time");
        return 0;
    }
    for (size_t k = 0; k < n; k++)
        score[k] = (double)k + 1;
    table = risk_table_take_arms(c->table, arms, n);
    logrank = logrank_alloc(n);
    if (table != NULL && logrank != NULL)
        code = logrank_solve(table, c->n_cause > 1 ? 1 : 0, 0, 0, LOGRANK_RANK_TOLERANCE, logrank);
    if (code == GSL_SUCCESS || code == GSL_EZERODIV) {
        take_logrank(logrank, table, test);
        test->defined = test->defined && logrank_trend(logrank, score, &trend) == GSL_SUCCESS;
        test->statistic = test->defined ? trend.statistic : NAN;
        test->p_value = test->defined ? trend.p_value : NAN;
        test->df = 1;
        code = GSL_SUCCESS;
    }
    logrank_free(logrank);
    risk_table_free(table);
    return code == GSL_SUCCESS ? 0 : fail("outcome '%s': test for trend: %s", c->outcome->name.text, gsl_strerror(code));
}

static void take_gray(const struct gray *gray, int code, struct arm_test *test)
{
    test->n = gray->n_person;
    test->n_event = gray->n_event;
    test->defined = code == GSL_SUCCESS;
    if (test->defined) {
        test->statistic = gray->test.statistic;
        test->p_value = gray->test.p_value;
        test->df = gray->test.df;
    } else
        undefined(test, gray->n_event == 0 ? "no events in any arm"
                                           : "the variance is 0: at no event was there a choice between arms");
}

int test_gray(const struct comparison *c, const size_t *arms, size_t n, struct arm_test *test)
{
    struct risk_table *table;
    struct gray *gray;
    int code = GSL_ENOMEM;

    *test = no_test("Gray");
    if (c->table == NULL || c->delayed_entry) {
        undefined(test, c->table == NULL ? "the outcome has no time" : "there is no such test under delayed entry");
        return 0;
    }
    table = risk_table_take_arms(c->table, arms, n);
    gray = gray_alloc(n);
    if (table != NULL && gray != NULL)
        code = gray_solve(table, 1, 0, gray);
    if (code == GSL_SUCCESS || code == GSL_EZERODIV)
        take_gray(gray, code, test);
    gray_free(gray);
    risk_table_free(table);
    return code == GSL_SUCCESS || code == GSL_EZERODIV
               ? 0
               : fail("outcome '%s': Gray's test: %s", c->outcome->name.text, gsl_strerror(code));
}

void test_chi_square(const struct comparison *c, struct horizon horizon, const size_t *arms, size_t n,
                     struct arm_test *test)
{
    int64_t n_event[ARM_MAX], people[ARM_MAX];
    struct chi_square_test result;

    *test = no_test("Pearson chi-square, no continuity correction");
    if (!contrast_is_counted(c, horizon)) {
        undefined(test, c->delayed_entry ? "somebody is observed only from a later day on, so risks are no plain counts"
                                         : "somebody is censored before this day, so risks are no plain counts");
        return;
    }
    test->n = test->n_event = 0;
    for (size_t i = 0; i < n; i++) {
        struct number risk;
        risk_of_arm(c, arms[i], 1, horizon, CONF_LEVEL, &risk);
        n_event[i] = risk.n_event;
        people[i] = risk.n;
        test->n += people[i];
        test->n_event += n_event[i];
    }
    if (two_by_two_chi_square(n_event, people, n, &result) != GSL_SUCCESS) {
        undefined(test, test->n_event == 0 ? "no events in any arm" : "everybody has the event");
        return;
    }
    test->statistic = result.statistic;
    test->p_value = result.p_value;
    test->df = result.df;
    test->defined = true;
}
