/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design_gram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/design_matrix.h"
#include "tests/support/near.h"

#include <gsl/gsl_errno.h>

enum { N_MAX = 6000, P = 13 };

/* A numeric column, three factors, one of them crossed with the number, and the combinations of two. */
struct example {
    size_t n;
    double number[N_MAX], weight[N_MAX];
    uint16_t a[N_MAX], b[N_MAX], c[N_MAX], ab[N_MAX];
    struct design_matrix matrix;
};

static const int32_t number_column[] = {0}, a_column[] = {-1, 1}, b_column[] = {2, -1, 3, 4}, c_column[] = {-1, 5, 6},
                     number_c_column[] = {-1, 7, 8}, ab_column[] = {-1, -1, -1, -1, 9, -1, 10, 11},
                     second_column[] = {12};
static struct design_block blocks[7];

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void make_example(struct example *example, size_t n, uint32_t seed)
{
    example->n = n;
    for (size_t i = 0; i < n; i++) {
        example->number[i] = 40 + (double)(next(&seed) % 10007) / 137.;
        example->weight[i] = (double)(next(&seed) % 1000003) / 1000003.;
        example->a[i] = next(&seed) % 2;
        example->b[i] = next(&seed) % 4;
        example->c[i] = (uint16_t)(next(&seed) % 3);
        example->ab[i] = (uint16_t)(example->a[i] * 4 + example->b[i]);
    }
    blocks[0] = (struct design_block){example->number, NULL, 1, number_column};
    blocks[1] = (struct design_block){NULL, example->a, 2, a_column};
    blocks[2] = (struct design_block){NULL, example->b, 4, b_column};
    blocks[3] = (struct design_block){NULL, example->c, 3, c_column};
    blocks[4] = (struct design_block){example->number, example->c, 3, number_c_column};
    blocks[5] = (struct design_block){NULL, example->ab, 8, ab_column};
    blocks[6] = (struct design_block){example->weight, NULL, 1, second_column};
    example->matrix = (struct design_matrix){n, P, 7, blocks};
    assert_int_equal(design_matrix_check(&example->matrix), GSL_SUCCESS);
}

static void read_all(const struct design_copy *copy, const double *weight, size_t n_threads, double *total,
                     double sum[P], double matrix[P * P])
{
    struct gram_layout *layout = gram_layout_alloc(&copy->matrix, n_threads);
    struct gram *gram = gram_alloc(layout);
    assert_int_equal(gram_init(gram, 1, copy->matrix.n), GSL_SUCCESS);
    assert_int_equal(gram_add_all(gram, weight, n_threads), GSL_SUCCESS);
    gram_read(gram, total, sum, matrix);
    gram_free(gram);
    gram_layout_free(layout);
}

static void test_tables_of_codes_give_the_products_of_dummy_columns(void **state)
{
    (void)state;
    static struct example example;
    static const size_t sizes[] = {1, 7, 300, N_MAX}; /* the last one packs factors */
    for (size_t s = 0; s < 4; s++) {
        double total, sum[P], matrix[P * P];
        long double plain_total = 0, plain_sum[P] = {0}, plain[P * P] = {0};
        make_example(&example, sizes[s], 17);
        struct design_copy *copy = design_copy_alloc(&example.matrix, NULL, example.n, 2);
        read_all(copy, example.weight, 2, &total, sum, matrix);
        for (size_t i = 0; i < example.n; i++) {
            double x[P];
            design_row(&copy->matrix, i, x);
            plain_total += example.weight[i];
            for (size_t j = 0; j < P; j++) {
                plain_sum[j] += (long double)example.weight[i] * x[j];
                for (size_t k = 0; k < P; k++)
                    plain[j * P + k] += (long double)example.weight[i] * x[j] * x[k];
            }
        }
        const double scale = (double)example.n * 1e-13;
        assert_true(fabs(total - (double)plain_total) < scale);
        for (size_t j = 0; j < P; j++)
            assert_true(fabs(sum[j] - (double)plain_sum[j]) < scale);
        for (size_t k = 0; k < P * P; k++)
            assert_true(fabs(matrix[k] - (double)plain[k]) < scale);
        design_copy_free(copy);
    }
}

