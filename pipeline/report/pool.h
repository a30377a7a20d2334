/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pool.h - texts that live together and are freed together, and cells of tables as such texts.
 *
 * A page is made of some thousand short texts.  They go into one pool, so no function of this folder has to say
 * who frees what.  When memory runs out (told) the texts are "" and pool_failed() is true: check it once, before
 * anything is written.  Not for threads.
 */
#ifndef REPORT_POOL_H
#define REPORT_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

struct pool;

struct pool *pool_alloc(void);       /* NULL after telling */
void pool_free(struct pool *pool);   /* NULL is fine */
bool pool_failed(const struct pool *pool);

const char *pool_copy(struct pool *pool, const char *text, size_t length);
const char *pool_format(struct pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Rows of a table that may be NULL. */
size_t cell_rows(const struct table *table);

/** Cells; a column that the table does not have is missing in every row, and so is everything of a NULL table. */
const char *cell_text(struct pool *pool, const struct table *table, const char *column, size_t row); /* "" */
double cell_real(const struct table *table, const char *column, size_t row);                         /* NaN */
int64_t cell_integer(const struct table *table, const char *column, size_t row); /* MISSING_INTEGER */

/** Does the cell hold exactly this text? */
bool cell_is(const struct table *table, const char *column, size_t row, const char *text);

/** Do two rows hold the same in a text column? */
bool cells_equal(const struct table *table, const char *column, size_t row, size_t other);

#endif
