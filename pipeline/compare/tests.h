/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * tests.h - tests that the arms do not differ: log-rank, Gray's and a trend for times, chi-square for counts.
 *
 * With competing causes the log-rank test compares the cause-specific hazards of the outcome's event.
 */
#ifndef COMPARE_TESTS_H
#define COMPARE_TESTS_H

#include "compare/contrast.h"

/** A test of several arms.  Undefined: note says why; counts that were not made are MISSING_INTEGER. */
struct arm_test {
    double statistic, p_value;
    size_t df;
    int64_t n, n_event;
    bool defined;
    const char *method;
    char note[NOTE_SIZE];
};

/** Arms arms[0 .. n - 1]; -1 after telling only when memory is short. */
int test_logrank(const struct comparison *comparison, const size_t *arms, size_t n, struct arm_test *test);

/** Gray's test of the incidence of the outcome's event while the others compete. */
int test_gray(const struct comparison *comparison, const size_t *arms, size_t n, struct arm_test *test);

/** The log-rank test of a trend over the arms as they are given: scores 1, 2, ... */
int test_trend(const struct comparison *comparison, const size_t *arms, size_t n, struct arm_test *test);

/** At a horizon where risks are events / n (contrast_is_counted); undefined otherwise. */
void test_chi_square(const struct comparison *comparison, struct horizon horizon, const size_t *arms, size_t n,
                     struct arm_test *test);

#endif
