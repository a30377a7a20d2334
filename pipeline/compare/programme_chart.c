/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/programme_chart.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/comparison.h"
#include "stats/distribution.h"
#include "stats/funnel.h"
#include "stats/standardised.h"

enum { PEOPLE_A_PERIOD = 10, PERIODS_LEAST = 8 };

static const double far_tail = 0.001, tail = 0.025;

/* Are there periods and people enough to take limits from? */
static bool has_baseline(const struct programme_phase *phase, const struct programme_cell *periods)
{
    const size_t n = phase->baseline_end - phase->first;
    int64_t people = 0;

    for (size_t q = phase->first; q < phase->baseline_end; q++)
        people += periods[q].n;
    return n >= PERIODS_LEAST && people >= PEOPLE_A_PERIOD * (int64_t)n;
}

/* Points with a size in the baseline; 0, which the kernel takes for all, where it is all of the phase. */
static size_t baseline_of(const struct programme_phase *phase, const double *size)
{
    size_t n = 0;

    for (size_t q = phase->first; q < phase->baseline_end; q++)
        n += size[q] > 0;
    return phase->baseline_end == phase->end ? 0 : n;
}

static void copy_points(bool beyond, const struct programme_phase *phase, size_t number, const struct control_point *points,
                        struct programme_cell *periods)
{
    const unsigned int told = beyond ? ~0U : ~(unsigned int)CONTROL_BEYOND;
    const bool has_limits = has_baseline(phase, periods);

    for (size_t q = phase->first; q < phase->end; q++) {
        const struct control_point *point = &points[q];
        periods[q].phase = number;
        periods[q].in_baseline = q < phase->baseline_end;
        if (!has_limits)
            continue;
        periods[q].centre = point->centre;
        periods[q].low = point->low;
        periods[q].high = point->high;
        periods[q].factor = point->factor;
        periods[q].signals = point->signals & told;
        periods[q].side = point->side;
    }
}

static int solve(const struct control_options *options, const struct programme_phase *phases, size_t n_phases,
                 const struct programme_cell *periods, size_t n_periods, double *room, struct control_point *points)
{
    double *const observed = room, *const size = room + n_periods;
    struct control_phase kernel[PHASES_MAX];

    for (size_t q = 0; q < n_periods; q++) {
        observed[q] = (double)periods[q].n_event;
        size[q] = options->kind == CONTROL_P || periods[q].time_units == 0 ? (double)periods[q].n : periods[q].time;
    }
    for (size_t i = 0; i < n_phases; i++)
        kernel[i] = (struct control_phase){phases[i].first, baseline_of(&phases[i], size)};
    return control_chart_solve(observed, size, n_periods, kernel, n_phases, options, room + 2 * n_periods, points);
}

int programme_chart(const struct control_options *options, bool beyond, const struct programme_phase *phases, size_t n_phases,
                    struct programme_cell *periods, size_t n_periods)
{
    double *room = allocate(3 * n_periods + 1, sizeof *room);
    struct control_point *points = allocate(n_periods + 1, sizeof *points);
    int status = room == NULL || points == NULL ? -1 : 0;

    if (status == 0 && n_phases > 0) {
        const int solved = solve(options, phases, n_phases, periods, n_periods, room, points);

        if (solved != GSL_SUCCESS)
            status = fail("dashboard: control chart: %s", gsl_strerror(solved));
        for (size_t i = 0; status == 0 && i < n_phases; i++)
            copy_points(beyond, &phases[i], i + 1, points, periods);
    }
    free(room);
    free(points);
    return status;
}

struct programme_ratio programme_ratio(int64_t n_event, double expected)
{
    struct standardised ratio;

    (void)standardised_ratio(n_event, expected, STANDARDISED_EXACT, CONF_LEVEL, &ratio);
    return (struct programme_ratio){ratio.ratio, ratio.conf_low, ratio.conf_high};
}

/* By its distance and, because few people make a normal approximation bold, by the exact limit of its count too. */
static bool is_outside(const struct programme_cell *cell, double probability)
{
    const double share = (double)cell->n_event / (double)cell->n, target = cell->expected / (double)cell->n;

    if (fabs(cell->z) <= normal_upper_quantile(probability))
        return false;
    if (cell->time > 0) { /* a rate: a Poisson count over its expectation */
        const double ratio = (double)cell->n_event / cell->expected;
        return cell->z > 0 ? ratio > funnel_poisson_limit(cell->expected, 1 - probability)
                           : ratio < funnel_poisson_limit(cell->expected, probability);
    }
    return cell->z > 0 ? share > funnel_binomial_limit(target, cell->n, 1 - probability)
                       : share < funnel_binomial_limit(target, cell->n, probability);
}

const char *programme_signal_words(const struct programme_cell *cell, char out[static SIGNAL_SIZE])
{
    const char *side = cell->side > 0 ? "above" : "below";
    size_t length = 0;

    if (!isnan(cell->z)) {
        if (!is_outside(cell, tail))
            return "";
        snprintf(out, SIGNAL_SIZE, "%s %s %%", cell->z > 0 ? "above" : "below", is_outside(cell, far_tail) ? "99.8" : "95");
        return out;
    }
    out[0] = '\0';
    if (cell->signals & CONTROL_BEYOND)
        length += (size_t)snprintf(out, SIGNAL_SIZE, "%s the limits", side);
    if (cell->signals & CONTROL_RUN)
        length += (size_t)snprintf(out + length, SIGNAL_SIZE - length, "%srun %s", length > 0 ? ", " : "", side);
    if (cell->signals & CONTROL_TREND)
        length += (size_t)snprintf(out + length, SIGNAL_SIZE - length, "%strend", length > 0 ? ", " : "");
    if (cell->signals & CONTROL_NEAR)
        snprintf(out + length, SIGNAL_SIZE - length, "%snear the %s limit", length > 0 ? ", " : "", cell->side > 0 ? "upper" : "lower");
    return out;
}
