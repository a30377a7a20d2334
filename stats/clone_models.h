/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * clone_models.h - between the parts of clone_weights.h: the regressions that the weights rest on, of clones in one place or in several.
 *
 *     clone_models.c       rows of both regressions, and their fits
 *     clone_weights.c      weighted rows, and what their weights are like
 *     clone_influence.c    linear parts of numbers
 */
#ifndef STATS_CLONE_MODELS_H
#define STATS_CLONE_MODELS_H

#include <math.h>

#include "stats/clone_weights.h"

static inline double clone_frequency(const struct clone_rows *rows, size_t i)
{
    return rows->frequency == NULL ? 1 : rows->frequency[i];
}

/* Seen on day u without an event until then: who could depart on it. */
static inline bool clone_is_seen(const struct clone_rows *rows, size_t i, double u)
{
    return rows->time[i] > u || (rows->time[i] == u && rows->cause[i] == 0);
}

static inline bool clone_departs_by_acting(const struct clone_rows *rows, const struct clone_rule *rule, size_t i)
{
    return rows->act[i] <= rule->avoid_until && rows->act[i] == rows->time[i] && rows->cause[i] == 0;
}

static inline bool clone_departs_by_waiting(const struct clone_rows *rows, const struct clone_rule *rule, size_t i)
{
    return isfinite(rule->by) && rows->act[i] > rule->by && rows->time[i] == rule->by && rows->cause[i] == 0;
}

/**
 * Days on which somebody anywhere departs by acting, ascending, and how many; none where acting departs from nothing.  days: malloc'ed,
 * freed by the caller in any case.  GSL_ENOMEM, GSL_EINVAL for too many, in all places alike.
 */
int clone_departing_days(const struct clone_rows *rows, const struct clone_rule *rule, double **days, size_t *n_day);

/** w->avoid, of those days, and w->act; n_unfollowed grows.  Without anybody who departs there is no fit.  Errors of clone_weights_alloc(). */
int clone_models_avoid(const struct clone_rows *rows, const struct clone_rule *rule, const double *days, size_t n_day,
                       struct clone_weights *w);
int clone_models_act(const struct clone_rows *rows, const struct clone_rule *rule, struct clone_weights *w);

void clone_model_free(struct clone_model *model);

#endif
