/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * record_order.h - records of one size put in order in memory, by their leading number.
 *
 * A record begins with a uint64_t, and compare orders by that first; it decides among equal ones, which otherwise come in
 * any order.  In place: records are dealt by one byte of the number after the other (American flag sort: McIlroy, Bostic &
 * McIlroy 1993, Computing Systems 6:5), few are inserted one by one.  O(n) where the numbers are hashes, O(n log n)
 * comparisons where they are all the same.  One thread.
 */
#ifndef BASE_RECORD_ORDER_H
#define BASE_RECORD_ORDER_H

#include <stddef.h>

enum { RECORD_SIZE_MAX = 256 };

/** records [n * size], size at least 8 and at most RECORD_SIZE_MAX. */
void record_order(void *records, size_t n, size_t size, int (*compare)(const void *, const void *));

#endif
