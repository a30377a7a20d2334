/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * arm_pairs.h - which arm is compared with which: every arm that is no reference with every reference.
 */
#ifndef COMPARE_ARM_PAIRS_H
#define COMPARE_ARM_PAIRS_H

#include <stddef.h>

#include "cohort/arms.h"
#include "study/study.h"

struct arm_pair {
    size_t arm, reference;
};

struct arm_pairs {
    size_t n;
    struct arm_pair items[ARM_MAX * ARM_MAX / 4]; /* most when half of the arms are references */
};

/** In the order of the study: by reference, then by arm.  analysis NULL: the cohort's references. */
void arm_pairs_list(const struct study *study, const struct study_analysis *analysis, struct arm_pairs *pairs);

#endif
