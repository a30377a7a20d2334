/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * random_study.h - a study of made-up people: small groups, rare levels, missing values, two populations, a subgroup, an outcome
 * in time (with a competing event or without), one that some lack, rows that cannot be read; in six of ten a dashboard of
 * programmes by month or quarter, which asks about the outcome in time at two or three days.
 */
#ifndef TESTS_ATTACK_RANDOM_STUDY_H
#define TESTS_ATTACK_RANDOM_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct study_wish {
    uint64_t seed;
    bool is_rounded;  /* threshold 8, rounded to 5; else threshold 11 */
    size_t n_without; /* so many people, from the first one on, are left out */
    size_t n_changed; /* of so many it is written otherwise whether they finished; of every other one of them a loss is an event */
    bool is_large;    /* some hundreds or thousands of people, in a dashboard of few programmes and months */
};

/** Writes people.csv, codebook.yaml and study.yaml; the process ends when it cannot. */
void random_study_write(const char *folder, const struct study_wish *wish);

#endif
