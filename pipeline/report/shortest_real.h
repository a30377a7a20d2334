/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * shortest_real.h - numbers of tables as text, without printf.
 *
 * The fewest digits of 15, 16 or 17 that read back as the same number, as %.*g writes them; whole numbers below 1e15 without
 * point or exponent ("90", not "9e+01").  Between 1e-11 and 1e15 digits come from exact arithmetic: with x = m 2^e and
 * 10^16 <= x 10^k < 10^17, m 5^k has at most 116 bits, and digits read back as x when they lie within half a unit of m of
 * it (to even on a tie).  Numbers outside are printed and read back.  Some 90 ns a
 * number, an eighth of printing and reading it.
 */
#ifndef REPORT_SHORTEST_REAL_H
#define REPORT_SHORTEST_REAL_H

#include <stddef.h>
#include <stdint.h>

/** x must be finite.  The number of characters, without the NUL. */
size_t shortest_real(double x, char out[static 32]);

/** A whole number with its sign; the number of characters, without the NUL. */
size_t shortest_integer(int64_t value, char out[static 32]);

#endif
