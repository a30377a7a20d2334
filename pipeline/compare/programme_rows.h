/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * programme_rows.h - inside programmes.c: signals, and the rows of both tables.
 */
#ifndef COMPARE_PROGRAMME_ROWS_H
#define COMPARE_PROGRAMME_ROWS_H

#include "compare/case_mix.h"
#include "compare/programme_axes.h"
#include "compare/programme_chart.h"
#include "stats/funnel.h"

struct programme_measure {
    const struct study *study;
    const struct dashboard_measure *measure;
    const char *time_units; /* of the outcome's times: "days" */
    int64_t n_not_due, n_missing;
    enum case_mix_state case_mix;
    struct funnel_dispersion dispersion;
};

/** Sets z, limits and signals of all cells.  -1 after telling. */
int programme_signals(const struct study_dashboard *dashboard, const struct programme_axes *axes,
                      struct programme_cell *cells, struct programme_measure *measure);

/** "retained_90": what the rows of a measure are called.  Caller frees; NULL after telling. */
char *programme_measure_id(const struct study *study, const struct dashboard_measure *measure);

struct table *programme_measures_alloc(void); /* NULL after telling */
struct table *programme_cells_alloc(const struct study *study, const struct programme_axes *axes);

/* -1 after telling.  m: place of the measure in the study. */
int programme_measure_add(const struct programme_measure *measure, const struct programme_cell *all, size_t m,
                          const struct programme_axes *axes, struct table *table);
int programme_cells_add(const struct programme_axes *axes, const struct programme_cell *cells, size_t m,
                        struct table *table);

#endif
