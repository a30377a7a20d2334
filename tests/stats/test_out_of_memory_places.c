/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * As test_out_of_memory, of kernels whose rows lie in several places (stats/reducer.h), here in one, which is asked all the same;
 * and of kernels that go other ways with many rows.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/aft.h"
#include "stats/calibration.h"
#include "stats/clone_weights.h"
#include "stats/clusters.h"
#include "stats/concordance.h"
#include "stats/cox.h"
#include "stats/cox_gather.h"
#include "stats/cox_frailty.h"
#include "stats/cox_score.h"
#include "stats/cox_zph.h"
#include "stats/exact_sum.h"
#include "stats/finegray.h"
#include "stats/glm.h"
#include "stats/glm_sandwich.h"
#include "stats/grid_sum.h"
#include "stats/ipcw.h"
#include "stats/mcf.h"
#include "stats/placed_random.h"
#include "stats/propensity.h"
#include "stats/recurrent.h"
#include "stats/reducer.h"
#include "stats/standardise.h"
#include "stats/turnbull_places.h"
#include "stats/weighted_balance.h"
#include "stats/weighted_curve.h"
#include "stats/weighted_errors.h"
#include "stats/weighted_ks.h"
#include "stats/weighted_mean.h"
#include "stats/weighted_subhazard.h"
#include "tests/stats/short_memory.h"
#include "tests/support/near.h"

/* Rows enough that a regression begins at the fit of some of them; and that squares of scores come from tables. */
enum { N = 120, P = 3, MANY = 34000, MOST = 66000 };

static double entry[N], times[N], x[N], prediction[N];
static int32_t event[N], stratum[N];
static uint16_t level[N];

static const int32_t number_column[] = {0}, level_columns[] = {DESIGN_NONE, 1, 2};
static struct design_block blocks[] = {{x, NULL, 1, number_column}, {NULL, level, 3, level_columns}};
static const struct design_matrix design = {N, P, 2, blocks};

static void make_people(void)
{
    for (int i = 0; i < N; i++) {
        entry[i] = i % 5;
        times[i] = 6 + (i * 7) % 23;
        event[i] = i % 3 != 0;
        stratum[i] = i % 2;
        x[i] = (i * 37 % 61) / 17.0;
        level[i] = (uint16_t)((i * 5 + i / 7) % 3);
        prediction[i] = (i * 11 % 19) / 4.0;
    }
}

/* ---- the only place ------------------------------------------------------------------------------------------------ */

static void sum_alone(void *context, int64_t *values, size_t n)
{
    (void)context;
    (void)values;
    (void)n;
}

static void largest_alone(void *context, double *values, size_t n)
{
    (void)context;
    (void)values;
    (void)n;
}

static void sum_and_largest_alone(void *context, int64_t *sums, size_t n_sums, double *largest, size_t n_largest)
{
    sum_alone(context, sums, n_sums);
    largest_alone(context, largest, n_largest);
}

static int collect_alone(void *context, const void *bytes, size_t n, struct reducer_bytes *all)
{
    (void)context;
    *all = (struct reducer_bytes){malloc(n + 1), n};
    if (all->bytes == NULL)
        return GSL_ENOMEM;
    memcpy(all->bytes, bytes, n);
    return GSL_SUCCESS;
}

static int exchange_alone(void *context, const void *bytes, const size_t *first, struct reducer_bytes *from)
{
    return collect_alone(context, bytes, first[1], from);
}

static const struct reducer alone = {.n_places = 1, .sum = sum_alone, .largest = largest_alone,
                                     .sum_and_largest = sum_and_largest_alone, .collect = collect_alone,
                                     .exchange = exchange_alone};

static struct cox_rows people(void)
{
    return (struct cox_rows){.n = N, .entry = entry, .time = times, .event = event, .stratum = stratum, .n_stratum = 2,
                             .design = &design, .reducer = &alone};
}

/* ---- what is done --------------------------------------------------------------------------------------------------- */

static enum short_memory end_of(int status)
{
    return status == GSL_SUCCESS ? WORK_DONE : status == GSL_ENOMEM ? WORK_SHORT : WORK_WRONG;
}

static enum short_memory fit_cox(void)
{
    static const int32_t term[] = {0, 1, 1};
    const struct cox_control control = COX_CONTROL;
    const struct cox_rows rows = people();
    struct cox_data *const data = cox_data_alloc(&rows, 1);
    struct cox_work *const work = data == NULL ? NULL : cox_work_alloc(data, COX_EFRON, 1);
    struct cox_fit *const fit = cox_fit_alloc(P);
    int status = work == NULL || fit == NULL ? GSL_ENOMEM : cox_fit_run(work, &control, fit);

