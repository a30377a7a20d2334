/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers from the smallest to the largest that a double can hold: a kernel says that they are too much for it, or gives numbers
 * that are not infinite.  Each kernel must do both somewhere on the way.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "stats/aft.h"
#include "stats/autocorrelation.h"
#include "stats/chained.h"
#include "stats/cox.h"
#include "stats/cox_firth.h"
#include "stats/cox_frailty.h"
#include "stats/cox_score.h"
#include "stats/cox_zph.h"
#include "stats/finegray.h"
#include "stats/gee.h"
#include "stats/glm_sandwich.h"
#include "stats/leaving.h"
#include "stats/linear.h"
#include "stats/logit_sums.h"
#include "stats/standardise.h"
#include "tests/support/near.h"

enum { N = 24, P = 2, GROUPS = 6 };

static double times[N], x[N], z[N], offset[N], weight[N], y[N], count[N], ones[N];
static int32_t event[N], cause[N], group[N];
static int64_t frequency[N];
static uint8_t kind[N], happened[N], missing[N];
static uint32_t place[N];
static uint64_t key[N];

static const int32_t first[] = {0}, second[] = {1};
static struct design_block blocks[] = {{x, NULL, 1, first}, {z, NULL, 1, second}};
static const struct design_matrix design = {N, P, 2, blocks};

static void make_people(void)
{
    for (int i = 0; i < N; i++) {
        times[i] = 2 + (i * 7) % 13;
        event[i] = i % 3 != 0;
        cause[i] = i % 3 == 0 ? 0 : i % 5 == 0 ? 2 : 1;
        group[i] = i % GROUPS;
        x[i] = (i * 37 % 23) / 17.0 - 0.5;
        z[i] = (i * 11 % 19) / 16.0;
        offset[i] = 0;
        weight[i] = ones[i] = 1;
        frequency[i] = 1;
        y[i] = (i * 29 % 7) < 3;
        happened[i] = (uint8_t)y[i];
        count[i] = i * 29 % 7;
        kind[i] = cause[i] == 0 ? LEAVING_CENSORED : cause[i] == 1 ? LEAVING_EVENT : LEAVING_OTHER;
        place[i] = (uint32_t)(i % 8);
        missing[i] = i % 6 == 1;
        key[i] = 1000 + (uint64_t)(i * 77 % 61);
    }
}

static void spread(double *values, double big)
{
    for (int i = 0; i < N; i++)
        values[i] = (i % 4 - 1.5) * big;
}

/* ---- proportional hazards ------------------------------------------------------------------------------------------ */

static int fit_cox_of(const struct cox_rows *rows, enum cox_ties ties, bool firth, double *value)
{
    static double covariance[P * P], g[N];
    static const int32_t term[P] = {0, 1};
    static struct chi_square_test tests[3];
    const struct cox_control control = COX_CONTROL;
    struct cox_zph zph = {.test = tests};
    struct cox_data *data = cox_data_alloc(rows, 1);
    struct cox_work *work = data == NULL ? NULL : cox_work_alloc(data, ties, 1);
    struct cox_fit *fit = cox_fit_alloc(P);
    struct cox_scores *scores = NULL;
    int status = work == NULL ? GSL_EOVRFLW : firth ? cox_firth_run(work, &control, fit) : cox_fit_run(work, &control, fit);

    if (status == GSL_SUCCESS)
        *value = fit->coef[0];
    if (status == GSL_SUCCESS && !firth && ties != COX_EXACT) {
        scores = cox_scores_alloc(work);
        status = scores == NULL ? GSL_EOVRFLW : cox_robust(scores, fit, NULL, covariance);
        if (status == GSL_SUCCESS)
            status = cox_robust(scores, fit, &(struct clusters){group, GROUPS, 0}, covariance);
        if (status == GSL_SUCCESS)
            status = cox_zph_times(data, rows, COX_ZPH_IDENTITY, g);
        for (size_t k = 0; k < data->n_axis; k++)
            g[k] *= times[0];
        if (status == GSL_SUCCESS)
            status = cox_zph_run(work, fit, g, term, P, &zph);
    }
    cox_scores_free(scores);
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
    return status;
}

