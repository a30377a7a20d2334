/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * clone_weights.h - strategies of treatment that become apparent only later: clones, censoring when they depart, weights.
 *
 * Everybody is put into every strategy on day 0 (a clone), since nobody has yet departed from any.  A strategy says on which
 * days something, the act, must be or must not be done; `act` is the day on which a person does it:
 *
 *     avoid_until A     who acts on a day <= A departs on that day
 *     by N              who has not acted by the end of day N departs then: N is the end of the grace period
 *
 * From that day on the clone is censored.  Events come first: whoever has one on the day of departing had not departed.  Those
 * who go on stand for those who departed, by the inverse of their chance of going on, given what was known on day 0:
 *
 *     W_i(t) = prod_{u < t, u <= A} 1 / (1 - h_iu)  x  1 / p_i where t > N
 *
 *     h_iu   chance of acting on day u, of those who have not acted and were seen on it without an event: a pooled logistic
 *            regression with a coefficient for each day on which somebody acts, and the covariates
 *     p_i    chance of acting by day N, of those seen on day N without an event who had not acted before its last `period`
 *            days: a logistic regression.  Who acted before those days weighs 1 there, who acts in them 1 / p_i
 *
 * With period > N, all who act in the grace period stand for all who wait to its end: then what becomes of a person after N
 * must depend on the covariates and on having acted, not on how long before.  With period 1 only those who act on the last
 * day stand for them: nothing is assumed, and the weights are large.
 *
 * Without covariates weights are the same for everybody at risk, and curves are those of Kaplan-Meier on the clones.
 *
 * Weights change with time, so a clone is one row of (entry, exit] for each: rows that weighted_curve.h takes.  Its derivatives d
 * by the weight of a row become the linear part of a number by person, with what estimating both regressions adds
 * (influence.h); strategies of the same people are added by person before they are squared.
 *
 * Hernan, Sauer, Hernandez-Diaz, Platt & Shrier 2016, doi:10.1016/j.jclinepi.2016.04.014; Hernan 2018, doi:10.1136/bmj.k182;
 * Maringe et al. 2020, doi:10.1093/ije/dyaa057; Gaber et al. 2024, doi:10.1002/cam4.70461.
 */
#ifndef STATS_CLONE_WEIGHTS_H
#define STATS_CLONE_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/glm.h"

struct clone_rule {
    double avoid_until; /* -1: the act is free; INFINITY: never */
    double by;          /* INFINITY: no need to act */
    double period;      /* >= 1 days */
};

/**
 * clone_cut - where a person's clone ends: *time and *cause (0: no event) become those of the clone.  act: INFINITY when it is
 * not seen.  True when the clone departs.  On the last day that a person is seen, a departure is told from a loss by the act.
 */
bool clone_cut(const struct clone_rule *rule, double act, double *time, int32_t *cause);

/** Clones of one strategy, after clone_cut. */
struct clone_rows {
    size_t n;
    const double *time;      /* [n] finite, >= 0 */
    const int32_t *cause;    /* [n] 0: departed, or lost */
    const double *act;       /* [n] >= 0; INFINITY: not seen to act */
    const double *frequency; /* [n] >= 0; NULL: 1 */
    const struct design_matrix *design; /* covariates of the n clones; p = 0 is fine */
    const struct reducer *reducer; /* clones lie in several places (reducer.h), those of each with the same columns; NULL: all are here */
};

/** A logistic regression on rows of its own: clones at risk, or days of clones. */
struct clone_model {
    size_t n;               /* rows here */
    int64_t n_of[2];        /* rows of y 0 and 1 in all places; both 0, and no fit: nobody could depart, or nobody did */
    uint32_t *clone;        /* [n] whose row it is */
    uint32_t *after;        /* [n] first of the clone's weighted rows that come after it */
    double *y, *frequency;  /* [n]; frequency NULL: 1 */
    struct design_matrix design; /* of the fit; behind it but days are left */
    struct glm_data data;
    struct glm_fit *fit;
    void *memory, *covariates;
};

struct clone_weights {
    size_t n;               /* weighted rows here, those of a clone one after the other in time */
    uint32_t *entry, *place; /* [n] places on the axis; WEIGHTED_FROM_START */
    int32_t *cause;         /* [n] */
    double *weight;         /* [n] with frequencies */
    bool *held;             /* [n] truncated */
    uint32_t *clone;        /* [n] */
    double *last;           /* [n clones] weight of who still follows when no departing is left to come; else 0 */
    struct clone_model avoid, act;
    size_t n_clone;         /* here */
    size_t n_everywhere;    /* weighted rows in all places, of which all else is said: */
    size_t n_all, n_departed, n_following; /* clones */
    size_t n_unfollowed;    /* clones that departed though, by the covariates, nobody like them follows */
    double effective;       /* (sum last)^2 / sum last^2 */
    double largest_share;   /* of one clone in sum last */
    double largest_weight;
    size_t n_held;          /* clones */
    size_t n_threads;
    const struct reducer *reducer;
};

/**
 * clone_weights_alloc - fits both regressions and makes the rows.
 *
 * axis        [n_axis] strictly increasing days on which curves have places; every time without a departure stands on it
 * truncate    quantile of the weights of those who follow at which larger ones are held; 1: none
 * n_threads   at least 1; changes no bit
 *
 * GSL_SUCCESS; GSL_EDOM when nobody follows the strategy to where it ends; GSL_EINVAL for numbers that are not as said;
 * GSL_ENOMEM.  On error *weights is NULL.  The rows of `avoid` are days of clones: n times the days on which somebody acts.
 *
 * Of clones in several places the days are those on which somebody anywhere acts, and sums go between places: those of both
 * regressions (glm.h), none by day beside, however many people there are.
 */
int clone_weights_alloc(const struct clone_rows *rows, const struct clone_rule *rule, const double *axis, size_t n_axis,
                        double truncate, size_t n_threads, struct clone_weights **weights);
void clone_weights_free(struct clone_weights *weights); /* NULL is fine */

/**
 * clone_weights_influence - the linear part of a number, by clone.
 *
 * d      [weights->n] derivative of the number by the weight of each row, finite
 * phi    output [n clones]
 *
 * Called in all places, each with the slopes of its rows.  GSL_SUCCESS, GSL_ENOMEM, GSL_EINVAL.
 */
int clone_weights_influence(const struct clone_weights *weights, const double *d, double *phi);

/** The same of several numbers, in as many messages as of one: d and phi [n_d] of [weights->n] and [n clones] each. */
int clone_weights_influence_each(const struct clone_weights *weights, const double *const *d, size_t n_d, double *const *phi);

#endif
