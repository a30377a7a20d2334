/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/programme_phases.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "compare/programme_rows.h"

/* ---- of one chart ------------------------------------------------------------------------------------------------ */

static bool is_named(const struct study_texts *names, const char *programme)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->items[i].text, programme) == 0)
            return true;
    return false;
}

static bool is_of(const struct dashboard_rebase *rebase, size_t outcome, const char *programme)
{
    return (rebase->outcome == SIZE_MAX || rebase->outcome == outcome) &&
           (rebase->programmes.n == 0 || is_named(&rebase->programmes, programme));
}

static size_t place_of(const struct programme_axes *axes, const struct study_dashboard *dashboard, int32_t day)
{
    const ptrdiff_t period = programme_axes_period(axes, dashboard, day);

    return period < 0 ? 0 : (size_t)period;
}

/* Puts a phase in its place, or in that of one that begins with the same period. */
static size_t insert(struct programme_phase *phases, size_t n, struct programme_phase phase)
{
    size_t at = n;

    while (at > 0 && phases[at - 1].first >= phase.first)
        at--;
    if (at < n && phases[at].first == phase.first) {
        phases[at] = phase;
        return n;
    }
    memmove(&phases[at + 1], &phases[at], (n - at) * sizeof *phases);
    phases[at] = phase;
    return n + 1;
}

static int32_t freeze_of(const struct study_dashboard *dashboard, const struct programme_phase *phase)
{
    return phase->rebase == SIZE_MAX ? dashboard->charts.freeze : dashboard->charts.rebases[phase->rebase].freeze;
}

size_t programme_phases_find(const struct study_dashboard *dashboard, const struct programme_axes *axes, size_t outcome,
                             const char *programme, struct programme_phase phases[static PHASES_MAX])
{
    const struct dashboard_charts *charts = &dashboard->charts;
    size_t n = 0;

    if (axes->n_periods == 0)
        return 0;
    phases[n++] = (struct programme_phase){.first = 0, .rebase = SIZE_MAX};
    for (size_t i = 0; i < charts->n_rebases; i++) {
        const size_t first = place_of(axes, dashboard, charts->rebases[i].from);
        if (first < axes->n_periods && is_of(&charts->rebases[i], outcome, programme))
            n = insert(phases, n, (struct programme_phase){.first = first, .rebase = i});
    }
    for (size_t i = 0; i < n; i++) {
        const int32_t freeze = freeze_of(dashboard, &phases[i]);
        phases[i].end = phases[i].baseline_end = i + 1 < n ? phases[i + 1].first : axes->n_periods;
        if (freeze != INT32_MIN && programme_axes_period(axes, dashboard, freeze) + 1 < (ptrdiff_t)phases[i].end) {
            const ptrdiff_t end = programme_axes_period(axes, dashboard, freeze) + 1;
            phases[i].baseline_end = end < (ptrdiff_t)phases[i].first ? phases[i].first : (size_t)end;
        }
    }
    return n;
}

/* ---- the table ------------------------------------------------------------------------------------------------------ */

static int check_programmes(const struct study_dashboard *dashboard, const struct programme_axes *axes)
{
    for (size_t i = 0; i < dashboard->charts.n_rebases; i++) {
        const struct study_texts *names = &dashboard->charts.rebases[i].programmes;
        for (size_t k = 0; k < names->n; k++) {
            size_t p = 0;
            while (p < axes->n_programmes && strcmp(axes->names[p], names->items[k].text) != 0)
                p++;
            if (p == axes->n_programmes)
                return fail("dashboard: charts: rebase: there is no programme '%s'", names->items[k].text);
        }
    }
    return 0;
}

static int add_row(struct table *table, const char *measure, const char *programme, size_t number, const char *from,
                   const char *freeze, const char *because, const char *note)
{
    struct row_builder row = table_new_row(table);

    row_text(&row, "measure", measure);
    row_text(&row, "programme", programme);
    row_integer(&row, "phase", number == 0 ? MISSING_INTEGER : (int64_t)number);
    row_text(&row, "from", from);
    row_text(&row, "freeze", freeze);
    row_text(&row, "because", because);
    row_text(&row, "note", note);
    return row_end(&row);
}

