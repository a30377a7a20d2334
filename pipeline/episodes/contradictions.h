/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * contradictions.h - persons whose records cannot all be true.
 *
 * Two values of a column that the study declares constant (two sexes, two years of birth), or two stays, neither nested in
 * the other, that overlap longer than the study tolerates.  No rule says which record is right, so none of the
 * person's is taken, and each is counted.  A missing value contradicts nothing.
 */
#ifndef EPISODES_CONTRADICTIONS_H
#define EPISODES_CONTRADICTIONS_H

#include <stddef.h>

#include "base/table.h"
#include "episodes/fates.h"
#include "episodes/join.h"
#include "episodes/stay.h"

struct contradictions {
    size_t n_constant;
    const struct column **constant; /* columns of the records */
    int64_t overlap_days;           /* -1: any */
};

/** FATE_BEGINS when the n stays of one person agree, else what they contradict. */
enum fate contradictions_find(const struct contradictions *rules, const struct stay *stays, size_t n);

#endif
