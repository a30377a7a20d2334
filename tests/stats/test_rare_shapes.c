/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other kernels on shapes of data that few studies have: everybody alike, a row without weight, counts beyond what a table draws
 * from, steps that never help.  Each is answered, or refused by its name.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/aft.h"
#include "stats/bootstrap.h"
#include "stats/chained.h"
#include "stats/cuminc.h"
#include "stats/finegray.h"
#include "stats/funnel.h"
#include "stats/gee.h"
#include "stats/glm_sandwich.h"
#include "stats/leaving.h"
#include "stats/logit_sums.h"
#include "stats/linear.h"
#include "stats/meta.h"
#include "stats/negbin.h"
#include "stats/round_newton.h"
#include "stats/turnbull_error.h"
#include "tests/stats/rare_people.h"

/* A column of ones says nothing beyond the baseline. */
static void test_a_column_of_ones_in_fine_and_gray(void **state)
{
    static int32_t cause[N];
    static const int32_t second[] = {1};
    static struct design_block two[2];
    const struct design_matrix with_ones = {N, 2, 2, two};
    const struct finegray_control control = FINEGRAY_CONTROL;
    struct finegray *alone = finegray_alloc(1), *beside = finegray_alloc(2);

    (void)state;
    two[0] = (struct design_block){x, NULL, 1, numbers};
    two[1] = (struct design_block){NULL, NULL, 1, second};
    for (int i = 0; i < N; i++) {
        times[i] = 2 + i % 3; /* so many on one day that they are added at once */
        cause[i] = i % 3 == 0 ? 0 : i % 5 == 0 ? 2 : 1;
    }
    struct finegray_rows rows = {.n = N, .time = times, .cause = cause, .wanted = 1, .n_group = 1, .design = &design};
    assert_int_equal(finegray_solve(&rows, &control, 1, alone), GSL_SUCCESS);
    rows.design = &with_ones;
    assert_int_equal(finegray_solve(&rows, &control, 1, beside), GSL_SUCCESS);
    assert_int_equal(beside->column[1], FINEGRAY_ALIASED);
    assert_near(beside->coef[0], alone->coef[0], 1e-10);
    assert_near(beside->std_err[0], alone->std_err[0], 1e-10);
    finegray_free(alone);
    finegray_free(beside);
}

