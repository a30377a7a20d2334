/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * near.h - comparisons of doubles for cmocka 1.1.5, which compares floats only.
 *
 * assert_near(actual, expected, relative): |actual - expected| <= relative * max(|expected|, tiny),
 * NaN equals NaN; the failing values are printed with 17 digits.
 */
#ifndef TESTS_SUPPORT_NEAR_H
#define TESTS_SUPPORT_NEAR_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

void assert_near_at(double actual, double expected, double relative, const char *what, const char *file, int line);

#define assert_near(actual, expected, relative) \
    assert_near_at((actual), (expected), (relative), #actual, __FILE__, __LINE__)

#endif