    if (status == GSL_SUCCESS) {
        struct chi_square_test test[3];
        struct cox_zph zph = {.test = test};
        double *const g = malloc(data->n_axis * sizeof *g);

        status = g == NULL ? GSL_ENOMEM : cox_zph_times(data, &rows, COX_ZPH_KM, g);
        if (status == GSL_SUCCESS)
            status = cox_zph_run(work, fit, g, term, 2, &zph);
        free(g);
    }
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
    return end_of(status);
}

/* Rows of all places, brought together, and the work of exact ties that the places share. */
static enum short_memory fit_exactly(void)
{
    const struct cox_control control = COX_CONTROL;
    const struct cox_rows rows = people();
    struct cox_gathered all;
    int status = cox_gather(&rows, &all);
    struct cox_data *const data = status == GSL_SUCCESS ? cox_data_alloc(&all.rows, 2) : NULL;
    struct cox_work *const work = data == NULL ? NULL : cox_work_alloc(data, COX_EXACT, 2);
    struct cox_fit *const fit = cox_fit_alloc(P);

    status = work == NULL || fit == NULL ? GSL_ENOMEM : cox_fit_run(work, &control, fit);
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
    cox_gathered_clear(&all);
    return end_of(status);
}

static enum short_memory rank_predictions(void)
{
    const struct cox_rows rows = people();
    struct concordance c;

    return end_of(concordance_solve(&rows, prediction, NULL, &c));
}

static double weight_of[N], observed[N], yes[N], phi[N], slope_of[N], share_of[N];
static int32_t programme[N], cause_of[N];
static uint32_t place_of[N], days_before[N];
static uint8_t arm_of[N];

static void make_more(void)
{
    for (int i = 0; i < N; i++) {
        weight_of[i] = 1 + i % 4 / 3.;
        observed[i] = i % 5 != 0;
        yes[i] = i * 7 % 3 == 0;
        programme[i] = i % 11;
        cause_of[i] = i % 3;
        place_of[i] = (uint32_t)times[i];
        days_before[i] = place_of[i] / 2;
        arm_of[i] = i % 2 == 0;
    }
}

static enum short_memory rank_weighted(void)
{
    struct cox_rows rows = people();
    struct concordance c;

    rows.weight = weight_of;
    return end_of(concordance_solve(&rows, prediction, &(struct clusters){programme, 11, 11}, &c));
}

/* Clusters that are known by name, all rows of which are here; people who have several rows. */
static enum short_memory number_clusters(void)
{
    static int32_t of[N];
    const struct glm_data data = {&design, yes, NULL, NULL};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1, .reducer = &alone};
    struct clusters clusters;
    struct recurrent_rows *rows = NULL;
    struct glm_fit *fit = NULL;
    int32_t *names = NULL;
    double covariance[(P + 1) * (P + 1)];
    int64_t n = 0;
    int status = clusters_find(programme, N, &alone, of, &clusters, &names);

    if (status == GSL_SUCCESS)
        status = clusters_count(&clusters, N, &alone, &n);
    if (status == GSL_SUCCESS)
        status = glm_fit_alloc(&data, &options, &fit);
    if (status == GSL_SUCCESS)
        status = glm_sandwich_clustered(&data, &options, fit, &clusters, covariance);
    if (status == GSL_SUCCESS && (rows = recurrent_alloc_all(11, entry, times, event, programme, 11, RECURRENT_PWP_GAP, &alone, &status)) != NULL)
        status = rows->n == 11 && n == 11 && names[10] == 10 ? GSL_SUCCESS : GSL_EFAILED;
    recurrent_free(rows);
    glm_fit_free(fit);
    free(names);
    return end_of(status);
}

static enum short_memory square_clusters(void)
{
    const struct cox_control control = COX_CONTROL;
    const struct cox_rows rows = people();
    struct cox_data *const data = cox_data_alloc(&rows, 1);
    struct cox_work *const work = data == NULL ? NULL : cox_work_alloc(data, COX_EFRON, 1);
    struct cox_fit *const fit = cox_fit_alloc(P);
    int status = work == NULL || fit == NULL ? GSL_ENOMEM : cox_fit_run(work, &control, fit);
    struct cox_scores *const scores = status == GSL_SUCCESS ? cox_scores_alloc(work) : NULL;
    double covariance[P * P];

