/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * person_index.h - which rows of another table speak of the same person.
 *
 * A key is one column (whole numbers, a category or text) or two of whole numbers (base/person_key.h).  Keys are equal
 * when they hold the same numbers, or the same words, whatever the widths of the columns and the codes of their labels.
 *
 *     struct person_index *index = person_index_make(&people, NULL, n_people);
 *     for (size_t i = person_index_first(index, &visits, row); i < n_people; i = person_index_next(index, i))
 *         ... entry i is the person of this visit ...
 *
 * Nothing depends on the order of rows but the numbers of the entries, which are the caller's own.  Threads may share
 * an index once it is made.  O(n) to make, O(1) to look up, 20 to 36 bytes an entry.
 */
#ifndef BASE_PERSON_INDEX_H
#define BASE_PERSON_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

struct person_index;

struct person_keys {
    const struct column *columns[2];
    size_t n;                        /* 1 or 2 */
};

#define PERSON_UNKNOWN SIZE_MAX       /* nobody of that key, or no more of them */
#define PERSON_MISSING (SIZE_MAX - 1) /* the row has no key */

/**
 * The entries are rows[0 .. n - 1] of the table that the keys belong to; rows NULL: its first n rows.  A key may stand
 * in several entries; one without a key is never found.  The columns must outlive the index.  At most 2^32 - 2 entries.
 * NULL after telling.
 */
struct person_index *person_index_make(const struct person_keys *keys, const size_t *rows, size_t n);
void person_index_free(struct person_index *index); /* NULL is fine */

bool person_key_is_missing(const struct person_keys *keys, size_t row);

/** To which of n parts the key of a row belongs, whatever table it stands in; 0 without a key. */
size_t person_key_part(const struct person_keys *keys, size_t row, size_t n);

/** The lowest entry of the person in a row of any table; PERSON_UNKNOWN, PERSON_MISSING. */
size_t person_index_first(const struct person_index *index, const struct person_keys *keys, size_t row);

/** The same of rows first .. first + n - 1, to entries[n]; many at once wait less for the memory. */
void person_index_find(const struct person_index *index, const struct person_keys *keys, size_t first, size_t n,
                       size_t *entries);

/** The next higher entry of the same person; PERSON_UNKNOWN when there is none. */
size_t person_index_next(const struct person_index *index, size_t entry);

/** leads[entry]: is it the lowest one of its person?  One without a key leads nobody. */
void person_index_leaders(const struct person_index *index, uint8_t *leads);

#endif
