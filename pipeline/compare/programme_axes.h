/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * programme_axes.h - which programme and which period each person of the cohort belongs to.
 *
 * Programmes stand in byte order of their names, numbers in their order as numbers; who has none is in "no programme
 * recorded", which stands last.  Periods run without a gap from the first to the last one in which anybody entered.
 */
#ifndef COMPARE_PROGRAMME_AXES_H
#define COMPARE_PROGRAMME_AXES_H

#include "compare/analyses.h"

enum { PROGRAMMES_MAX = 100000, PERIODS_MAX = 2400, PERIOD_NAME_SIZE = 24 };

struct programme_axes {
    size_t n;             /* rows of the cohort */
    int32_t *programme;   /* [n] */
    int32_t *period;      /* [n]; -1 where the date is missing: in no period */
    int32_t *day;         /* [n] days since 1970-01-01; INT32_MIN where missing */
    size_t n_programmes, n_periods;
    char **names;         /* [n_programmes] */
    char (*periods)[PERIOD_NAME_SIZE]; /* [n_periods] "2019-03", "2019-Q1", "2019" */
    int first_period;                  /* its number, for programme_axes_period */
};

/** member: population:NAME of the cohort.  -1 after telling; free in any case. */
int programme_axes_find(const struct analyses_input *input, const struct column *member, struct programme_axes *axes);
/** The period that holds this day, as an index into periods; negative, or n_periods and more, for a day outside of them. */
ptrdiff_t programme_axes_period(const struct programme_axes *axes, const struct study_dashboard *dashboard, int32_t day);

void programme_axes_free(struct programme_axes *axes);

#endif
