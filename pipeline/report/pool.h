/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pool.h - texts that live together and are freed together, and cells of tables as such texts.
 *
 * A page is made of some thousand short texts.  They go into one pool, so no function of this folder has to say
 * who frees what.  When memory runs out (told) the texts are "" and pool_failed() is true: check it once, before
 * anything is written.  Several threads may add to one pool at once.
 */
#ifndef REPORT_POOL_H
#define REPORT_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cells.h"
#include "base/table.h"

struct pool;

struct pool *pool_alloc(void);       /* NULL after telling */
void pool_free(struct pool *pool);   /* NULL is fine */
bool pool_failed(const struct pool *pool);

const char *pool_copy(struct pool *pool, const char *text, size_t length);
const char *pool_format(struct pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** The text of a cell (base/cells.h has the numbers); "" where there is none. */
const char *cell_text(struct pool *pool, const struct table *table, const char *column, size_t row);


/** Do two tables hold the same text in a row of each?  A column that is not there agrees with everything. */
bool texts_agree(const struct table *table, const char *column, size_t row, const struct table *other,
                 const char *other_column, size_t other_row);

/** Do two rows hold the same in every one of these columns, texts or numbers, named between blanks: "outcome arm time"? */
bool rows_agree(const struct table *table, const char *columns, size_t row, size_t other);

#endif
