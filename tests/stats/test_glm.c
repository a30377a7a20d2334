/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/glm.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/glm_sandwich.h"
#include "stats/negbin.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { N_MAX = 700, P = 5 };

/* y ~ x1 + x2 + f: two numbers and a factor of three levels. */
struct sample {
    size_t n;
    double x1[N_MAX], x2[N_MAX], weight[N_MAX], offset[N_MAX], y[N_MAX], count[N_MAX];
    uint16_t f[N_MAX];
    int32_t cluster[N_MAX];
    int32_t columns[5]; /* of x1, x2 and the levels of f */
    struct design_block blocks[3];
    struct design_matrix design;
    struct glm_data data;
};

static void connect(struct sample *s, size_t n, bool counts)
{
    s->n = n;
    memcpy(s->columns, (int32_t[]){0, 1, DESIGN_NONE, 2, 3}, sizeof s->columns);
    s->blocks[0] = (struct design_block){s->x1, NULL, 1, &s->columns[0]};
    s->blocks[1] = (struct design_block){s->x2, NULL, 1, &s->columns[1]};
    s->blocks[2] = (struct design_block){NULL, s->f, 3, &s->columns[2]};
    s->design = (struct design_matrix){n, 4, 3, s->blocks};
    s->data = (struct glm_data){&s->design, counts ? s->count : s->y, s->offset, s->weight};
}

static void sample_read(const struct reference *r, int64_t set, bool counts, struct sample *s)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_rows; i++) {
        if (reference_count(r, i, "set") != set)
            continue;
        s->x1[n] = reference_value(r, i, "x1");
        s->x2[n] = reference_value(r, i, "x2");
        s->f[n] = (uint16_t)reference_count(r, i, "f");
        s->weight[n] = reference_value(r, i, "weight");
        s->offset[n] = reference_value(r, i, "offset");
        s->cluster[n] = (int32_t)reference_count(r, i, "cluster");
        s->y[n] = reference_value(r, i, "y");
        s->count[n++] = reference_value(r, i, "count");
    }
    connect(s, n, counts);
}

static double se_of(const double *covariance, size_t p, size_t j)
{
    return sqrt(covariance[j * p + j]);
}

static void check_robust(const struct reference *r, size_t i, const struct sample *s, const struct glm_options *options,
                         const struct glm_fit *fit)
{
    static const char *const names[] = {"hc0", "hc1", "hc2", "hc3"};
    const size_t j = (size_t)reference_count(r, i, "term");
    double v[P * P];

    for (int k = GLM_HC0; k <= GLM_HC3; k++) {
        assert_int_equal(glm_sandwich(&s->data, options, fit, (enum glm_robust)k, true, v), GSL_SUCCESS);
        assert_near(se_of(v, P, j), reference_value(r, i, names[k]), 1e-7);
    }
    assert_int_equal(glm_sandwich(&s->data, options, fit, GLM_HC0, false, v), GSL_SUCCESS);
    assert_near(se_of(v, P, j), reference_value(r, i, "sampling"), 1e-7);
    assert_int_equal(glm_sandwich_clustered(&s->data, options, fit, &(struct clusters){s->cluster, 19, 0}, v), GSL_SUCCESS);
    assert_near(se_of(v, P, j), reference_value(r, i, "clustered"), 1e-7); /* of 19 numbers those that are there count */
}

static void check_fit(const struct reference *r, size_t i, const struct glm_fit *fit)
{
    const size_t j = (size_t)reference_count(r, i, "term");

    assert_true(fit->converged);
    const double se = reference_value(r, i, "se"), tolerance = reference_count(r, i, "family") == GLM_NEGBIN ? 1e-7 : 1e-10; /* how near R comes */

    /* a coefficient near 0 is compared on the scale of its error */
    if (fabs(fit->coef[j] - reference_value(r, i, "coef")) > tolerance * se)
        assert_near(fit->coef[j], reference_value(r, i, "coef"), tolerance);
    assert_near(se_of(fit->covariance, P, j), se, 10 * tolerance);
    assert_near(fit->loglik, reference_value(r, i, "loglik"), tolerance / 10);
    assert_near(fit->loglik_null, reference_value(r, i, "loglik_null"), tolerance / 10);
    assert_near(fit->deviance, reference_value(r, i, "deviance"), tolerance);
    assert_near(fit->score_test, reference_value(r, i, "score"), 10 * tolerance);
    assert_near(fit->wald_test, reference_value(r, i, "wald"), 100 * tolerance);
    assert_int_equal(fit->df, 4);
}

