/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * recurrent.h - events that recur, arranged so that a Cox regression with clusters of a person's rows answers.
 *
 *     Andersen-Gill   the days since time zero go on, every event is like the first: (entry, time], one stratum
 *     PWP total       the same days; a stratum for each number of events so far (Prentice, Williams & Peterson)
 *     PWP gap         days since the person's last event, or before one since the begin of observation; strata as before
 *
 * A row is a stretch (entry, time] of a person's observation, with an event at its end or not; a person may have many, and
 * gaps between them, but no overlaps.  Without entries a person's stretches follow each other: each begins where the one
 * before ended, the first at 0.
 *
 * In R: coxph(Surv(entry, time, event) ~ ..., cluster = id), with strata(enum) for PWP, and Surv(time - last, event) for gaps.
 * Andersen & Gill 1982, doi:10.1214/aos/1176345976; Prentice, Williams & Peterson 1981, doi:10.1093/biomet/68.2.373.
 */
#ifndef STATS_RECURRENT_H
#define STATS_RECURRENT_H

#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"

enum recurrent_arrangement { RECURRENT_ANDERSEN_GILL, RECURRENT_PWP_TOTAL, RECURRENT_PWP_GAP };

struct recurrent_rows {
    size_t n;
    double *entry, *time; /* [n] of the rows as they stood */
    int32_t *stratum;     /* [n] events of the person before this stretch; 0 for Andersen-Gill */
    size_t n_stratum;
};

/**
 * recurrent_alloc
 *
 * n           stretches, at least 1
 * entry       [n] finite and >= 0, < time; or NULL, as above
 * time        [n] finite and >= 0
 * event       [n] 0 or 1
 * id          [n] 0 .. n_id - 1: whose
 * status      output: GSL_SUCCESS; GSL_EINVAL for n = 0; GSL_EDOM for a value that is not as said, stretches of a person that
 *             overlap, and without entries two that end at the same time; GSL_ENOMEM
 *
 * NULL unless the status is GSL_SUCCESS.  O(n log n); the order of the rows does not matter.
 */
struct recurrent_rows *recurrent_alloc(size_t n, const double *entry, const double *time, const int32_t *event,
                                       const int32_t *id, size_t n_id, enum recurrent_arrangement arrangement,
                                       int *status);

/**
 * recurrent_alloc_all - the same of people who lie in several places (reducer.h), each with all of his stretches in one of them; n may
 * be 0 here, and id counts the people here.  The status, and n_stratum, are those of all.
 */
struct recurrent_rows *recurrent_alloc_all(size_t n, const double *entry, const double *time, const int32_t *event,
                                           const int32_t *id, size_t n_id, enum recurrent_arrangement arrangement,
                                           const struct reducer *reducer, int *status);
void recurrent_free(struct recurrent_rows *rows); /* NULL is fine */

#endif
