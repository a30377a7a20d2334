/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits of many rows, which begin at that of some of them, against Newton's method in long double on dense columns. */
#include "stats/glm_start.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/placed_random.h"
#include "tests/support/near.h"

enum { N = 60000, P = 6, LEVELS = 4 };

struct people {
    double y[N], weight[N], x[2][N], offset[N];
    uint16_t code[N];
    int32_t column[LEVELS + 2];
    struct design_block block[3];
    struct design_matrix design;
};

/* Columns: two numbers, three levels of four. */
static struct people *people_make(enum glm_family family)
{
    struct people *const p = calloc(1, sizeof *p);

    assert_non_null(p);
    for (size_t i = 0; i < N; i++) {
        p->x[0][i] = 3 * placed_random(7, i, 0) - 1;
        p->x[1][i] = 40 + 20 * placed_random(7, i, 1);
        p->code[i] = (uint16_t)(LEVELS * placed_random(7, i, 2) * 0.999);
        p->weight[i] = floor(3 * placed_random(7, i, 3)) * 0.7;
        p->offset[i] = 0.3 * placed_random(7, i, 4);
        const double eta = -0.6 + 0.8 * p->x[0][i] + 0.01 * p->x[1][i] - 0.4 * p->code[i] + p->offset[i];
        p->y[i] = family == GLM_LOGISTIC ? placed_random(7, i, 5) < 1 / (1 + exp(-eta)) : floor(2 * placed_random(7, i, 5) * exp(eta));
    }
    for (size_t l = 0; l < LEVELS; l++)
        p->column[l] = l == 1 ? DESIGN_NONE : (int32_t)(l > 1 ? l + 1 : 2);
    p->column[LEVELS] = 0;
    p->column[LEVELS + 1] = 1;
    p->block[0] = (struct design_block){.value = p->x[0], .n_level = 1, .column = &p->column[LEVELS]};
    p->block[1] = (struct design_block){.value = p->x[1], .n_level = 1, .column = &p->column[LEVELS + 1]};
    p->block[2] = (struct design_block){.code = p->code, .n_level = LEVELS, .column = p->column};
    p->design = (struct design_matrix){N, P - 1, 3, p->block};
    return p;
}

static void dense_row(const struct people *p, size_t i, long double *x)
{
    double row[P - 1];

    design_row(&p->design, i, row);
    x[0] = 1;
    for (size_t j = 1; j < P; j++)
        x[j] = row[j - 1] - (j == 2 ? 50 : 0); /* near its middle: the intercept is moved back */
}

/* a x = b by elimination, and the inverse of a. */
static void invert(long double a[P][P], long double inverse[P][P])
{
    for (size_t j = 0; j < P; j++)
        for (size_t k = 0; k < P; k++)
            inverse[j][k] = j == k;
    for (size_t j = 0; j < P; j++)
        for (size_t r = 0; r < P; r++) {
            const long double factor = a[r][j] / a[j][j];
            for (size_t k = 0; k < P && r != j; k++) {
                a[r][k] -= factor * a[j][k];
                inverse[r][k] -= factor * inverse[j][k];
            }
        }
    for (size_t j = 0; j < P; j++)
        for (size_t k = 0; k < P; k++)
            inverse[j][k] /= a[j][j];
}

struct answer {
    long double coef[P], variance[P], loglik;
};

