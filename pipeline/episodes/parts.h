/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * parts.h - the stays of a source dealt into PERSON_PARTS parts by person, each in the order in which it is linked.
 *
 * All stays of a person are in one part; within a part persons are ordered by their key and the stays of a person by
 * stay_compare(), then by what else linking reads, then by record.  So what is made of a part depends neither on the
 * rows' order nor on the number of threads.
 */
#ifndef EPISODES_PARTS_H
#define EPISODES_PARTS_H

#include "base/table.h"
#include "episodes/stay_read.h"

enum { LEFT_OUT_PART = PERSON_PARTS, CONTENT_COLUMNS = 8 };

struct parts {
    struct stay *stays;                 /* [first[PERSON_PARTS + 1]] */
    size_t first[PERSON_PARTS + 2];     /* part p is stays first[p] .. first[p + 1] - 1; the last: those left out */
    struct stay_reader reader;
    const int32_t *number;              /* of the records in the source; NULL: as they stand */
    const struct column *content[CONTENT_COLUMNS]; /* what else linking reads: tells stays of equal days apart */
    size_t n_content;
};

/**
 * number    [records] rows of the source, which decide between stays that are equal in all else; NULL: as they stand
 *
 * Reads every record and deals it.  Records that are no stay are in part LEFT_OUT_PART, with their fate.
 * *parts is to be freed in any case; -1 after telling.  O(n).
 */
int parts_deal(const struct study *study, const struct table *records, const int32_t *number, const uint8_t *transfer,
               int n_threads, struct parts *parts);
void parts_free(struct parts *parts);

/** Puts the stays of a part in order.  -1 after telling. */
int parts_sort(const struct parts *parts, size_t part);

/** Are two stays of one part the same person's? */
bool parts_same_person(const struct parts *parts, const struct stay *a, const struct stay *b);

/** Order by what else linking reads; 0: equal. */
int parts_compare_content(const struct parts *parts, const struct stay *a, const struct stay *b);

#endif
