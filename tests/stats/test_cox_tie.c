/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cox regression where everybody leaves on one day: one tie as large as the data. */
#include "stats/cox.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/cox_score.h"
#include "tests/support/near.h"

static void test_all_events_on_one_day_are_a_product_of_counts(void **state)
{
    (void)state;
    enum { N = 200000 };
    double *time = malloc(N * sizeof *time), *x = malloc(N * sizeof *x);
    int32_t *event = malloc(N * sizeof *event);
    static const int32_t column[] = {0};
    for (size_t i = 0; i < N; i++) {
        time[i] = 1;
        event[i] = i % 2 == 0;
        x[i] = i % 4 < 2;
    }
    const struct design_block block = {x, NULL, 1, column};
    const struct design_matrix design = {N, 1, 1, &block};
    const struct cox_rows rows = {.n = N, .time = time, .event = event, .n_stratum = 1, .design = &design};
    struct cox_data *data = cox_data_alloc(&rows, 2);
    struct cox_work *work = cox_work_alloc(data, COX_EFRON, 2);
    struct cox_point *point = cox_point_alloc(1);
    assert_int_equal(cox_evaluate(work, point), GSL_SUCCESS);
    /* Of n, n - 1, ..., n / 2 + 1 at risk: log of n! / (n / 2)!. */
    assert_near(point->loglik, lgamma(N / 2 + 1.) - lgamma(N + 1.), 1e-13);
    cox_point_free(point);
    cox_work_free(work);
    cox_data_free(data);
    free(event);
    free(x);
    free(time);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_events_on_one_day_are_a_product_of_counts)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
