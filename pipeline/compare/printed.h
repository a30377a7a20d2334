/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * printed.h - a number as a paper prints it: its value and how far it was rounded.
 *
 *     "131.5"   value 131.5, 1 digit        "37.7%" or "37.7 %"   value 37.7, 1 digit, scale 100
 *     "<0.001"  ours must be below it
 */
#ifndef COMPARE_PRINTED_H
#define COMPARE_PRINTED_H

#include <stdbool.h>

struct printed {
    double value; /* as printed */
    int digits;   /* after the decimal point */
    double scale; /* 100 for percent: times this our number is on the printed scale */
    bool below;   /* "<" stood before it */
};

/** 0, or -1 when the text is no such number. */
int printed_read(const char *text, struct printed *printed);

/**
 * Is it ours, rounded once to the printed digits?  Of a number in the middle of two printable ones (56.25 %, one digit)
 * both are: some round halves up, some to even.
 */
bool printed_matches(const struct printed *printed, double ours);

/** Does ours lie within a tolerance of it?  The tolerance is on the printed scale; never for "<". */
bool printed_is_within(const struct printed *printed, double ours, double tolerance);

#endif
