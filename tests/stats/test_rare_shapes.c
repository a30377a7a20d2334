/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shapes of data that few studies have: one stratum of many, nobody with an event, everybody alike, a row without weight, a risk
 * that is lost beside larger ones, counts beyond what a table draws from.  Each is answered, or refused by its name.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/aft.h"
#include "stats/bootstrap.h"
#include "stats/chained.h"
#include "stats/concordance.h"
#include "stats/cox.h"
#include "stats/cox_curve.h"
#include "stats/cox_firth.h"
#include "stats/cox_frailty.h"
#include "stats/cox_risk.h"
#include "stats/cox_score.h"
#include "stats/cox_zph.h"
#include "stats/cuminc.h"
#include "stats/design_gram.h"
#include "stats/finegray.h"
#include "stats/funnel.h"
#include "stats/gee.h"
#include "stats/glm_sandwich.h"
#include "stats/leaving.h"
#include "stats/linear.h"
#include "stats/meta.h"
#include "stats/negbin.h"
#include "stats/round_newton.h"
#include "stats/turnbull_error.h"
#include "tests/support/near.h"

enum { N = 40, MANY_COLUMNS = 9 };

static double times[N], entry[N], offset[N], x[N], columns[MANY_COLUMNS][N];
static int32_t event[N], stratum[N], group[N];
static int64_t frequency[N];
static const int32_t numbers[MANY_COLUMNS] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
static struct design_block blocks[MANY_COLUMNS];
static struct design_matrix design, wide;

static int make_people(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        times[i] = 2 + (i * 7) % 23;
        entry[i] = 0;
        event[i] = i % 3 != 0;
        stratum[i] = i % 2;
        group[i] = i % 5;
        frequency[i] = 1 + i % 3;
        offset[i] = 0;
        x[i] = (i * 37 % 41) / 17.0;
        for (int j = 0; j < MANY_COLUMNS; j++)
            columns[j][i] = ((i + 3 * j) * 29 % (31 + j)) / 16.0;
    }
    for (int j = 0; j < MANY_COLUMNS; j++)
        blocks[j] = (struct design_block){columns[j], NULL, 1, &numbers[j]};
    wide = (struct design_matrix){N, MANY_COLUMNS, MANY_COLUMNS, blocks};
    static struct design_block one;
    one = (struct design_block){x, NULL, 1, numbers};
    design = (struct design_matrix){N, 1, 1, &one};
    return 0;
}

struct cox {
    struct cox_data *data;
    struct cox_work *work;
    struct cox_fit *fit;
};

static struct cox start_cox(const struct cox_rows *rows, enum cox_ties ties)
{
    struct cox c = {.data = cox_data_alloc(rows, 1)};

    assert_non_null(c.data);
    c.work = cox_work_alloc(c.data, ties, 1);
    c.fit = cox_fit_alloc(rows->design->p);
    assert_true(c.work != NULL && c.fit != NULL);
    return c;
}

static void end_cox(struct cox *c)
{
    cox_fit_free(c->fit);
    cox_work_free(c->work);
    cox_data_free(c->data);
}

/* ---- proportional hazards ------------------------------------------------------------------------------------------ */

/* At the maximum residuals add up to nothing, of martingales and of every column at events. */
static void test_residuals_of_a_cox_model_add_up_to_nothing(void **state)
{
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .stratum = stratum, .n_stratum = 2, .frequency = frequency,
                                  .design = &wide};
    const struct cox_control control = COX_CONTROL;
    struct cox c = start_cox(&rows, COX_BRESLOW);
    double martingales = 0, at_events[MANY_COLUMNS] = {0}, covariance[MANY_COLUMNS * MANY_COLUMNS];

    (void)state;
    assert_int_equal(cox_fit_run(c.work, &control, c.fit), GSL_SUCCESS);
    assert_true(c.fit->converged);
    struct cox_scores *scores = cox_scores_alloc(c.work);
    for (size_t i = 0; i < c.data->n; i++) {
        const double f = (double)frequency[c.data->row[i]];
        double residual[MANY_COLUMNS];

        martingales += f * cox_martingale(c.work, i);
        if (event[c.data->row[i]] == 0)
            continue;
        cox_schoenfeld(scores, i, residual);
        for (int j = 0; j < MANY_COLUMNS; j++)
            at_events[j] += f * residual[j];
    }
    assert_true(fabs(martingales) < 1e-10);
    for (int j = 0; j < MANY_COLUMNS; j++)
        assert_true(fabs(at_events[j]) < 1e-9);
    assert_int_equal(cox_robust(scores, c.fit, NULL, 0, covariance), GSL_SUCCESS);
    for (int j = 0; j < MANY_COLUMNS; j++)
        assert_true(covariance[j * MANY_COLUMNS + j] > 0);
    cox_scores_free(scores);
    end_cox(&c);
}