static void test_late_entries_have_no_jackknife(void **state)
{
    static const double axis[] = {0, 1, 2, 3};
    const double from[] = {1, 0, 0}, until[] = {3, 2, 3};
    const int32_t cause[] = {1, 2, 1};
    struct risk_table *table = risk_table_alloc(1, 1, 2, axis, 4);
    struct cuminc_curve *curve = cuminc_curve_alloc(4);
    struct survival_interval interval;

    (void)state;
    survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0.95);
    assert_int_equal(risk_table_add(table, 3, from, until, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    assert_int_equal(cuminc_solve(table, 0, 0, 1, CUMINC_JACKKNIFE, &interval, curve), GSL_EUNIMPL);
    cuminc_curve_free(curve);
    risk_table_free(table);
}

static double first_risk(const struct risk_table *table, void *context)
{
    (void)context;
    return (double)risk_table_n_risk(table, 0, 0, 0);
}

static void test_tables_of_too_many_or_too_few_people(void **state)
{
    static const double axis[] = {1, 2};
    const double until[] = {1, 2, 2};
    const int32_t cause[] = {1, 1, 0}, one_and_two[] = {0, 1, 1};
    struct risk_table *table = risk_table_alloc(2, 1, 1, axis, 2), *into = risk_table_alloc(2, 1, 1, axis, 2);
    int64_t many[] = {1, INT64_C(5000000000), 1};
    double a, low, high;

    (void)state;
    assert_int_equal(risk_table_add(table, 3, NULL, until, cause, one_and_two, NULL, many, 1), GSL_SUCCESS);
    assert_int_equal(bootstrap_draw(table, BOOTSTRAP_MULTINOMIAL, 1, 0, into), GSL_EOVRFLW);
    risk_table_clear(table);
    assert_int_equal(risk_table_add(table, 3, NULL, until, cause, one_and_two, NULL, NULL, 1), GSL_SUCCESS);
    /* An arm of one person cannot be left without it, and the other arm's people all have the same risk set. */
    assert_int_equal(bootstrap_acceleration(table, first_risk, NULL, &a), GSL_EZERODIV);
    const double replicates[] = {1.5, 2.5, 4.25};
    assert_int_equal(bootstrap_percentile(replicates, 3, 0.99, &low, &high), GSL_SUCCESS);
    assert_near(low, 1.5, 0);
    assert_near(high, 4.25, 0);
    risk_table_free(into);
    risk_table_free(table);
}

static void test_units_that_vary_in_nothing_count_for_nothing(void **state)
{
    const double observed[] = {22, 40, 2, 0, 11}, expected[] = {10, 22, 11, 0, 30}, variance[] = {9, 20, 10, 0, 25};
    const struct funnel_options options = {.model = FUNNEL_ADDITIVE, .winsor = 0.1};
    double spare[5], z[5], without[5];
    struct funnel_dispersion all, four;
    const double o[] = {22, 40, 2, 11}, e[] = {10, 22, 11, 30}, v[] = {9, 20, 10, 25};

    (void)state;
    assert_int_equal(funnel_solve(observed, expected, variance, 5, &options, spare, z, &all), GSL_SUCCESS);
    assert_int_equal(funnel_solve(o, e, v, 4, &options, spare, without, &four), GSL_SUCCESS);
    assert_true(isnan(z[3]) && all.overdispersed && all.tau2 > 0);
    assert_near(all.phi, four.phi, 1e-15);
    assert_near(all.tau2, four.tau2, 1e-15);
    assert_near(z[4], without[3], 1e-15);
}

static void test_equations_of_estimates_that_are_not_as_said(void **state)
{
    static double y[N], weight[N];
    const struct glm_data data = {.design = &design, .y = y}, weighted = {.design = &design, .y = y, .weight = weight};
    struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    struct glm_fit *fit = NULL;
    struct gee gee;

    (void)state;
    for (int i = 0; i < N; i++) {
        y[i] = i * 29 % 7 < 3;
        weight[i] = 2;
    }
    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    assert_int_equal(gee_exchangeable(&weighted, &options, fit, group, 5, &gee), GSL_EINVAL);
    options.firth = true;
    assert_int_equal(gee_exchangeable(&data, &options, fit, group, 5, &gee), GSL_EINVAL);
    options = (struct glm_options){.family = GLM_NEGBIN, .theta = 1, .n_threads = 1};
    assert_int_equal(gee_exchangeable(&data, &options, fit, group, 5, &gee), GSL_EINVAL);
    options = (struct glm_options){.family = GLM_LOGISTIC, .n_threads = 1};
    fit->coef[0] += 1000; /* everybody is certain */
    assert_int_equal(gee_exchangeable(&data, &options, fit, group, 5, &gee), GSL_EDOM);
    glm_fit_free(fit);
}

/* A row that decides a coefficient by itself has no residual left to blow up. */
static void test_a_row_with_all_the_leverage_has_no_second_correction(void **state)
{
    static double y[N], covariance[9];
    static const int32_t second[] = {1};
    static struct design_block two[2];
    const struct design_matrix both = {N, 2, 2, two};
    const struct glm_data data = {.design = &both, .y = y};
    const struct glm_options options = {.family = GLM_POISSON, .n_threads = 1};
    struct glm_fit *fit = NULL;
    static double alone[N];

    (void)state;
    two[0] = (struct design_block){x, NULL, 1, numbers};
    two[1] = (struct design_block){alone, NULL, 1, second};
    for (int i = 0; i < N; i++) {
        y[i] = i % 4;
        alone[i] = i == 3;
    }
    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    assert_int_equal(glm_sandwich(&data, &options, fit, GLM_HC1, false, covariance), GSL_SUCCESS);
    assert_int_equal(glm_sandwich(&data, &options, fit, GLM_HC2, false, covariance), GSL_EDOM);
    assert_int_equal(glm_keep_residuals(&data, fit), GSL_SUCCESS);
    assert_near(glm_residual(&data, fit, 5), y[5] - glm_mean(GLM_LOGISTIC, fit->eta[5]), 1e-15);
    glm_fit_free(fit);
}

/* Large counts; rows without weight are no rows. */
static void test_rows_without_weight_are_no_rows_of_a_negative_binomial(void **state)
{
    static double y[2 * N], weight[2 * N], twice[2 * N];
    static struct design_block one = {twice, NULL, 1, numbers};
    const struct design_matrix all = {2 * N, 1, 1, &one}, some = {N, 1, 1, &one};
    const struct glm_data with = {.design = &all, .y = y, .weight = weight}, without = {.design = &some, .y = y};
    const struct glm_options options = {.family = GLM_NEGBIN, .n_threads = 1};
    struct negbin a = {.fit = NULL}, b = {.fit = NULL};

    (void)state;
    for (int i = 0; i < 2 * N; i++) {
        twice[i] = (i * 37 % 41) / 17.0;
        y[i] = i < N ? floor(60 + 90 * fabs(sin(i)) * (i % 7)) : 5;
        weight[i] = i < N;
    }
    assert_int_equal(negbin_solve(&with, &options, &a), GSL_SUCCESS);
    assert_int_equal(negbin_solve(&without, &options, &b), GSL_SUCCESS);
    assert_true(a.converged && b.converged);
    assert_near(a.theta, b.theta, 1e-9);
    assert_near(a.fit->coef[1], b.fit->coef[1], 1e-9);
    /* theta is a maximum: the likelihood is lower on both sides. */
    for (int side = -1; side <= 1; side += 2) {
        struct glm_options held = options;
        struct glm_fit *fit = NULL;
        held.theta = b.theta * (1 + 0.02 * side);
        assert_int_equal(glm_fit_alloc(&without, &held, &fit), GSL_SUCCESS);
        assert_true(fit->loglik < b.fit->loglik);
        glm_fit_free(fit);
    }
    negbin_clear(&a);
    negbin_clear(&b);
}

static void test_squares_whose_sum_is_beyond_a_double(void **state)
{
    struct linear_fit *fit = linear_fit_alloc(1);

    (void)state;
    for (int intercept = 0; intercept < 2; intercept++) {
        struct linear_sums *sums = linear_alloc(1);
        for (int i = 0; i < 8; i++) {
            const double value = (i % 2 == 0 ? 1 : -1) * 1.2e154; /* its square is a double, a sum of two is not */
            assert_int_equal(linear_add(sums, &value, NULL, i, 1), GSL_SUCCESS);
        }
        assert_int_equal(linear_solve(sums, intercept == 1, LINEAR_TOLERANCE, fit), GSL_EOVRFLW);
        linear_free(sums);
    }
    linear_fit_free(fit);
}

/* A study of one arm says nothing about the other. */
static void test_a_trial_without_an_arm_adds_nothing(void **state)
{
    const struct two_by_two studies[] = {{4, 20, 9, 22}, {3, 10, 0, 0}, {0, 0, 2, 9}, {7, 31, 11, 30}}, whole[] = {{4, 20, 9, 22}, {7, 31, 11, 30}};
    struct ratio_estimate all, two;

    (void)state;
    assert_int_equal(meta_peto(studies, 4, 0.95, &all), GSL_SUCCESS);
    assert_int_equal(meta_peto(whole, 2, 0.95, &two), GSL_SUCCESS);
    assert_near(all.estimate, two.estimate, 1e-14);
    assert_near(all.std_error, two.std_error, 1e-14);
}

/* Newton's method told that every step makes it worse halves it until it gives up; without an information it gives up at once. */
static void test_steps_that_never_help_come_to_an_end(void **state)
{
    struct round_newton newton = {.p = 0};
    double score = 2, info = 4;
    int n = 0;

    (void)state;
    assert_int_equal(round_newton_alloc(1, &newton), GSL_SUCCESS);
    round_newton_take(&newton, -10, &score, &info, NULL);
    assert_int_equal(newton.status, ROUND_GOING);
    const double asked = newton.asked[0];
    assert_near(asked, 0.5, 1e-15);
    for (double share = 0.5; newton.status == ROUND_GOING; share /= 2, n++) {
        info = 4;
        round_newton_take(&newton, -11, &score, &info, NULL);
        assert_near(newton.asked[0], asked * share, 1e-12);
    }
    assert_int_equal(newton.status, ROUND_ENDLESS);
    assert_true(n >= 19 && n < 31);
    round_newton_free(&newton);
    assert_int_equal(round_newton_alloc(1, &newton), GSL_SUCCESS);
    score = NAN;
    round_newton_take(&newton, -10, &score, &info, NULL);
    assert_int_equal(newton.status, ROUND_ENDLESS);
    round_newton_free(&newton);
}

static void test_intervals_too_many_for_an_error(void **state)
{
    enum { PEOPLE = TURNBULL_ERROR_INTERVALS + 2 };
    static double day[PEOPLE], std_err[PEOPLE];
    struct turnbull *fit = turnbull_alloc(PEOPLE);

    (void)state;
    for (int i = 0; i < PEOPLE; i++)
        day[i] = i + 1;
    assert_int_equal(turnbull_solve(PEOPLE, day, day, NULL, 1e-8, TURNBULL_ITERATIONS, fit), GSL_SUCCESS);
    assert_int_equal(turnbull_error(fit, std_err), GSL_EBADLEN);
    assert_true(isnan(std_err[0]) && isnan(std_err[PEOPLE - 1]));
    turnbull_free(fit);
}

static void test_risks_and_shares_that_leave_the_grid(void **state)
{
    enum { P = 1 };
    static const double axis[] = {1, 2};
    static double value[N], score[P], info[P], size[P], work[9], share[P];
    static uint32_t place[N];
    static uint8_t kind[N];
    static const int32_t strata[2];
    double shares[2 * LEAVING_SHARE_KINDS * 3];
    wide_sum meat[1] = {0};
    const double beta[P] = {1};
    struct leaving_point point = {.score = score, .info = info, .size = size};

    (void)state;
    for (int i = 0; i < N; i++) {
        place[i] = (uint32_t)i % 2;
        value[i] = place[i] == 1 ? -90 : 0; /* a risk below the last place of the sums */
        kind[i] = i % 3 == 0 ? LEAVING_CENSORED : LEAVING_EVENT;
        frequency[i] = 1;
    }
    const struct leaving_rows rows = {.n = N, .x = value, .frequency = frequency, .position = place, .kind = kind};
    struct leaving *leaving = leaving_alloc(axis, strata, 2, P, false);
    assert_int_equal(leaving_add(leaving, &rows, beta), GSL_SUCCESS);
    assert_int_equal(leaving_cox(leaving, true, NULL, work, &point), GSL_EDOM);
    for (size_t k = 0; k < sizeof shares / sizeof shares[0]; k++)
        shares[k] = 1e200;
    assert_int_equal(leaving_meat(&rows, P, beta, shares, share, meat), GSL_EDOM);
    leaving_free(leaving);

    /* Sums of clusters whose squares have no room, and columns that have none. */
    static const double far_out[P] = {0x1p41};
    static const uint8_t yes[1] = {1};
    static const int32_t alone[1] = {0};
    const struct logit_rows logit = {1, P, far_out, yes, frequency};
    const wide_sum sums[P] = {wide_of(0x1p21)};
    const double nothing[P] = {0};
    assert_int_equal(leaving_square_clusters(sums, 1, P, meat), GSL_EDOM);
    assert_int_equal(logit_squares_add(&logit, nothing, alone, 1, meat), GSL_EDOM);
}

static void test_what_cannot_be_imputed(void **state)
{
    static double value[N], heavy[N], times_of[N];
    static int32_t code[N];
    static uint8_t missing[N], none[N];
    static uint64_t key[N];
    struct chained_variable levels = {.n_level = CHAINED_PARAMETERS, .code = code, .missing = missing},
                            two[] = {{.value = value, .missing = missing}, {.value = heavy, .missing = none}};
    const double *const fixed[] = {times_of};
    struct chained_data data = {.n = N, .n_variable = 1, .variable = &levels, .n_fixed = 1, .fixed = fixed, .key = key};

    (void)state;
    for (int i = 0; i < N; i++) {
        value[i] = heavy[i] = i;
        times_of[i] = i * 7 % 23;
        missing[i] = i % 5 == 1;
        code[i] = i % 7;
        key[i] = (uint64_t)i;
    }
    assert_int_equal(chained_impute(&data, 2, 7, 0), GSL_EDOM); /* too many parameters */
    /* A variable of which nothing is missing is left as it is. */
    data = (struct chained_data){.n = N, .n_variable = 2, .variable = two, .n_fixed = 1, .fixed = fixed, .key = key};
    assert_int_equal(chained_impute(&data, 2, 7, 0), GSL_SUCCESS);
    for (int i = 0; i < N; i++) {
        assert_near(heavy[i], i, 0);
        if (!missing[i])
            assert_near(value[i], i, 0);
    }
}

/* Random small sets of every distribution: a fit ends, and says whether it converged; times from seconds to ages. */
static void test_small_regressions_of_accelerated_time_end(void **state)
{
    enum { FEW = 7 };
    static double lower[FEW], upper[FEW], value[FEW], shift[FEW];
    static struct design_block one = {value, NULL, 1, numbers};
    static const struct design_matrix few = {FEW, 1, 1, &one};
    uint64_t seed = 11;
    int n_converged = 0;

    (void)state;
    for (int set = 0; set < 4000; set++) {
        for (int i = 0; i < FEW; i++) {
            double draw[4];
            for (int k = 0; k < 4; k++) {
                seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
                draw[k] = (double)(seed >> 11) * 0x1p-53;
            }
            lower[i] = exp((set % 4 == 0 ? 600 : 6) * (draw[0] - 0.5));
            upper[i] = draw[1] < 0.5 ? lower[i] : draw[1] < 0.7 ? lower[i] * (1 + draw[3]) : INFINITY;
            value[i] = floor(3 * draw[2]);
            shift[i] = set % 5 == 0 ? 400 * (draw[3] - 0.5) : 0;
        }
        for (enum aft_distribution d = AFT_WEIBULL; d <= AFT_LOGLOGISTIC; d++) {
            const struct aft_rows rows = {.n = FEW, .lower = lower, .upper = upper, .offset = shift, .design = &few};
            struct aft *fit = aft_alloc(1);
            const int status = aft_solve(&rows, d, 1, fit);
            assert_true(status == GSL_SUCCESS || status == GSL_EDOM || status == GSL_EZERODIV || status == GSL_EINVAL);
            if (status == GSL_SUCCESS && fit->converged) {
                n_converged++;
                assert_true(isfinite(fit->loglik));
            }
            aft_free(fit);
        }
    }
    assert_true(n_converged > 8000);
    value[2] = NAN;
    const struct aft_rows rows = {.n = FEW, .lower = lower, .upper = upper, .design = &few};
    struct aft *fit = aft_alloc(1);
    assert_int_equal(aft_solve(&rows, AFT_WEIBULL, 1, fit), GSL_EDOM);
    aft_free(fit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_people(test_a_column_of_ones_in_fine_and_gray),
        with_people(test_late_entries_have_no_jackknife),
        with_people(test_tables_of_too_many_or_too_few_people),
        with_people(test_units_that_vary_in_nothing_count_for_nothing),
        with_people(test_equations_of_estimates_that_are_not_as_said),
        with_people(test_a_row_with_all_the_leverage_has_no_second_correction),
        with_people(test_rows_without_weight_are_no_rows_of_a_negative_binomial),
        with_people(test_squares_whose_sum_is_beyond_a_double),
        with_people(test_a_trial_without_an_arm_adds_nothing),
        with_people(test_steps_that_never_help_come_to_an_end),
        with_people(test_intervals_too_many_for_an_error),
        with_people(test_risks_and_shares_that_leave_the_grid),
        with_people(test_what_cannot_be_imputed),
        with_people(test_small_regressions_of_accelerated_time_end),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
