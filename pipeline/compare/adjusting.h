/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusting.h - between the parts of adjusted.h: one adjustment of one pair of arms while it is computed.
 *
 *     adjusted.c           who is used, what must be flagged or withheld; runs the others
 *     adjusted_rows.c      the rows of its numbers in table estimates, and how they are worded
 *     adjusted_poisson.c   risk ratios by modified Poisson regression
 *     adjusted_contrast.c  numbers of an arm and of the pair from their linear parts
 *     adjusted_losses.c    ratios of hazards under `censoring`
 *     adjusted_kept.c      numbers kept for verdicts
 *     adjusted_bootstrap.c limits by resampling
 *     score_effects.c      effects by stratum of the score
 *     clones.c             weights, gates and numbers of strategies by clones
 */
#ifndef COMPARE_ADJUSTING_H
#define COMPARE_ADJUSTING_H

#include "compare/adjusted.h"
#include "compare/adjusted_gates.h"
#include "compare/adjusted_part.h"
#include "compare/pair_losses.h"
#include "compare/standardised_part.h"

struct clones;

/* People of the reference and of the arm, with those weights, who are not left out. */
struct used_people {
    const double *weight;
    const bool *left_out;
    bool known;
    int64_t n[2];
};

struct adjusting {
    struct comparison *c;
    const struct wanted_list *wanted;
    const struct people *people;
    const struct adjusted_tables *tables;
    size_t index;                    /* of the adjustment in the analysis */
    const struct study_adjustment *how;
    bool one_pair;
    bool warned;                     /* of a model with too few events */
    struct pair_rows rows;
    struct pair_weights weights;     /* empty for ADJUST_REGRESSION, ADJUST_MODIFIED_POISSON */
    struct weighted_curves curves;   /* of weights alone */
    struct standardising models;     /* of the outcome: ADJUST_REGRESSION, ADJUST_DOUBLY_ROBUST, ADJUST_MODIFIED_POISSON */
    struct pair_losses losses;       /* of `censoring`; else empty */
    struct clones *clones;           /* ADJUST_CLONES, else NULL */
    struct adjusted_gates gates;     /* of all numbers */
    struct adjusted_gates part_gates; /* of those that are computed now: gates, and what their models lack */
    double *work;                    /* [n] */
    struct used_people used;         /* of adjusting_people */
    char method[200], term[32]; /* of the row that is made */
};

/** Has it a regression of the outcome? */
bool adjusting_models(const struct adjusting *a);

/** The arm of the pair, or its reference. */
const char *adjusting_arm(const struct adjusting *a, int treated);

/** People used of one arm, or of both (treated -1); ranks add them up once for all numbers of the same weights. */
int64_t adjusting_people(struct adjusting *a, int treated);

/** Those of them with the event of a time that is read. */
int64_t adjusting_events(const struct adjusting *a);

/** All numbers of the pair are withheld, for one reason.  -1 after telling. */
int adjusting_withhold(struct adjusting *a, const char *why);

/* adjusted_rows.c; -1 after telling */
int adjusting_add_arm(struct adjusting *a, const struct part_of_arm *what, bool treated, const struct number *number);
int adjusting_add_pair(struct adjusting *a, enum measure measure, struct horizon horizon, const struct number *number);

int adjusting_add_resampled(struct adjusting *a, enum measure measure, struct horizon horizon, const struct number *number,
                            const char *term, const char *method);

/* adjusted_contrast.c; -1 after telling */
int adjusting_number_of_arm(struct adjusting *a, const struct part_of_arm *what, bool treated,
                            const struct adjusted_part *part, struct number *number);
int adjusting_contrast(struct adjusting *a, enum measure measure, const struct adjusted_part part[2], struct number *number);
int adjusting_error(struct adjusting *a, double g1, const double *phi1, double g0, const double *phi0, double *error);

bool same_horizon(struct horizon a, struct horizon b);

#endif