static void test_a_curve_is_of_one_stratum(void **state)
{
    static double cumhaz[N], std_err[N], first[N];
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .stratum = stratum, .n_stratum = 2, .design = &design};
    const struct cox_control control = COX_CONTROL;
    const double at = 0.5;
    struct cox c = start_cox(&rows, COX_BRESLOW);
    struct cox_curve curve = {.cumhaz = cumhaz, .std_err = std_err};

    (void)state;
    assert_int_equal(cox_fit_run(c.work, &control, c.fit), GSL_SUCCESS);
    struct cox_scores *scores = cox_scores_alloc(c.work);
    assert_int_equal(cox_curve_solve(scores, c.fit, c.fit->covariance, 0, &at, 0, &curve), GSL_SUCCESS);
    const size_t n_first = curve.n;
    memcpy(first, cumhaz, n_first * sizeof *first);
    assert_int_equal(curve.first, 0);
    assert_int_equal(cox_curve_solve(scores, c.fit, c.fit->covariance, 1, &at, 0, &curve), GSL_SUCCESS);
    assert_int_equal(curve.first, n_first);
    assert_int_equal(curve.n, c.data->n_axis - n_first);
    assert_true(curve.cumhaz[curve.n - 1] > 0 && curve.cumhaz[curve.n - 1] != first[n_first - 1]);
    assert_int_equal(cox_curve_solve(scores, c.fit, c.fit->covariance, 7, &at, 0, &curve), GSL_EINVAL);
    cox_scores_free(scores);
    end_cox(&c);
}

static void test_a_point_without_numbers_is_refused(void **state)
{
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .design = &wide};
    struct cox c = start_cox(&rows, COX_EFRON);

    (void)state;
    for (int j = 0; j < MANY_COLUMNS; j++)
        c.fit->point->beta[j] = j % 2 == 0 ? 1e308 : -1e308;
    assert_int_equal(cox_evaluate(c.work, c.fit->point), GSL_EDOM);
    end_cox(&c);
}

/* A day on which all risks are lost beside those of other days. */
static void test_risks_that_are_lost_make_no_scores(void **state)
{
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .offset = offset, .design = &design};

    (void)state;
    for (int i = 0; i < N; i++)
        offset[i] = times[i] > 10 ? -2000 : 0;
    struct cox c = start_cox(&rows, COX_BRESLOW);
    assert_int_equal(cox_evaluate(c.work, c.fit->point), GSL_EDOM);
    assert_null(cox_scores_alloc(c.work));
    end_cox(&c);
    struct cox_tied tied;
    assert_int_equal(cox_tied_solve(COX_EFRON, 2, 2, 0, 0, &tied), GSL_EDOM);
}

/* Late people whose risk is lost beside the early ones: a sum of one part says so, one of two parts holds it. */
static void test_risks_that_differ_much_are_summed_in_two_parts(void **state)
{
    enum { ROWS = (1 << 16) + 40 };
    static double time[ROWS], far[ROWS], value[ROWS];
    static int32_t died[ROWS];
    static struct design_block block = {value, NULL, 1, numbers};
    static const struct design_matrix one = {ROWS, 1, 1, &block};

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        const bool late = i % 64 == 0;
        time[i] = late ? 20000 + i % 7 : 1 + i % 15013;
        far[i] = late ? -30 : 0;
        value[i] = i % 5 / 4.;
        died[i] = i % 3 == 0;
    }
    const struct cox_rows rows = {.n = ROWS, .time = time, .event = died, .n_stratum = 1, .offset = far, .design = &one};
    struct cox c = start_cox(&rows, COX_BRESLOW);
    double last = 0, expected = 0;
    assert_int_equal(cox_evaluate(c.work, c.fit->point), GSL_SUCCESS);
    /* The last day: so many with the event, and all of them at risk with the risk exp(-30). */
    for (int i = 0; i < ROWS; i++) {
        last += died[i] != 0 && time[i] == 20006;
        expected += time[i] == 20006;
    }
    assert_near(cox_work_jump(c.work)[c.data->n_axis - 1] * exp(-30), last / expected, 1e-6);
    end_cox(&c);
}