    if (status == GSL_SUCCESS)
        status = scores == NULL ? GSL_ENOMEM : cox_robust(scores, fit, &(struct clusters){programme, 11, 11}, covariance);
    cox_scores_free(scores);
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
    return end_of(status);
}

static enum short_memory fit_subhazards(void)
{
    const struct finegray_control control = FINEGRAY_CONTROL;
    const struct finegray_rows rows = {.n = N, .time = times, .cause = cause_of, .wanted = 1, .n_group = 1, .design = &design,
                                       .reducer = &alone};
    const struct subhazard_rows weighted = {N, place_of, cause_of, arm_of, weight_of, 30, false, &alone};
    struct finegray *const fit = finegray_alloc(P);
    struct arm_ratio ratio;
    int status = fit == NULL ? GSL_ENOMEM : finegray_solve(&rows, &control, 1, fit);

    if (status == GSL_SUCCESS)
        status = subhazard_solve(&weighted, &ratio, phi);
    finegray_free(fit);
    return end_of(status);
}

static enum short_memory regress_outcomes(void)
{
    const struct aft_rows stretched = {.n = N, .lower = times, .upper = times, .design = &design, .reducer = &alone};
    const struct standardise_rows rows = {.design = &design, .y = yes, .observed = observed, .target = weight_of, .n_threads = 1,
                                          .reducer = &alone};
    const struct ipcw_rows lost = {N, place_of, cause_of, weight_of, &alone};
    struct standardised result = {.phi = phi, .slope = slope_of, .share = share_of};
    struct aft *const fit = aft_alloc(P);
    struct ipcw *const ipcw = ipcw_alloc(30);
    int status = fit == NULL || ipcw == NULL ? GSL_ENOMEM : aft_solve(&stretched, AFT_LOGNORMAL, 1, fit);

    if (status == GSL_SUCCESS)
        status = standardise_arm(&rows, &result);
    if (status == GSL_SUCCESS)
        status = ipcw_solve(ipcw, &lost);
    if (status == GSL_SUCCESS)
        status = ipcw_influence(ipcw, &lost, days_before, x, phi);
    ipcw_free(ipcw);
    aft_free(fit);
    return end_of(status);
}

static enum short_memory add_places(void)
{
    struct exact_sum exact;
    struct grid grid;
    struct grid_sum sum;
    double *values = malloc(N * sizeof *values);
    size_t n = N;
    int status = values == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    exact_sum_init(&exact);
    exact_sum_add_product(&exact, 3, 1. / 3, 1);
    (void)grid_init(&grid, 8, N);
    grid_sum_init(&sum, &grid);
    if (status == GSL_SUCCESS)
        memcpy(values, x, sizeof x);
    if (status == GSL_SUCCESS)
        status = reducer_exact_sum(&alone, &exact);
    if (status == GSL_SUCCESS)
        status = reducer_grid_sum(&alone, &sum);
    if (status == GSL_SUCCESS)
        status = reducer_distinct(&alone, &values, &n);
    if (status == GSL_SUCCESS && n != 61)
        status = GSL_EFAILED;
    free(values);
    return end_of(status);
}

static double weight[N], slope[N], ones[N], probability[N];
static uint8_t treated[N];
static uint32_t place[N];

static enum short_memory weigh_places(void)
{
    static const double axis[29] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28};
    static const struct propensity_limits limits = {0, 1, true, 0.9};
    const struct propensity_rows scores = {N, treated, x, NULL};
    struct weighted_curve *const curve = weighted_curve_alloc(axis, 29, 1);
    const struct weighted_rows rows = {N, place, NULL, event, weight};
    const struct weighted_errors_request errors = {.curve = curve, .rows = &rows, .n = N, .frequency = ones, .reducer = &alone};
    struct propensity_summary summary;
    struct weighted_moments moments;
    struct calibration_group groups[4];
    double out[29];
    size_t n_made;
    int status = curve == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t i = 0; i < N; i++) {
        treated[i] = i * 7 % 3 == 0;
        place[i] = (uint32_t)times[i];
        probability[i] = x[i] / 4;
        ones[i] = 1;
    }
    if (status == GSL_SUCCESS)
        status = propensity_weights_all(&scores, PROPENSITY_ATO, &limits, &alone, weight, slope, &summary);
    if (status == GSL_SUCCESS)
        status = weighted_curve_solve_all(curve, &rows, &alone);
    if (status == GSL_SUCCESS)
        status = weighted_errors(&errors, out);
    if (status == GSL_SUCCESS)
        status = weighted_mean_all(N, x, weight, &alone, out, NULL);
    if (status == GSL_SUCCESS)
        status = weighted_moments_all(N, x, weight, NULL, treated, 1, &alone, &moments);
    if (status == GSL_SUCCESS)
        status = weighted_levels_all(N, stratum, 2, weight, treated, &alone, out);
    if (status == GSL_SUCCESS)
        status = weighted_ks_all(N, x, weight, treated, &alone, out);
    if (status == GSL_SUCCESS)
        status = influence_variance_all(N, weight, ones, NULL, &alone, out);
    if (status == GSL_SUCCESS)
        status = influence_variance_all(N, weight, NULL, &(struct clusters){stratum, 2, 2}, &alone, out);
    if (status == GSL_SUCCESS)
        status = calibration_groups_all(probability, treated, NULL, N, 4, 0.95, &alone, groups, &n_made);
    weighted_curve_free(curve);
    return end_of(status);
}

