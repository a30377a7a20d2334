/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/expression.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "study/expression_program.h"

/* Rows at a time: some operands of this size and the columns' values stay in the first-level cache. */
enum { BLOCK_ROWS = 4096 };

static void combine_and(size_t n, const uint8_t *restrict other, uint8_t *restrict into)
{
    FOR_ROWS(i, n, into[i] = into[i] < other[i] ? into[i] : other[i]);
}

static void combine_or(size_t n, const uint8_t *restrict other, uint8_t *restrict into)
{
    FOR_ROWS(i, n, into[i] = into[i] > other[i] ? into[i] : other[i]);
}

static void invert(size_t n, uint8_t *truth)
{
    FOR_ROWS(i, n, truth[i] = (uint8_t)(ORDERED_TRUE - truth[i]));
}

/* From false 0 < unknown 1 < true 2 to enum truth: the two bits change places. */
static void to_truth(size_t n, uint8_t *truth)
{
    FOR_ROWS(i, n, truth[i] = (uint8_t)(((truth[i] << 1) | (truth[i] >> 1)) & 3));
}

/* Operand 0 is the output itself; the others follow one another in `stack`. */
static void compute_block(const struct expression *expression, const struct table *table, size_t first, size_t n,
                          uint8_t *stack, uint8_t *truth)
{
    size_t height = 0;
#define OPERAND(i) ((i) == 0 ? truth : stack + ((i) - 1) * BLOCK_ROWS)
    for (size_t k = 0; k < expression->n_operations; k++) {
        const struct operation *operation = &expression->operations[k];
        switch (operation->code) {
        case OPERATION_TEST: {
            const struct test *test = &expression->tests[operation->test];
            test_compute(test, &table->columns[test->column], first, n, OPERAND(height));
            height++;
            break;
        }
        case OPERATION_CONSTANT:
            memset(OPERAND(height), operation->constant, n);
            height++;
            break;
        case OPERATION_NOT:
            invert(n, OPERAND(height - 1));
            break;
        case OPERATION_AND:
            height--;
            combine_and(n, OPERAND(height), OPERAND(height - 1));
            break;
        case OPERATION_OR:
            height--;
            combine_or(n, OPERAND(height), OPERAND(height - 1));
            break;
        }
    }
#undef OPERAND
    to_truth(n, truth);
}

int expression_compute(const struct expression *expression, const struct table *table, size_t first, size_t n,
                       uint8_t *truth)
{
    for (size_t k = 0; k < expression->n_tests; k++) {
        const struct test *test = &expression->tests[k];
        if (test->column >= table->n_columns || !test_fits(test, &table->columns[test->column]))
            return fail("a condition was compiled for other columns than those of table '%s'", table->name);
    }
    uint8_t *stack = NULL;
    if (expression->depth > 1 && (stack = allocate(expression->depth - 1, BLOCK_ROWS)) == NULL)
        return -1;
    for (size_t done = 0; done < n; done += BLOCK_ROWS) {
        const size_t rows = n - done < BLOCK_ROWS ? n - done : BLOCK_ROWS;
        compute_block(expression, table, first + done, rows, stack, truth + done);
    }
    free(stack);
    return 0;
}

static void test_clear(struct test *test)
{
    free(test->integers);
    free(test->reals);
    if (test->texts != NULL)
        for (size_t i = 0; i < test->n; i++)
            free(test->texts[i].bytes);
    free(test->texts);
}

void expression_free(struct expression *expression)
{
    if (expression == NULL)
        return;
    for (size_t i = 0; i < expression->n_tests; i++)
        test_clear(&expression->tests[i]);
    for (size_t i = 0; i < expression->n_columns; i++)
        free(expression->columns[i]);
    free(expression->tests);
    free(expression->operations);
    free(expression->columns);
    free(expression);
}

size_t expression_n_columns(const struct expression *expression)
{
    return expression->n_columns;
}

const char *expression_column(const struct expression *expression, size_t i)
{
    return expression->columns[i];
}
