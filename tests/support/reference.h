/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * reference.h - tables of reference numbers for tests: a CSV with one header line, no quotes.
 *
 * Every cell is read as a double; what is not a number (NA, words) is NAN.
 */
#ifndef TESTS_SUPPORT_REFERENCE_H
#define TESTS_SUPPORT_REFERENCE_H

#include <stddef.h>
#include <stdint.h>

struct reference {
    size_t n_rows, n_columns;
    char (*names)[32]; /* [n_columns] */
    double *values;    /* [n_rows * n_columns] by row */
};

/** NULL when there is no such file; stops the program when it is damaged. */
struct reference *reference_read(const char *path);
void reference_free(struct reference *reference);

/** The value in a row under a column's name, as it is or as a whole number; an unknown name stops the program. */
double reference_value(const struct reference *reference, size_t row, const char *name);
int64_t reference_count(const struct reference *reference, size_t row, const char *name);

#endif