static void check_firth(const struct reference *r, size_t i, const struct sample *s)
{
    const struct glm_options options = {.family = GLM_LOGISTIC, .firth = true, .n_threads = 1};
    const size_t j = (size_t)reference_count(r, i, "term");
    struct glm_fit *fit;

    assert_int_equal(glm_fit_alloc(&s->data, &options, &fit), GSL_SUCCESS);
    assert_true(fit->converged);
    assert_near(fit->coef[j], reference_value(r, i, "firth"), 1e-8);
    assert_near(se_of(fit->covariance, P, j), reference_value(r, i, "firth_se"), 1e-8);
    glm_fit_free(fit);
}

static void check_row(const struct reference *rows, const struct reference *r, size_t i)
{
    static struct sample s;
    struct glm_options options = {.family = (enum glm_family)reference_count(r, i, "family"), .n_threads = 2};
    struct negbin negbin = {NULL};
    struct glm_fit *fit = NULL;

    sample_read(rows, reference_count(r, i, "set"), options.family != GLM_LOGISTIC, &s);
    if (options.family == GLM_NEGBIN) {
        assert_int_equal(negbin_solve(&s.data, &options, &negbin), GSL_SUCCESS);
        assert_true(negbin.converged && !negbin.infinite);
        assert_near(negbin.theta, reference_value(r, i, "theta"), 1e-7);
        assert_near(negbin.theta_std_error, reference_value(r, i, "theta_se"), 1e-7);
        options.theta = negbin.theta;
    } else {
        assert_int_equal(glm_fit_alloc(&s.data, &options, &fit), GSL_SUCCESS);
    }
    check_fit(r, i, fit != NULL ? fit : negbin.fit);
    check_robust(r, i, &s, &options, fit != NULL ? fit : negbin.fit);
    if (options.family == GLM_LOGISTIC)
        check_firth(r, i, &s);
    glm_fit_free(fit);
    negbin_clear(&negbin);
}

static void test_agrees_with_r(void **state)
{
    struct reference *const rows = reference_read("tests/reference/glm_rows.csv");
    struct reference *const answers = reference_read("tests/reference/glm_answers.csv");

    (void)state;
    for (size_t i = 0; i < answers->n_rows; i++)
        check_row(rows, answers, i);
    print_message("%zu coefficients compared with R\n", answers->n_rows);
    assert_true(answers->n_rows > 300);
    reference_free(rows);
    reference_free(answers);
}

/* ---- laws ------------------------------------------------------------------------------------------------------ */

static void draw(gsl_rng *rng, struct sample *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        s->x1[i] = gsl_rng_uniform(rng) - 0.5;
        s->x2[i] = 100 * gsl_rng_uniform(rng);
        s->f[i] = (uint16_t)gsl_rng_uniform_int(rng, 3);
        s->weight[i] = 1 + (double)gsl_rng_uniform_int(rng, 2);
        s->offset[i] = 0.2 * gsl_rng_uniform(rng);
        s->y[i] = gsl_rng_uniform(rng) < 1 / (1 + exp(-s->x1[i] - 0.3 * s->f[i]));
        s->count[i] = (double)gsl_rng_uniform_int(rng, 5);
    }
    connect(s, n, false);
}

static struct glm_fit *fitted(const struct sample *s, enum glm_family family, size_t n_threads)
{
    const struct glm_options options = {.family = family, .theta = 1.5, .n_threads = n_threads};
    struct glm_fit *fit;

    assert_int_equal(glm_fit_alloc(&s->data, &options, &fit), GSL_SUCCESS);
    return fit;
}

static void assert_same_bits(const struct glm_fit *a, const struct glm_fit *b)
{
    assert_memory_equal(a->coef, b->coef, a->p * sizeof *a->coef);
    assert_memory_equal(a->covariance, b->covariance, a->p * a->p * sizeof *a->covariance);
    assert_true(a->loglik == b->loglik && a->deviance == b->deviance && a->score_test == b->score_test);
}

