/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * collective.h - one file that all ranks (base/ranks.h) write together, each its own chunks, through parallel HDF5 over MPI-IO.
 *
 * The ordinary build links one/collective.c, which refuses; the cluster build (make MPI=1) links mpi/collective.c, where every
 * rank has the file open in its own process: MPI-IO is not for a forked child.  Structure and descriptions are made by all
 * ranks alike, as rank 0 tells (told_file.h); rows of tables of which each rank has some are written by all of them at once,
 * column by column; tables of rank 0 alone are kept by it and written at the end.
 *
 * The content is that of the file that rank 0 writes alone, and so is each packed chunk; where in the file chunks lie depends on
 * the number of ranks.  Besides the rows each rank holds its part of one column: its values, three times while the library packs.
 *
 * Whoever fails tells, and must end all ranks (ranks_fail): the others may wait for it.
 */
#ifndef STORE_COLLECTIVE_H
#define STORE_COLLECTIVE_H

#include "base/sha256.h"
#include "base/table.h"
#include "store/message.h"
#include "store/ranked_rows.h"

struct collective;

/** Is this build able to?  0, or -1 after telling. */
int collective_check_build(void);

/* ---- by all ranks, in the same order ---- */

/**
 * Makes the file; path is what messages call it.  temporary: its name, which rank 0 has reserved; of other ranks NULL.  A rank
 * that does not see the file of rank 0 is told.  NULL after telling.
 */
struct collective *collective_open(const char *path, const char *temporary, int n_threads);

/** A table of which each rank has settled rows (ranked_rows.h).  hex: its digest, at rank 0.  -1 after telling. */
int collective_table(struct collective *collective, const struct table *schema, struct ranked_rows *rows,
                     char hex[static SHA256_HEX_SIZE]);

/**
 * Writes what rank 0 has kept and its digest of the content, closes, and reads back: each rank all descriptions and the chunks
 * it has written.  0 only when all ranks have found what was meant.  -1 after telling.
 */
int collective_commit(struct collective *collective, const char *content);

/** Frees; leaves an unfinished file to rank 0, which has reserved its name.  NULL is fine. */
void collective_free(struct collective *collective);

/* ---- by rank 0 ---- */

/** Keeps a message of a table that rank 0 alone has.  context: the collective; -1 after telling. */
int collective_keep(void *context, const struct message *message);

#endif
