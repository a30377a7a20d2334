/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * number.h - a real number as text: for machines every bit, for people a few digits.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

enum { NUMBER_SIZE = 32 };

/**
 * The shortest of 15, 16 and 17 significant digits that reads back as the same double: "0.1", "131.5",
 * "6.3e-300".  NaN and infinities give "".  Returns out.
 */
const char *number_exact(char out[static NUMBER_SIZE], double x);

/**
 * Five significant digits, without zeros at the end: "0.66138", "131.5", "1.2e-05"; whole numbers below 1e15
 * and numbers of 100000 and above in full: "957491", "957491.3".  NaN and infinities give "".  Returns out.
 */
const char *number_short(char out[static NUMBER_SIZE], double x);

#endif
