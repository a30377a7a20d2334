/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * wanted.h - which numbers an analysis asks for: its measures at its horizons, and what its verdicts need.
 */
#ifndef COMPARE_WANTED_H
#define COMPARE_WANTED_H

#include "compare/contrast.h"

struct wanted {
    enum measure measure;
    struct horizon horizon;
};

struct wanted_list {
    size_t n;
    struct wanted *items;
};

/**
 * The numbers of one outcome, each once: first those of single arms (also the parts that contrasts are made of),
 * then contrasts, then tests; within a kind in the order of the measures, then of the days.
 */
int wanted_collect(const struct study *study, const struct study_analysis *analysis, size_t outcome,
                   struct wanted_list *list); /* -1 after telling */
void wanted_free(struct wanted_list *list);

/** Is it a test of arms, and no number of one or two of them? */
bool wanted_is_test(enum measure measure);

/** The horizon of a margin: its day, or the analysis' tau for restricted means. */
struct horizon margin_horizon(const struct study_analysis *analysis, const struct study_margin *margin);

#endif
