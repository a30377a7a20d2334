/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fates.h - what became of each record of a source.
 *
 * Every record has exactly one fate, so the records are the sum of the fates.  Of stays that are linked:
 *
 *     begins an episode            the person's first stay, or one after a longer gap
 *     joined: ...                  to the episode that goes on: how it follows what was there before it
 *     nested in another stay       ends no later than a stay that began before it (or with it)
 *     duplicate of another stay    equal to it in every column that linking reads; counted once
 *     left out: ...                no part of any episode
 */
#ifndef EPISODES_FATES_H
#define EPISODES_FATES_H

#include <stdbool.h>

enum fate {
    FATE_BEGINS,
    FATE_SAME_DAY,      /* begins on the day on which the stays before it ended */
    FATE_ADJACENT,      /* on the next day */
    FATE_GAP,           /* at most gap_days later */
    FATE_TRANSFER,      /* at most transfer_days after a stay that ended by a transfer */
    FATE_OVERLAPS,      /* before the stays before it ended, and ends later than they */
    FATE_NESTED,
    FATE_DUPLICATE,
    FATE_NO_PERSON,     /* from here on left out */
    FATE_NO_ADMISSION,
    FATE_NO_TREATMENT,  /* the map of levels says none */
    FATE_BACKWARDS,     /* discharge before admission */
    FATE_EARLY_CONTACT, /* last contact before admission */
    FATE_LATE,          /* admission after the study's end */
    FATE_CONTRADICTION, /* the person has two values where one can be */
    FATE_OVERLAP_LONG,  /* the person has stays that overlap longer than the study tolerates */
    N_FATES,
};

extern const char *const fate_names[N_FATES];

/** Part of an episode, counted as a stay. */
static inline bool fate_is_kept(enum fate fate)
{
    return fate < FATE_DUPLICATE;
}

#endif
