/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact ties of rows that count several people: the order of rows changes no bit. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "stats/cox.h"
#include "tests/support/near.h"

enum { N = 90, P = 1 };

static double times[N], x[N], loglik, coef[P];
static int32_t event[N];
static int64_t frequency[N];
static const int32_t first[] = {0};

static void fit(void)
{
    const struct design_block blocks[] = {{x, NULL, 1, first}};
    const struct design_matrix design = {N, P, 1, blocks};
    const struct cox_rows rows = {.n = N, .time = times, .event = event, .n_stratum = 1, .frequency = frequency, .design = &design};
    const struct cox_control control = COX_CONTROL;
    struct cox_data *data = cox_data_alloc(&rows, 1);
    struct cox_work *work = cox_work_alloc(data, COX_EXACT, 1);
    struct cox_fit *of = cox_fit_alloc(P);

    assert_int_equal(cox_fit_run(work, &control, of), GSL_SUCCESS);
    assert_true(of->converged);
    loglik = of->loglik;
    memcpy(coef, of->coef, sizeof coef);
    cox_fit_free(of);
    cox_work_free(work);
    cox_data_free(data);
}

static void turn(void *values, size_t width, size_t from)
{
    unsigned char kept[N * 8];
    memcpy(kept, values, N * width);
    for (size_t i = 0; i < N; i++)
        memcpy((unsigned char *)values + i * width, kept + (i * 31 + from) % N * width, width);
}

static void test_rows_alike_but_in_how_many_they_count_may_come_in_any_order(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        times[i] = 7 * (1 + i % 2);
        event[i] = i * 17 % 5 != 0;
        x[i] = i * 7 % 11 * 0.37; /* few kinds of rows, so that many are alike */
        frequency[i] = i * 19 % 7 < 3 ? 3 : 1;
    }
    fit();
    const double at_first = loglik, coef_at_first[P] = {coef[0]};
    for (size_t k = 1; k < 30; k++) {
        turn(times, sizeof times[0], k);
        turn(event, sizeof event[0], k);
        turn(x, sizeof x[0], k);
        turn(frequency, sizeof frequency[0], k);
        fit();
        assert_memory_equal(&loglik, &at_first, sizeof loglik);
        assert_memory_equal(coef, coef_at_first, sizeof coef);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows_alike_but_in_how_many_they_count_may_come_in_any_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
