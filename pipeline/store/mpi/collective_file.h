/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * collective_file.h - what the parts of collective.h share: a file that every rank has open.
 */
#ifndef STORE_COLLECTIVE_FILE_H
#define STORE_COLLECTIVE_FILE_H

#include <stddef.h>

#include "store/collective.h"
#include "store/told_file.h"

struct collective {
    struct told_file file;
    char *path, *temporary;
    int n_threads;
    size_t n_kept, capacity;
    struct message *kept; /* [n_kept] of tables of rank 0 */
};

/** Collective: the message of rank 0 reaches all others, which overwrite theirs.  -1 after telling. */
int collective_share(struct message *message);

/** Collective: all that rank 0 has kept becomes tables of the file.  -1 after telling. */
int collective_write_kept(struct collective *collective);
void collective_free_kept(struct collective *collective);

#endif
