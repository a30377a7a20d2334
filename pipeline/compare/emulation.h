/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * emulation.h - an analysis of `strategies`: other people, arms and days in the place of those of the cohort.
 *
 * What the rest of a comparison reads - a study with its arms, a cohort, an outcome - is made anew, and nothing else need know:
 *
 *     landmark   who is seen beyond day L without an event, in the strategy that he has followed until then; days count from L.
 *                Everything that can be done with arms can be done with these
 *     clones     everybody once in each strategy, until he departs from it (stats/clone_weights.h).  The analysis has one
 *                adjustment, which stands for the weights; members of a cluster, and clones of one person, go together
 *
 * People who did the act before day 0 could never be in a strategy: they are left out, and counted, as is everybody else who
 * is, in table `strategies`:
 *
 *     analysis outcome population strategy step n       strategy "": of all together
 *     people            asked about: in the population, with the outcome known and `people` true
 *     undecided         `people` lacks a value                      done before      before day 0
 *     (landmark)        event by day L, lost by day L, follows none, follows (by strategy)
 *     (clones)          by strategy: departs; event, lost, before the strategy was decided; follows
 */
#ifndef COMPARE_EMULATION_H
#define COMPARE_EMULATION_H

#include "compare/analyses.h"

struct emulation {
    struct study study;               /* whose arms are the strategies */
    struct study_analysis analysis;
    struct study_adjustment clones;   /* the adjustment of an analysis by clones */
    const struct study_strategies *strategies;
    struct table *cohort, *outcome;
    struct table **outcomes;          /* [study.n_outcomes] `outcome` in its place */
    struct analyses_input input;
    char withheld[160];               /* why it is not identified; "" when it is */
};

struct table *strategies_alloc(void); /* the empty table; NULL after telling */

/** Makes it, and adds its rows to table `strategies`.  -1 after telling; free in any case.  O(people * strategies). */
int emulation_make(const struct analyses_input *input, const struct study_analysis *analysis, size_t outcome,
                   size_t population, struct emulation *emulation, struct table *strategies);
void emulation_free(struct emulation *emulation);

/** Says in rows from `first` on what numbers of a landmark, or of clones without weights, rest on.  -1 after telling. */
int emulation_mark(const struct emulation *emulation, struct table *table, size_t first);

/** The rows of an analysis that is not identified, each with the reason.  -1 after telling. */
int emulation_withhold(const struct emulation *emulation, size_t outcome, size_t population, struct analyses *analyses);

/** Clones: the day on which each row's person does the act, INFINITY when it is not seen; the cohort's row. */
double emulation_act(const struct table *records, const struct study_strategies *strategies, size_t record);

#endif
