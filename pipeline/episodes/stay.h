/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stay.h - one stay while it is linked, and how stays are ordered.
 *
 * Days are whole numbers; a stay lasts from `start` to `end`, start <= end.  An open stay has not ended when the study
 * ends: its end is the study's last day.  Days count from admission to discharge; of a level with inclusive days both
 * end days count, and a stay under a day is one day:
 *
 *     days = max(1, end - start + (1 if the level is inclusive))
 *
 * On the calendar a stay occupies the days start, start + 1, ... (`days` of them).
 */
#ifndef EPISODES_STAY_H
#define EPISODES_STAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "study/study.h"

enum {
    LEVEL_UNKNOWN = N_LEVELS, /* treatment at a level that the source does not tell; less intensive than any known one */
    N_STAY_LEVELS = N_LEVELS + 1,
};

struct stay {
    uint64_t hash;     /* of the person's key: the order of persons (person_words.h) */
    union {
        uint64_t rest; /* until linked: what tells keys of one hash apart */
        struct {       /* once linked: numbers within the part */
            uint32_t episode, person;
        };
    };
    int32_t start, end;
    uint32_t record;   /* row of the source table in records.h5 */
    uint8_t level;     /* enum level, or LEVEL_UNKNOWN */
    uint8_t fate;      /* enum fate, once linked */
    bool open;
    bool transfer;     /* ended by a transfer */
};

static inline int32_t stay_days(int32_t start, int32_t end, bool inclusive)
{
    const int32_t days = end - start + (inclusive ? 1 : 0);

    return days < 1 ? 1 : days;
}

#endif
