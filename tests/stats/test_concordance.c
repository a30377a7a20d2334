/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/concordance.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "tests/support/draws.h"
#include "tests/support/near.h"

enum { N_MAX = 1500, N_CLUSTER = 400 };

static double entry[N_MAX], time_of[N_MAX], weight[N_MAX], prediction[N_MAX];
static int32_t event[N_MAX], stratum[N_MAX], cluster[N_MAX];
static int64_t frequency[N_MAX];

static double weight_of(const struct cox_rows *rows, size_t i)
{
    return rows->frequency != NULL ? (double)rows->frequency[i] : rows->weight != NULL ? rows->weight[i] : 1;
}

/* Does k live on after the event of i, at risk at it? */
static bool lives_on(const struct cox_rows *rows, size_t i, size_t k)
{
    const bool later = rows->time[k] > rows->time[i] || (rows->time[k] == rows->time[i] && !rows->event[k]);
    const bool entered = rows->entry == NULL || rows->entry[k] < rows->time[i];

    return rows->event[i] && later && entered && (rows->stratum == NULL || rows->stratum[i] == rows->stratum[k]);
}

/* Pair by pair, from both of its rows. */
static void count_pairs(const struct cox_rows *rows, const int32_t *of, struct concordance *expected)
{
    static double pairs[N_MAX][3];
    double all[3] = {0}, sum[N_CLUSTER] = {0}, variance = 0;

    memset(pairs, 0, sizeof pairs);
    for (size_t i = 0; i < rows->n; i++)
        for (size_t k = 0; k < rows->n; k++) {
            if (!lives_on(rows, i, k))
                continue;
            const int kind = prediction[i] > prediction[k] ? 0 : prediction[i] < prediction[k] ? 1 : 2;
            pairs[i][kind] += weight_of(rows, k);
            pairs[k][kind] += weight_of(rows, i);
            all[kind] += weight_of(rows, i) * weight_of(rows, k);
        }
    const double n_pair = all[0] + all[1] + all[2], somers = (all[0] - all[1]) / n_pair;
    for (size_t i = 0; i < rows->n; i++) {
        const double w = weight_of(rows, i);
        const double u = (pairs[i][0] - pairs[i][1] - somers * (pairs[i][0] + pairs[i][1] + pairs[i][2])) / (2 * n_pair);
        if (of != NULL)
            sum[of[i]] += w * u;
        else
            variance += rows->frequency != NULL ? w * u * u : w * u * w * u;
    }
    for (size_t c = 0; of != NULL && c < N_CLUSTER; c++)
        variance += sum[c] * sum[c];
    *expected = (struct concordance){all[0], all[1], all[2], (somers + 1) / 2, sqrt(variance)};
}

/* Few and many times (the ends of the trees' nodes among them), late entries, strata, weights and copies, ties of predictions. */
static void test_pairs_are_those_that_are_counted_one_by_one(void **state)
{
    static const int spans[] = {1, 2, 31, 32, 33, 63, 700, 3000};
    struct draws draws = {17};
    (void)state;
    for (uint32_t set = 0; set < 96; set++) {
        const size_t n = set % 3 == 2 ? N_MAX : 2 + (size_t)draw_below(&draws, 150);
        const int span = spans[set % 8], n_prediction = set % 5 == 0 ? 9 : 100000;
        for (size_t i = 0; i < n; i++) {
            entry[i] = draw_below(&draws, span);
            time_of[i] = (set % 2 ? entry[i] : 0) + 1 + draw_below(&draws, span);
            event[i] = draw_below(&draws, 3) > 0;
            stratum[i] = draw_below(&draws, 4);
            cluster[i] = draw_below(&draws, N_CLUSTER);
            frequency[i] = 1 + draw_below(&draws, 4);
            weight[i] = 0.25 + draw_below(&draws, 1000) / 300.;
            prediction[i] = draw_below(&draws, n_prediction) / 7. - 1;
        }
        const struct cox_rows rows = {.n = n, .entry = set % 2 ? entry : NULL, .time = time_of, .event = event,
                                      .stratum = set % 4 < 2 ? stratum : NULL, .n_stratum = set % 4 < 2 ? 4 : 1,
                                      .frequency = set % 6 < 2 ? frequency : NULL, .weight = set % 6 == 2 ? weight : NULL};
        const int32_t *const of = set % 7 < 3 ? cluster : NULL;
        struct concordance c, expected;
        count_pairs(&rows, of, &expected);
        assert_int_equal(concordance_solve(&rows, prediction, of != NULL ? &(struct clusters){of, N_CLUSTER, 0} : NULL, &c), GSL_SUCCESS);
        assert_near(c.concordant, expected.concordant, 1e-9);
        assert_near(c.discordant, expected.discordant, 1e-9);
        assert_near(c.tied, expected.tied, 1e-9);
        if (expected.concordant + expected.discordant + expected.tied == 0)
            continue;
        assert_near(c.estimate, expected.estimate, 1e-12);
        assert_near(c.std_err, expected.std_err, 1e-10);
    }
}

static void test_nobody_and_nobody_who_lives_on_make_no_pair(void **state)
{
    const struct cox_rows nobody = {.n = 0, .time = time_of, .event = event, .n_stratum = 1};
    const struct cox_rows alone = {.n = 1, .time = time_of, .event = event, .n_stratum = 1};
    struct concordance c;
    (void)state;
    time_of[0] = 3;
    event[0] = 1;
    prediction[0] = 2.385;
    assert_int_equal(concordance_solve(&nobody, prediction, NULL, &c), GSL_SUCCESS);
    assert_true(isnan(c.estimate) && isnan(c.std_err));
    assert_int_equal(concordance_solve(&alone, prediction, NULL, &c), GSL_SUCCESS);
    assert_true(isnan(c.estimate) && isnan(c.std_err) && c.tied == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs_are_those_that_are_counted_one_by_one),
        cmocka_unit_test(test_nobody_and_nobody_who_lives_on_make_no_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
