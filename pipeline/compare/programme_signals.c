/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands out in a dashboard: between programmes by the funnel, within one by its control chart. */
#include "compare/programme_rows.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/programme_phases.h"
#include "stats/control_chart.h"
#include "stats/distribution.h"

enum { PEOPLE_A_PERIOD = 10, PERIODS_LEAST = 8 };

static const double winsor = 0.1, far_tail = 0.001, tail = 0.025;

/* Room for the arrays that kernels take. */
struct room {
    double *observed, *expected, *variance, *spare, *z;
    struct control_point *points;
};

static int room_alloc(struct room *room, size_t n)
{
    *room = (struct room){0};
    return (room->observed = allocate(n, sizeof *room->observed)) == NULL ||
                   (room->expected = allocate(n, sizeof *room->expected)) == NULL ||
                   (room->variance = allocate(n, sizeof *room->variance)) == NULL ||
                   (room->spare = allocate(n, sizeof *room->spare)) == NULL ||
                   (room->z = allocate(n, sizeof *room->z)) == NULL ||
                   (room->points = allocate(n, sizeof *room->points)) == NULL
               ? -1
               : 0;
}

static void room_free(struct room *room)
{
    free(room->observed);
    free(room->expected);
    free(room->variance);
    free(room->spare);
    free(room->z);
    free(room->points);
}

static int between_programmes(const struct study_dashboard *dashboard, const struct programme_axes *axes,
                              struct programme_cell *cells, struct room *room, struct programme_measure *measure)
{
    static const enum funnel_model models[] = {[SPREAD_NONE] = FUNNEL_CHANCE,
                                               [SPREAD_MULTIPLICATIVE] = FUNNEL_MULTIPLICATIVE,
                                               [SPREAD_ADDITIVE] = FUNNEL_ADDITIVE};
    const struct funnel_options options = {models[dashboard->spread], winsor};
    const size_t width = axes->n_periods + 1;
    int status;

    for (size_t p = 0; p < axes->n_programmes; p++) {
        const struct programme_cell *cell = &cells[(p + 1) * width];
        room->observed[p] = (double)cell->n_event;
        room->expected[p] = cell->expected;
        room->variance[p] = cell->variance;
    }
    status = funnel_solve(room->observed, room->expected, room->variance, axes->n_programmes, &options, room->spare,
                          room->z, &measure->dispersion);
    if (status != GSL_SUCCESS)
        return fail("dashboard: funnel: %s", gsl_strerror(status));
    for (size_t p = 0; p < axes->n_programmes; p++)
        cells[(p + 1) * width].z = room->z[p];
    return 0;
}

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
static size_t baseline_of(const struct programme_phase *phase, const struct room *room)
{
    size_t n = 0;

    for (size_t q = phase->first; q < phase->baseline_end; q++)
        n += room->expected[q] > 0;
    return phase->baseline_end == phase->end ? 0 : n;
}

static struct control_options options_of(const struct study_dashboard *dashboard, const struct dashboard_measure *measure)
{
    const unsigned int rules = dashboard->charts.rules;

    return (struct control_options){
        .kind = measure->chart == CHART_RUN ? CONTROL_RUN_CHART : dashboard_is_rate(measure) ? CONTROL_U : CONTROL_P,
        .laney = measure->chart == CHART_LANEY_P || measure->chart == CHART_LANEY_U,
        .run = rules & RULE_RUN ? dashboard_run(dashboard, measure) : 0,
        .trend = rules & RULE_TREND ? dashboard_trend(dashboard, measure) : 0,
        .near_limit = (rules & RULE_NEAR) != 0};
}

static void copy_points(const struct study_dashboard *dashboard, const struct programme_phase *phase, size_t number,
                        const struct room *room, struct programme_cell *periods)
{
    const unsigned int told = dashboard->charts.rules & RULE_BEYOND ? ~0U : ~(unsigned int)CONTROL_BEYOND;
    const bool has_limits = has_baseline(phase, periods);

    for (size_t q = phase->first; q < phase->end; q++) {
        const struct control_point *point = &room->points[q];
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

static int within_programme(const struct study_dashboard *dashboard, const struct dashboard_measure *measure,
                            const struct programme_axes *axes, const char *programme, struct programme_cell *periods,
                            struct room *room)
{
    const struct control_options options = options_of(dashboard, measure);
    struct programme_phase phases[PHASES_MAX];
    struct control_phase kernel[PHASES_MAX];
    const size_t n = programme_phases_find(dashboard, axes, measure->outcome, programme, phases);
    int status;

    if (n == 0)
        return 0;
    for (size_t q = 0; q < axes->n_periods; q++) {
        room->observed[q] = (double)periods[q].n_event;
        room->expected[q] = dashboard_is_rate(measure) ? periods[q].time : (double)periods[q].n;
    }
    for (size_t i = 0; i < n; i++)
        kernel[i] = (struct control_phase){phases[i].first, baseline_of(&phases[i], room)};
    status = control_chart_solve(room->observed, room->expected, axes->n_periods, kernel, n, &options, room->spare,
                                 room->points);
    if (status != GSL_SUCCESS)
        return fail("dashboard: control chart: %s", gsl_strerror(status));
    for (size_t i = 0; i < n; i++)
        copy_points(dashboard, &phases[i], i + 1, room, periods);
    return 0;
}

int programme_signals(const struct study_dashboard *dashboard, const struct programme_axes *axes,
                      struct programme_cell *cells, struct programme_measure *measure)
{
    const size_t width = axes->n_periods + 1;
    const size_t most = axes->n_programmes > axes->n_periods ? axes->n_programmes : axes->n_periods;
    struct room room;
    int status = room_alloc(&room, most + 1);

    for (size_t c = 0; c < (axes->n_programmes + 1) * width; c++)
        cells[c].z = cells[c].centre = cells[c].low = cells[c].high = cells[c].factor = NAN;
    if (status == 0)
        status = between_programmes(dashboard, axes, cells, &room, measure);
    for (size_t p = 0; status == 0 && p <= axes->n_programmes; p++)
        status = within_programme(dashboard, measure->measure, axes, p == 0 ? "" : axes->names[p - 1], cells + p * width + 1, &room);
    room_free(&room);
    return status;
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