/* Exact ties: rows alike but for their offsets; a day on which all risks are lost. */
static void test_exact_ties_with_offsets(void **state)
{
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .offset = offset, .design = &design};
    struct cox c;
    double loglik[2];

    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        for (int k = 0; k < N; k++) {
            const int i = turn == 0 ? k : N - 1 - k;
            times[k] = 5 + i % 2;
            event[k] = i % 4 < 2;
            x[k] = i % 3;
            offset[k] = (i * 7 % 5) / 4.;
        }
        c = start_cox(&rows, COX_EXACT);
        c.fit->point->beta[0] = 0.25;
        assert_int_equal(cox_evaluate(c.work, c.fit->point), GSL_SUCCESS);
        loglik[turn] = c.fit->point->loglik;
        end_cox(&c);
    }
    assert_memory_equal(&loglik[0], &loglik[1], sizeof loglik[0]);
    for (int i = 0; i < N; i++)
        offset[i] = times[i] == 6 ? -2000 : 0;
    c = start_cox(&rows, COX_EXACT);
    assert_int_equal(cox_evaluate(c.work, c.fit->point), GSL_EDOM);
    end_cox(&c);
}

static void test_firth_without_a_column_that_says_something(void **state)
{
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .design = &design};
    const struct cox_control control = COX_CONTROL;

    (void)state;
    for (int i = 0; i < N; i++)
        x[i] = 2.5;
    struct cox c = start_cox(&rows, COX_EFRON);
    assert_int_equal(cox_firth_run(c.work, &control, c.fit), GSL_SUCCESS);
    assert_true(isnan(c.fit->coef[0]) && c.fit->column[0] == COX_ALIASED);
    assert_near(c.fit->loglik, c.fit->loglik_null, 1e-12);
    end_cox(&c);
}

/*
 * Offsets at the edge of what sums of risks hold: at 0 they are held, a step further they are not.  The edge is found by halving
 * between an offset that is held and one that is not.
 */
static double edge_of(enum cox_ties ties, const struct cox_rows *rows)
{
    double held = 0, lost = 3000;

    while (lost - held > 1e-9) {
        const double middle = (held + lost) / 2;
        for (int i = 0; i < N; i++)
            offset[i] = times[i] == 6 ? -middle : 0;
        struct cox c = start_cox(rows, ties);
        if (cox_evaluate(c.work, c.fit->point) == GSL_SUCCESS)
            held = middle;
        else
            lost = middle;
        end_cox(&c);
    }
    return held;
}

static void test_at_the_edge_of_what_is_held_a_fit_ends_all_the_same(void **state)
{
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .offset = offset, .design = &design};
    const struct cox_control control = COX_CONTROL;
    int n_refused = 0;

    (void)state;
    for (int i = 0; i < N; i++) {
        times[i] = 5 + i % 2;
        event[i] = i % 4 < 2;
        x[i] = times[i] == 6 ? 2 : i * 7 % 5;
    }
    for (int turn = 0; turn < 2; turn++) {
        const enum cox_ties ties = turn == 0 ? COX_BRESLOW : COX_EFRON;
        const double edge = edge_of(ties, &rows);
        for (int back = 0; back < 60; back++) { /* first at the edge itself */
            for (int i = 0; i < N; i++)
                offset[i] = times[i] == 6 ? -(edge - 0.05 * back) : 0;
            struct cox c = start_cox(&rows, ties);
            int status = cox_firth_run(c.work, &control, c.fit);
            n_refused += status != GSL_SUCCESS;
            assert_true(status == GSL_EDOM || (status == GSL_SUCCESS && isfinite(c.fit->loglik)));
            end_cox(&c);
            c = start_cox(&rows, ties);
            status = cox_fit_run(c.work, &control, c.fit);
            assert_true(status == GSL_EDOM || (status == GSL_SUCCESS && isfinite(c.fit->loglik)));
            end_cox(&c);
            struct cox_frailty *frailty = cox_frailty_alloc(1, 5);
            status = cox_frailty_solve(&rows, ties, group, 5, 0.5, 1, frailty);
            assert_true(status == GSL_EDOM || (status == GSL_SUCCESS && isfinite(frailty->loglik)));
            cox_frailty_free(frailty);
        }
    }
    assert_true(n_refused > 0);
}

