/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * record_sort.h - records of one size put in order, also when they are more than memory holds.
 *
 *     struct record_sort *sort = record_sort_alloc(sizeof (struct x), compare, 1 << 20, folder);
 *     record_sort_add(sort, &x);                              as often as there are records
 *     record_sort_finish(sort);
 *     while ((more = record_sort_next(sort, &x)) > 0) ...     in order; more < 0: it has been told
 *     record_sort_free(sort);
 *
 * With compare NULL nothing is sorted: records come as they were added.
 *
 * `capacity` records are in memory; more wait as sorted runs in a file without a name (nameless.h) in `folder`, and
 * are merged, which holds RECORD_SORT_BUFFER records of each run.  A record begins with a uint64_t by which compare orders
 * first (record_order.h).  Records that compare equal come in any order, so compare all that matters.  One thread at a time.
 */
#ifndef BASE_RECORD_SORT_H
#define BASE_RECORD_SORT_H

#include <stddef.h>

enum { RECORD_SORT_BUFFER = 4096 };

struct record_sort;

/** NULL after telling. */
struct record_sort *record_sort_alloc(size_t size, int (*compare)(const void *, const void *), size_t capacity,
                                      const char *folder);
void record_sort_free(struct record_sort *sort); /* NULL is fine */

int record_sort_add(struct record_sort *sort, const void *record); /* -1 after telling */
int record_sort_finish(struct record_sort *sort);                  /* no more are added; -1 after telling */

/** Copies the next record: 1; 0 when there is none; -1 after telling. */
int record_sort_next(struct record_sort *sort, void *record);

/** The next records where they lie, at least one, until the next call: how many; 0 when there is none; -1 after telling. */
long record_sort_some(struct record_sort *sort, const void **records);

#endif
