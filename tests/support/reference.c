/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = 80 };

static void stop(const char *what, const char *name)
{
    fprintf(stderr, "reference table: %s '%s'\n", what, name);
    abort();
}

static void *grown(void *old, size_t size)
{
    void *more = realloc(old, size);

    if (more == NULL)
        stop("out of memory for", "values");
    return more;
}

static double number(const char *cell)
{
    char *end;
    const double value = strtod(cell, &end);

    return end != cell && *end == '\0' ? value : NAN;
}

struct reference *reference_read(const char *path)
{
    FILE *file = fopen(path, "r");
    struct reference *r;
    char *line = NULL;
    size_t capacity = 0;

    if (file == NULL)
        return NULL;
    r = grown(NULL, sizeof *r);
    *r = (struct reference){.names = grown(NULL, MAX_COLUMNS * sizeof r->names[0])};
    if (getline(&line, &capacity, file) < 0)
        stop("no header in", path);
    for (char *rest = line, *cell; (cell = strsep(&rest, ",\r\n")) != NULL && rest != NULL; r->n_columns++) {
        if (r->n_columns == MAX_COLUMNS || strlen(cell) >= sizeof r->names[0])
            stop("too wide a header in", path);
        strcpy(r->names[r->n_columns], cell);
    }
    while (getline(&line, &capacity, file) > 0) {
        size_t column = 0;

        r->values = grown(r->values, (r->n_rows + 1) * r->n_columns * sizeof *r->values);
        for (char *rest = line, *cell; (cell = strsep(&rest, ",\r\n")) != NULL && rest != NULL; column++) {
            if (column == r->n_columns)
                stop("a row too long in", path);
            r->values[r->n_rows * r->n_columns + column] = number(cell);
        }
        if (column != r->n_columns)
            stop("a row too short in", path);
        r->n_rows++;
    }
    free(line);
    fclose(file);
    return r;
}

void reference_free(struct reference *reference)
{
    if (reference == NULL)
        return;
    free(reference->names);
    free(reference->values);
    free(reference);
}

double reference_value(const struct reference *reference, size_t row, const char *name)
{
    for (size_t j = 0; j < reference->n_columns; j++)
        if (strcmp(reference->names[j], name) == 0)
            return reference->values[row * reference->n_columns + j];
    stop("no column", name);
    return NAN;
}

int64_t reference_count(const struct reference *reference, size_t row, const char *name)
{
    return (int64_t)reference_value(reference, row, name);
}
