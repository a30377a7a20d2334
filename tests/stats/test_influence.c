/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Propensity weights and the variances that come from them. */
#include "stats/influence.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/propensity.h"
#include "stats/weighted_curve.h"
#include "stats/weighted_mean.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { N_MAX = 620, N_TIME = 12 };

static const double axis[N_TIME] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
static const struct propensity_limits no_limits = {0, 1, false, 1};

/* People with two covariates, an arm, a survival time and a number; weights by hand of the propensity. */
struct people {
    size_t n;
    double x1[N_MAX], x2[N_MAX], frequency[N_MAX], arm[N_MAX], y[N_MAX];
    uint8_t treated[N_MAX];
    uint32_t place[N_MAX];
    int32_t cause[N_MAX], cluster[N_MAX];
    int32_t columns[2];
    struct design_block blocks[2];
    struct design_matrix design;
    struct glm_data data;
    struct glm_fit *fit;
    double weight[N_MAX], slope[N_MAX];
    struct propensity_summary summary;
};

static void draw(gsl_rng *rng, struct people *p, size_t n)
{
    p->n = n;
    for (size_t i = 0; i < n; i++) {
        p->x1[i] = 2 * gsl_rng_uniform(rng) - 1;
        p->x2[i] = (double)gsl_rng_uniform_int(rng, 2);
        p->frequency[i] = 1;
        p->treated[i] = gsl_rng_uniform(rng) < 1 / (1 + exp(-p->x1[i] - 0.5 * p->x2[i]));
        p->place[i] = (uint32_t)gsl_rng_uniform_int(rng, N_TIME);
        p->cause[i] = (int32_t)gsl_rng_uniform_int(rng, 3);
        p->y[i] = gsl_rng_uniform(rng);
        p->cluster[i] = (int32_t)gsl_rng_uniform_int(rng, 9);
    }
}

static void solve(struct people *p, enum propensity_estimand estimand, const struct propensity_limits *limits)
{
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    const struct propensity_rows rows = {p->n, p->treated, NULL, p->frequency};
    struct propensity_rows with_eta = rows;

    for (size_t i = 0; i < p->n; i++)
        p->arm[i] = p->treated[i];
    p->columns[0] = 0;
    p->columns[1] = 1;
    p->blocks[0] = (struct design_block){p->x1, NULL, 1, &p->columns[0]};
    p->blocks[1] = (struct design_block){p->x2, NULL, 1, &p->columns[1]};
    p->design = (struct design_matrix){p->n, 2, 2, p->blocks};
    p->data = (struct glm_data){&p->design, p->arm, NULL, p->frequency};
    glm_fit_free(p->fit);
    assert_int_equal(glm_fit_alloc(&p->data, &options, &p->fit), GSL_SUCCESS);
    with_eta.eta = p->fit->eta;
    assert_int_equal(propensity_weights(&with_eta, estimand, limits, p->weight, p->slope, &p->summary), GSL_SUCCESS);
}

/* Survival at day 6, risk of cause 2 by day 9, restricted mean to 8, or the mean of y: treated less control. */
enum { N_NUMBERS = 4 };

static double one_arm(const struct people *p, int number, uint8_t arm, double *d)
{
    double weight[N_MAX], value = NAN;

    for (size_t i = 0; i < p->n; i++)
        weight[i] = p->treated[i] == arm ? p->weight[i] : 0;
    if (number == 3) {
        assert_int_equal(weighted_mean(p->n, p->y, weight, &value, d), GSL_SUCCESS);
        return value;
    }
    const struct weighted_rows rows = {p->n, p->place, NULL, p->cause, weight};
    struct weighted_curve *const curve = weighted_curve_alloc(axis, N_TIME, 2);

    assert_int_equal(weighted_curve_solve(curve, &rows), GSL_SUCCESS);
    if (number == 0) {
        value = weighted_curve_survival(curve, 6);
        weighted_curve_survival_influence(curve, &rows, 6, d);
    } else if (number == 1) {
        value = weighted_curve_risk(curve, 2, 9);
        weighted_curve_risk_influence(curve, &rows, 2, 9, d);
    } else {
        assert_int_equal(weighted_curve_rmst(curve, 8, &value), GSL_SUCCESS);
        weighted_curve_rmst_influence(curve, &rows, 8, d);
    }
    weighted_curve_free(curve);
    return value;
}

static double difference(const struct people *p, int number, double *d)
{
    double control[N_MAX];
    const double value = one_arm(p, number, 1, d) - one_arm(p, number, 0, control);

    for (size_t i = 0; i < p->n; i++)
        d[i] -= control[i];
    return value;
}

