/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * looks.h - the days on which a person was looked at: a test was taken, or, where tests are not written down when they are
 * negative, somebody was visited or gave a specimen.
 */
#ifndef OUTCOMES_LOOKS_H
#define OUTCOMES_LOOKS_H

#include "outcomes/outcome.h"

/** The tables whose rows are looks. */
struct looks {
    const struct dated_rows *rows[3];
    size_t n;
};

struct looks looks_of(const struct outcome_input *input);

/** Distinct days 0 .. last on which person i was looked at. */
int64_t looks_count(const struct looks *looks, size_t i, double last);

/** The last such day before `day`; 0, when the person was known to be without the event, where there is none. */
int32_t looks_last(const struct looks *looks, size_t i, int32_t day);

#endif
