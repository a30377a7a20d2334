/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/chained.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stats/placed_random.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { N = 2000 };

static void test_the_model_of_levels_is_that_of_nnet(void **state)
{
    (void)state;
    struct reference *rows = reference_read("tests/reference/multinomial_rows.csv"),
                     *answers = reference_read("tests/reference/multinomial_answers.csv");
    const size_t n = rows->n_rows;
    double *x = calloc(n * 3, sizeof *x), *weight = calloc(n, sizeof *weight), coef[6], factor[36];
    int32_t *code = calloc(n, sizeof *code);

    for (size_t i = 0; i < n; i++) {
        x[i * 3] = 1;
        x[i * 3 + 1] = reference_value(rows, i, "x1");
        x[i * 3 + 2] = reference_value(rows, i, "x2");
        weight[i] = reference_value(rows, i, "w");
        code[i] = (int32_t)reference_count(rows, i, "code");
    }
    for (int weighted = 0; weighted < 2; weighted++) {
        assert_int_equal(multinomial_fit(x, code, weighted ? weight : NULL, n, 3, 3, 0, coef, factor), GSL_SUCCESS);
        for (size_t a = 0; a < answers->n_rows; a++) {
            const size_t k = (size_t)(3 * (reference_count(answers, a, "level") - 1) + reference_count(answers, a, "column"));
            if (reference_count(answers, a, "weighted") != weighted)
                continue;
            assert_near(coef[k], reference_value(answers, a, "coef"), 1e-9);
            /* The variance is that of e_k: solve L y = e_k, sum y^2. */
            double y[6], sum = 0;
            for (size_t i = 0; i < 6; i++) {
                y[i] = i == k;
                for (size_t j = 0; j < i; j++)
                    y[i] -= factor[i * 6 + j] * y[j];
                y[i] /= factor[i * 6 + i];
                sum += y[i] * y[i];
            }
            assert_near(sqrt(sum), reference_value(answers, a, "std_error"), 1e-7);
        }
    }
    free(x);
    free(weight);
    free(code);
    reference_free(rows);
    reference_free(answers);
}

/* People: x complete; y = 2 + x + noise and a group by x, both missing more often where x is large. */
struct people {
    double x[N], y[N], y_true[N];
    int32_t group[N], group_true[N];
    uint8_t no_y[N], no_group[N];
    uint64_t key[N];
};

static void make(struct people *p)
{
    for (size_t i = 0; i < N; i++) {
        double u[2], v[2];
        placed_random_pair(20261128, i, 0, u);
        placed_random_pair(20261128, i, 1, v);
        p->x[i] = gsl_cdf_ugaussian_Pinv(u[0]);
        p->y[i] = p->y_true[i] = 2 + p->x[i] + 0.5 * gsl_cdf_ugaussian_Pinv(u[1]);
        const double e1 = exp(0.5 + p->x[i]), e2 = exp(-p->x[i]);
        p->group[i] = p->group_true[i] = v[0] < 1 / (1 + e1 + e2) ? 0 : v[0] < (1 + e1) / (1 + e1 + e2) ? 1 : 2;
        p->no_y[i] = v[1] < 1 / (1 + exp(-p->x[i]));
        p->no_group[i] = placed_random(20261128, i, 2) < 0.6 / (1 + exp(-p->x[i]));
        p->key[i] = i * UINT64_C(0x9e3779b97f4a7c15);
    }
}

static struct chained_data data_of(struct people *p, struct chained_variable v[2], const double *fixed[1])
{
    v[0] = (struct chained_variable){.value = p->y, .missing = p->no_y};
    v[1] = (struct chained_variable){.n_level = 3, .code = p->group, .missing = p->no_group};
    fixed[0] = p->x;
    return (struct chained_data){.n = N, .n_variable = 2, .variable = v, .n_fixed = 1, .fixed = fixed, .key = p->key};
}

static double mean(const double *x, const uint8_t *leave_out)
{
    double sum = 0, n = 0;

    for (size_t i = 0; i < N; i++)
        if (leave_out == NULL || !leave_out[i]) {
            sum += x[i];
            n++;
        }
    return sum / n;
}

static double share(const int32_t *code, const uint8_t *leave_out, int32_t level)
{
    double sum = 0, n = 0;

    for (size_t i = 0; i < N; i++)
        if (leave_out == NULL || !leave_out[i]) {
            sum += code[i] == level;
            n++;
        }
    return sum / n;
}

static void test_imputed_means_are_where_complete_cases_are_not(void **state)
{
    (void)state;
    static struct people p;
    struct chained_variable v[2];
    const double *fixed[1];
    double y = 0, group = 0;
    enum { M = 10 };

    make(&p);
    const double truth = mean(p.y_true, NULL), complete = mean(p.y, p.no_y), level = share(p.group_true, NULL, 1),
                 level_complete = share(p.group, p.no_group, 1);
    for (uint64_t which = 0; which < M; which++) {
        struct chained_data data = data_of(&p, v, fixed);
        assert_int_equal(chained_impute(&data, 5, 42, which), GSL_SUCCESS);
        y += mean(p.y, NULL) / M;
        group += share(p.group, NULL, 1) / M;
        for (size_t i = 0; i < N; i++) { /* what is known stays */
            assert_true(p.no_y[i] || p.y[i] == p.y_true[i]);
            assert_true(p.no_group[i] || p.group[i] == p.group_true[i]);
        }
    }
    /* Monte-Carlo errors here are 0.5 / sqrt(1000) and sqrt(0.25 / 600). */
    assert_true(fabs(complete - truth) > 0.25);
    assert_true(fabs(y - truth) < 0.05);
    assert_true(fabs(level_complete - level) > 0.04);
    assert_true(fabs(group - level) < 0.03);
}

