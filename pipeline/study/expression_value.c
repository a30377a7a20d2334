/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/expression_value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/days.h"
#include "base/fail.h"
#include "base/memory.h"

enum { LABELS_SHOWN = 8, LIST_SIZE = LABELS_SHOWN * (ESCAPED_SIZE + 4) + 32 };

enum test_kind test_kind_of(const struct column *column)
{
    switch (column->type) {
    case COLUMN_INT8:
    case COLUMN_INT16:
    case COLUMN_INT32:
    case COLUMN_INT64:
        return TEST_INTEGER;
    case COLUMN_FLOAT64:
        return TEST_REAL;
    case COLUMN_CATEGORY:
        return TEST_CODE;
    case COLUMN_TEXT:
        return TEST_TEXT;
    }
    return TEST_TEXT;
}

static bool is_date(const struct column *column)
{
    return strcmp(column->units, "date") == 0;
}

/* ---- ranges ------------------------------------------------------------------------------------- */

static int add_integers(struct test *test, int64_t low, int64_t high)
{
    struct integer_range *grown = reallocate(test->integers, test->n + 1, sizeof *grown);
    if (grown == NULL)
        return -1;
    test->integers = grown;
    grown[test->n++] = (struct integer_range){low, high};
    return 0;
}

/* No integer column holds INT64_MIN (it is the missing value), so it may stand for "from the lowest". */
static int add_integer_comparison(struct test *test, const struct number *number, enum comparison comparison)
{
    const int64_t floor = number->floor;
    switch (comparison) {
    case COMPARE_EQ:
    case COMPARE_NE:
        return number->whole ? add_integers(test, floor, floor) : add_integers(test, 1, 0);
    case COMPARE_LT:
        if (!number->whole)
            return add_integers(test, INT64_MIN, floor);
        return floor == INT64_MIN ? add_integers(test, 1, 0) : add_integers(test, INT64_MIN, floor - 1);
    case COMPARE_LE:
        return add_integers(test, INT64_MIN, floor);
    case COMPARE_GT:
        return floor == INT64_MAX ? add_integers(test, 1, 0) : add_integers(test, floor + 1, INT64_MAX);
    case COMPARE_GE:
        return number->whole ? add_integers(test, floor, INT64_MAX)
                             : add_integer_comparison(test, number, COMPARE_GT);
    }
    return -1;
}

static int add_real_comparison(struct test *test, double value, enum comparison comparison)
{
    struct real_range range = {-INFINITY, INFINITY};
    switch (comparison) {
    case COMPARE_EQ:
    case COMPARE_NE:
        range.low = range.high = value;
        break;
    case COMPARE_LT:
        range.high = nextafter(value, -INFINITY);
        break;
    case COMPARE_LE:
        range.high = value;
        break;
    case COMPARE_GT:
        range.low = nextafter(value, INFINITY);
        break;
    case COMPARE_GE:
        range.low = value;
        break;
    }
    struct real_range *grown = reallocate(test->reals, test->n + 1, sizeof *grown);
    if (grown == NULL)
        return -1;
    test->reals = grown;
    grown[test->n++] = range;
    return 0;
}

static int add_text(struct test *test, const char *bytes, size_t length)
{
    struct test_text *grown = reallocate(test->texts, test->n + 1, sizeof *grown);
    if (grown == NULL)
        return -1;
    test->texts = grown;
    if ((grown[test->n].bytes = copy_bytes(bytes, length)) == NULL)
        return -1;
    grown[test->n++].length = length;
    return 0;
}

/* ---- labels ------------------------------------------------------------------------------------- */

/* "'a', 'b' and 3 more" */
static const char *list_labels(const struct column *column, char out[static LIST_SIZE])
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < column->n_labels && i < LABELS_SHOWN; i++) {
        char escaped[ESCAPED_SIZE];
        escape_value(escaped, column->labels[i], strlen(column->labels[i]));
        used += (size_t)snprintf(out + used, LIST_SIZE - used, "%s'%s'", i == 0 ? "" : ", ", escaped);
    }
    if (column->n_labels > LABELS_SHOWN)
        snprintf(out + used, LIST_SIZE - used, " and %zu more", column->n_labels - LABELS_SHOWN);
    return out;
}

static int fail_unknown_label(const struct lexer *lexer, const struct column *column, const char *label)
{
    char escaped[ESCAPED_SIZE];
    char list[LIST_SIZE];
    escape_value(escaped, label, strlen(label));
    const char *near = nearest_name(label, (const char *const *)column->labels, column->n_labels);
    if (near != NULL) {
        char escaped_near[ESCAPED_SIZE];
        return lexer_fail(lexer, lexer->start, "column '%s' has no label '%s'; did you mean '%s'?", column->name,
                          escaped, escape_value(escaped_near, near, strlen(near)));
    }
    return lexer_fail(lexer, lexer->start, "column '%s' has no label '%s'; its labels are %s", column->name, escaped,
                      list_labels(column, list));
}

/*
 * A category without labels holds only missing values, or its labels are not known before the data are
 * read: any label is right then, and no row has it.
 */