static void newton(const struct people *p, const struct glm_data *data, enum glm_family family, struct answer *answer)
{
    long double beta[P] = {0}, info[P][P], inverse[P][P], score[P];

    for (int k = 0; k < 12; k++) {
        memset(info, 0, sizeof info);
        memset(score, 0, sizeof score);
        answer->loglik = 0;
        for (size_t i = 0; i < N; i++) {
            long double x[P], eta = data->offset != NULL ? (long double)p->offset[i] : 0;
            const long double w = data->weight != NULL ? (long double)p->weight[i] : 1, y = (long double)p->y[i];
            dense_row(p, i, x);
            for (size_t j = 0; j < P; j++)
                eta += x[j] * beta[j];
            const long double mu = family == GLM_LOGISTIC ? 1 / (1 + expl(-eta)) : expl(eta);
            const long double v = family == GLM_LOGISTIC ? mu * (1 - mu) : mu;
            answer->loglik += w * (family == GLM_LOGISTIC ? y * logl(mu) + (1 - y) * log1pl(-mu) : y * eta - mu - lgammal(y + 1));
            for (size_t j = 0; j < P; j++) {
                score[j] += w * (y - mu) * x[j];
                for (size_t l = 0; l < P; l++)
                    info[j][l] += w * v * x[j] * x[l];
            }
        }
        invert(info, inverse);
        for (size_t j = 0; j < P; j++)
            for (size_t l = 0; l < P; l++)
                beta[j] += inverse[j][l] * score[l];
    }
    for (size_t j = 0; j < P; j++) {
        answer->coef[j] = beta[j];
        answer->variance[j] = inverse[j][j];
    }
    answer->coef[0] -= 50 * beta[2];
    answer->variance[0] += -2 * 50 * inverse[0][2] + 2500 * inverse[2][2];
}

static void check_people(const struct people *p, enum glm_family family, bool weighted, bool with_offset, long double digits)
{
    const struct glm_data data = {&p->design, p->y, with_offset ? p->offset : NULL, weighted ? p->weight : NULL};
    const struct glm_options options = {.family = family, .n_threads = 2};
    struct glm_fit *fit;
    struct answer answer;

    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    newton(p, &data, family, &answer);
    assert_true(fit->converged);
    for (size_t j = 0; j < P; j++) {
        assert_true(fabsl((long double)fit->coef[j] - answer.coef[j]) <= digits * fmaxl(fabsl(answer.coef[j]), sqrtl(answer.variance[j])));
        assert_true(fabsl((long double)fit->covariance[j * P + j] - answer.variance[j]) <= digits * answer.variance[j]);
    }
    assert_true(fabsl((long double)fit->loglik - answer.loglik) <= digits / 10 * fabsl(answer.loglik));
    glm_fit_free(fit);
}

static void check(enum glm_family family, bool weighted, bool with_offset)
{
    struct people *const p = people_make(family);

    check_people(p, family, weighted, with_offset, 1e-12L);
    free(p);
}

static void test_many_rows_have_the_maximum_that_newton_finds_in_long_double(void **state)
{
    (void)state;
    check(GLM_LOGISTIC, false, false);
    check(GLM_LOGISTIC, true, true);
    check(GLM_POISSON, true, true);
}

/*
 * A few rows weigh as much as thousands and say the contrary.  Which rows are chosen hangs on their values alone, so the maximum of
 * the chosen ones is far from that of all, by more and more.  Sums keep their bits for the largest weight: fewer digits are left.
 */
static void test_a_start_that_is_far_away_is_left(void **state)
{
    static const double heavies[] = {48, 500, 810, 1290, 8000};

    (void)state;
    for (size_t k = 0; k < sizeof heavies / sizeof heavies[0]; k++) {
        struct people *const p = people_make(GLM_LOGISTIC);
        for (size_t i = 0; i < N; i++)
            p->weight[i] = i % 4000 == 7 ? heavies[k] : 1;
        for (size_t i = 7; i < N; i += 4000)
            p->y[i] = p->x[0][i] < 0.3;
        check_people(p, GLM_LOGISTIC, true, false, 1e-10L);
        free(p);
    }
}

/* Rows turned round, and other threads. */
static void test_neither_order_nor_threads_change_a_bit(void **state)
{
    (void)state;
    struct people *const p = people_make(GLM_LOGISTIC), *const q = people_make(GLM_LOGISTIC);

    for (size_t i = 0; i < N; i++) {
        const size_t from = N - 1 - i;
        q->y[i] = p->y[from];
        q->weight[i] = p->weight[from];
        q->offset[i] = p->offset[from];
        q->code[i] = p->code[from];
        q->x[0][i] = p->x[0][from];
        q->x[1][i] = p->x[1][from];
    }
    const struct glm_data data[2] = {{&p->design, p->y, p->offset, p->weight}, {&q->design, q->y, q->offset, q->weight}};
    struct glm_fit *fit[2];
    for (size_t k = 0; k < 2; k++) {
        const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1 + 2 * k};
        assert_int_equal(glm_fit_alloc(&data[k], &options, &fit[k]), GSL_SUCCESS);
    }
    assert_memory_equal(fit[0]->coef, fit[1]->coef, (P + 2 * P * P) * sizeof(double));
    assert_true(fit[0]->loglik == fit[1]->loglik && fit[0]->deviance == fit[1]->deviance &&
                fit[0]->score_test == fit[1]->score_test && fit[0]->n_iteration == fit[1]->n_iteration);
    for (size_t k = 0; k < 2; k++)
        glm_fit_free(fit[k]);
    free(p);
    free(q);
}