static void test_threads_and_row_order_change_no_bit(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s, t;

    (void)state;
    for (int k = 0; k < 20; k++) {
        draw(rng, &s, 300);
        t = s;
        for (size_t i = 0; i < s.n; i++) {
            const size_t j = (i * 7 + 3) % s.n; /* 7 and 300 share no factor */
            t.x1[j] = s.x1[i];
            t.x2[j] = s.x2[i];
            t.f[j] = s.f[i];
            t.weight[j] = s.weight[i];
            t.offset[j] = s.offset[i];
            t.y[j] = s.y[i];
            t.count[j] = s.count[i];
        }
        for (int family = GLM_LOGISTIC; family <= GLM_NEGBIN; family++) {
            connect(&s, 300, family != GLM_LOGISTIC);
            connect(&t, 300, family != GLM_LOGISTIC);
            struct glm_fit *const a = fitted(&s, (enum glm_family)family, 1), *const b = fitted(&t, (enum glm_family)family, 1);
            struct glm_fit *const c = fitted(&s, (enum glm_family)family, 4);

            assert_same_bits(a, b);
            assert_same_bits(a, c);
            glm_fit_free(a);
            glm_fit_free(b);
            glm_fit_free(c);
        }
    }
    gsl_rng_free(rng);
}

static void test_a_weight_of_two_is_two_rows(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s, t;

    (void)state;
    draw(rng, &s, 120);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        for (int k = 0; k < (int)s.weight[i]; k++, n++) {
            t.x1[n] = s.x1[i];
            t.x2[n] = s.x2[i];
            t.f[n] = s.f[i];
            t.weight[n] = 1;
            t.offset[n] = s.offset[i];
            t.y[n] = s.y[i];
        }
    connect(&t, n, false);
    struct glm_fit *const a = fitted(&s, GLM_LOGISTIC, 1), *const b = fitted(&t, GLM_LOGISTIC, 1);
    for (size_t j = 0; j < P; j++) {
        assert_near(a->coef[j], b->coef[j], 1e-10);
        assert_near(se_of(a->covariance, P, j), se_of(b->covariance, P, j), 1e-10);
    }
    glm_fit_free(a);
    glm_fit_free(b);
    gsl_rng_free(rng);
}

static void test_units_and_shifts_of_a_column_go_through(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s, t;

    (void)state;
    draw(rng, &s, 200);
    t = s;
    for (size_t i = 0; i < s.n; i++) {
        t.x1[i] = 1e-12 * s.x1[i];
        t.x2[i] = 1e8 * s.x2[i] + 1e10;
    }
    connect(&t, s.n, false);
    struct glm_fit *const a = fitted(&s, GLM_LOGISTIC, 1), *const b = fitted(&t, GLM_LOGISTIC, 1);
    assert_near(b->loglik, a->loglik, 1e-12);
    assert_near(b->coef[1], 1e12 * a->coef[1], 1e-8);
    assert_near(b->coef[2], 1e-8 * a->coef[2], 1e-8);
    glm_fit_free(a);
    glm_fit_free(b);
    gsl_rng_free(rng);
}

/* ---- what has no estimate ----------------------------------------------------------------------------------------- */

/* Everybody at level 2 has the event: that level has no estimate, and the others are those of the rest of the rows. */
static void test_a_level_with_events_only_is_separated_and_the_rest_is_fitted(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s, t;
    size_t n = 0;

    (void)state;
    draw(rng, &s, 250);
    for (size_t i = 0; i < s.n; i++)
        if (s.f[i] == 2)
            s.y[i] = 1;
    for (size_t i = 0; i < s.n; i++)
        if (s.f[i] != 2) {
            t.x1[n] = s.x1[i];
            t.x2[n] = s.x2[i];
            t.f[n] = s.f[i];
            t.weight[n] = s.weight[i];
            t.offset[n] = s.offset[i];
            t.y[n++] = s.y[i];
        }
    connect(&t, n, false);
    struct glm_fit *const a = fitted(&s, GLM_LOGISTIC, 1), *const b = fitted(&t, GLM_LOGISTIC, 1);
    assert_true(a->separated[4] && !a->separated[0] && !a->separated[1] && !a->separated[2] && !a->separated[3]);
    assert_true(isnan(a->coef[4]) && isnan(a->covariance[4 * P + 4]) && isnan(a->wald_test));
    assert_true(b->aliased[4] && !b->separated[4]);
    assert_near(a->loglik, b->loglik, 1e-12);
    for (size_t j = 0; j < 4; j++) {
        assert_near(a->coef[j], b->coef[j], 1e-9);
        assert_near(se_of(a->covariance, P, j), se_of(b->covariance, P, j), 1e-9);
    }
    for (size_t i = 0; i < s.n; i++)
        assert_int_equal(isinf(a->eta[i]) != 0, s.f[i] == 2);
    assert_true(a->converged && a->score_test > 0);
    glm_fit_free(a);
    glm_fit_free(b);
    gsl_rng_free(rng);
}

