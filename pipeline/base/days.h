/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * days.h - whole days in the proleptic Gregorian calendar.
 *
 * A date is the number of days since 1970-01-01 (negative before).  Only dates from 0001-01-01 to
 * 9999-12-31 exist; anything else in a source is a typing error and is refused.
 */
#ifndef BASE_DAYS_H
#define BASE_DAYS_H

#include <stddef.h>
#include <stdint.h>

#define DAY_MIN (-719162) /* 0001-01-01 */
#define DAY_MAX 2932896   /* 9999-12-31 */

enum { ISO_DATE_SIZE = 11 }; /* "YYYY-MM-DD" and the NUL */

/** Day number of year, month 1..12, day 1..31.  Returns 0, or -1 when there is no such day. */
int day_from_civil(int year, int month, int day_of_month, int32_t *day);

/** The inverse; day must lie in DAY_MIN .. DAY_MAX. */
void day_to_civil(int32_t day, int *year, int *month, int *day_of_month);

/** Exactly "YYYY-MM-DD" (length 10).  Returns 0, or -1 for any other text or a day that does not exist. */
int day_from_iso(const char *text, size_t length, int32_t *day);

/** Writes "YYYY-MM-DD"; a day out of range gives "??""??-??-??". */
void day_to_iso(int32_t day, char out[static ISO_DATE_SIZE]);

#endif
