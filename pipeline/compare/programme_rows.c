/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/programme_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* ---- programme_measures ---------------------------------------------------------------------------------------------- */

struct table *programme_measures_alloc(void)
{
    static const struct {
        const char *name;
        enum column_type type;
        const char *label, *units;
    } columns[] = {
        {"measure", COLUMN_TEXT, "Measure", ""},
        {"outcome", COLUMN_TEXT, "Outcome", ""},
        {"time", COLUMN_FLOAT64, "By day", "days"},
        {"share", COLUMN_TEXT, "Share of people with: event or no_event; or a rate", ""},
        {"label", COLUMN_TEXT, "What a reader calls it", ""},
        {"better", COLUMN_TEXT, "Which values are better", ""},
        {"n", COLUMN_INT64, "People whose state on the day is known", ""},
        {"n_event", COLUMN_INT64, "People who count", ""},
        {"n_unknown", COLUMN_INT64, "Lost from sight before the day", ""},
        {"n_not_due", COLUMN_INT64, "Entered too late for the day to be seen", ""},
        {"n_missing", COLUMN_INT64, "Left out by the outcome", ""},
        {"n_programme", COLUMN_INT64, "Programmes", ""},
        {"phi", COLUMN_FLOAT64, "Dispersion between programmes", ""},
        {"spread", COLUMN_TEXT, "How dispersion is counted", ""},
        {"adjusted", COLUMN_TEXT, "Covariates of what is expected", ""},
        {"note", COLUMN_TEXT, "Note", ""},
        {"chart", COLUMN_TEXT, "Chart over periods", ""},
        {"rules", COLUMN_TEXT, "Signals that are told of periods", ""},
        {"run", COLUMN_INT64, "Points on one side of the centre that are a run", ""},
        {"trend", COLUMN_INT64, "Points that rise or fall that are a trend", ""},
        {"person_time", COLUMN_FLOAT64, "Time under observation until the day, of a rate", "days"},
        {"time_units", COLUMN_TEXT, "Units of the time", ""},
    };
    struct table *table = table_alloc("programme_measures", "Measures of the dashboard");

    for (size_t k = 0; table != NULL && k < sizeof columns / sizeof columns[0]; k++)
        if (table_add_column(table, columns[k].name, columns[k].type, 1, columns[k].label, columns[k].units) == NULL) {
            table_free(table);
            return NULL;
        }
    return table;
}

/* "retention_90_without", "relapse_90_rate": caller frees. */
char *programme_measure_id(const struct study *study, const struct dashboard_measure *measure)
{
    const char *name = study->outcomes[measure->outcome].name.text, *without = measure->no_event ? "_without" : "";

    if (dashboard_is_rate(measure))
        return format_text("%s_%.0f_rate", name, measure->at.value);
    return measure->at.given ? format_text("%s_%.0f%s", name, measure->at.value, without) : format_text("%s%s", name, without);
}

static char *measure_label(const struct study *study, const struct dashboard_measure *measure)
{
    const struct study_outcome *outcome = &study->outcomes[measure->outcome];
    const char *name = outcome->label.text != NULL ? outcome->label.text : outcome->name.text;
    const char *without = measure->no_event ? "Not: " : "";

    if (measure->label.text != NULL)
        return copy_text(measure->label.text);
    if (dashboard_is_rate(measure))
        return format_text("%s, rate until day %.0f", name, measure->at.value);
    return measure->at.given ? format_text("%s%s, by day %.0f", without, name, measure->at.value)
                             : format_text("%s%s", without, name);
}

static char *adjusted_for(const struct programme_measure *measure)
{
    const struct study_texts *adjust = &measure->study->dashboard.adjust;
    char *text = copy_text("");

    for (size_t i = 0; text != NULL && measure->case_mix == CASE_MIX_ADJUSTED && i < adjust->n; i++) {
        char *longer = format_text("%s%s%s", text, i > 0 ? ", " : "", adjust->items[i].text);
        free(text);
        text = longer;
    }
    return text;
}

/* "beyond, run, trend": as the study names them, in this order; a run chart has no limits. */
static char *rules_of(const struct study_dashboard *dashboard, const struct dashboard_measure *measure)
{
    static const struct {
        unsigned int rule;
        const char *name;
        bool of_limits;
    } all[] = {{RULE_BEYOND, "beyond", true}, {RULE_RUN, "run", false}, {RULE_TREND, "trend", false}, {RULE_NEAR, "near", true}};
    char *text = copy_text("");

    for (size_t i = 0; text != NULL && i < sizeof all / sizeof all[0]; i++) {
        if ((dashboard->charts.rules & all[i].rule) == 0 || (all[i].of_limits && measure->chart == CHART_RUN))
            continue;
        char *longer = format_text("%s%s%s", text, text[0] != '\0' ? ", " : "", all[i].name);
        free(text);
        text = longer;
    }
    return text;
}

static const char *note_of(const struct programme_measure *measure)
{
    if (measure->case_mix == CASE_MIX_NOT_CONVERGED)
        return "the regression did not converge: what is expected is not adjusted";
    if (measure->case_mix == CASE_MIX_SHARE && measure->study->dashboard.adjust.n > 0)
        return "not adjusted: nobody, or everybody, counts";
    return "";
}