static void test_the_reference_level_can_be_separated_too(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s;

    (void)state;
    draw(rng, &s, 250);
    for (size_t i = 0; i < s.n; i++)
        if (s.f[i] == 0)
            s.y[i] = 0;
    struct glm_fit *const fit = fitted(&s, GLM_LOGISTIC, 1);
    assert_true(fit->separated[0] && fit->separated[3] && fit->separated[4]);
    assert_true(!fit->separated[1] && !fit->separated[2]);
    glm_fit_free(fit);
    gsl_rng_free(rng);
}

static void test_complete_separation_leaves_nothing(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s;

    (void)state;
    draw(rng, &s, 60);
    for (size_t i = 0; i < s.n; i++)
        s.y[i] = s.x1[i] > 0.1;
    struct glm_fit *fit = fitted(&s, GLM_LOGISTIC, 1);
    assert_true(fit->separated[1] && isnan(fit->coef[1]));
    assert_true(fabs(fit->loglik) < 1e-6);
    for (size_t j = 0; j < P; j++)
        assert_true(isnan(fit->coef[j]) || fit->aliased[j]);
    glm_fit_free(fit);

    const struct glm_options firth = {.family = GLM_LOGISTIC, .firth = true, .n_threads = 1};
    assert_int_equal(glm_fit_alloc(&s.data, &firth, &fit), GSL_SUCCESS);
    for (size_t j = 0; j < P; j++)
        assert_true(isfinite(fit->coef[j]) && fit->covariance[j * P + j] > 0);
    assert_true(fit->converged && fit->coef[1] > 0);
    glm_fit_free(fit);
    gsl_rng_free(rng);
}

/*
 * Thirteen men whose arm follows from four columns together.  Steps draw men back who are far away by then, and fewer men than columns
 * say anything at the end: all is separated all the same.  The score test is n times the R^2 of the linear regression (R, lm).
 */
static void test_men_who_are_told_apart_by_four_columns_together_are_separated(void **state)
{
    enum { N_MEN = 13, P_MEN = 4 };
    static const double age[] = {50, 62, 33, 24, 41, 53, 72, 44, 20, 59, 53, 67, 61}, y[] = {0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1},
                        severity[] = {-0.9, 1.26, 1.16, 1.24, 1.99, -0.69, -1.22, 0.29, 2.29, 0.05, -1.37, 2.3, -0.3};
    static const uint16_t drug[] = {0, 1, 1, 2, 1, 1, 0, 0, 2, 0, 0, 0, 1};

    (void)state;
    for (int32_t reference = 0; reference < 3; reference++) {
        int32_t drugs[3], columns[] = {2, 3};
        for (int32_t l = 0, column = 0; l < 3; l++)
            drugs[l] = l == reference ? DESIGN_NONE : column++;
        const struct design_block blocks[] = {{.code = drug, .n_level = 3, .column = drugs},
                                              {.value = age, .n_level = 1, .column = &columns[0]},
                                              {.value = severity, .n_level = 1, .column = &columns[1]}};
        const struct design_matrix design = {N_MEN, P_MEN, 3, blocks};
        const struct glm_data data = {&design, y, NULL, NULL};
        const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
        struct glm_fit *fit;
        assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
        for (size_t j = 0; j <= P_MEN; j++)
            assert_true(fit->separated[j] && !fit->aliased[j]);
        for (size_t i = 0; i < N_MEN; i++)
            assert_true(fit->eta[i] == (y[i] > 0 ? INFINITY : -INFINITY));
        assert_near(fit->loglik, 0, 0);
        assert_near(fit->score_test, 7.14778414376539, 1e-13);
        glm_fit_free(fit);
    }
}

/*
 * Few rows and five columns: one in three is separated, wholly or in part.  Another level of reference, other units, another order
 * of the columns: the same rows are predicted perfectly, and the likelihood is the same.
 */
