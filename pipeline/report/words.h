/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * words.h - numbers and measures as people read them.
 *
 * Percentages and points with one decimal, counts as 957,491, a true minus sign, p as "< 0.001", never NaN: a number
 * that does not exist is "–".  All texts live in the pool.
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "report/pool.h"

#define WORDS_NOTHING "\xe2\x80\x93" /* en dash: there is no such number */
#define WORDS_MINUS "\xe2\x88\x92"
#define WORDS_TIMES "\xc3\x97"

/** How the values of a measure are printed. */
enum scale {
    SCALE_PERCENT, /* a probability: 37.7 % */
    SCALE_POINTS,  /* a difference of probabilities: -26.3 points */
    SCALE_DAYS,    /* a time or a difference of times, in the units of its outcome */
    SCALE_RATIO,   /* 0.37 */
    SCALE_PLAIN,   /* anything else: 8.03 */
};

enum scale words_scale(const char *measure);

/** "Difference in risk" for "risk_difference"; the name with blanks for measures without words of their own. */
const char *words_measure(struct pool *pool, const char *measure);

const char *words_count(struct pool *pool, int64_t n);            /* 957,491; missing: WORDS_NOTHING */
const char *words_fixed(struct pool *pool, double x, int digits); /* -0.024 with a true minus */
const char *words_day(struct pool *pool, double day);             /* 90, 131.5 */
const char *words_p(struct pool *pool, double p);                 /* < 0.001, 0.012, 0.42, > 0.99 */
const char *words_times(struct pool *pool, double x);             /* three significant digits, plain notation */

/** As short as it can be: 0.5, 2, 10. */
const char *words_plain(struct pool *pool, double x);

/** A value of this scale without its unit: 37.7, -26.3, 131.5, 0.37. */
const char *words_bare(struct pool *pool, enum scale scale, double x);

/** ... with its unit; time_units: "days". */
const char *words_value(struct pool *pool, enum scale scale, double x, const char *time_units);

/** "-33.5 to -18.8", or WORDS_NOTHING when a limit is missing. */
const char *words_interval(struct pool *pool, enum scale scale, double low, double high);

/** "95 %" for 0.95. */
const char *words_level(struct pool *pool, double level);

/** "1 person", "2 persons": the noun of n, by adding an s; "people" for persons. */
const char *words_noun(struct pool *pool, const char *noun, int64_t n);

/** The singular of a unit of time: "day" for "days". */
const char *words_unit(struct pool *pool, const char *units);

/** Typographic signs and spaces as plain ASCII, for terminals and logs. */
const char *words_ascii(struct pool *pool, const char *text);

/** [a-z0-9-], not empty, at most 60 bytes: a part of a file name or of an id. */
const char *words_slug(struct pool *pool, const char *text);

/** A name with blanks for its underscores; "iop", "php" and "itt" as the field writes them. */
const char *words_spoken(struct pool *pool, const char *name);

/** "overlap weights" for "overlap", "no adjustment" for "unadjusted"; other names with blanks. */
const char *words_adjustment(struct pool *pool, const char *name);

/** First letter as a capital (ASCII letters only). */
const char *words_capital(struct pool *pool, const char *text);

/** First letter small, for the middle of a sentence; abbreviations (a second capital) stay. */
const char *words_lower(struct pool *pool, const char *text);

#endif
