/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * glm_start.h - inside glm.c: where Newton's method begins for many rows.
 *
 * A sixteenth of the rows, chosen by a hash of their values so that their order does not matter, is fitted first.  Its maximum
 * lies within a few standard errors of that of all rows, so that these need few Gram matrices: one near the start, which serves
 * some steps, and one at the end.
 */
#ifndef STATS_GLM_START_H
#define STATS_GLM_START_H

#include "stats/glm_step.h"

struct glm_start {
    double *coef;    /* [p] on the scale of work->design */
    double *inverse; /* [p * p] inverse information of all rows, as the chosen ones suggest it */
    bool found;      /* false: too few rows, something is separated or aliased that is not in all rows, or no convergence */
};

/** work is after glm_derive at its first point, whose aliased columns it knows.  GSL_ENOMEM.  Clear in any case. */
int glm_start_find(const struct glm_work *work, struct glm_start *start);
void glm_start_clear(struct glm_start *start);

#endif
