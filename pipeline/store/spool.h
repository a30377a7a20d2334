/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * spool.h - codes of categories that wait on disk until their labels are known.
 *
 * An HDF5 dataset has its type, and so the labels of its enum, from its beginning, but labels may be
 * found until the last row.  The codes of a table of more than one chunk therefore wait in a file
 * without a name in the folder of the output, which vanishes with its owner, however that ends.
 */
#ifndef STORE_SPOOL_H
#define STORE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

struct spool;

/** Opens an empty spool in the folder of `path`.  NULL after telling. */
struct spool *spool_open(const char *path);
void spool_close(struct spool *spool); /* NULL is fine */

/** Adds n codes as the next piece; pieces are numbered 0, 1, ...  -1 after telling. */
int spool_add(struct spool *spool, const int32_t *codes, size_t n);

/** Reads a piece; n is what was added.  May run on several threads at once.  -1 after telling. */
int spool_read(const struct spool *spool, size_t piece, int32_t *codes, size_t n);

#endif
