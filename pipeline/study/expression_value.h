/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * expression_value.h - a value of the text, judged against the column it is compared with.
 *
 * Here it is decided what may be compared with what, and here the messages about it are made: labels
 * that a category does not have, numbers where labels stand, days that do not exist.
 */
#ifndef STUDY_EXPRESSION_VALUE_H
#define STUDY_EXPRESSION_VALUE_H

#include "study/expression_program.h"

/** The kind of test that comparisons with this column make. */
enum test_kind test_kind_of(const struct column *column);

/**
 * Adds the value that the lexer has just read to a test: to the ranges for which `column comparison value`
 * holds.  != adds what == adds; the test is then negated by the caller.  -1 after telling.
 */
int test_add_value(struct test *test, const struct lexer *lexer, const struct column *column,
                   enum comparison comparison);

#endif