int programme_measure_add(const struct programme_measure *measure, const struct programme_cell *all, size_t m,
                          const struct programme_axes *axes, struct table *table)
{
    static const char *const spreads[] = {[SPREAD_NONE] = "none", [SPREAD_MULTIPLICATIVE] = "multiplicative",
                                          [SPREAD_ADDITIVE] = "additive"};
    static const char *const charts[] = {[CHART_P] = "p", [CHART_LANEY_P] = "laney_p", [CHART_U] = "u",
                                         [CHART_LANEY_U] = "laney_u", [CHART_RUN] = "run"};
    const struct study *study = measure->study;
    const struct study_outcome *outcome = &study->outcomes[measure->measure->outcome];
    const bool higher = outcome->event_is_bad == measure->measure->no_event;
    char *id = programme_measure_id(study, measure->measure), *label = measure_label(study, measure->measure),
         *adjusted = adjusted_for(measure), *rules = rules_of(&study->dashboard, measure->measure);
    int status = -1;

    (void)m;
    if (id != NULL && label != NULL && adjusted != NULL && rules != NULL) {
        struct row_builder row = table_new_row(table);
        row_text(&row, "measure", id);
        row_text(&row, "outcome", outcome->name.text);
        row_real(&row, "time", measure->measure->at.given ? measure->measure->at.value : NAN);
        row_text(&row, "share", dashboard_is_rate(measure->measure) ? "rate" : measure->measure->no_event ? "no_event" : "event");
        row_text(&row, "label", label);
        row_text(&row, "better", higher ? "higher" : "lower");
        row_integer(&row, "n", all->n);
        row_integer(&row, "n_event", all->n_event);
        row_integer(&row, "n_unknown", all->n_unknown);
        row_integer(&row, "n_not_due", measure->n_not_due);
        row_integer(&row, "n_missing", measure->n_missing);
        row_integer(&row, "n_programme", (int64_t)axes->n_programmes);
        row_real(&row, "phi", measure->dispersion.phi);
        row_text(&row, "spread", measure->dispersion.overdispersed ? spreads[study->dashboard.spread] : "none");
        row_text(&row, "adjusted", adjusted);
        row_text(&row, "note", note_of(measure));
        row_text(&row, "chart", charts[measure->measure->chart]);
        row_text(&row, "rules", rules);
        row_integer(&row, "run", (int64_t)dashboard_run(&study->dashboard, measure->measure));
        row_integer(&row, "trend", (int64_t)dashboard_trend(&study->dashboard, measure->measure));
        row_real(&row, "person_time", dashboard_is_rate(measure->measure) ? all->time : NAN);
        row_text(&row, "time_units", dashboard_is_rate(measure->measure) ? measure->time_units : "");
        status = row_end(&row);
    }
    free(id);
    free(label);
    free(adjusted);
    free(rules);
    return status;
}

/* ---- programmes ------------------------------------------------------------------------------------------------------- */

static int add_labels(struct table *table, const char *name, const char *label, const char *const *labels, size_t n)
{
    return table_add_category(table, name, labels, n, label) == NULL ? -1 : 0;
}

/* The labels of measures in the order of the study. */
static int add_measures(const struct study *study, struct table *table)
{
    const size_t n = study->dashboard.n_measures;
    char **ids = allocate(n, sizeof *ids);
    int status = ids == NULL ? -1 : 0;

    for (size_t m = 0; status == 0 && m < n; m++)
        status = (ids[m] = programme_measure_id(study, &study->dashboard.measures[m])) == NULL ? -1 : 0;
    if (status == 0)
        status = add_labels(table, "measure", "Measure", (const char *const *)ids, n);
    for (size_t m = 0; ids != NULL && m < n; m++)
        free(ids[m]);
    free(ids);
    return status;
}

static int add_periods(const struct programme_axes *axes, struct table *table)
{
    const char **names = allocate(axes->n_periods + 1, sizeof *names);
    int status = -1;

    if (names != NULL) {
        for (size_t q = 0; q < axes->n_periods; q++)
            names[q] = axes->periods[q];
        status = add_labels(table, "period", "Period of entry", names, axes->n_periods);
    }
    free(names);
    return status;
}

static int add_numbers(struct table *table)
{
    static const struct {
        const char *name;
        enum column_type type;
        const char *label;
    } columns[] = {
        {"n", COLUMN_INT64, "People whose state on the day is known"},
        {"n_event", COLUMN_INT64, "People who count"},
        {"n_unknown", COLUMN_INT64, "Lost from sight before the day"},
        {"expected", COLUMN_FLOAT64, "Expected of such people"},
        {"variance", COLUMN_FLOAT64, "Variance of the expected number"},
        {"ratio", COLUMN_FLOAT64, "Observed over expected"},
        {"conf_low", COLUMN_FLOAT64, "Lower 95 % limit of the ratio"},
        {"conf_high", COLUMN_FLOAT64, "Upper 95 % limit of the ratio"},
        {"z", COLUMN_FLOAT64, "Distance from what is expected"},
        {"centre", COLUMN_FLOAT64, "Centre of the control chart"},
        {"low", COLUMN_FLOAT64, "Lower control limit"},
        {"high", COLUMN_FLOAT64, "Upper control limit"},
    };

    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
        if (table_add_column(table, columns[k].name, columns[k].type, 0, columns[k].label, "") == NULL)
            return -1;
    return 0;
}

