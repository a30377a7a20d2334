/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * comparison_book.h - the comparisons of a results file, each made once.
 */
#ifndef VERIFY_COMPARISON_BOOK_H
#define VERIFY_COMPARISON_BOOK_H

#include "verify/stored_comparison.h"

struct comparison_book;

struct comparison_book *comparison_book_alloc(const struct stored *stored, int n_threads); /* NULL after telling */
void comparison_book_free(struct comparison_book *book);                                   /* NULL is fine */

/** The comparison that a row of `keys` belongs to; good until the book is freed.  NULL after telling. */
const struct stored_comparison *comparison_book_find(struct comparison_book *book, const struct table *keys, size_t row);

#endif
