/* SPDX-License-Identifier: GPL-3.0-or-later */
/* malloc below takes the place of the C library's; sanitizers bring their own, so there the test is left out. */
#include "compare/pair_strata.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/near.h"
#include "tests/support/scratch.h"
#include "tests/support/replaces_malloc.h"

static bool fails; /* kernels of stats/ ask by malloc, and do not tell; the rest asks by calloc */

#if REPLACES_MALLOC
void *__libc_malloc(size_t size);

void *malloc(size_t size)
{
    return fails ? NULL : __libc_malloc(size);
}
#endif

static void test_strata_without_memory_to_order_scores_are_told(void **state)
{
    double eta[40];
    struct glm_fit fit = {.eta = eta};
    struct pair_rows rows = {.n = 40};
    struct pair_weights weights = {.rows = &rows, .score = {.fit = &fit}};
    uint16_t code[40];
    double limit[4];
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < 40; i++)
        eta[i] = 0.385 * (double)((i * 17) % 40) - 2.71;
    capture_start();
    fails = true;
    const int status = pair_strata_divide(&weights, 4, code, limit, &n);
    fails = false;
    assert_string_equal(capture_end(), "error: out of memory\n");
    assert_int_equal(status, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strata_without_memory_to_order_scores_are_told),
    };

    if (!REPLACES_MALLOC) {
        puts("skipped - sanitizers have functions of their own");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
