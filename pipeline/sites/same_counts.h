/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * same_counts.h - do two files tell of the same people?  They do when their counts, or the sums of their answers, are the same,
 * whatever their names and who made them.  Files without any people are never the same.
 */
#ifndef SITES_SAME_COUNTS_H
#define SITES_SAME_COUNTS_H

#include <stddef.h>

#include "store/store.h"

struct same_counts {
    size_t n;
    struct same_file {
        const char *path;                  /* of the caller */
        char sha256[SHA256_HEX_SIZE];      /* of its counts; "": of nobody */
    } *files;
};

/** Adds a file.  -1 after telling that an earlier one holds the same. */
int same_counts_add(struct same_counts *counts, struct store *store, const char *path);
void same_counts_free(struct same_counts *counts);

#endif