static int cox_weights(double big, double *value)
{
    for (int i = 0; i < N; i++)
        weight[i] = (1 + i % 3) * big;
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .weight = weight, .design = &design};
    return fit_cox_of(&rows, COX_EFRON, false, value);
}

static int cox_offsets(double big, double *value)
{
    spread(offset, big);
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .offset = offset, .design = &design};
    return fit_cox_of(&rows, COX_BRESLOW, false, value);
}

static int cox_exact_offsets(double big, double *value)
{
    spread(offset, big);
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .offset = offset, .design = &design};
    return fit_cox_of(&rows, COX_EXACT, false, value);
}

static int cox_firth_offsets(double big, double *value)
{
    spread(offset, big);
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .offset = offset, .design = &design};
    return fit_cox_of(&rows, COX_EFRON, true, value);
}

static int cox_times(double big, double *value)
{
    static double far[N];
    for (int i = 0; i < N; i++)
        far[i] = (2 + (i * 7) % 13) * big;
    const struct cox_rows rows = {.n = N, .time = far, .event = event, .n_stratum = 1, .design = &design};
    return fit_cox_of(&rows, COX_EFRON, false, value);
}

static int frailty_offsets(double big, double *value)
{
    spread(offset, big);
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .offset = offset, .design = &design};
    struct cox_frailty *fit = cox_frailty_alloc(P, GROUPS);
    const int status = cox_frailty_solve(&rows, COX_EFRON, group, GROUPS, 0.5, 1, fit);

    *value = status == GSL_SUCCESS ? fit->coef[0] : 0;
    cox_frailty_free(fit);
    return status;
}

static int finegray_offsets(double big, double *value)
{
    spread(offset, big);
    const struct finegray_rows rows = {.n = N, .time = times, .cause = cause, .wanted = 1, .offset = offset, .n_group = 1,
                                       .cluster = group, .n_cluster = GROUPS, .design = &design};
    const struct finegray_control control = FINEGRAY_CONTROL;
    struct finegray *fit = finegray_alloc(P);
    const int status = finegray_solve(&rows, &control, 1, fit);

    *value = status == GSL_SUCCESS ? fit->loglik : 0;
    finegray_free(fit);
    return status;
}

static int leaving_columns(double big, double *value)
{
    static double axis[8], beta[P] = {0.5, -0.25}, score[P], info[P * P], size[P], shares[8 * LEAVING_SHARE_KINDS * (1 + 2 * P)],
        share[P], work[64], both[N * P];
    static int32_t strata[8];
    static wide_sum meat[P * P];
    struct leaving_point point = {.score = score, .info = info, .size = size};

    for (int k = 0; k < 8; k++)
        axis[k] = k;
    for (int i = 0; i < N; i++) {
        both[i * P] = x[i] * big;
        both[i * P + 1] = z[i];
    }
    const struct leaving_rows rows = {.n = N, .x = both, .frequency = frequency, .position = place, .kind = kind};
    struct leaving *leaving = leaving_alloc(axis, strata, 8, P, false);
    int status = leaving_add(leaving, &rows, beta);
    if (status == GSL_SUCCESS)
        status = leaving_cox(leaving, true, NULL, work, &point);
    if (status == GSL_SUCCESS)
        status = leaving_finegray(leaving, shares, &point);
    if (status == GSL_SUCCESS)
        status = leaving_meat(&rows, P, beta, shares, share, meat);
    *value = point.loglik;
    leaving_free(leaving);
    return status;
}

/* ---- regressions --------------------------------------------------------------------------------------------------- */

static int aft_of(const struct aft_rows *rows, double *value)
{
    struct aft *fit = aft_alloc(P);
    const int status = aft_solve(rows, AFT_WEIBULL, 1, fit);

    *value = status == GSL_SUCCESS && fit->converged ? fit->coef[0] : 0;
    aft_free(fit);
    return status;
}

static int aft_offsets(double big, double *value)
{
    spread(offset, big);
    const struct aft_rows rows = {.n = N, .lower = times, .upper = times, .offset = offset, .design = &design};
    return aft_of(&rows, value);
}

