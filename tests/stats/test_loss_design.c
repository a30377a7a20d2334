/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/loss_design.h"

#include <gsl/gsl_errno.h>
#include <string.h>

#include "tests/support/near.h"

enum { N = 6 };

static const uint16_t codes[N] = {0, 0, 1, 1, 2, 2};
static const int32_t first_is_reference[] = {DESIGN_NONE, 0, 1}, two_without[] = {DESIGN_NONE, 0, DESIGN_NONE};

static struct loss_design *made(const struct design_block *block, const int64_t *lost)
{
    const struct design_matrix design = {N, 2, 1, block};
    struct loss_design *of = NULL;

    assert_int_equal(loss_design_alloc(&design, lost, NULL, &of), GSL_SUCCESS);
    assert_int_equal(of->matrix.n, N);
    assert_int_equal(of->matrix.p, 2);
    assert_int_equal(of->matrix.n_block, 1);
    assert_ptr_equal(of->matrix.block[0].code, block->code);
    return of;
}

static void expect(const struct design_block *block, const int64_t *lost, const int32_t *column)
{
    struct loss_design *of = made(block, lost);

    assert_memory_equal(of->matrix.block[0].column, column, 3 * sizeof *column);
    loss_design_free(of);
}

static void test_a_reference_of_which_somebody_is_lost_stays(void **state)
{
    (void)state;
    const struct design_block factor = {NULL, codes, 3, first_is_reference};

    expect(&factor, (const int64_t[N]){0, 2, 1, 0, 0, 0}, first_is_reference);
}

static void test_else_the_first_level_of_which_somebody_is_takes_its_place(void **state)
{
    (void)state;
    const struct design_block factor = {NULL, codes, 3, first_is_reference};

    expect(&factor, (const int64_t[N]){0, 0, 1, 0, 3, 0}, (const int32_t[]){0, DESIGN_NONE, 1});
    expect(&factor, (const int64_t[N]){0, 0, 0, 0, 0, 1}, (const int32_t[]){1, 0, DESIGN_NONE});
}

static void test_nobody_lost_changes_nothing(void **state)
{
    (void)state;
    const struct design_block factor = {NULL, codes, 3, first_is_reference};

    expect(&factor, (const int64_t[N]){0}, first_is_reference);
}

static void test_what_is_no_plain_factor_stays(void **state)
{
    (void)state;
    static const double value[N] = {1, 2, 3, 4, 5, 6};
    static const int64_t lost[N] = {0, 0, 1, 1, 1, 1};
    static const int32_t all[] = {0, 1, 2};
    const struct design_block product = {value, codes, 3, first_is_reference}, full = {NULL, codes, 3, all},
                              short_one = {NULL, codes, 3, two_without}, number = {value, NULL, 1, all};

    expect(&product, lost, first_is_reference);
    expect(&full, lost, all);
    expect(&short_one, lost, two_without);

    struct loss_design *of = made(&number, lost);
    assert_int_equal(of->matrix.block[0].column[0], 0);
    loss_design_free(of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_reference_of_which_somebody_is_lost_stays),
        cmocka_unit_test(test_else_the_first_level_of_which_somebody_is_takes_its_place),
        cmocka_unit_test(test_nobody_lost_changes_nothing),
        cmocka_unit_test(test_what_is_no_plain_factor_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