static void test_what_is_separated_does_not_hang_on_the_coding(void **state)
{
    enum { ROWS_MAX = 30, N_CODING = 4 };
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    int n_separated = 0;

    (void)state;
    for (int set = 0; set < 1500; set++) {
        double x[ROWS_MAX], z[ROWS_MAX], other_x[ROWS_MAX], y[ROWS_MAX];
        uint16_t f[ROWS_MAX], g[ROWS_MAX];
        const size_t n = 8 + gsl_rng_uniform_int(rng, ROWS_MAX - 8);
        struct glm_fit *fit[N_CODING];
        for (size_t i = 0; i < n; i++) {
            x[i] = floor(100 * gsl_ran_gaussian(rng, 1)) / 100;
            z[i] = floor(18 + 60 * gsl_rng_uniform(rng));
            other_x[i] = 40 - 7 * x[i];
            f[i] = (uint16_t)gsl_rng_uniform_int(rng, 3);
            g[i] = (uint16_t)gsl_rng_uniform_int(rng, 2);
            y[i] = gsl_rng_uniform(rng) < 1 / (1 + exp(-(x[i] + 0.05 * (z[i] - 48) + f[i] - 1)));
        }
        for (int32_t k = 0; k < N_CODING; k++) {
            const int32_t first = k < 2 ? 0 : 3; /* factors before numbers, or behind them */
            const int32_t numbers[] = {3 - first, 4 - first}, gs[] = {k % 2 ? DESIGN_NONE : first == 0 ? 2 : 4,
                                                                    k % 2 ? (first == 0 ? 2 : 4) : DESIGN_NONE};
            int32_t fs[3];
            for (int32_t l = 0, column = first == 0 ? 0 : 2; l < 3; l++)
                fs[l] = l == k % 3 ? DESIGN_NONE : column++;
            const struct design_block blocks[] = {{.code = f, .n_level = 3, .column = fs},
                                                  {.code = g, .n_level = 2, .column = gs},
                                                  {.value = k % 2 ? other_x : x, .n_level = 1, .column = &numbers[0]},
                                                  {.value = z, .n_level = 1, .column = &numbers[1]}};
            const struct design_matrix design = {n, 5, 4, blocks};
            const struct glm_data data = {&design, y, NULL, NULL};
            const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
            assert_int_equal(glm_fit_alloc(&data, &options, &fit[k]), GSL_SUCCESS);
        }
        for (int k = 1; k < N_CODING; k++) {
            if (fabs(fit[k]->loglik - fit[0]->loglik) > 1e-7 || fit[k]->converged != fit[0]->converged)
                fail_msg("set %d, coding %d: log-likelihood %.10g and %.10g", set, k, fit[k]->loglik, fit[0]->loglik);
            for (size_t i = 0; i < n; i++)
                if (isinf(fit[k]->eta[i]) != isinf(fit[0]->eta[i]) ||
                    (isfinite(fit[0]->eta[i]) && fabs(fit[k]->eta[i] - fit[0]->eta[i]) > 1e-6 * (1 + fabs(fit[0]->eta[i]))))
                    fail_msg("set %d, coding %d, row %zu: predicted %g and %g", set, k, i, fit[k]->eta[i], fit[0]->eta[i]);
        }
        bool any = false;
        for (size_t i = 0; i < n; i++)
            any |= isinf(fit[0]->eta[i]) != 0;
        n_separated += any;
        for (int k = 0; k < N_CODING; k++)
            glm_fit_free(fit[k]);
    }
    printf("%d sets were separated\n", n_separated);
    assert_true(n_separated > 300);
    gsl_rng_free(rng);
}

/* Overlap that is narrow but there is no separation. */
static void test_a_steep_but_finite_fit_is_not_called_separated(void **state)
{
    static struct sample s;

    (void)state;
    for (size_t i = 0; i < 40; i++) {
        s.x1[i] = (double)i;
        s.x2[i] = 0;
        s.f[i] = 0;
        s.weight[i] = 1;
        s.offset[i] = 0;
        s.y[i] = i >= 20;
    }
    s.y[19] = 1;
    s.y[20] = 0;
    connect(&s, 40, false);
    struct glm_fit *const fit = fitted(&s, GLM_LOGISTIC, 1);
    for (size_t j = 0; j < P; j++)
        assert_false(fit->separated[j]);
    assert_true(fit->converged && fit->coef[1] > 0.5);
    glm_fit_free(fit);
}