static void linear(const struct people *p, double *d)
{
    const struct influence_model model = {p->fit, &p->data, p->slope, 1};

    assert_int_equal(influence_linear(&model, p->n, p->weight, d, d), GSL_SUCCESS);
}

/* phi is what a little more of row i does to the number, with the propensity fitted anew. */
static void test_phi_is_the_slope_of_the_whole_procedure(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct people p;
    const double h = 1e-4;

    (void)state;
    for (int k = 0; k < 8; k++) {
        const enum propensity_estimand estimand = (enum propensity_estimand)(k % 4);
        double phi[N_NUMBERS][N_MAX], scratch[N_MAX];

        draw(rng, &p, 90);
        solve(&p, estimand, &no_limits);
        for (int number = 0; number < N_NUMBERS; number++) {
            difference(&p, number, phi[number]);
            linear(&p, phi[number]);
        }
        for (size_t i = 0; i < p.n; i += 5) {
            double up[N_NUMBERS];

            p.frequency[i] = 1 + h;
            solve(&p, estimand, &no_limits);
            for (int number = 0; number < N_NUMBERS; number++)
                up[number] = difference(&p, number, scratch);
            p.frequency[i] = 1 - h;
            solve(&p, estimand, &no_limits);
            for (int number = 0; number < N_NUMBERS; number++) {
                const double slope = (up[number] - difference(&p, number, scratch)) / (2 * h);

                assert_true(fabs(slope - phi[number][i]) < 1e-5 * (1 + fabs(slope)));
            }
            p.frequency[i] = 1;
        }
    }
    glm_fit_free(p.fit);
    gsl_rng_free(rng);
}

/* Overlap weights from a logistic model balance its columns exactly. */
static void test_overlap_weights_balance_means_exactly(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct people p;

    (void)state;
    for (int k = 0; k < 20; k++) {
        double mean[2][2], weight[N_MAX];

        draw(rng, &p, 150);
        solve(&p, PROPENSITY_ATO, &no_limits);
        for (uint8_t arm = 0; arm < 2; arm++) {
            for (size_t i = 0; i < p.n; i++)
                weight[i] = p.treated[i] == arm ? p.weight[i] : 0;
            weighted_mean(p.n, p.x1, weight, &mean[arm][0], NULL);
            weighted_mean(p.n, p.x2, weight, &mean[arm][1], NULL);
        }
        assert_true(fabs(mean[0][0] - mean[1][0]) < 1e-10 && fabs(mean[0][1] - mean[1][1]) < 1e-10);
    }
    glm_fit_free(p.fit);
    gsl_rng_free(rng);
}

static void check_lalonde(const struct reference *men, const struct reference *r, size_t row, struct people *p)
{
    const enum propensity_estimand estimand = (enum propensity_estimand)reference_count(r, row, "estimand");
    double d[N_MAX], variance;
    const struct propensity_rows rows = {p->n, p->treated, p->fit->eta, NULL};

    (void)men;
    assert_int_equal(propensity_weights(&rows, estimand, &no_limits, p->weight, p->slope, &p->summary), GSL_SUCCESS);
    assert_near(p->summary.effective[0], reference_value(r, row, "ess_control"), 1e-9);
    assert_near(p->summary.effective[1], reference_value(r, row, "ess_treated"), 1e-9);
    assert_near(difference(p, 3, d), reference_value(r, row, "difference"), 1e-9);
    linear(p, d);
    assert_int_equal(influence_variance(p->n, d, NULL, NULL, 0, &variance), GSL_SUCCESS);
    assert_near(sqrt(variance), reference_value(r, row, "se"), 1e-5); /* R's slopes are numerical */
    assert_int_equal(influence_variance(p->n, d, NULL, p->cluster, 19, &variance), GSL_SUCCESS);
    assert_near(sqrt(variance), reference_value(r, row, "se_clustered"), 1e-5);
}

/* Earnings of Lalonde's men, by estimating equations of model and means together, solved in R. */
static void test_agrees_with_stacked_equations_in_r(void **state)
{
    struct reference *const men = reference_read("tests/reference/lalonde_two.csv");
    struct reference *const r = reference_read("tests/reference/lalonde_weights.csv");
    static struct people p;

    (void)state;
    p.n = men->n_rows;
    for (size_t i = 0; i < p.n; i++) {
        p.x1[i] = reference_value(men, i, "age");
        p.x2[i] = reference_value(men, i, "married");
        p.treated[i] = (uint8_t)reference_count(men, i, "treat");
        p.y[i] = reference_value(men, i, "re78");
        p.cluster[i] = (int32_t)reference_count(men, i, "educ");
        p.frequency[i] = 1;
    }
    solve(&p, PROPENSITY_ATE, &no_limits);
    for (size_t k = 0; k < r->n_rows; k++)
        check_lalonde(men, r, k, &p);
    assert_int_equal(r->n_rows, 4);
    glm_fit_free(p.fit);
    reference_free(men);
    reference_free(r);
}