static int add_label(struct test *test, const struct lexer *lexer, const struct column *column)
{
    char *label = copy_bytes(lexer->text + lexer->start, lexer->length);
    if (label == NULL)
        return -1;
    int result = -1;
    size_t code = 0;
    while (code < column->n_labels && strcmp(column->labels[code], label) != 0)
        code++;
    if (code < column->n_labels)
        result = add_integers(test, (int64_t)code, (int64_t)code);
    else if (column->n_labels == 0)
        result = add_integers(test, 1, 0);
    else
        fail_unknown_label(lexer, column, label);
    free(label);
    return result;
}

/* ---- a value against a column ----------------------------------------------------------------------- */

static const char *comparison_sign(enum comparison comparison)
{
    static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};
    return signs[comparison];
}

static int fail_not_a_value(const struct lexer *lexer, const struct column *column)
{
    char escaped[ESCAPED_SIZE];
    escape_value(escaped, lexer->text + lexer->start, lexer->length);
    const char *wanted = "a quoted label";
    if (is_date(column))
        wanted = "a date as 'YYYY-MM-DD'";
    else if (column_is_numeric(column))
        wanted = "a number";
    if (lexer->kind == TOKEN_END)
        return lexer_fail(lexer, lexer->start, "the condition ends where %s is expected", wanted);
    if (lexer->kind == TOKEN_NAME && !column_is_numeric(column))
        return lexer_fail(lexer, lexer->start, "%s is expected to compare with column '%s'; write '%s' in quotes",
                          wanted, column->name, escaped);
    return lexer_fail(lexer, lexer->start, "%s is expected to compare with column '%s'; found '%s'", wanted,
                      column->name, escaped);
}

static int add_date(struct test *test, const struct lexer *lexer, const struct column *column,
                    enum comparison comparison)
{
    int32_t day;
    if (lexer->kind == TOKEN_NUMBER)
        return lexer_fail(lexer, lexer->start, "column '%s' holds dates; write a date as 'YYYY-MM-DD'", column->name);
    if (day_from_iso(lexer->text + lexer->start, lexer->length, &day) != 0) {
        char escaped[ESCAPED_SIZE];
        return lexer_fail(lexer, lexer->start,
                          "column '%s' holds dates; a day of the calendar as 'YYYY-MM-DD' was expected; value '%s'",
                          column->name, escape_value(escaped, lexer->text + lexer->start, lexer->length));
    }
    const struct number number = {.real = day, .floor = day, .whole = true};
    return column->type == COLUMN_FLOAT64 ? add_real_comparison(test, number.real, comparison)
                                          : add_integer_comparison(test, &number, comparison);
}

static int add_number(struct test *test, const struct lexer *lexer, const struct column *column,
                      enum comparison comparison)
{
    if (lexer->kind == TOKEN_LABEL) {
        char escaped[ESCAPED_SIZE];
        struct number number;
        escape_value(escaped, lexer->text + lexer->start, lexer->length);
        if (number_parse(lexer->text + lexer->start, lexer->length, &number) == 0)
            return lexer_fail(lexer, lexer->start, "column '%s' holds numbers; write %s without quotes", column->name,
                              escaped);
        return lexer_fail(lexer, lexer->start, "column '%s' holds numbers; it cannot be compared with the label '%s'",
                          column->name, escaped);
    }
    return column->type == COLUMN_FLOAT64 ? add_real_comparison(test, lexer->number.real, comparison)
                                          : add_integer_comparison(test, &lexer->number, comparison);
}

static int add_label_or_text(struct test *test, const struct lexer *lexer, const struct column *column)
{
    char list[LIST_SIZE];
    if (lexer->kind == TOKEN_NUMBER && column->n_labels > 0)
        return lexer_fail(lexer, lexer->start, "column '%s' holds labels, not numbers: %s", column->name,
                          list_labels(column, list));
    if (lexer->kind == TOKEN_NUMBER)
        return lexer_fail(lexer, lexer->start, "column '%s' holds %s, not numbers; write the value in quotes",
                          column->name, column->type == COLUMN_CATEGORY ? "labels" : "text");
    if (lexer->length == 0)
        return lexer_fail(lexer, lexer->start, "no label is empty; for missing values write missing(%s)", column->name);
    return column->type == COLUMN_CATEGORY ? add_label(test, lexer, column)
                                           : add_text(test, lexer->text + lexer->start, lexer->length);
}

int test_add_value(struct test *test, const struct lexer *lexer, const struct column *column,
                   enum comparison comparison)
{
    if (lexer->kind != TOKEN_NUMBER && lexer->kind != TOKEN_LABEL)
        return fail_not_a_value(lexer, column);
    if (is_date(column) && column_is_numeric(column))
        return add_date(test, lexer, column, comparison);
    if (column_is_numeric(column))
        return add_number(test, lexer, column, comparison);
    if (comparison != COMPARE_EQ && comparison != COMPARE_NE)
        return lexer_fail(lexer, lexer->start, "'%s' needs a numeric column, but '%s' holds %s; use ==, != or in (...)",
                          comparison_sign(comparison), column->name,
                          column->type == COLUMN_CATEGORY ? "labels" : "text");
    return add_label_or_text(test, lexer, column);
}
