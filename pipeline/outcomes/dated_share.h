/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * dated_share.h - the rows of a dated table that speak of this rank's persons.
 *
 * Each rank reads a run of the table, a piece at a time, and sends rows to the ranks that have their persons; so memory is that of
 * the rows received and of a piece.  Rows that are nobody's are counted where they were read, and go nowhere.
 */
#ifndef OUTCOMES_DATED_SHARE_H
#define OUTCOMES_DATED_SHARE_H

#include <stddef.h>
#include <stdint.h>

#include "base/person_meeting.h"
#include "base/table.h"
#include "store/store.h"
#include "study/study.h"

struct dated_share {
    struct table *rows;      /* all columns; in the order of the source */
    int64_t n_read;          /* by this rank */
    int64_t n_day_missing, n_no_person, n_not_here; /* of those: aside, in this order of reasons */
};

/**
 * Collective.  owners: the rank of each person; NULL where there is one rank, which then reads all rows and sets none aside.
 * -1 after telling; free in any case.
 */
int dated_share_read(const struct study *study, const struct study_table *source, struct store *store,
                     const struct person_meeting *owners, struct dated_share *share);
void dated_share_free(struct dated_share *share);

#endif