/*
 * Twenty-three people (weights are those of being seen), one event among the few of the last drug.  The maximum exists, with risks of
 * 1e-16 and errors of 10^8: its place is rounding.  So the drugs have no estimate, whichever of them comes first and whatever
 * the units; the rest is that of the first drug alone (R: glm(y ~ sex + age + severity, binomial, weights = w)).
 */
static void test_a_maximum_that_is_rounding_is_none(void **state)
{
    enum { N_PEOPLE = 23, N_CODING = 6, N_COLUMN = 5 };
    static const double w = 1.1052631578947369,
                        y[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1},
                        age[] = {40, 46, 72, 45, 20, 51, 27, 40, 20, 33, 53, 54, 35, 62, 19, 34, 58, 75, 77, 76, 49, 73, 53},
                        severity[] = {2.55, 0.45, 0.7, 1.75, -0.55, 0.82, 1.06, 2.39, -0.32, 2.4, 2.12, -0.42, 1.65, 0.95, 2.61, 1.87, 1.62, 1.96, 0.14, 0.09, 0.84, -0.18, 1.87};
    static const uint16_t sex[] = {0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0},
                          drug[] = {0, 0, 0, 0, 0, 0, 1, 2, 0, 1, 0, 2, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0};
    double weight[N_PEOPLE], months[N_PEOPLE], shifted[N_PEOPLE];

    (void)state;
    for (size_t i = 0; i < N_PEOPLE; i++) {
        weight[i] = y[i] > 0 ? w : 1;
        months[i] = 12 * age[i];
        shifted[i] = 3 + severity[i] / 100;
    }
    for (int32_t k = 0; k < N_CODING; k++) {
        const int32_t columns[] = {3, 4}, sexes[] = {k % 2 ? 2 : DESIGN_NONE, k % 2 ? DESIGN_NONE : 2};
        int32_t drugs[3];
        for (int32_t l = 0, column = 0; l < 3; l++)
            drugs[l] = l == k % 3 ? DESIGN_NONE : column++;
        const struct design_block blocks[] = {{.code = drug, .n_level = 3, .column = drugs},
                                              {.code = sex, .n_level = 2, .column = sexes},
                                              {.value = k < 3 ? age : months, .n_level = 1, .column = &columns[0]},
                                              {.value = k < 3 ? severity : shifted, .n_level = 1, .column = &columns[1]}};
        const struct design_matrix design = {N_PEOPLE, N_COLUMN, 4, blocks};
        const struct glm_data data = {&design, y, NULL, weight};
        const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
        struct glm_fit *fit;
        assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
        assert_true(fit->converged && fit->separated[1] && fit->separated[2]);
        assert_true(fit->separated[0] == (k % 3 != 0) && !fit->separated[3] && !fit->separated[4] && !fit->separated[5]);
        for (size_t i = 0; i < N_PEOPLE; i++)
            assert_true(drug[i] == 0 ? isfinite(fit->eta[i]) : fit->eta[i] == (y[i] > 0 ? INFINITY : -INFINITY));
        assert_near(fit->loglik, -2.50878062058344, 1e-12);
        assert_near((k % 2 ? -1 : 1) * fit->coef[3], -25.1528409913576, 1e-9);
        assert_near(fit->eta[13], -1.2841902711058, 1e-9);
        glm_fit_free(fit);
    }
}

static void test_a_level_without_counts_is_separated_in_poisson(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s;

    (void)state;
    draw(rng, &s, 200);
    for (size_t i = 0; i < s.n; i++)
        if (s.f[i] == 1)
            s.count[i] = 0;
    connect(&s, 200, true);
    struct glm_fit *const fit = fitted(&s, GLM_POISSON, 1);
    assert_true(fit->separated[3] && !fit->separated[0] && !fit->separated[1] && !fit->separated[4]);
    glm_fit_free(fit);
    gsl_rng_free(rng);
}

static void test_a_copy_of_a_column_is_aliased(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s;

    (void)state;
    draw(rng, &s, 150);
    for (size_t i = 0; i < s.n; i++)
        s.x2[i] = 3 * s.x1[i] + 7;
    struct glm_fit *const fit = fitted(&s, GLM_LOGISTIC, 1);
    assert_true(fit->aliased[2] && fit->coef[2] == 0 && !fit->aliased[1] && !fit->separated[2]);
    assert_int_equal(fit->df, 3);
    assert_true(fit->converged);
    glm_fit_free(fit);
    gsl_rng_free(rng);
}

