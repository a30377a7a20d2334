/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/fit_clusters.h"

#include <string.h>

#include "tests/support/near.h"

enum { ROWS_MAX = 100, CLUSTERS_MAX = 8 };

static int32_t cluster[ROWS_MAX];
static int64_t frequency[ROWS_MAX];

/* Clusters of so many people, one row each person but for those of `counted`, who are one row; into[c] is what becomes of c. */
static struct fit_rows settle(const int *sizes, size_t n, int counted, int64_t threshold, int32_t *into)
{
    struct fit_rows rows = {.cluster = cluster, .frequency = frequency};

    for (size_t c = 0; c < n; c++)
        for (int k = 0; k < ((int)c == counted ? 1 : sizes[c]); k++) {
            cluster[rows.n] = (int32_t)c;
            frequency[rows.n++] = (int)c == counted ? sizes[c] : 1;
        }
    int32_t given[ROWS_MAX];
    memcpy(given, cluster, sizeof given);
    assert_int_equal(fit_clusters_settle(&rows, threshold), 0);
    for (size_t i = 0; i < rows.n; i++)
        into[given[i]] = cluster[i];
    return rows;
}

static void test_without_a_threshold_every_cluster_with_people_stays_by_itself(void **state)
{
    static const int sizes[] = {3, 0, 1, 7};
    int32_t into[CLUSTERS_MAX];
    (void)state;
    const struct fit_rows rows = settle(sizes, 4, -1, 0, into);
    assert_int_equal(rows.n_cluster, 3);
    assert_int_equal(rows.n_changed, 0);
    assert_true(into[0] != into[2] && into[2] != into[3] && into[0] != into[3]);
    for (size_t i = 0; i < rows.n; i++)
        assert_true(cluster[i] >= 0 && cluster[i] < 3);
}

static void test_small_clusters_are_taken_together_the_smallest_first(void **state)
{
    static const int sizes[] = {20, 3, 11, 5, 4};
    int32_t into[CLUSTERS_MAX];
    (void)state;
    const struct fit_rows rows = settle(sizes, 5, 0, 11, into);
    assert_int_equal(rows.n_cluster, 3); /* 3 + 4 + 5, 11, 20 */
    assert_int_equal(rows.n_changed, 2);
    assert_true(into[1] == into[3] && into[1] == into[4]);
    assert_true(into[0] != into[1] && into[2] != into[1] && into[0] != into[2]);
}

static void test_too_few_for_one_more_join_the_cluster_before(void **state)
{
    static const int sizes[] = {6, 5, 6}, few[] = {2, 3};
    int32_t into[CLUSTERS_MAX];
    (void)state;
    struct fit_rows rows = settle(sizes, 3, -1, 11, into);
    assert_int_equal(rows.n_cluster, 1); /* 5 + 6, and 6 are left */
    assert_true(into[0] == into[1] && into[1] == into[2]);
    rows = settle(few, 2, -1, 11, into);
    assert_int_equal(rows.n_cluster, 1);
    rows = settle(few, 0, -1, 11, into);
    assert_int_equal(rows.n_cluster, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_threshold_every_cluster_with_people_stays_by_itself),
        cmocka_unit_test(test_small_clusters_are_taken_together_the_smallest_first),
        cmocka_unit_test(test_too_few_for_one_more_join_the_cluster_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
