/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/states.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/number.h"

struct reading {
    const struct fit_table *table;
    bool numeric;
    size_t n;
    char *labels[STATES_MAX];
    double values[STATES_MAX]; /* numeric */
};

/* The text of a state; NULL after telling.  *none when no state is meant. */
static char *label_of(const struct reading *reading, const struct column *column, size_t row, bool *none)
{
    *none = false;
    if (reading->numeric) {
        char text[NUMBER_SIZE];
        const double value = column_real(column, row);
        *none = value == 0;
        return copy_text(number_exact(text, value));
    }
    size_t length;
    const char *text = column_text(column, row, &length);
    *none = length == 4 && memcmp(text, "none", 4) == 0;
    return copy_bytes(text, length);
}

static int add_state(struct reading *reading, const struct column *column, size_t row)
{
    bool none;
    char *label = label_of(reading, column, row, &none);
    if (label == NULL)
        return -1;
    bool known = none;
    for (size_t k = 0; k < reading->n && !known; k++)
        known = strcmp(reading->labels[k], label) == 0;
    if (known) {
        free(label);
        return 0;
    }
    if (reading->n == STATES_MAX) {
        free(label);
        return fail("%s: more than %d states", reading->table->path, STATES_MAX);
    }
    reading->values[reading->n] = reading->numeric ? column_real(column, row) : 0;
    reading->labels[reading->n++] = label;
    return 0;
}

static bool comes_before(const struct reading *reading, size_t a, size_t b)
{
    if (reading->numeric)
        return reading->values[a] < reading->values[b];
    return strcmp(reading->labels[a], reading->labels[b]) < 0;
}

static void sort_states(struct reading *reading)
{
    for (size_t i = 1; i < reading->n; i++)
        for (size_t j = i; j > 0 && comes_before(reading, j, j - 1); j--) {
            char *label = reading->labels[j];
            const double value = reading->values[j];
            reading->labels[j] = reading->labels[j - 1];
            reading->values[j] = reading->values[j - 1];
            reading->labels[j - 1] = label;
            reading->values[j - 1] = value;
        }
}

static int number_rows(const struct reading *reading, const struct column *column, const size_t *rows, size_t n_rows,
                       bool may_be_none, int32_t *code)
{
    for (size_t i = 0; i < n_rows; i++) {
        bool none;
        char *label = label_of(reading, column, rows[i], &none);
        if (label == NULL)
            return -1;
        code[i] = -1;
        for (size_t k = 0; k < reading->n && !none; k++)
            if (strcmp(reading->labels[k], label) == 0)
                code[i] = (int32_t)k;
        free(label);
        if (none && !may_be_none)
            return fit_table_fail(reading->table, rows[i], column, "the state that is left was expected; found none");
    }
    return 0;
}

int states_read(struct states *states, const struct fit_table *table, const struct column *from,
                const struct column *entered, const size_t *rows, size_t n_rows, int32_t *to)
{
    struct reading reading = {.table = table, .numeric = column_is_numeric(from)};
    int result = 0;

    *states = (struct states){0};
    if (column_is_numeric(entered) != reading.numeric)
        return fail("%s: columns '%s' and '%s' must both hold numbers or both hold labels", table->path, from->name,
                    entered->name);
    for (size_t i = 0; i < n_rows && result == 0; i++)
        if ((result = add_state(&reading, from, rows[i])) == 0)
            result = add_state(&reading, entered, rows[i]);
    sort_states(&reading);
    states->from = allocate(n_rows, sizeof *states->from);
    states->labels = allocate(reading.n + 1, sizeof *states->labels);
    if (result == 0 && (states->from == NULL || states->labels == NULL ||
                        number_rows(&reading, from, rows, n_rows, false, states->from) != 0 ||
                        number_rows(&reading, entered, rows, n_rows, true, to) != 0))
        result = -1;
    for (size_t k = 0; k < reading.n; k++) {
        if (states->labels != NULL)
            states->labels[states->n++] = reading.labels[k];
        else
            free(reading.labels[k]);
    }
    return result;
}

void states_clear(struct states *states)
{
    for (size_t k = 0; k < states->n; k++)
        free(states->labels[k]);
    free(states->labels);
    free(states->from);
    *states = (struct states){0};
}
