/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/survival_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "tests/support/near.h"

static FILE *open_reference(const char *path)
{
    char line[256];
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file)); /* the header */
    return file;
}

/* The next comma-separated field; strtok would skip empty ones. */
static const char *next_field(char **rest)
{
    assert_non_null(*rest);
    char *field = *rest;
    char *end = strpbrk(field, ",\r\n");

    *rest = end != NULL && *end == ',' ? end + 1 : NULL;
    if (end != NULL)
        *end = '\0';
    return field;
}

static double number(const char *field)
{
    char *end;
    if (*field == '\0')
        return NAN;
    const double value = strtod(field, &end);
    assert_int_equal(*end, '\0');
    return value;
}

static void copy(char *to, size_t size, const char *from)
{
    assert_true(strlen(from) < size);
    strcpy(to, from);
}

static struct survival_answer *read_answers(const char *path, size_t *n_answer)
{
    size_t n = 0, room = 1 << 15;
    struct survival_answer *answers = calloc(room, sizeof *answers);
    FILE *file = open_reference(path);
    char line[512];

    assert_non_null(answers);
    while (fgets(line, sizeof line, file) != NULL) {
        char *rest = line;
        assert_true(n < room);
        struct survival_answer *answer = &answers[n++];
        copy(answer->set, sizeof answer->set, next_field(&rest));
        copy(answer->what, sizeof answer->what, next_field(&rest));
        copy(answer->option, sizeof answer->option, next_field(&rest));
        answer->arm = (size_t)number(next_field(&rest));
        answer->key = number(next_field(&rest));
        for (size_t i = 0; i < SURVIVAL_VALUES; i++)
            answer->v[i] = rest == NULL ? NAN : number(next_field(&rest));
    }
    fclose(file);
    *n_answer = n;
    return answers;
}

static void add_row(struct survival_rows *rows, char *rest)
{
    const size_t i = rows->n++;

    assert_true(i < SURVIVAL_ROWS_MAX);
    rows->entry[i] = number(next_field(&rest));
    rows->time[i] = number(next_field(&rest));
    rows->cause[i] = (int32_t)number(next_field(&rest));
    rows->arm[i] = (int32_t)number(next_field(&rest));
    rows->stratum[i] = (int32_t)number(next_field(&rest));
    rows->frequency[i] = (int64_t)number(next_field(&rest));
    if (!isnan(rows->entry[i]))
        rows->delayed = 1;
    if ((size_t)rows->cause[i] > rows->n_cause)
        rows->n_cause = (size_t)rows->cause[i];
    if ((size_t)rows->arm[i] >= rows->n_arm)
        rows->n_arm = (size_t)rows->arm[i] + 1;
    if ((size_t)rows->stratum[i] >= rows->n_stratum)
        rows->n_stratum = (size_t)rows->stratum[i] + 1;
}

void survival_rows_read(const char *set, struct survival_rows *rows)
{
    FILE *file = open_reference("tests/reference/survival_rows.csv");
    char line[512];

    memset(rows, 0, sizeof *rows);
    rows->n_cause = 1;
    copy(rows->set, sizeof rows->set, set);
    while (fgets(line, sizeof line, file) != NULL) {
        char *rest = line;
        if (strcmp(next_field(&rest), set) == 0)
            add_row(rows, rest);
    }
    fclose(file);
    assert_true(rows->n > 0);
}

struct risk_table *survival_rows_table(const struct survival_rows *rows, int with_strata)
{
    double *axis = calloc(2 * rows->n, sizeof *axis);
    const double *entry = rows->delayed ? rows->entry : NULL;
    size_t n_time;

    assert_non_null(axis);
    assert_int_equal(risk_table_axis(rows->n, entry, rows->time, axis, &n_time), GSL_SUCCESS);
    struct risk_table *table =
        risk_table_alloc(rows->n_arm, with_strata ? rows->n_stratum : 1, rows->n_cause, axis, n_time);
    assert_non_null(table);
    free(axis);
    assert_int_equal(risk_table_add(table, rows->n, entry, rows->time, rows->cause, rows->arm,
                                    with_strata ? rows->stratum : NULL, rows->frequency, 1),
                     GSL_SUCCESS);
    return table;
}

struct survival_walk survival_walk_start(const char *path, const char *what)
{
    struct survival_walk walk = {.what = what, .rows = calloc(1, sizeof *walk.rows)};

    assert_non_null(walk.rows);
    walk.answers = read_answers(path == NULL ? "tests/reference/survival_answers.csv" : path, &walk.n);
    return walk;
}

const struct survival_answer *survival_walk_next(struct survival_walk *walk)
{
    while (walk->next < walk->n && strcmp(walk->answers[walk->next].what, walk->what) != 0)
        walk->next++;
    if (walk->next == walk->n)
        return NULL;
    const struct survival_answer *const answer = &walk->answers[walk->next++];
    walk->n_seen++;
    if (strcmp(walk->rows->set, answer->set) == 0)
        return answer;
    risk_table_free(walk->table);
    risk_table_free(walk->pooled);
    survival_rows_read(answer->set, walk->rows);
    walk->table = survival_rows_table(walk->rows, 1);
    walk->pooled = survival_rows_table(walk->rows, 0);
    return answer;
}

void survival_walk_end(struct survival_walk *walk, size_t at_least)
{
    assert_true(walk->n_seen >= at_least);
    risk_table_free(walk->table);
    risk_table_free(walk->pooled);
    free(walk->rows);
    free(walk->answers);
}
