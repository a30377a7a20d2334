/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * answers_by_key.h - lines of outcome,adjustment,stratum,measure,term,time and numbers that R gave: the one row of such a key
 * in `estimates` (a contrast, or a number of trials) has these numbers.  An empty number is not compared.
 */
#ifndef TESTS_PIPELINE_COMPARE_ANSWERS_BY_KEY_H
#define TESTS_PIPELINE_COMPARE_ANSWERS_BY_KEY_H

#include <stdio.h>

#include "tests/pipeline/compare/small_comparison.h"

enum { ANSWER_KEYS = 6, ANSWER_NUMBERS = 7 };
static const char *const answer_keys[ANSWER_KEYS] = {"outcome", "adjustment", "stratum", "measure", "term", "time"};
static const char *const answer_numbers[ANSWER_NUMBERS] = {"estimate", "std_error", "conf_low", "conf_high",
                                                           "statistic", "df",       "p_value"};

/* The lines of a file behind its header; the caller frees. */
static inline char *read_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 1 << 20), *first;

    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    assert_non_null(first = strchr(text, '\n'));
    memmove(text, first + 1, strlen(first));
    return text;
}

static inline bool answer_fits(const struct table *t, size_t row, char *const *cells)
{
    for (size_t k = 0; k < ANSWER_KEYS; k++) {
        const struct column *column = table_column(t, answer_keys[k]);
        if (column->type == COLUMN_FLOAT64) {
            const double time = column_real(column, row);
            if (*cells[k] == '\0' ? !isnan(time) : time != atof(cells[k]))
                return false;
        } else if (!text_is(t, answer_keys[k], row, cells[k]))
            return false;
    }
    return !text_is(t, "reference", row, "");
}

static inline void check_answer(const struct table *t, char *line)
{
    char *cells[ANSWER_KEYS + ANSWER_NUMBERS];
    size_t found = t->n_rows, n = 0;

    for (char *cell = line; cell != NULL && n < ANSWER_KEYS + ANSWER_NUMBERS; n++)
        cells[n] = strsep(&cell, ",");
    for (size_t row = 0; row < t->n_rows; row++)
        if (answer_fits(t, row, cells)) {
            assert_int_equal(found, t->n_rows);
            found = row;
        }
    if (found == t->n_rows)
        fail_msg("no row of %s %s %s %s", cells[1], cells[2], cells[3], cells[4]);
    for (size_t k = 0; k < ANSWER_NUMBERS && ANSWER_KEYS + k < n; k++) {
        const double expected = atof(cells[ANSWER_KEYS + k]), actual = column_real(table_column(t, answer_numbers[k]), found);
        if (*cells[ANSWER_KEYS + k] == '\0' || fabs(actual - expected) < 1e-9)
            continue;
        /* R searches tau squared's limits to 1e-4. */
        if (!(fabs(actual - expected) <= (strcmp(cells[3], "tau_squared") == 0 ? 1e-3 : 1e-7) * fabs(expected)))
            fail_msg("%s of %s %s %s: %.12g, R says %.12g", answer_numbers[k], cells[1], cells[2], cells[3], actual, expected);
    }
}

/* All lines of one outcome. */
static inline void check_answers(const char *path, const struct table *estimates, const char *outcome)
{
    char *text = read_lines(path);
    size_t n = 0;

    for (char *rest = text, *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0';)
        if (strncmp(line, outcome, strlen(outcome)) == 0) {
            check_answer(estimates, line);
            n++;
        }
    assert_true(n > 2);
    free(text);
}

#endif