static void test_frailties_that_cannot_be_or_are_not(void **state)
{
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .design = &design};
    struct cox_frailty *fit = cox_frailty_alloc(1, 5);

    (void)state;
    assert_int_equal(cox_frailty_solve(&rows, COX_EFRON, group, 1, 0.5, 1, fit), GSL_EINVAL);
    assert_int_equal(cox_frailty_solve(&rows, COX_EFRON, group, COX_FRAILTY_GROUPS_MAX + 1, 0.5, 1, fit), GSL_EINVAL);
    for (int i = 0; i < N; i++) /* five groups, each the same eight people */
        times[i] = 3 + i / 5, event[i] = i / 5 % 2, x[i] = i / 5 % 3;
    assert_int_equal(cox_frailty_solve(&rows, COX_EFRON, group, 5, NAN, 1, fit), GSL_SUCCESS);
    assert_near(fit->theta, 0, 0);
    memset(event, 0, sizeof event);
    assert_int_equal(cox_frailty_solve(&rows, COX_EFRON, group, 5, 0.5, 1, fit), GSL_EZERODIV);
    cox_frailty_free(fit);
}

/* The transform by Kaplan-Meier of people who are all at risk from the start is 1 - S before each event. */
static void test_a_transform_without_late_entries(void **state)
{
    static double g[N];
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .design = &design};
    struct cox c = start_cox(&rows, COX_EFRON);
    double surv = 1, at_risk;

    (void)state;
    assert_int_equal(cox_zph_times(c.data, &rows, COX_ZPH_KM, g), GSL_SUCCESS);
    double sum = 0, n_event = 0, expected[N];
    for (size_t k = 0; k < c.data->n_axis; k++) {
        double dead = 0;
        at_risk = 0;
        for (int i = 0; i < N; i++) {
            at_risk += times[i] >= c.data->time[k];
            dead += times[i] == c.data->time[k] && event[i];
        }
        expected[k] = 1 - surv;
        surv *= 1 - dead / at_risk;
        sum += dead * expected[k];
        n_event += dead;
    }
    for (size_t k = 0; k < c.data->n_axis; k++)
        assert_true(fabs(g[k] - (expected[k] - sum / n_event)) < 1e-12);
    end_cox(&c);
}

/* Pairs counted one by one. */
static void test_concordance_of_many_small_strata(void **state)
{
    enum { PEOPLE = 6000, SIZE = 3 };
    static double time[PEOPLE], prediction[PEOPLE];
    static int32_t died[PEOPLE], of[PEOPLE];
    struct concordance result;
    double concordant = 0, discordant = 0;

    (void)state;
    for (int i = 0; i < PEOPLE; i++) {
        time[i] = 1 + (i * 7919 % 6007);
        prediction[i] = i * 104729 % 6011;
        died[i] = i % 3 != 1;
        of[i] = i / SIZE;
    }
    for (int i = 0; i < PEOPLE; i++)
        for (int k = i / SIZE * SIZE; k < i / SIZE * SIZE + SIZE; k++)
            if (died[i] && time[k] > time[i]) {
                concordant += prediction[k] < prediction[i];
                discordant += prediction[k] > prediction[i];
            }
    const struct cox_rows rows = {.n = PEOPLE, .time = time, .event = died, .stratum = of, .n_stratum = PEOPLE / SIZE};
    assert_int_equal(concordance_solve(&rows, prediction, NULL, 0, &result), GSL_SUCCESS);
    assert_near(result.concordant, concordant, 1e-12);
    assert_near(result.discordant, discordant, 1e-12);
    /* Many who leave on one day. */
    for (int i = 0; i < PEOPLE; i++) {
        of[i] = 0;
        time[i] = 1 + i % 2;
    }
    const struct cox_rows tied = {.n = PEOPLE, .time = time, .event = died, .stratum = of, .n_stratum = 1};
    concordant = 0;
    for (int i = 0; i < PEOPLE; i++)
        for (int k = 0; k < PEOPLE; k++)
            concordant += died[i] && (time[k] > time[i] || (time[k] == time[i] && !died[k])) && prediction[k] < prediction[i];
    assert_int_equal(concordance_solve(&tied, prediction, NULL, 0, &result), GSL_SUCCESS);
    assert_near(result.concordant, concordant, 1e-12);
}

