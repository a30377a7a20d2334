/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cox models and concordance on shapes of data that few studies have: one stratum of many, nobody with an event, a risk that is lost
 * beside larger ones, ties with offsets.  Each is answered, or refused by its name.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/concordance.h"
#include "stats/cox_curve.h"
#include "stats/cox_firth.h"
#include "stats/cox_frailty.h"
#include "stats/cox_zph.h"
#include "tests/stats/rare_people.h"

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

/* A test of proportional hazards is of the fit, wherever the work stood last; where risks are lost there is none. */
static void test_proportional_hazards_are_tested_at_the_fit(void **state)
{
    static const int32_t term[MANY_COLUMNS] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .design = &wide};
    const struct cox_control control = COX_CONTROL;
    struct chi_square_test tests[2][MANY_COLUMNS + 1];
    struct cox c = start_cox(&rows, COX_EFRON);
    double g[N];

    (void)state;
    assert_int_equal(cox_fit_run(c.work, &control, c.fit), GSL_SUCCESS);
    assert_int_equal(cox_zph_times(c.data, &rows, COX_ZPH_KM, g), GSL_SUCCESS);
    for (int k = 0; k < 2; k++) {
        struct cox_zph zph = {.test = tests[k]};
        struct cox_point *const elsewhere = cox_point_alloc(MANY_COLUMNS);
        elsewhere->beta[0] = 0.3;
        if (k == 1)
            assert_int_equal(cox_evaluate(c.work, elsewhere), GSL_SUCCESS);
        cox_point_free(elsewhere);
        assert_int_equal(cox_zph_run(c.work, c.fit, g, term, MANY_COLUMNS, &zph), GSL_SUCCESS);
    }
    for (int j = 0; j <= MANY_COLUMNS; j++)
        assert_near(tests[1][j].statistic, tests[0][j].statistic, 1e-12);
    struct cox_zph zph = {.test = tests[0]};
    c.fit->point->beta[0] = 1e7;
    assert_int_equal(cox_zph_run(c.work, c.fit, g, term, MANY_COLUMNS, &zph), GSL_EDOM);
    end_cox(&c);
}

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
    assert_int_equal(cox_robust(scores, c.fit, NULL, covariance), GSL_SUCCESS);
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
    assert_int_equal(concordance_solve(&rows, prediction, NULL, &result), GSL_SUCCESS);
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
    assert_int_equal(concordance_solve(&tied, prediction, NULL, &result), GSL_SUCCESS);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_people(test_proportional_hazards_are_tested_at_the_fit),
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
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