static void test_order_threads_and_parts_change_no_bit(void **state)
{
    (void)state;
    static struct example example;
    static double turned[N_MAX];
    static uint32_t rows[N_MAX];
    double total[2], sum[2][P], matrix[2][P * P];
    make_example(&example, N_MAX, 5);
    struct design_copy *copy = design_copy_alloc(&example.matrix, NULL, N_MAX, 1);
    read_all(copy, example.weight, 1, &total[0], sum[0], matrix[0]);
    for (size_t n_threads = 2; n_threads <= 8; n_threads *= 2) {
        read_all(copy, example.weight, n_threads, &total[1], sum[1], matrix[1]);
        assert_memory_equal(matrix[0], matrix[1], sizeof matrix[0]);
    }
    for (size_t i = 0; i < N_MAX; i++) {
        rows[i] = (uint32_t)(i * 3571 % N_MAX);
        turned[i] = example.weight[rows[i]];
    }
    struct design_copy *other = design_copy_alloc(&example.matrix, rows, N_MAX, 2);
    assert_memory_equal(copy->center, other->center, P * sizeof(double));
    read_all(other, turned, 2, &total[1], sum[1], matrix[1]);
    assert_memory_equal(sum[0], sum[1], sizeof sum[0]);
    assert_memory_equal(matrix[0], matrix[1], sizeof matrix[0]);

    struct gram_layout *layout = gram_layout_alloc(&copy->matrix, 1);
    struct gram *parts[2] = {gram_alloc(layout), gram_alloc(layout)};
    for (size_t k = 0; k < 2; k++)
        assert_int_equal(gram_init(parts[k], 1, N_MAX), GSL_SUCCESS);
    gram_add(parts[0], example.weight, 0, 1234);
    gram_add(parts[1], example.weight, 1234, N_MAX);
    assert_int_equal(gram_merge(parts[1], parts[0]), GSL_SUCCESS);
    gram_read(parts[1], &total[1], sum[1], matrix[1]);
    assert_memory_equal(matrix[0], matrix[1], sizeof matrix[0]);
    assert_int_equal(gram_init(parts[0], 2, N_MAX), GSL_SUCCESS);
    assert_int_equal(gram_merge(parts[1], parts[0]), GSL_EINVAL); /* another grid */
    gram_free(parts[0]);
    gram_free(parts[1]);
    gram_layout_free(layout);
    design_copy_free(other);
    design_copy_free(copy);
}

static void test_predictions_are_those_of_the_rows(void **state)
{
    (void)state;
    static struct example example;
    double coef[P], x[P], eta[40];
    make_example(&example, 40, 9);
    for (size_t j = 0; j < P; j++)
        coef[j] = 0.13 * (double)j - 0.7;
    for (size_t i = 0; i < 40; i++)
        eta[i] = 2.385;
    design_predict(&example.matrix, coef, 3, 40, eta);
    for (size_t i = 0; i < 40; i++) {
        double expected = 2.385;
        design_row(&example.matrix, i, x);
        for (size_t j = 0; j < P && i >= 3; j++)
            expected += x[j] * coef[j];
        assert_near(eta[i], expected, 1e-13);
    }
}

static void test_values_out_of_range_are_refused(void **state)
{
    (void)state;
    static struct example example;
    make_example(&example, 20, 3);
    example.number[7] = NAN;
    assert_int_equal(design_matrix_check(&example.matrix), GSL_EINVAL);
    example.number[7] = 1;
    example.b[19] = 4;
    assert_int_equal(design_matrix_check(&example.matrix), GSL_EINVAL);
    example.b[19] = 0;
    blocks[0].column = (const int32_t[]){P};
    assert_int_equal(design_matrix_check(&example.matrix), GSL_EINVAL);
    blocks[0].column = number_column;
    assert_int_equal(design_matrix_check(&example.matrix), GSL_SUCCESS);
    example.number[0] = -1.7e308;
    example.number[1] = 1.7e308;
    struct design_copy *copy = design_copy_alloc(&example.matrix, NULL, 20, 1); /* a sum of these may overflow */
    assert_true(copy->matrix.block[0].value[1] > 0.9 && copy->matrix.block[0].value[0] < -0.9);
    design_copy_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_of_codes_give_the_products_of_dummy_columns),
        cmocka_unit_test(test_order_threads_and_parts_change_no_bit),
        cmocka_unit_test(test_predictions_are_those_of_the_rows),
        cmocka_unit_test(test_values_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
