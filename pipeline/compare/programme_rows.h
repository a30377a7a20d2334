/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * programme_rows.h - inside programmes.c: signals, and the rows of both tables.
 */
#ifndef COMPARE_PROGRAMME_ROWS_H
#define COMPARE_PROGRAMME_ROWS_H

#include "compare/case_mix.h"
#include "compare/programme_axes.h"
#include "stats/funnel.h"

/* A programme (or all) in a period (or all). */
struct programme_cell {
    int64_t n, n_event, n_unknown;
    int64_t expected_units, variance_units; /* of 2^-30 */
    int64_t time_units;                     /* of 2^-12 days, of a rate */
    double expected, variance, time;
    double z, centre, low, high, factor; /* NAN where there is none */
    unsigned int signals;                /* enum control_signal */
    int side;
    size_t phase;                        /* from 1; 0: over all periods */
    bool in_baseline;                    /* the limits of the phase are taken from it */
};

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

/** "above 95 %", "below the limits, run below"; "" where nothing stands out.  In the caller's room. */
enum { SIGNAL_SIZE = 128 };
const char *programme_signal_words(const struct programme_cell *cell, char out[static SIGNAL_SIZE]);

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
