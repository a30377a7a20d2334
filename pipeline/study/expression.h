/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * expression.h - conditions on columns, compiled once and computed a column at a time.
 *
 *     condition  = term { "or" term }           term = factor { "and" factor }
 *     factor     = "not" factor | "(" condition ")" | "true" | "false" | "missing" "(" column ")" | comparison
 *     comparison = column ("==" | "!=" | "<" | "<=" | ">" | ">=") value
 *                | column ["not"] "in" "(" value { "," value } ")"
 *     value      = number | 'label' | "label" | date as 'YYYY-MM-DD'
 *     column     = letters, digits, "_" and "."; not a word of the language
 *
 * Numbers compare with numeric columns, quoted labels with categories and text (only == != in), ISO dates in
 * quotes with date columns.  A label that a category does not have is an error ("did you mean"), not a
 * condition that is never true; only a category without any label, as a schema has it before the data are
 * read, takes every label.  A label with a quote in it is put in quotes of the other kind.
 *
 * Numbers are decimal and exact: integers compare as integers, also beyond 2^53 and with 4.5 or 1e3.
 * Parentheses and `not` go 64 levels deep at most.
 *
 * Three-valued (Kleene 1952): a comparison with a missing value is unknown; `missing()` never is.  Unknown
 * `or` true is true, unknown `and` false is false.
 */
#ifndef STUDY_EXPRESSION_H
#define STUDY_EXPRESSION_H

#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

enum truth { TRUTH_FALSE = 0, TRUTH_TRUE = 1, TRUTH_UNKNOWN = 2 };

struct expression;

/** Where the text stands, so that an error points at the character: line and column of its first character. */
struct expression_source {
    const char *file;
    size_t line, column;
};

/**
 * Compiles a text against the columns of a table (its rows are not read).  The expression keeps column
 * positions, so it may be computed on any table with the same columns.  NULL after telling.
 */
struct expression *expression_compile(const char *text, const struct table *schema, struct expression_source source);
void expression_free(struct expression *expression); /* NULL is fine */

/** Truth of rows first .. first + n - 1 into truth[n].  Works on whole columns; may run on many threads at once. */
int expression_compute(const struct expression *expression, const struct table *table, size_t first, size_t n,
                       uint8_t *truth);

/** Names of the columns that are used, in order of first use: i < expression_n_columns. */
size_t expression_n_columns(const struct expression *expression);
const char *expression_column(const struct expression *expression, size_t i);

#endif
