/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * text_pile.h - texts one after the other while their number and width are not known, and which of them repeat.
 */
#ifndef OUTCOMES_TEXT_PILE_H
#define OUTCOMES_TEXT_PILE_H

#include <stddef.h>

#include "base/table.h"

struct text_pile { /* start with {0} */
    size_t n, capacity;
    size_t *end;   /* [n] where text i ends in bytes */
    char *bytes;
    size_t n_bytes, bytes_capacity;
    size_t widest;
    size_t n_slots; /* a power of two, or 0 */
    size_t *slots;  /* [n_slots] number of a text and 1; 0: free */
};

int text_pile_add(struct text_pile *pile, const char *text, size_t length); /* -1 after telling */
const char *text_pile_get(const struct text_pile *pile, size_t i, size_t *length);

/** The number of the first equal text that was indexed, or `n` when there is none; the last text is then indexed. */
int text_pile_index_last(struct text_pile *pile, size_t *first); /* -1 after telling */

/** Takes the last text away; it must not be indexed. */
void text_pile_drop_last(struct text_pile *pile);

/** A text column of the table, which has as many rows.  -1 after telling. */
int text_pile_column(const struct text_pile *pile, struct table *table, const char *name, const char *label);
void text_pile_clear(struct text_pile *pile);

#endif
