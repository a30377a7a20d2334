/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands out in a dashboard: between programmes by the funnel, within one by its control chart. */
#include "compare/programme_rows.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/programme_chart.h"

static const double winsor = 0.1;

/* Room for the arrays that kernels take. */
struct room {
    double *observed, *expected, *variance, *spare, *z;
};

static int room_alloc(struct room *room, size_t n)
{
    *room = (struct room){0};
    return (room->observed = allocate(n, sizeof *room->observed)) == NULL ||
                   (room->expected = allocate(n, sizeof *room->expected)) == NULL ||
                   (room->variance = allocate(n, sizeof *room->variance)) == NULL ||
                   (room->spare = allocate(n, sizeof *room->spare)) == NULL ||
                   (room->z = allocate(n, sizeof *room->z)) == NULL
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

static int within_programme(const struct study_dashboard *dashboard, const struct dashboard_measure *measure,
                            const struct programme_axes *axes, const char *programme, struct programme_cell *periods)
{
    const struct control_options options = options_of(dashboard, measure);
    struct programme_phase phases[PHASES_MAX];
    const size_t n = programme_phases_find(dashboard, axes, measure->outcome, programme, phases);

    return programme_chart(&options, (dashboard->charts.rules & RULE_BEYOND) != 0, phases, n, periods, axes->n_periods);
}

int programme_signals(const struct study_dashboard *dashboard, const struct programme_axes *axes,
                      struct programme_cell *cells, struct programme_measure *measure)
{
    const size_t width = axes->n_periods + 1;
    struct room room;
    int status = room_alloc(&room, axes->n_programmes + 1);

    for (size_t c = 0; c < (axes->n_programmes + 1) * width; c++)
        cells[c].z = cells[c].centre = cells[c].low = cells[c].high = cells[c].factor = NAN;
    if (status == 0)
        status = between_programmes(dashboard, axes, cells, &room, measure);
    for (size_t p = 0; status == 0 && p <= axes->n_programmes; p++)
        status = within_programme(dashboard, measure->measure, axes, p == 0 ? "" : axes->names[p - 1], cells + p * width + 1);
    room_free(&room);
    return status;
}
