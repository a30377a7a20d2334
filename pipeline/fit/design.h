/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * design.h - what a formula means to a model.
 *
 *     outcome       Surv(time, status), Surv(start, stop, status) - status 0 and 1, or 0 and the numbers of competing
 *                   causes -, one column of 0 and 1, of counts or of numbers, or of studies estimate, std_error or events/n
 *
 * For models that compare groups:
 *
 *     groups        columns and factor(column) or factor(column, ref='level'): their combinations are the arms
 *     strata(...)   columns whose combinations are the strata
 *     1             one group
 *
 * For regressions the right side is a sum of terms (terms.h).  Everything else of the formula language is refused
 * with its place and with what the model takes.
 */
#ifndef FIT_DESIGN_H
#define FIT_DESIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "fit/formula.h"

struct terms;

enum design_outcome {
    OUTCOME_SURVIVAL,  /* Surv(), status 0 or 1 */
    OUTCOME_COMPETING, /* Surv(), status 0 or the number of a cause */
    OUTCOME_STATES,    /* Surv(), status a state that is entered; 0 or 'none': no state */
    OUTCOME_INTERVAL,  /* Surv(left, right, type='interval2') */
    OUTCOME_LIFETIME,  /* either Surv() without start, or an interval */
    OUTCOME_EVENT,     /* one column of 0 and 1 */
    OUTCOME_COUNT,     /* one column of 0, 1, 2, ... */
    OUTCOME_NUMBER,    /* one column of numbers */
    OUTCOME_ARM,       /* one column of two levels, of which the second is compared with the first: groups[0] */
    OUTCOME_STUDIES    /* estimate, std_error; or events/n, with groups of one factor and studies as strata */
};

/** A column that divides rows into groups. */
struct design_factor {
    const char *column;    /* points into the formula */
    const char *reference; /* level that comes first, or NULL */
    size_t at;             /* byte of the formula */
};

struct design {
    const struct formula *formula;
    enum design_outcome outcome;
    const char *entry;  /* column; NULL: at risk from the start */
    const char *time;   /* column; NULL for OUTCOME_EVENT; the lower end of an interval */
    const char *upper;  /* column; the upper end of an interval, else NULL */
    const char *status; /* column of 0 and 1, of 0 and causes, of counts, numbers, or of states; NULL for intervals */
    const char *std_error; /* OUTCOME_STUDIES: column beside status, the estimate; or NULL, and then */
    const char *trials;    /* column beside status, the events */
    size_t n_groups;
    struct design_factor *groups;
    size_t n_strata;
    struct design_factor *strata;
    struct terms *terms; /* of a regression, else NULL */
};

/** Reads a formula for the model of this name; the formula must outlive the design.  NULL after telling. */
struct design *design_read(const struct formula *formula, const char *model, enum design_outcome outcome,
                           bool regression);
void design_free(struct design *design); /* NULL is fine */

#endif