static void test_all_outcomes_alike_have_no_estimate(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s;

    (void)state;
    draw(rng, &s, 30);
    for (size_t i = 0; i < s.n; i++)
        s.y[i] = 1;
    struct glm_fit *const fit = fitted(&s, GLM_LOGISTIC, 1);
    assert_true(fit->separated[0] && fit->loglik == 0 && fit->loglik_null == 0);
    glm_fit_free(fit);
    gsl_rng_free(rng);
}

static void test_counts_that_spread_too_little_are_poisson(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s;
    const struct glm_options options = {.n_threads = 1};
    struct negbin negbin;

    (void)state;
    draw(rng, &s, 100);
    for (size_t i = 0; i < s.n; i++)
        s.count[i] = 3 + (double)(i % 2);
    connect(&s, 100, true);
    assert_int_equal(negbin_solve(&s.data, &options, &negbin), GSL_SUCCESS);
    struct glm_fit *const poisson = fitted(&s, GLM_POISSON, 1);
    assert_true(negbin.infinite && isinf(negbin.theta) && isnan(negbin.theta_std_error));
    assert_same_bits(negbin.fit, poisson);
    glm_fit_free(poisson);
    negbin_clear(&negbin);
    gsl_rng_free(rng);
}

static void test_bad_input_is_refused(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct sample s;
    struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    struct glm_fit *fit;

    (void)state;
    draw(rng, &s, 20);
    s.y[3] = 0.5;
    assert_int_equal(glm_fit_alloc(&s.data, &options, &fit), GSL_EINVAL);
    s.y[3] = 1;
    s.weight[2] = -1;
    assert_int_equal(glm_fit_alloc(&s.data, &options, &fit), GSL_EINVAL);
    assert_null(fit);
    s.weight[2] = 1;
    s.offset[2] = NAN;
    assert_int_equal(glm_fit_alloc(&s.data, &options, &fit), GSL_EINVAL);
    s.offset[2] = 0;
    s.x1[0] = INFINITY;
    assert_int_equal(glm_fit_alloc(&s.data, &options, &fit), GSL_EINVAL);
    s.x1[0] = 0;
    options.family = GLM_NEGBIN;
    assert_int_equal(glm_fit_alloc(&s.data, &options, &fit), GSL_EINVAL); /* theta 0 */
    options.family = GLM_POISSON;
    options.firth = true;
    assert_int_equal(glm_fit_alloc(&s.data, &options, &fit), GSL_EINVAL);
    options = (struct glm_options){.family = GLM_LOGISTIC};
    assert_int_equal(glm_fit_alloc(&s.data, &options, &fit), GSL_EINVAL); /* no thread */
    memset(s.weight, 0, sizeof s.weight);
    options.n_threads = 1;
    assert_int_equal(glm_fit_alloc(&s.data, &options, &fit), GSL_EINVAL);
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_r),
        cmocka_unit_test(test_threads_and_row_order_change_no_bit),
        cmocka_unit_test(test_a_weight_of_two_is_two_rows),
        cmocka_unit_test(test_units_and_shifts_of_a_column_go_through),
        cmocka_unit_test(test_a_level_with_events_only_is_separated_and_the_rest_is_fitted),
        cmocka_unit_test(test_the_reference_level_can_be_separated_too),
        cmocka_unit_test(test_complete_separation_leaves_nothing),
        cmocka_unit_test(test_men_who_are_told_apart_by_four_columns_together_are_separated),
        cmocka_unit_test(test_what_is_separated_does_not_hang_on_the_coding),
        cmocka_unit_test(test_a_steep_but_finite_fit_is_not_called_separated),
        cmocka_unit_test(test_a_maximum_that_is_rounding_is_none),
        cmocka_unit_test(test_a_level_without_counts_is_separated_in_poisson),
        cmocka_unit_test(test_a_copy_of_a_column_is_aliased),
        cmocka_unit_test(test_all_outcomes_alike_have_no_estimate),
        cmocka_unit_test(test_counts_that_spread_too_little_are_poisson),
        cmocka_unit_test(test_bad_input_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