static int glm_of(enum glm_family family, const struct glm_data *data, double *value)
{
    static double covariance[(P + 1) * (P + 1)];
    const struct glm_options options = {.family = family, .theta = 2, .n_threads = 1};
    struct glm_fit *fit = NULL;
    struct gee gee = {.p = 0};
    int status = glm_fit_alloc(data, &options, &fit);

    *value = status == GSL_SUCCESS && fit->converged ? fit->coef[0] : 0;
    if (status == GSL_SUCCESS && fit->converged)
        status = glm_sandwich(data, &options, fit, GLM_HC2, false, covariance);
    if (status == GSL_SUCCESS && fit->converged)
        status = glm_sandwich_clustered(data, &options, fit, &(struct clusters){group, GROUPS, 0}, covariance);
    if (status == GSL_SUCCESS && fit->converged && data->weight == NULL && family != GLM_NEGBIN) {
        (void)gee_exchangeable(data, &options, fit, group, GROUPS, &gee);
        gee_clear(&gee);
    }
    glm_fit_free(fit);
    return status;
}

static int poisson_offsets(double big, double *value)
{
    spread(offset, big);
    const struct glm_data data = {.design = &design, .y = count, .offset = offset};
    return glm_of(GLM_POISSON, &data, value);
}

static int logistic_offsets(double big, double *value)
{
    spread(offset, big);
    const struct glm_data data = {.design = &design, .y = y, .offset = offset};
    return glm_of(GLM_LOGISTIC, &data, value);
}

static int logistic_weights(double big, double *value)
{
    for (int i = 0; i < N; i++)
        weight[i] = (1 + i % 3) * big;
    const struct glm_data data = {.design = &design, .y = y, .weight = weight};
    return glm_of(GLM_LOGISTIC, &data, value);
}

static int poisson_counts(double big, double *value)
{
    static double many[N];
    for (int i = 0; i < N; i++)
        many[i] = floor(count[i] * fmax(big, 1));
    const struct glm_data data = {.design = &design, .y = many};
    return glm_of(GLM_POISSON, &data, value);
}

static int negbin_counts(double big, double *value)
{
    static double many[N];
    for (int i = 0; i < N; i++)
        many[i] = floor(count[i] * fmax(big, 1));
    const struct glm_data data = {.design = &design, .y = many};
    return glm_of(GLM_NEGBIN, &data, value);
}

static int linear_values(double big, double *value)
{
    struct linear_sums *sums = linear_alloc(P);
    struct linear_fit *fit = linear_fit_alloc(P);
    int status = GSL_SUCCESS;

    for (int i = 0; status == GSL_SUCCESS && i < N; i++) {
        const double row[P] = {x[i] * big, z[i] * big};
        status = linear_add(sums, row, NULL, count[i] * big, 1);
    }
    if (status == GSL_SUCCESS)
        status = linear_solve(sums, true, LINEAR_TOLERANCE, fit);
    *value = status == GSL_SUCCESS ? fit->coef[1] : 0;
    linear_fit_free(fit);
    linear_free(sums);
    return status;
}

static int standardised_values(double big, double *value)
{
    static double observed[N], phi[N], slope[N], share[N], mean[N], far[N];
    const struct standardise_rows rows = {.design = &design, .y = far, .observed = observed, .target = ones,
                                          .link = STANDARDISE_IDENTITY, .n_threads = 1};
    struct standardised result = {.phi = phi, .slope = slope, .share = share, .mean = mean};

    for (int i = 0; i < N; i++) {
        observed[i] = i % 2;
        far[i] = count[i] * big;
    }
    const int status = standardise_arm(&rows, &result);
    *value = status == GSL_SUCCESS ? result.value : 0;
    return status;
}

static int correlated_values(double big, double *value)
{
    static double far[N];

    for (int i = 0; i < N; i++)
        far[i] = (count[i] - 3.25) * big;
    return autocorrelation_first(far, N, value);
}

static int logit_columns(double big, double *value)
{
    static double both[N * P], beta[P] = {0.5, -0.25};
    wide_sum sums[1 + P + P * (P + 1) / 2] = {0};

    for (int i = 0; i < N; i++) {
        both[i * P] = x[i] * big;
        both[i * P + 1] = z[i];
    }
    const struct logit_rows rows = {N, P, both, happened, frequency};
    const int status = logit_sums_add(&rows, beta, sums);
    *value = status == GSL_SUCCESS ? wide_value(sums[0]) : 0;
    return status;
}

