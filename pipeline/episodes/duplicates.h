/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * duplicates.h - which of several duplicates stands for them all, where records were linked group by group: what linking has
 * read of them is kept, the other columns are read when all of them are known.
 */
#ifndef EPISODES_DUPLICATES_H
#define EPISODES_DUPLICATES_H

#include "episodes/link.h"

struct duplicates {
    struct table *read; /* NULL: none so far */
    size_t n;
    size_t *number;     /* [n] of the source, of the rows of `read` */
};

/** Those of one group: records as linking has read them, their numbers (NULL: as they stand) and its stays.  -1 after telling. */
int duplicates_note(struct duplicates *duplicates, const struct table *records, const int32_t *number,
                    const struct table *stays);

/** Settles all of this rank (link_settle_duplicates), with the file of records.  -1 after telling. */
int duplicates_settle(const struct duplicates *duplicates, const char *path, const char *table, struct link_groups *all);
void duplicates_free(struct duplicates *duplicates);

#endif
