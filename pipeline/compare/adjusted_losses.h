/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted_losses.h - ratios of hazards and of subdistribution hazards of weighted people under `censoring`: who is seen stands for those
 * like him who were lost (stats/loss_ratio.h).
 *
 * The linear part counts the estimation of the chances of being seen, of the propensity and of the shares of the arms.  There is no test
 * of proportional hazards.
 */
#ifndef COMPARE_ADJUSTED_LOSSES_H
#define COMPARE_ADJUSTED_LOSSES_H

#include "compare/adjusting.h"
#include "stats/loss_ratio.h"

/** What a code of stats/arm_ratio.h means. */
void adjusted_ratio_explain(const struct adjusting *a, const struct arm_ratio *ratio, int code, char note[static NOTE_SIZE]);

/**
 * phi        [n] of the pair's rows, output
 * code       GSL_SUCCESS, or why there is no ratio
 *
 * -1 after telling.
 */
int adjusted_loss_ratio(const struct adjusting *a, enum loss_ratio_kind kind, struct arm_ratio *ratio, double *phi, int *code);

#endif