static double many_x[MOST], many_y[MOST], many_weight[MOST];
static uint16_t many_level[MOST];
static struct design_block many_blocks[] = {{many_x, NULL, 1, number_column}, {NULL, many_level, 3, level_columns}};

/* A few rows of so much weight say the contrary: from some thousands on, the maximum of some rows is no start for all. */
static void make_many(double heavy)
{
    for (size_t i = 0; i < MOST; i++) {
        many_x[i] = placed_random(3, i, 0);
        many_level[i] = (uint16_t)(i % 3);
        many_y[i] = i % 2000 == 7 ? many_x[i] < 0.3 : placed_random(3, i, 1) < 0.3 + 0.4 * many_x[i];
        many_weight[i] = i % 2000 == 7 ? heavy : 1;
    }
}

static enum short_memory fit_first(size_t n, size_t n_threads, bool firth)
{
    const struct design_matrix many = {n, P, 2, many_blocks};
    const struct glm_data data = {&many, many_y, NULL, many_weight};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = n_threads, .firth = firth};
    struct glm_fit *fit = NULL;
    const int status = glm_fit_alloc(&data, &options, &fit);

    glm_fit_free(fit);
    return end_of(status);
}

static enum short_memory fit_many(void)
{
    return fit_first(MANY, 1, false);
}

static enum short_memory fit_by_firth(void)
{
    return fit_first(3000, 2, true);
}

/* Steep, but for one row: many steps, after which directions without end are looked for. */
static enum short_memory fit_steeply(void)
{
    enum { STEEP = 3000 };
    static double y[STEEP];
    const struct design_matrix steep = {STEEP, P, 2, many_blocks};
    const struct glm_data data = {&steep, y, NULL, NULL};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 2};
    struct glm_fit *fit = NULL;

    size_t other = 0;
    for (size_t i = 0; i < STEEP; i++) {
        y[i] = many_x[i] > 0.5;
        if (fabs(many_x[i] - 0.495) < fabs(many_x[other] - 0.495))
            other = i;
    }
    y[other] = 1;
    const int status = glm_fit_alloc(&data, &options, &fit);

    glm_fit_free(fit);
    return end_of(status);
}

/* Of some that act early, late or never. */
static enum short_memory weigh_clones(void)
{
    static const struct clone_rule rule = {9, 14, 5};
    static double time[N], act[N], axis[40];
    static int32_t cause[N];
    const struct clone_rows rows = {.n = N, .time = time, .cause = cause, .act = act, .design = &design, .reducer = &alone};
    const double *const slopes[] = {many_x, many_y};
    double *const parts[] = {phi, slope_of};
    struct clone_weights *weights = NULL;

    for (int k = 0; k < 40; k++)
        axis[k] = k;
    for (int i = 0; i < N; i++) {
        act[i] = i % 4 == 0 ? 2. + i % 5 : i % 4 == 1 ? 11. + i % 3 : (double)INFINITY;
        time[i] = times[i];
        cause[i] = event[i];
        clone_cut(&rule, act[i], &time[i], &cause[i]);
    }
    int status = clone_weights_alloc(&rows, &rule, axis, 40, 0.9, 1, &weights);
    if (status == GSL_SUCCESS)
        status = clone_weights_influence_each(weights, slopes, 2, parts);
    clone_weights_free(weights);
    return end_of(status);
}