/* A level of which everybody has an event; and one that only a few rows have, which the chosen ones lack. */
static void test_what_separates_is_found_among_many_rows_too(void **state)
{
    (void)state;
    struct people *const p = people_make(GLM_LOGISTIC);
    const struct glm_data data = {&p->design, p->y, NULL, NULL};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 2};
    struct glm_fit *fit;

    for (size_t i = 0; i < N; i++)
        p->y[i] = p->code[i] == 3 ? 1 : p->y[i];
    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    for (size_t j = 0; j < P; j++)
        assert_int_equal(fit->separated[j], j == (size_t)p->column[3] + 1);
    assert_true(isnan(fit->coef[p->column[3] + 1]) && isfinite(fit->coef[1]));
    glm_fit_free(fit);
    for (size_t i = 0; i < N; i++) {
        p->code[i] = (uint16_t)(p->code[i] == 3 ? 2 : p->code[i]);
        if (i < 6) {
            p->code[i] = 3;
            p->y[i] = i % 2 == 1;
        }
    }
    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    assert_true(fit->converged);
    for (size_t j = 0; j < P; j++)
        assert_true(!fit->separated[j] && !fit->aliased[j] && isfinite(fit->coef[j]));
    glm_fit_free(fit);
    free(p);
}

/*
 * A factor alone: rows are of few kinds, and those that a hash chooses would all be chosen again.  With a coefficient for each
 * level the answer is known: the log odds of the levels.
 */
static void test_many_rows_of_few_kinds_have_the_odds_of_their_levels(void **state)
{
    enum { MANY = 800000, KINDS = 64 };
    double *const y = calloc(MANY, sizeof *y);
    uint16_t *const code = calloc(MANY, sizeof *code);
    int32_t column[KINDS];
    double n[KINDS] = {0}, n_event[KINDS] = {0};
    struct glm_fit *fit;

    (void)state;
    assert_true(y != NULL && code != NULL);
    for (size_t i = 0; i < MANY; i++) {
        code[i] = (uint16_t)(KINDS * placed_random(9, i, 0) * 0.999);
        y[i] = placed_random(9, i, 1) < 0.2 + 0.01 * code[i];
        n[code[i]]++;
        n_event[code[i]] += y[i];
    }
    for (int l = 0; l < KINDS; l++)
        column[l] = l == 0 ? DESIGN_NONE : l - 1;
    const struct design_block block = {.code = code, .n_level = KINDS, .column = column};
    const struct design_matrix design = {MANY, KINDS - 1, 1, &block};
    const struct glm_data data = {&design, y, NULL, NULL};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 2};
    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    assert_true(fit->converged);
    const double reference = log(n_event[0] / (n[0] - n_event[0]));
    assert_near(fit->coef[0], reference, 1e-11);
    for (int l = 1; l < KINDS; l++)
        assert_near(fit->coef[l], log(n_event[l] / (n[l] - n_event[l])) - reference, 1e-11);
    glm_fit_free(fit);
    free(code);
    free(y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_rows_have_the_maximum_that_newton_finds_in_long_double),
        cmocka_unit_test(test_a_start_that_is_far_away_is_left),
        cmocka_unit_test(test_neither_order_nor_threads_change_a_bit),
        cmocka_unit_test(test_what_separates_is_found_among_many_rows_too),
        cmocka_unit_test(test_many_rows_of_few_kinds_have_the_odds_of_their_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
