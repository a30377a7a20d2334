/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted_part.h - an adjusted number of one arm with its linear part: what all contrasts and variances are made of.
 *
 *     value - truth  ~  sum_i phi_i,      var value = sum phi_i^2, within clusters first (stats/influence.h)
 *
 * A contrast g(v1, v0) has the linear part g1 phi1 + g0 phi0, so two arms that share a propensity, a model of the outcome
 * or people of one programme are never taken as independent.
 */
#ifndef COMPARE_ADJUSTED_PART_H
#define COMPARE_ADJUSTED_PART_H

#include "compare/contrast.h"
#include "compare/pair_weights.h"

/** What is read of an arm. */
struct part_of_arm {
    enum measure measure; /* survival, risk, cumulative_incidence, rmst or mean */
    size_t cause;         /* of risk and cumulative_incidence */
    struct horizon horizon;
};

struct adjusted_part {
    double value;
    double *phi;        /* [n] of the pair's rows */
    int64_t n_event;    /* people used who had the event by then */
    bool defined;
    char note[NOTE_SIZE];
};

/** The standard error of what is read of a curve from one of its times on. */
struct known_error {
    uint8_t treated;
    size_t cause;  /* 0: any, where there are several */
    size_t place;  /* of the time */
    double error;
};

/** Weighted Kaplan-Meier and Aalen-Johansen curves of both arms, solved once, and some errors of numbers read of them. */
struct weighted_curves {
    const struct pair_weights *weights;
    struct weighted_curve *curve[2]; /* by treated; NULL for yes or no and values */
    size_t n_known;
    struct known_error known[32];
};

/** Keeps an error of a survival or a risk while there is room; does nothing for other numbers. */
void weighted_curves_know(struct weighted_curves *curves, const struct part_of_arm *what, uint8_t treated, double error);

/** Is that of the same step of the curve kept? */
bool weighted_curves_knows(const struct weighted_curves *curves, const struct part_of_arm *what, uint8_t treated, double *error);

int weighted_curves_solve(const struct pair_weights *weights, struct weighted_curves *curves); /* -1 after telling */
void weighted_curves_free(struct weighted_curves *curves);

/** -1 after telling; what does not exist is undefined with a note.  part->phi [n] is the caller's. */
int weighted_part(const struct weighted_curves *curves, const struct part_of_arm *what, uint8_t treated,
                  struct adjusted_part *part);

/**
 * Variance of a sum of linear parts a phi1 + b phi0 (phi0 NULL: of phi1 alone): by matched set and cluster where there are
 * any, so that both count.  NaN when it does not exist.  work [n].  -1 after telling.
 */
int adjusted_variance(const struct pair_rows *rows, const struct pair_weights *weights, double a, const double *phi1, double b,
                      const double *phi0, double *work, double *variance);

#endif
