/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * reading.h - one row of `estimates` or `verdicts` in the words that figures, sentences and tables share.
 */
#ifndef REPORT_READING_H
#define REPORT_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "report/bundle.h"
#include "report/words.h"

enum { NO_ROW = -1 };

/** "by day 90", "beyond day 90", "to day 365", "median", or "" for a number without a time. */
const char *reading_when(struct bundle *bundle, const struct table *table, size_t row);

/** "Relapse, by day 90": what the number is about, without its arms. */
const char *reading_what(struct bundle *bundle, const struct table *table, size_t row);

/** "iop v inpatient", or the arm alone, by labels; "all arms" for a test of all. */
const char *reading_whom(struct bundle *bundle, const struct table *table, size_t row);

/** ", population itt, analysis second" as far as the study has several; "" else. */
const char *reading_where(struct bundle *bundle, const struct table *table, size_t row);

/** "-26.3 points", or why there is no number: "not estimable", "withheld". */
const char *reading_value(struct bundle *bundle, const struct table *table, size_t row);
/** "-33.5 to -18.8" or WORDS_NOTHING. */
const char *reading_interval(struct bundle *bundle, const struct table *table, size_t row);

/** Has the row an estimate that may be shown? */
bool reading_has_value(const struct table *table, size_t row);

/** The verdict that speaks of an estimate, or the estimate that a verdict is about; NO_ROW when there is none. */
long reading_verdict_of(const struct bundle *bundle, size_t estimate_row);
long reading_estimate_of(const struct bundle *bundle, size_t verdict_row);

/** "10.0 points", "1.25": a margin as people say it. */
const char *reading_margin(struct bundle *bundle, size_t verdict_row);

/** Is a survival (difference) the mirror image of a risk (difference) that stands in another row? */
bool reading_is_repeated(struct bundle *bundle, size_t row);

/** Does the row belong to a profile ("main@strict")?  To an analysis over definitions of one thing (range: yes)? */
bool reading_is_of_profile(const struct table *table, size_t row);
bool reading_is_of_range(const struct bundle *bundle, const struct table *table, size_t row);

/**
 * Is it a row of the study's own analyses of all people?  Not of a subgroup or a trial, not pooled over trials, not one of
 * many definitions, not a profile's: those have figures of their own.
 */
bool reading_is_main(struct bundle *bundle, size_t estimate_row);
/** Of several days at which a number is read: is it that of the headline (primary.at), else the last? */
bool reading_is_headline_day(struct bundle *bundle, size_t estimate_row);

/** Pooled over trials ("meta_reml")? */
bool reading_is_pooled(struct bundle *bundle, size_t estimate_row);

/** Is the measure of this row one of an arm against a reference, with an estimate (no test)? */
bool reading_is_contrast(struct bundle *bundle, const struct table *table, size_t row);
bool reading_is_test(struct bundle *bundle, const struct table *table, size_t row);

#endif