static void test_numbers_that_are_drawn_are_numbers_that_occur(void **state)
{
    (void)state;
    static struct people p;
    struct chained_variable v[2];
    const double *fixed[1];

    make(&p);
    struct chained_data data = data_of(&p, v, fixed);
    assert_int_equal(chained_impute(&data, 2, 7, 0), GSL_SUCCESS);
    for (size_t i = 0; i < 50; i++) {
        bool occurs = !p.no_y[i];
        for (size_t j = 0; !occurs && j < N; j++)
            occurs = !p.no_y[j] && p.y[j] == p.y[i];
        assert_true(occurs);
    }
}

/* Draws of one missing level at its own: their spread is that of the parameter and of the level together. */
static void test_imputations_differ_and_repeat(void **state)
{
    (void)state;
    static struct people a, b, c;
    struct chained_variable v[2];
    const double *fixed[1];

    make(&a);
    make(&b);
    make(&c);
    struct chained_data data = data_of(&a, v, fixed);
    assert_int_equal(chained_impute(&data, 3, 42, 1), GSL_SUCCESS);
    data = data_of(&b, v, fixed);
    assert_int_equal(chained_impute(&data, 3, 42, 1), GSL_SUCCESS);
    data = data_of(&c, v, fixed);
    assert_int_equal(chained_impute(&data, 3, 42, 2), GSL_SUCCESS);
    assert_memory_equal(a.y, b.y, sizeof a.y);
    assert_memory_equal(a.group, b.group, sizeof a.group);
    assert_true(memcmp(a.y, c.y, sizeof a.y) != 0 && memcmp(a.group, c.group, sizeof a.group) != 0);
}

/* A level that one side of x alone has: the likelihood has no maximum, the prior keeps it. */
static void test_separated_levels_are_drawn_all_the_same(void **state)
{
    (void)state;
    static struct people p;
    struct chained_variable v[2];
    const double *fixed[1];

    make(&p);
    for (size_t i = 0; i < N; i++)
        p.group[i] = p.x[i] > 0 ? 2 : p.x[i] > -1;
    struct chained_data data = data_of(&p, v, fixed);
    assert_int_equal(chained_impute(&data, 2, 3, 0), GSL_SUCCESS);
    size_t right = 0, n = 0;
    for (size_t i = 0; i < N; i++)
        if (p.no_group[i] && fabs(p.x[i]) > 0.3 && fabs(p.x[i] + 1) > 0.3) {
            right += p.group[i] == (p.x[i] > 0 ? 2 : p.x[i] > -1);
            n++;
        }
    assert_true((double)right > 0.97 * (double)n);
}

static void test_a_variable_that_nobody_has_is_refused(void **state)
{
    (void)state;
    static struct people p;
    struct chained_variable v[2];
    const double *fixed[1];

    make(&p);
    for (size_t i = 0; i < N; i++)
        p.no_y[i] = i != 7;
    struct chained_data data = data_of(&p, v, fixed);
    assert_int_equal(chained_impute(&data, 2, 3, 0), GSL_EDOM);
}

/* Rows that count for thousands: chi-square draws with a million degrees of freedom.  Donors are neighbours in x, so that values follow it. */
static void test_draws_from_a_million_people_follow_the_observed(void **state)
{
    (void)state;
    enum { ROWS = 300 };
    double x[ROWS], y[ROWS], weight[ROWS];
    uint8_t missing[ROWS];
    uint64_t key[ROWS];
    const double *fixed[1] = {x};
    struct chained_variable v = {.value = y, .missing = missing};
    const struct chained_data data = {.n = ROWS, .n_variable = 1, .variable = &v, .n_fixed = 1, .fixed = fixed, .weight = weight, .key = key};

    for (size_t i = 0; i < ROWS; i++) {
        x[i] = (double)i / 10;
        y[i] = 2.385 + x[i] + (i % 2 == 0 ? 0.1 : -0.1);
        weight[i] = 4000;
        missing[i] = i % 6 == 1;
        key[i] = i;
    }
    for (uint64_t which = 0; which < 60; which++) {
        assert_int_equal(chained_impute(&data, 1, 42, which), GSL_SUCCESS);
        for (size_t i = 0; i < ROWS; i++)
            assert_true(fabs(y[i] - 2.385 - x[i]) < 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_model_of_levels_is_that_of_nnet),
        cmocka_unit_test(test_imputed_means_are_where_complete_cases_are_not),
        cmocka_unit_test(test_draws_from_a_million_people_follow_the_observed),
        cmocka_unit_test(test_numbers_that_are_drawn_are_numbers_that_occur),
        cmocka_unit_test(test_imputations_differ_and_repeat),
        cmocka_unit_test(test_separated_levels_are_drawn_all_the_same),
        cmocka_unit_test(test_a_variable_that_nobody_has_is_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
