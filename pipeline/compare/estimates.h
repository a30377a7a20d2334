/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * estimates.h - the tables `estimates` and `verdicts`: one row a number, with the fixed columns of the manual.
 *
 * A key whose cell is empty means "the only value there".  A number that does not exist is missing, its
 * status is `undefined` and its note says why; NaN and infinity never get in: estimate_add() turns them into
 * missing.
 */
#ifndef COMPARE_ESTIMATES_H
#define COMPARE_ESTIMATES_H

#include <math.h>
#include <stdint.h>

#include "base/table.h"
#include "study/measure.h"

/** One row of estimates.  Texts may be NULL ("").  Start from ESTIMATE_NONE: every number missing. */
struct estimate {
    const char *analysis, *outcome, *population, *adjustment, *estimand, *stratum;
    enum measure measure;
    const char *term, *cause, *arm, *reference;
    double time;                       /* day, or tau for restricted means */
    double estimate, std_error, conf_low, conf_high, conf_level;
    double statistic, df, df2, p_value;
    int64_t n, n_event;                /* MISSING_INTEGER when there is none */
    double person_time;
    const char *status;                /* "shown" (default), "flagged", "withheld", "undefined" */
    const char *method, *note;
};

#define ESTIMATE_NONE                                                                                          \
    {                                                                                                          \
        .time = NAN, .estimate = NAN, .std_error = NAN, .conf_low = NAN, .conf_high = NAN, .conf_level = NAN,  \
        .statistic = NAN, .df = NAN, .df2 = NAN, .p_value = NAN, .n = MISSING_INTEGER,                         \
        .n_event = MISSING_INTEGER, .person_time = NAN, .status = "shown"                                      \
    }

struct table *estimates_alloc(void); /* the empty table with all its columns; NULL after telling */

/** -1 after telling. */
int estimates_add(struct table *estimates, const struct estimate *row);

/** Puts a p-value into a row; where it is below every double, a note with its size. */
enum { P_NOTE_SIZE = 64 };
void estimate_set_p(struct estimate *row, double p_value, double log_p, char note[static P_NOTE_SIZE]);

#endif
