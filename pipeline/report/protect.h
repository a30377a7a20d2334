/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * protect.h - what is hidden with an unsafe count, so that it can be as large, or as small, as it must.
 *
 * Shown counts are moved until the unsafe one has come to `goal` and all relations hold again, at the least cost:
 *
 *     minimise    sum of weight * |d|             over the counts that are shown and may be hidden
 *     with        sum of coefficient * d = 0      in every relation
 *                 value + d >= at_least           for all that move; d = 0 where a count cannot be hidden
 *                 d = goal - value                for the unsafe one
 *
 * What is hidden already moves at no cost.  The shown counts that have moved, hidden together, let the unsafe one reach its
 * goal.  The weight of a count is its cost times log(2 + value): of two tables the smaller cell goes first.
 * One linear programme (GLPK), of the nearest counts: some 0.01 s of 1,500.
 *
 * The flow of Kelly, Golden & Assad 1992, Networks 22:397.
 */
#ifndef REPORT_PROTECT_H
#define REPORT_PROTECT_H

#include <stdbool.h>
#include <stddef.h>

#include "report/count_index.h"
#include "report/count_system.h"

/** So many counts near the unsafe one may move; where that does not suffice, so many. */
enum { AROUND_NEAR = 1500, AROUND_MAX = 6000 };

/** What one programme after the other needs. */
struct protector {
    const struct count_system *system;
    const struct count_index *index;
    size_t *column; /* [n_counts] of the programme; 0: it does not move */
    size_t *around; /* [AROUND_MAX] the counts that may */
    size_t n_around;
    bool *is_row;   /* [n_relations] it stands in the programme */
    size_t *found;  /* [AROUND_MAX] what is to be hidden, ascending */
    size_t n_found;
    int *indices;   /* [2 AROUND_MAX + 1] of a row */
    double *values;
    double *moved;  /* [AROUND_MAX] d of the counts around: with what was found hidden, a table that fits */
    double weight;  /* of all that was found together */
};

/** -1 after telling; protector_free in any case. */
int protector_start(struct protector *protector, const struct count_system *system, const struct count_index *index);
void protector_free(struct protector *protector);

/** What is lost when a count is hidden. */
double protect_weight(const struct count *count);

/**
 * Seeks what must be hidden for an unknown count to reach `goal`.  False: nothing near it helps.  True with n_found 0: it can
 * reach it already.
 */
bool protector_seek(struct protector *protector, size_t count, double goal);

/** When what was found is hidden: widens the known ranges ([n_counts] each, audit.h) by the table that was found. */
void protector_widen(const struct protector *protector, double *low, double *high);

/** Can a count be hidden, and does it protect when it is? */
bool count_can_be_hidden(const struct count_system *system, size_t count);

#endif
