/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stay_read.h - from the columns of a record to a stay, or to the reason why it is none.
 *
 * A stay ends on its discharge day, or on its last contact when that is earlier.  One without a discharge, or with a
 * discharge after the study's last day, is open and ends for us on that day.  The level is what the study's map makes
 * of the source's code; with bounds of weekly hours, stays at a level that has bounds take the level whose bounds hold
 * their hours (low <= hours < high), and no known level when none does.
 */
#ifndef EPISODES_STAY_READ_H
#define EPISODES_STAY_READ_H

#include "base/table.h"
#include "episodes/fates.h"
#include "episodes/person_words.h"
#include "episodes/stay.h"
#include "study/study.h"

struct stay_reader {
    struct person_reader key;
    const struct column *admission, *discharge, *last_contact, *level_code, *hours; /* the last three may be NULL */
    const uint8_t *transfer;      /* by record, enum truth; NULL: nobody is transferred */
    const struct study_levels *levels;
    uint8_t *level_of;            /* by code of a category; LEVEL_NONE is stored as NO_TREATMENT */
    int32_t until;                /* last day of the study */
};

/** Finds the columns; -1 after telling: a label of the data that the study's map does not have. */
int stay_reader_start(const struct study *study, const struct table *records, const uint8_t *transfer,
                      struct stay_reader *reader);
void stay_reader_free(struct stay_reader *reader);

/** Reads one record; FATE_BEGINS: it is a stay.  Else *stay holds what could be read; a day that could not is DAY_UNKNOWN. */
enum fate stay_read(const struct stay_reader *reader, size_t record, struct stay *stay);

#define DAY_UNKNOWN INT32_MIN

#endif
