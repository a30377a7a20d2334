/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * numbers.h - making struct number: set, with limits from a standard error, or undefined with a reason.
 */
#ifndef COMPARE_NUMBERS_H
#define COMPARE_NUMBERS_H

#include "compare/contrast.h"
#include "compare/estimates.h"

struct number number_none(void);

/** Puts it into a row, with its status, method and note, which must outlive the row. */
void number_put(const struct number *number, struct estimate *row);

void number_set(struct number *number, double estimate, double std_error, double conf_low, double conf_high);

/*
 * An error of 0 comes from having seen no event, or nothing else, not from knowing the number: limits of no width
 * would be a certainty that nobody has, and a verdict from them as well.  They are missing.
 * What is below the last digits of a number of this size is rounding: an error of 0 that was added up.
 */
double number_without_noise(double std_error, double size);

/** estimate -+ z std_error, with the z test of 0. */
void number_set_wald(struct number *number, double estimate, double std_error, double level);

/** exp of log_estimate -+ z std_error, with the z test of 1. */
void number_set_log(struct number *number, double log_estimate, double std_error, double level);

/** Cuts the limits of a quantity that cannot leave [low, high]. */
void number_cut(struct number *number, double low, double high);

/** Undefined, with GSL's words for the code of a kernel; memory that is short is told. */
void number_failed(struct number *number, int code);

void number_undefined(struct number *number, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Undefined because the day lies after what was observed in an arm. */
void number_beyond(struct number *number, const struct comparison *comparison, size_t arm, double time);

/** Takes limits away from a number whose error is 0. */
void number_distrust_no_error(struct number *number);

/** Says why a number of an arm has no limits, when it has none: no event was seen, or nobody is left. */
void number_explain_limits(struct number *number, const char *arm);

/** What is to be said of the parts is to be said of the contrast too. */
void number_inherit_note(struct number *number, const struct number *arm, const struct number *reference);

/** n and n_event of both arms together. */
void number_combine(struct number *number, const struct number *arm, const struct number *reference);

/** Are both parts defined?  If not, number takes over the reason. */
bool number_needs(struct number *number, const struct number *arm, const struct number *reference);

#endif