static enum short_memory find_frailties(void)
{
    const struct cox_rows rows = people();
    struct cox_frailty *const fit = cox_frailty_alloc(P, 11);
    const int status = fit == NULL ? GSL_ENOMEM : cox_frailty_solve(&rows, COX_EFRON, programme, 11, 0.5, 1, fit);

    cox_frailty_free(fit);
    return end_of(status);
}

static enum short_memory count_means(void)
{
    static int32_t person[N];
    struct mcf *mcf = NULL;

    for (int i = 0; i < N; i++)
        person[i] = i;
    const int status = mcf_solve_all(N, NULL, times, event, person, N, MCF_LOG, 0.95, &alone, &mcf);
    mcf_free(mcf);
    return end_of(status);
}

static enum short_memory collect_looks(void)
{
    struct turnbull_rows rows = {0, malloc(sizeof times), malloc(sizeof times), malloc(N * sizeof(int64_t))};
    const bool there = rows.lower != NULL && rows.upper != NULL && rows.frequency != NULL;

    for (size_t i = 0; there && i < N; i++) {
        rows.lower[i] = entry[i];
        rows.upper[i] = times[i];
        rows.frequency[i] = 1;
        rows.n = i + 1;
    }
    const int status = there ? turnbull_collect(&rows, &alone) : GSL_ENOMEM;
    turnbull_rows_free(&rows);
    return end_of(status);
}

static struct cox_fit *many_fit;
static struct cox_scores *many_scores;

static enum short_memory square_scores(void)
{
    double covariance[P * P];

    return end_of(cox_robust(many_scores, many_fit, NULL, covariance));
}

static void test_scores_of_many_rows_that_get_no_memory_say_so(void **state)
{
    static const struct short_work work = {"squares of scores", square_scores, 2};
    static double time[MOST];
    static int32_t died[MOST];
    const struct design_matrix most = {MOST, P, 2, many_blocks};
    const struct cox_rows rows = {.n = MOST, .time = time, .event = died, .n_stratum = 1, .design = &most};
    const struct cox_control control = COX_CONTROL;

    (void)state;
    make_many(1);
    for (size_t i = 0; i < MOST; i++) {
        time[i] = 1 + (double)(i * 7 % 23);
        died[i] = i % 3 != 0;
    }
    struct cox_data *const data = cox_data_alloc(&rows, 1);
    struct cox_work *const cox = cox_work_alloc(data, COX_EFRON, 1);
    many_fit = cox_fit_alloc(P);
    assert_int_equal(cox_fit_run(cox, &control, many_fit), GSL_SUCCESS);
    many_scores = cox_scores_alloc(cox);
    short_memory_run_all(&work, 1);
    cox_scores_free(many_scores);
    cox_fit_free(many_fit);
    cox_work_free(cox);
    cox_data_free(data);
}

static enum short_memory calibrate(void)
{
    static const double p[] = {.1, .2, .3, .4, .5, .6};
    static const unsigned char y[] = {0, 0, 1, 0, 1, 1};
    struct calibration_group groups[2];
    size_t n;

    return end_of(calibration_groups(p, y, NULL, 6, 2, 0.95, groups, &n));
}

static void test_a_place_that_gets_no_memory_says_so_and_keeps_none(void **state)
{
    static const struct short_work works[] = {
        {"Cox", fit_cox, 30}, {"exact ties", fit_exactly, 30}, {"concordance", rank_predictions, 12}, {"weighted concordance", rank_weighted, 16},
        {"clusters", square_clusters, 30}, {"names of clusters", number_clusters, 30}, {"subdistribution hazards", fit_subhazards, 25}, {"outcomes", regress_outcomes, 30}, {"sums", add_places, 3}, {"weights", weigh_places, 12}, {"many rows", fit_many, 40},
        {"rows by Firth", fit_by_firth, 40}, {"rows that are nearly told apart", fit_steeply, 40}, {"calibration", calibrate, 1},
        {"strategies", weigh_clones, 60}, {"frailties", find_frailties, 40}, {"mean counts", count_means, 6}, {"times between looks", collect_looks, 5},
    };
    static const struct short_work from_afar = {"many rows, from afar", fit_many, 40};

    (void)state;
    make_people();
    make_more();
    make_many(1);
    short_memory_run_all(works, sizeof works / sizeof works[0]);
    make_many(8000);
    short_memory_run_all(&from_afar, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_place_that_gets_no_memory_says_so_and_keeps_none),
        cmocka_unit_test(test_scores_of_many_rows_that_get_no_memory_say_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
