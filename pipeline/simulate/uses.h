/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * uses.h - what each random number of a person is for (placed_random.h).
 *
 * A use and an index within it (a stay, a test) make the place of a number.  Under another arm the same person
 * draws the same numbers, so that potential outcomes differ by the arm alone.
 */
#ifndef SIMULATE_USES_H
#define SIMULATE_USES_H

#include <stdint.h>

enum use {
    USE_TRAITS,
    USE_AGE,
    USE_ENTRY,       /* day of the first admission, whether through detox */
    USE_LEAVE,       /* day of leaving the plan */
    USE_CHOICE,      /* level of care, by stay */
    USE_STAY,        /* reason and length, by stay */
    USE_NEXT,        /* whether and where another stay follows, by stay */
    USE_GAP,         /* days until it, hours a week, by stay */
    USE_RETURN,      /* return to use */
    USE_DEATH,
    USE_READMISSION, /* by episode */
    USE_TEST,        /* attended and positive, by test */
    USE_PROGRAMME,   /* by stay */
};

static inline uint64_t use_of(enum use use, uint64_t index)
{
    return (uint64_t)use << 32 | index;
}

#endif
