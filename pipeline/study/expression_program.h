/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * expression_program.h - what an expression is compiled to: a postfix program of column operations.
 *
 * Inside a program truth is coded by its order, false 0 < unknown 1 < true 2, so that Kleene's `and` is
 * the minimum, `or` the maximum and `not` is 2 - x: bytes without a branch.
 *
 * Every comparison of numbers, dates and labels is one test: "the value lies in one of these closed
 * ranges", or in none of them.  `x < 5` on integers is [lowest, 4]; `x in ('a', 'c')` is the codes of a
 * and c.
 */
#ifndef STUDY_EXPRESSION_PROGRAM_H
#define STUDY_EXPRESSION_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"
#include "study/expression_token.h"

/* A loop over rows in strides of a length the compiler knows: gcc makes vector instructions of no others at -O2. */
#define FOR_ROWS(i, n, body)                                                                                           \
    do {                                                                                                               \
        size_t stride_ = 0;                                                                                            \
        for (; stride_ + 64 <= (n); stride_ += 64)                                                                     \
            for (size_t i = stride_; i < stride_ + 64; i++)                                                            \
                body;                                                                                                  \
        for (size_t i = stride_; i < (n); i++)                                                                         \
            body;                                                                                                      \
    } while (0)

enum { ORDERED_FALSE = 0, ORDERED_UNKNOWN = 1, ORDERED_TRUE = 2 };

/** What a column's values are to a test. */
enum test_kind { TEST_INTEGER, TEST_REAL, TEST_CODE, TEST_TEXT, TEST_MISSING };

struct integer_range {
    int64_t low, high; /* empty when low > high */
};

struct real_range {
    double low, high;
};

struct test_text {
    char *bytes;
    size_t length;
};

struct test {
    enum test_kind kind;
    size_t column;   /* of the table */
    bool negated;    /* != and not in */
    size_t n;        /* of the one array below that `kind` uses */
    struct integer_range *integers; /* TEST_INTEGER, TEST_CODE */
    struct real_range *reals;       /* TEST_REAL */
    struct test_text *texts;        /* TEST_TEXT */
};

enum operation_code { OPERATION_TEST, OPERATION_CONSTANT, OPERATION_NOT, OPERATION_AND, OPERATION_OR };

struct operation {
    enum operation_code code;
    uint8_t constant; /* OPERATION_CONSTANT */
    size_t test;      /* OPERATION_TEST: index into tests */
};

struct expression {
    size_t n_operations, operation_capacity;
    struct operation *operations;
    size_t n_tests, test_capacity;
    struct test *tests;
    size_t depth;     /* operands that the program holds at most at once */
    size_t n_columns;
    char **columns;   /* names in order of first use */
};

/** Does a column of a table have the kind of values that this test was compiled for? */
bool test_fits(const struct test *test, const struct column *column);

/** Result of a test on rows first .. first + n - 1, in the ordered code. */
void test_compute(const struct test *test, const struct column *column, size_t first, size_t n, uint8_t *truth);

#endif
