/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random small data sets against R's answers (scripts/references/cox_random.R): a number and a factor, ties, sometimes
 * strata, delayed entry, frequencies; Efron, Breslow and exact likelihoods.
 *
 * The 10,000 sets of tests/reference/cox/random.csv; STEPDOWN_COX_ANSWERS names another file (scripts/check-r).
 */
#include <math.h>
#include <stdlib.h>

#include "stats/cox.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

#include <gsl/gsl_errno.h>

enum { N_MAX = 40 };

struct set {
    size_t n, n_stratum;
    bool delayed, weighted;
    enum cox_ties ties;
    double entry[N_MAX], time[N_MAX], x[N_MAX];
    int32_t event[N_MAX], stratum[N_MAX];
    uint16_t f[N_MAX];
    int64_t w[N_MAX];
};

static uint32_t draw(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % n;
}

static void make_set(uint32_t number, struct set *set)
{
    uint32_t state = number;
    for (int k = 0; k < 3; k++)
        draw(&state, 2);
    set->n = 8 + draw(&state, 33);
    const uint32_t span = 3 + draw(&state, 40);
    set->delayed = draw(&state, 4) == 0;
    set->n_stratum = 1;
    if (draw(&state, 3) == 0)
        set->n_stratum = 2 + draw(&state, 2);
    else
        draw(&state, 2);
    set->ties = (enum cox_ties)draw(&state, 3);
    for (size_t i = 0; i < set->n; i++) {
        set->entry[i] = set->delayed ? draw(&state, span) : 0;
        set->time[i] = set->entry[i] + 1 + draw(&state, span);
        set->event[i] = draw(&state, 3) > 0;
        set->stratum[i] = (int32_t)draw(&state, (uint32_t)set->n_stratum);
        set->x[i] = ((double)draw(&state, 1000) - 300) / 128;
        set->f[i] = (uint16_t)draw(&state, 3);
        set->w[i] = 1 + (int64_t)draw(&state, 3);
    }
    set->weighted = draw(&state, 4) == 0;
    if (set->weighted && set->ties == COX_EXACT)
        set->ties = COX_EFRON; /* as the script has it */
}

struct tally {
    size_t n_full, n_missing, n_more, n_bad;
};

static void complain(struct tally *tally, uint32_t number, const char *what, double ours, double theirs)
{
    if (tally->n_bad++ < 10)
        print_message("set %u: %s is %.15g, R has %.15g\n", number, what, ours, theirs);
}

static bool close_to(double ours, double theirs, double scale)
{
    return fabs(ours - theirs) <= 1e-9 * fmax(fabs(theirs), scale);
}

static void check_set(const struct reference *answers, size_t row, struct tally *tally)
{
    static struct set set;
    static const int32_t x_column[] = {0}, f_column[] = {DESIGN_NONE, 1, 2};
    const uint32_t number = (uint32_t)reference_value(answers, row, "set");
    make_set(number, &set);
    const struct design_block blocks[] = {{set.x, NULL, 1, x_column}, {NULL, set.f, 3, f_column}};
    const struct design_matrix design = {set.n, 3, 2, blocks};
    const struct cox_rows rows = {.n = set.n, .entry = set.delayed ? set.entry : NULL, .time = set.time,
                                  .event = set.event, .stratum = set.n_stratum > 1 ? set.stratum : NULL,
                                  .n_stratum = set.n_stratum, .frequency = set.weighted ? set.w : NULL,
                                  .design = &design};
    const struct cox_control control = COX_CONTROL;
    struct cox_data *data = cox_data_alloc(&rows, 1);
    struct cox_work *work = cox_work_alloc(data, set.ties, 1);
    struct cox_fit *fit = cox_fit_alloc(3);
    const int status = cox_fit_run(work, &control, fit);
    const double null = reference_value(answers, row, "null"), loglik = reference_value(answers, row, "loglik");
    const double score = reference_value(answers, row, "score");
    double n_event = 0;
    for (size_t i = 0; i < set.n; i++)
        n_event += set.event[i];
    if ((n_event == 0) != (status == GSL_EZERODIV)) {
        complain(tally, number, "the status", status, GSL_EZERODIV);
    } else if (isnan(null)) { /* no event, or R gives up */
        tally->n_missing++;
    } else if (!close_to(fit->loglik_null, null, 1e-3)) {
        complain(tally, number, "the null likelihood", fit->loglik_null, null);
    } else if (isnan(loglik)) { /* R warns or drops a column: so must we say something */
        bool said = !fit->converged;
        for (size_t j = 0; j < 3; j++)
            said |= fit->column[j] != COX_FITTED || fabs(fit->coef[j]) > 10;
        tally->n_more += !said; /* to eps 1e-15 R sometimes runs to and fro between two last bits */
        tally->n_missing++;
    } else {
        static const char *const coef[] = {"b1", "b2", "b3"}, *const error[] = {"s1", "s2", "s3"};
        if (!close_to(fit->loglik, loglik, 1e-3))
            complain(tally, number, "the likelihood", fit->loglik, loglik);
        if (!close_to(fit->score_test.statistic, score, 1e-3))
            complain(tally, number, "the score test", fit->score_test.statistic, score);
        for (size_t j = 0; j < 3; j++) {
            const double se = reference_value(answers, row, error[j]), b = reference_value(answers, row, coef[j]);
            if (!close_to(fit->coef[j], b, se))
                complain(tally, number, coef[j], fit->coef[j], b);
            if (!close_to(fit->std_err[j], se, 0))
                complain(tally, number, error[j], fit->std_err[j], se);
        }
        tally->n_full++;
    }
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
}

static void test_random_sets_are_fitted_as_in_r(void **state)
{
    (void)state;
    const char *path = getenv("STEPDOWN_COX_ANSWERS");
    struct reference *answers = reference_read(path != NULL ? path : "tests/reference/cox/random.csv");
    struct tally tally = {0};
    assert_non_null(answers);
    for (size_t row = 0; row < answers->n_rows; row++)
        check_set(answers, row, &tally);
    print_message("%zu sets compared, %zu without a maximum or a column, %zu of them in R alone\n", tally.n_full,
                  tally.n_missing, tally.n_more);
    assert_int_equal(tally.n_bad, 0);
    assert_true(tally.n_more * 200 <= answers->n_rows);
    assert_true(tally.n_full > 4 * tally.n_missing);
    reference_free(answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_sets_are_fitted_as_in_r),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