static void test_trimming_and_truncation_leave_out_and_hold(void **state)
{
    static const uint8_t treated[] = {1, 1, 1, 1, 0, 0, 0, 0};
    static const double eta[] = {-2, 0, 1, 5, -4, -1, 0.5, 2};
    const struct propensity_rows rows = {8, treated, eta, NULL};
    struct propensity_limits limits = {0, 1, true, 1};
    struct propensity_summary summary;
    double w[8], g[8];

    (void)state;
    assert_int_equal(propensity_weights(&rows, PROPENSITY_ATE, &limits, w, g, &summary), GSL_SUCCESS);
    assert_int_equal(summary.n_trimmed, 2); /* 5 and -4 have nobody of the other arm beyond them */
    assert_true(w[3] == 0 && w[4] == 0);
    assert_near(w[0], 1 + exp(2), 1e-15);
    assert_near(w[7], 1 + exp(2), 1e-15);
    limits = (struct propensity_limits){0.1, 0.9, false, 1};
    assert_int_equal(propensity_weights(&rows, PROPENSITY_ATE, &limits, w, g, &summary), GSL_SUCCESS);
    assert_int_equal(summary.n_trimmed, 2);
    limits = (struct propensity_limits){0, 1, false, 0.75};
    assert_int_equal(propensity_weights(&rows, PROPENSITY_ATE, &limits, w, g, &summary), GSL_SUCCESS);
    assert_int_equal(summary.n_truncated, 2);
    assert_true(w[0] == w[1] && g[0] == 0 && g[1] != 0);
    assert_near(w[0], 2, 1e-15);
}

static void test_arms_that_do_not_meet_have_no_weights(void **state)
{
    static const uint8_t treated[] = {1, 1, 0, 0};
    static const double eta[] = {2, 3, -3, -2}, perfect[] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    struct propensity_rows rows = {4, treated, eta, NULL};
    const struct propensity_limits common = {0, 1, true, 1}, wrong = {0.6, 0.4, false, 1}, half = {0, 1, false, 0.5};
    struct propensity_summary summary;
    double w[4], g[4];

    (void)state;
    assert_int_equal(propensity_weights(&rows, PROPENSITY_ATO, &common, w, g, &summary), GSL_EDOM);
    assert_int_equal(propensity_weights(&rows, PROPENSITY_ATO, &wrong, w, g, &summary), GSL_EINVAL);
    assert_int_equal(propensity_weights(&rows, PROPENSITY_ATO, &half, w, g, &summary), GSL_EINVAL);
    rows.eta = perfect;
    assert_int_equal(propensity_weights(&rows, PROPENSITY_ATE, &no_limits, w, g, &summary), GSL_EDOM);
    assert_int_equal(summary.n_perfect, 4);
}

static void test_frequencies_are_copies(void **state)
{
    static const double phi[] = {0.5, -1.25, 0.75}, frequency[] = {2, 1, 3};
    static const double copies[] = {0.25, 0.25, -1.25, 0.25, 0.25, 0.25};
    static const int32_t cluster[] = {0, 0, 1}, alone[] = {0, 0, 0};
    double a, b;

    (void)state;
    assert_int_equal(influence_variance(3, phi, frequency, NULL, 0, &a), GSL_SUCCESS);
    assert_int_equal(influence_variance(6, copies, NULL, NULL, 0, &b), GSL_SUCCESS);
    assert_near(a, b, 1e-15);
    assert_int_equal(influence_variance(3, phi, NULL, cluster, 2, &a), GSL_SUCCESS);
    assert_near(a, 2 * (0.75 * 0.75 + 0.75 * 0.75), 1e-15);
    assert_int_equal(influence_variance(3, phi, NULL, alone, 1, &a), GSL_EDOM);
    assert_int_equal(influence_variance(1, (const double[]){NAN}, NULL, NULL, 0, &a), GSL_EINVAL);
    assert_int_equal(influence_linear(NULL, 1, frequency, (const double[]){INFINITY}, &a), GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phi_is_the_slope_of_the_whole_procedure),
        cmocka_unit_test(test_overlap_weights_balance_means_exactly),
        cmocka_unit_test(test_agrees_with_stacked_equations_in_r),
        cmocka_unit_test(test_trimming_and_truncation_leave_out_and_hold),
        cmocka_unit_test(test_arms_that_do_not_meet_have_no_weights),
        cmocka_unit_test(test_frequencies_are_copies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
