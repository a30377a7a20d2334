/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * programme_chart.h - one programme over its periods: control limits phase by phase, and what stands out in words.
 */
#ifndef COMPARE_PROGRAMME_CHART_H
#define COMPARE_PROGRAMME_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compare/programme_phases.h"
#include "stats/control_chart.h"

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

/**
 * Sets phase, limits and signals of the periods, from n and n_event, of a u chart from time and n_event; a period without
 * people is no point.  Limits need a baseline of 8 periods with, on average, 10 people in each.
 *
 * beyond: are points beyond the limits told?  n_phases 0: nothing is set.  -1 after telling.
 */
int programme_chart(const struct control_options *options, bool beyond, const struct programme_phase *phases, size_t n_phases,
                    struct programme_cell *periods, size_t n_periods);

/** Observed over expected with its exact 95 % limits; all NAN where nothing is expected. */
struct programme_ratio {
    double ratio, conf_low, conf_high;
};
struct programme_ratio programme_ratio(int64_t n_event, double expected);

/** "above 95 %", "below the limits, run below"; "" where nothing stands out.  In the caller's room. */
enum { SIGNAL_SIZE = 128 };
const char *programme_signal_words(const struct programme_cell *cell, char out[static SIGNAL_SIZE]);

#endif
