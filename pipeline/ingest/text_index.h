/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * text_index.h - a sorted set of texts, each with a number.
 *
 * Order is that of the bytes, a prefix before what it begins.  Looking up costs O(log n); adding moves the
 * entries behind, which is cheap for the thousands of texts that a category may have.
 */
#ifndef INGEST_TEXT_INDEX_H
#define INGEST_TEXT_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct text_entry {
    char *text;      /* [length] and a NUL */
    size_t length;
    int32_t number;
};

struct text_index {  /* start with {0} */
    size_t n, capacity;
    struct text_entry *entries; /* [n] sorted */
};

/** The entry of a text, or NULL. */
const struct text_entry *text_index_find(const struct text_index *index, const char *text, size_t length);

/** Adds a text that is not there yet; one that is keeps its number.  -1 after telling. */
int text_index_add(struct text_index *index, const char *text, size_t length, int32_t number);

/** Numbers the texts 0, 1, ... in their order. */
void text_index_number(struct text_index *index);

void text_index_free(struct text_index *index);

#endif