static int add_begun(const struct study_dashboard *dashboard, const struct programme_axes *axes, const char *measure,
                     const char *programme, const struct programme_phase *phases, size_t n, struct table *table)
{
    for (size_t i = 0; i < n; i++) {
        const bool is_frozen = phases[i].baseline_end < phases[i].end, is_empty = phases[i].baseline_end == phases[i].first;
        if (add_row(table, measure, programme, i + 1, axes->periods[phases[i].first],
                    is_frozen && !is_empty ? axes->periods[phases[i].baseline_end - 1] : "",
                    phases[i].rebase == SIZE_MAX ? "" : dashboard->charts.rebases[phases[i].rebase].because.text,
                    is_empty ? "its baseline ends before its first period: no limits" : "") != 0)
            return -1;
    }
    return 0;
}

static int add_not_begun(const struct study_dashboard *dashboard, const struct programme_axes *axes, size_t outcome,
                         const char *measure, const char *programme, struct table *table)
{
    for (size_t i = 0; i < dashboard->charts.n_rebases; i++) {
        const struct dashboard_rebase *rebase = &dashboard->charts.rebases[i];
        if (is_of(rebase, outcome, programme) && place_of(axes, dashboard, rebase->from) >= axes->n_periods &&
            add_row(table, measure, programme, 0, "", "", rebase->because.text, "after the last period: not begun") != 0)
            return -1;
    }
    return 0;
}

/* Has the programme a phase that all together do not have? */
static bool has_own(const struct study_dashboard *dashboard, size_t outcome, const char *programme)
{
    for (size_t i = 0; i < dashboard->charts.n_rebases; i++)
        if (dashboard->charts.rebases[i].programmes.n > 0 && is_of(&dashboard->charts.rebases[i], outcome, programme))
            return true;
    return false;
}

static int add_measure(const struct study_dashboard *dashboard, const struct study *study, const struct programme_axes *axes,
                       const struct dashboard_measure *measure, struct table *table)
{
    struct programme_phase phases[PHASES_MAX];
    char *id = programme_measure_id(study, measure);
    int status = id == NULL ? -1 : 0;

    for (size_t p = 0; status == 0 && p <= axes->n_programmes; p++) {
        const char *programme = p == 0 ? "" : axes->names[p - 1];
        if (p > 0 && !has_own(dashboard, measure->outcome, programme))
            continue;
        const size_t n = programme_phases_find(dashboard, axes, measure->outcome, programme, phases);
        status = add_begun(dashboard, axes, id, programme, phases, n, table) != 0
                     ? -1
                     : add_not_begun(dashboard, axes, measure->outcome, id, programme, table);
    }
    free(id);
    return status;
}

struct table *programme_phases_table(const struct study_dashboard *dashboard, const struct study *study,
                                     const struct programme_axes *axes)
{
    static const struct {
        const char *name;
        enum column_type type;
        const char *label;
    } columns[] = {
        {"measure", COLUMN_TEXT, "Measure"},
        {"programme", COLUMN_TEXT, "Programme; empty: all together, and all that are not named"},
        {"phase", COLUMN_INT64, "Phase, from 1"},
        {"from", COLUMN_TEXT, "First period"},
        {"freeze", COLUMN_TEXT, "Last period that limits are taken from; empty: the last of the phase"},
        {"because", COLUMN_TEXT, "What was changed"},
        {"note", COLUMN_TEXT, "Note"},
    };
    struct table *table = table_alloc("programme_phases", "Phases of control charts");
    int status = table == NULL ? -1 : check_programmes(dashboard, axes);

    for (size_t k = 0; status == 0 && k < sizeof columns / sizeof columns[0]; k++)
        if (table_add_column(table, columns[k].name, columns[k].type, 1, columns[k].label, "") == NULL)
            status = -1;
    for (size_t m = 0; status == 0 && m < dashboard->n_measures; m++)
        status = add_measure(dashboard, study, axes, &dashboard->measures[m], table);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}