/* More numbers than are multiplied at once, over rows enough for vectors: sums of products as they are. */
static void test_products_of_many_numbers(void **state)
{
    enum { ROWS = 4099 };
    static double value[MANY_COLUMNS][ROWS], weight[ROWS], sums[MANY_COLUMNS], products[MANY_COLUMNS * MANY_COLUMNS], total;
    static struct design_block of[MANY_COLUMNS];
    const struct design_matrix all = {ROWS, MANY_COLUMNS, MANY_COLUMNS, of};

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        weight[i] = i % 13 / 16. - 0.25;
        for (int j = 0; j < MANY_COLUMNS; j++)
            value[j][i] = (i * (31 + 2 * j) % 1021) / 1024. - 0.5;
    }
    for (int j = 0; j < MANY_COLUMNS; j++)
        of[j] = (struct design_block){value[j], NULL, 1, &numbers[j]};
    struct gram_layout *layout = gram_layout_alloc(&all, 1);
    struct gram *gram = gram_alloc(layout);
    assert_int_equal(gram_init(gram, 1, ROWS), GSL_SUCCESS);
    assert_int_equal(gram_add_all(gram, weight, 1), GSL_SUCCESS);
    gram_read(gram, &total, sums, products);
    for (int a = 0; a < MANY_COLUMNS; a++)
        for (int b = 0; b < MANY_COLUMNS; b++) {
            long double sum = 0;
            for (int i = 0; i < ROWS; i++)
                sum += (long double)weight[i] * value[a][i] * value[b][i];
            assert_true(fabs(products[a * MANY_COLUMNS + b] - (double)sum) < 1e-9);
        }
    gram_free(gram);
    gram_layout_free(layout);
}

/* ---- others ---------------------------------------------------------------------------------------------------------- */

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
    struct leaving *leaving = leaving_alloc(axis, strata, 2, P);
    assert_int_equal(leaving_add(leaving, &rows, beta), GSL_SUCCESS);
    assert_int_equal(leaving_cox(leaving, true, work, &point), GSL_EDOM);
    for (size_t k = 0; k < sizeof shares / sizeof shares[0]; k++)
        shares[k] = 1e200;
    assert_int_equal(leaving_meat(&rows, P, beta, shares, share, meat), GSL_EDOM);
    leaving_free(leaving);
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

#define with_people(test) cmocka_unit_test_setup(test, make_people)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_people(test_residuals_of_a_cox_model_add_up_to_nothing),
        with_people(test_a_curve_is_of_one_stratum),
        with_people(test_a_point_without_numbers_is_refused),
        with_people(test_risks_that_are_lost_make_no_scores),
        with_people(test_risks_that_differ_much_are_summed_in_two_parts),
        with_people(test_exact_ties_with_offsets),
        with_people(test_firth_without_a_column_that_says_something),
        with_people(test_at_the_edge_of_what_is_held_a_fit_ends_all_the_same),
        with_people(test_frailties_that_cannot_be_or_are_not),
        with_people(test_a_transform_without_late_entries),
        with_people(test_concordance_of_many_small_strata),
        with_people(test_products_of_many_numbers),
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
