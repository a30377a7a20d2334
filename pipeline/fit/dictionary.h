/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * dictionary.h - the distinct texts of a column, numbered in order of first sight.
 */
#ifndef FIT_DICTIONARY_H
#define FIT_DICTIONARY_H

#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

struct dictionary {
    size_t n;
    size_t capacity;
    char **texts;    /* [n] */
    size_t n_slots;  /* a power of 2, or 0 */
    int32_t *slots;  /* [n_slots] number of a text, or -1 */
};

void dictionary_clear(struct dictionary *dictionary); /* frees what it holds; all zero is an empty one */

/** The number of a text (bytes without NUL), added when it is new.  -1 after telling. */
int32_t dictionary_code(struct dictionary *dictionary, const char *text, size_t length);

/**
 * Adds a category column to a table: levels are the texts in byte order, codes[row] the number of a row's text
 * or -1 for a missing one; codes has table->n_rows values.  -1 after telling.
 */
int dictionary_add_category(const struct dictionary *dictionary, const int32_t *codes, struct table *table,
                            const char *name);

#endif
