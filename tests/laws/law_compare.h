/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * law_compare.h - whether the results of a changed study are what the law says, table by table, row by row, number by number.
 */
#ifndef TESTS_LAWS_LAW_COMPARE_H
#define TESTS_LAWS_LAW_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#include "tests/laws/law_study.h"

struct law_tally {
    size_t n_studies, n_rows, n_numbers, n_flat, n_wrong; /* n_flat: rows of which nothing is known */
    double largest; /* relative difference of two numbers that are to be equal */
};

/**
 * Compares two results.h5, before and after the change.  Numbers may differ by 1e-6 of the larger one (or 1e-9), where the law does not
 * ask for the same content; rows belong together by their texts and times.  Every difference is printed, at most some a study.
 */
void law_compare(const char *before, const char *after, enum law law, uint64_t seed, struct law_tally *tally);

#endif