static int logit_clusters(double big, double *value)
{
    static const int32_t cluster[N];
    static double both[N * P], beta[P] = {0, 0};
    wide_sum meat[P * (P + 1) / 2] = {0};

    for (int i = 0; i < N; i++) {
        both[i * P] = x[i] * big;
        both[i * P + 1] = z[i];
    }
    const struct logit_rows rows = {N, P, both, happened, frequency};
    const int status = logit_squares_add(&rows, beta, cluster, 1, meat);
    *value = status == GSL_SUCCESS ? wide_value(meat[0]) : 0;
    return status;
}

static int imputed_values(double big, double *value)
{
    static double drawn[N];
    struct chained_variable variable = {.value = drawn, .missing = missing};
    const double *const fixed[] = {times};
    const struct chained_data data = {.n = N, .n_variable = 1, .variable = &variable, .n_fixed = 1, .fixed = fixed, .key = key};

    for (int i = 0; i < N; i++)
        drawn[i] = x[i] * big;
    const int status = chained_impute(&data, 2, 7, 0);
    *value = status == GSL_SUCCESS ? drawn[1] : 0;
    return status;
}

static int tiny_columns(double big, double *value)
{
    static double scaled[N];
    static const struct design_block block = {scaled, NULL, 1, first};
    static const struct design_matrix one = {N, 1, 1, &block};
    const struct glm_data data = {.design = &one, .y = y};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    struct glm_fit *fit = NULL;

    for (int i = 0; i < N; i++)
        scaled[i] = x[i] * big;
    const int status = glm_fit_alloc(&data, &options, &fit);
    *value = status == GSL_SUCCESS && fit->converged ? fit->loglik : 0;
    glm_fit_free(fit);
    return status;
}

/* ---- from end to end ----------------------------------------------------------------------------------------------- */

static void test_too_much_is_said_and_nothing_becomes_infinite(void **state)
{
    static const struct {
        const char *name;
        int (*work)(double big, double *value);
        bool never_refuses; /* every double is taken */
    } works[] = {
        {"weights of Cox", cox_weights, false}, {"offsets of Cox", cox_offsets, false}, {"offsets of exact ties", cox_exact_offsets, false},
        {"offsets of Firth", cox_firth_offsets, false}, {"times of Cox", cox_times, false}, {"offsets with frailty", frailty_offsets, false},
        {"offsets of Fine and Gray", finegray_offsets, false}, {"columns of leavings", leaving_columns, false},
        {"offsets of accelerated time", aft_offsets, false}, {"offsets of counts", poisson_offsets, false},
        {"offsets of yes and no", logistic_offsets, true}, {"weights of yes and no", logistic_weights, false},
        {"counts", poisson_counts, false}, {"counts that vary", negbin_counts, false}, {"a linear regression", linear_values, false},
        {"standardised values", standardised_values, false}, {"a series", correlated_values, false}, {"columns of logits", logit_columns, false},
        {"clusters of logits", logit_clusters, false},
        {"imputed values", imputed_values, true}, {"columns", tiny_columns, true},
    };

    int n_wrong = 0;

    (void)state;
    for (size_t w = 0; w < sizeof works / sizeof works[0]; w++) {
        int n_taken = 0, n_refused = 0;

        for (int k = -1074; k <= 1023; k += k < -1000 || k > 940 || (k > -2 && k < 12) ? 1 : 23) {
            double value = 0;

            make_people();
            const int status = works[w].work(ldexp(1, k), &value);
            if (status == GSL_SUCCESS && isinf(value))
                print_error("%s: infinite with 2^%d\n", works[w].name, k), n_wrong++;
            n_taken += status == GSL_SUCCESS;
            n_refused += status != GSL_SUCCESS;
        }
        if (n_taken == 0 || (n_refused == 0) != works[w].never_refuses)
            print_error("%s: %d taken, %d refused\n", works[w].name, n_taken, n_refused), n_wrong++;
    }
    assert_int_equal(n_wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_too_much_is_said_and_nothing_becomes_infinite)};

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
