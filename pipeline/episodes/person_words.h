/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * person_words.h - the key that tells persons apart, as two words.
 *
 * A key of at most 16 bytes (whole numbers, codes, short texts, two int64 of a keyed hash) is the two words themselves,
 * mixed by a one-to-one function, so equal words are equal keys.  A longer text is two hashes; whether equal words are
 * equal keys is then asked of the texts.  Persons are ordered by the words, then by the text: an order that depends on
 * the key alone, never on the row.
 *
 * The highest 8 bits of the first word are the part (0 .. 255) to which a person belongs: linking, joining other
 * tables and a cluster deal by them.
 */
#ifndef EPISODES_PERSON_WORDS_H
#define EPISODES_PERSON_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

enum { PERSON_PARTS = 256, PERSON_WORD_COLUMNS = 2 };

struct person_reader {
    const struct column *columns[PERSON_WORD_COLUMNS]; /* the second is NULL unless the key is two int64 */
    bool exact;                                       /* equal words are equal keys */
};

struct person_words {
    uint64_t hash, rest;
};

/**
 * The key columns of a table of records; names_n columns of it (1, or 2 for keyed hashes).  The table must live as long
 * as the key is used.
 */
struct person_reader person_reader_of(const struct column *first, const struct column *second);

/** The words of a row's key; false when the key is missing. */
bool person_words_read(const struct person_reader *key, size_t row, struct person_words *words);

/** Order of two rows whose words are equal: 0 when they are one person. */
int person_words_compare(const struct person_reader *key, size_t row, size_t other);

static inline size_t person_part(uint64_t hash)
{
    return (size_t)(hash >> 56);
}

#endif
