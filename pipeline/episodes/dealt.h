/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * dealt.h - the records of a source dealt to groups of persons, so that each group may be linked by itself.
 *
 * Persons fall into groups by the part that their key names (person_words.h); groups are runs of parts, and each rank has
 * as many of them, the first rank the first ones.  Records without a person are in the last group of all.
 *
 * Each rank reads its share of the chunks of records.h5, once, and sends rows to the rank that has their group.  They wait in a
 * file without a name beside the output, so that memory holds what is on its way and, later, one group.
 */
#ifndef EPISODES_DEALT_H
#define EPISODES_DEALT_H

#include "base/table.h"
#include "study/study.h"

/* Records that are linked at once: some 350 MB of them. */
enum { DEALT_GROUP_ROWS = 4000000 };

struct dealt;

/** The records of one group. */
struct dealt_rows {
    struct table *records;
    int32_t *number;   /* [rows] of the source */
    uint8_t *transfer; /* [rows] truth of the source's condition; NULL: there is none */
};
void dealt_rows_free(struct dealt_rows *rows);

/**
 * columns      of the source that are kept; NULL-terminated
 * group_rows   about so many records a group
 *
 * Collective.  NULL after telling, e.g. a disk without room.
 */
struct dealt *dealt_make(const struct study *study, const struct study_table *source, const char *records, const char *out,
                         const char *const *columns, size_t group_rows, int n_threads);
void dealt_free(struct dealt *dealt); /* NULL is fine */

/** Groups of this rank, 1 or more; the rows of one of them.  -1 after telling. */
size_t dealt_n_groups(const struct dealt *dealt);
int dealt_take(struct dealt *dealt, size_t group, struct dealt_rows *rows);

#endif
