/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fit_design.h - the people of a site as numbers: the columns that a round asks for, and their days.
 */
#ifndef SITES_FIT_DESIGN_H
#define SITES_FIT_DESIGN_H

#include "sites/fit_rows.h"
#include "sites/round.h"
#include "stats/leaving.h"

struct fit_design {
    size_t n, p;
    double *x;               /* [n * p] */
    size_t n_day;            /* distinct days by stratum */
    double *day;             /* [n_day] */
    int32_t *stratum;        /* [n_day] */
    uint32_t *position, *entry; /* [n] entry NULL when nobody enters late */
};

/** day and what follows it are NULL of yes or no.  -1 after telling; free in any case. */
int fit_design_make(const struct fit_rows *rows, const struct round_fit *fit, struct fit_design *design);
void fit_design_free(struct fit_design *design);

/** The rows as leaving.h takes them. */
struct leaving_rows fit_design_leaving(const struct fit_rows *rows, const struct fit_design *design);

/** The name of a stratum of the formula, from one of its rows; caller frees.  NULL after telling. */
char *fit_stratum_name(const struct fit_rows *rows, int32_t stratum);

/**
 * May sums at these coefficients be told?  Not when there are fewer than `threshold` people a column, or when one person has
 * more than half of a sum.  NULL: they may; else why not.
 */
const char *fit_design_refuses(const struct fit_rows *rows, const struct fit_design *design, const double *beta,
                               int64_t threshold);

#endif