struct table *programme_cells_alloc(const struct study *study, const struct programme_axes *axes)
{
    struct table *table = table_alloc("programmes", "Programmes by period");

    if (table != NULL && add_measures(study, table) == 0 &&
        add_labels(table, "programme", "Programme", (const char *const *)axes->names, axes->n_programmes) == 0 &&
        add_periods(axes, table) == 0 && add_numbers(table) == 0 &&
        table_add_category(table, "signal", NULL, 0, "What stands out") != NULL &&
        table_add_column(table, "person_time", COLUMN_FLOAT64, 1, "Time under observation, of a rate", "days") != NULL &&
        table_add_column(table, "phase", COLUMN_INT64, 1, "Phase of the control chart", "") != NULL &&
        table_add_column(table, "baseline", COLUMN_INT8, 1, "Are the limits of the phase taken from it?", "") != NULL &&
        table_add_column(table, "factor", COLUMN_FLOAT64, 1, "Laney's factor of the phase", "") != NULL)
        return table;
    table_free(table);
    return NULL;
}

/* Columns found once: there are as many rows as programmes times periods. */
struct cell_columns {
    struct column *measure, *programme, *period, *n, *n_event, *n_unknown, *expected, *variance, *ratio, *conf_low,
        *conf_high, *z, *centre, *low, *high, *signal, *person_time, *phase, *baseline, *factor;
};

static struct cell_columns find_columns(const struct table *table)
{
    return (struct cell_columns){
        table_column(table, "measure"),   table_column(table, "programme"), table_column(table, "period"),
        table_column(table, "n"),         table_column(table, "n_event"),   table_column(table, "n_unknown"),
        table_column(table, "expected"),  table_column(table, "variance"),  table_column(table, "ratio"),
        table_column(table, "conf_low"),  table_column(table, "conf_high"), table_column(table, "z"),
        table_column(table, "centre"),    table_column(table, "low"),       table_column(table, "high"),
        table_column(table, "signal"),    table_column(table, "person_time"), table_column(table, "phase"),
        table_column(table, "baseline"),  table_column(table, "factor")};
}

static int set_signal(struct table *table, struct column *column, size_t row, const struct programme_cell *cell)
{
    char text[SIGNAL_SIZE];
    const char *signal = programme_signal_words(cell, text);
    int32_t code;

    if (signal[0] == '\0')
        return 0;
    code = column_find_label(column, signal, strlen(signal));
    if (code == MISSING_CODE && (code = column_add_label(table, column, signal, strlen(signal))) == MISSING_CODE)
        return -1;
    return column_set_code(column, row, code);
}

static int set_row(struct table *table, const struct cell_columns *columns, size_t row, const struct programme_cell *cell)
{
    const struct programme_ratio ratio = programme_ratio(cell->n_event, cell->expected);

    column_set_integer(columns->n, row, cell->n);
    column_set_integer(columns->n_event, row, cell->n_event);
    column_set_integer(columns->n_unknown, row, cell->n_unknown);
    column_set_real(columns->expected, row, cell->expected);
    column_set_real(columns->variance, row, cell->variance);
    column_set_real(columns->ratio, row, ratio.ratio);
    column_set_real(columns->conf_low, row, ratio.conf_low);
    column_set_real(columns->conf_high, row, ratio.conf_high);
    column_set_real(columns->z, row, cell->z);
    column_set_real(columns->centre, row, cell->centre);
    column_set_real(columns->low, row, cell->low);
    column_set_real(columns->high, row, cell->high);
    column_set_real(columns->person_time, row, cell->time_units > 0 ? cell->time : NAN);
    column_set_integer(columns->phase, row, cell->phase == 0 ? MISSING_INTEGER : (int64_t)cell->phase);
    column_set_integer(columns->baseline, row, cell->phase == 0 ? MISSING_INTEGER : cell->in_baseline);
    column_set_real(columns->factor, row, cell->factor);
    return set_signal(table, columns->signal, row, cell);
}

int programme_cells_add(const struct programme_axes *axes, const struct programme_cell *cells, size_t m,
                        struct table *table)
{
    const size_t width = axes->n_periods + 1, n = (axes->n_programmes + 1) * width, first = table->n_rows;
    const struct cell_columns columns = find_columns(table);

    if (table_resize(table, first + n) != 0)
        return -1;
    for (size_t c = 0; c < n; c++) {
        column_set_code(columns.measure, first + c, (int32_t)m);
        column_set_code(columns.programme, first + c, c / width == 0 ? MISSING_CODE : (int32_t)(c / width - 1));
        column_set_code(columns.period, first + c, c % width == 0 ? MISSING_CODE : (int32_t)(c % width - 1));
        if (set_row(table, &columns, first + c, &cells[c]) != 0)
            return -1;
    }
    return 0;
}
