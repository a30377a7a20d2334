/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/dashboard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "report/words.h"

enum { N_REALS = 11 };

/* ---- reading -------------------------------------------------------------------------------------------------- */

static const struct table *find_table(const struct bundle *bundle, const char *name)
{
    for (size_t i = 0; i < bundle->n_tables; i++)
        if (strcmp(bundle->tables[i]->name, name) == 0)
            return bundle->tables[i];
    return NULL;
}

static int read_measures(struct bundle *bundle, const struct table *table, struct dashboard *d)
{
    struct pool *pool = bundle->pool;

    d->n_measures = table->n_rows;
    if ((d->measures = allocate(d->n_measures, sizeof *d->measures)) == NULL)
        return -1;
    for (size_t m = 0; m < d->n_measures; m++)
        d->measures[m] = (struct dashboard_question){
            .id = cell_text(pool, table, "measure", m),
            .label = cell_text(pool, table, "label", m),
            .adjusted = cell_text(pool, table, "adjusted", m),
            .note = cell_text(pool, table, "note", m),
            .spread = cell_text(pool, table, "spread", m),
            .chart = cell_text(pool, table, "chart", m),
            .rules = cell_text(pool, table, "rules", m),
            .time_units = cell_text(pool, table, "time_units", m),
            .higher_is_better = cell_is(table, "better", m, "higher"),
            .is_rate = cell_is(table, "share", m, "rate"),
            .is_share = cell_is(table, "told_as", m, "shares"),
            .run = cell_integer(table, "run", m),
            .trend = cell_integer(table, "trend", m),
            .phi = cell_real(table, "phi", m),
            .n_unknown = cell_integer(table, "n_unknown", m),
            .n_not_due = cell_integer(table, "n_not_due", m),
            .n_missing = cell_integer(table, "n_missing", m)};
    return 0;
}

/* Rows are measure by measure, programme by programme; both totals come first (compare/programmes.h). */
static int find_shape(const struct table *table, struct dashboard *d)
{
    size_t width = 1, block;

    while (width < table->n_rows && cell_is(table, "programme", width, "") && !cell_is(table, "period", width, ""))
        width++;
    block = d->n_measures == 0 ? 0 : table->n_rows / d->n_measures;
    if (block == 0 || block * d->n_measures != table->n_rows || block % width != 0)
        return fail("released.h5: table 'programmes' is no grid of programmes and periods");
    d->n_periods = width - 1;
    d->n_programmes = block / width - 1;
    return 0;
}

static int read_axes(struct bundle *bundle, const struct table *table, struct dashboard *d)
{
    const size_t width = d->n_periods + 1;

    if ((d->programmes = allocate(d->n_programmes + 1, sizeof *d->programmes)) == NULL ||
        (d->periods = allocate(d->n_periods + 1, sizeof *d->periods)) == NULL)
        return -1;
    for (size_t p = 0; p < d->n_programmes; p++)
        d->programmes[p] = cell_text(bundle->pool, table, "programme", (p + 1) * width);
    for (size_t q = 0; q < d->n_periods; q++)
        d->periods[q] = cell_text(bundle->pool, table, "period", q + 1);
    return 0;
}

/* Signals are few: each text is kept once. */
static const char *keep_signal(struct pool *pool, const struct table *table, size_t row, const char *last)
{
    if (cell_is(table, "signal", row, ""))
        return "";
    return cell_is(table, "signal", row, last) ? last : cell_text(pool, table, "signal", row);
}

static int read_cells(struct bundle *bundle, const struct table *table, struct dashboard *d)
{
    static const char *const names[N_REALS] = {"expected", "variance", "ratio", "conf_low", "conf_high",  "z",
                                               "centre",   "low",      "high",  "person_time", "factor"};
    const struct column *columns[N_REALS], *n = table_column(table, "n"), *events = table_column(table, "n_event"),
                                           *phase = table_column(table, "phase"), *baseline = table_column(table, "baseline");
    const char *last = "";

    for (size_t k = 0; k < N_REALS; k++)
        if ((columns[k] = table_column(table, names[k])) == NULL)
            return fail("released.h5: table 'programmes' has no column '%s'", names[k]);
    if (n == NULL || events == NULL || phase == NULL || baseline == NULL)
        return fail("released.h5: table 'programmes' has no counts, or no phases");
    if ((d->cells = allocate(table->n_rows, sizeof *d->cells)) == NULL)
        return -1;
    for (size_t i = 0; i < table->n_rows; i++) {
        double real[N_REALS];
        for (size_t k = 0; k < N_REALS; k++)
            real[k] = column_real(columns[k], i);
        last = keep_signal(bundle->pool, table, i, last);
        d->cells[i] = (struct dashboard_cell){
            .n = column_integer(n, i),  .n_event = column_integer(events, i), .expected = real[0],  .variance = real[1],
            .ratio = real[2],           .conf_low = real[3],                  .conf_high = real[4], .z = real[5],
            .centre = real[6],          .low = real[7],                       .high = real[8],      .person_time = real[9],
            .factor = real[10],         .signal = last,                       .phase = column_integer(phase, i),
            .in_baseline = column_integer(baseline, i) == 1,
            .withheld = column_is_missing(n, i) || column_is_missing(events, i)};
    }
    return 0;
}

static int read_spans(struct bundle *bundle, struct dashboard *d)
{
    const struct table *table = find_table(bundle, "programme_phases");
    struct pool *pool = bundle->pool;

    d->n_spans = table == NULL ? 0 : table->n_rows;
    if ((d->spans = allocate(d->n_spans + 1, sizeof *d->spans)) == NULL)
        return -1;
    for (size_t i = 0; i < d->n_spans; i++)
        d->spans[i] = (struct dashboard_span){
            cell_text(pool, table, "measure", i), cell_text(pool, table, "programme", i), cell_text(pool, table, "from", i),
            cell_text(pool, table, "freeze", i),  cell_text(pool, table, "because", i),   cell_text(pool, table, "note", i),
            cell_integer(table, "phase", i)};
    return 0;
}

int dashboard_read(struct bundle *bundle, struct dashboard *d)
{
    const struct table *measures = find_table(bundle, "programme_measures"), *cells = find_table(bundle, "programmes");

    *d = (struct dashboard){.pool = bundle->pool, .threshold = bundle->threshold};
    if (measures == NULL || cells == NULL)
        return 0;
    return read_measures(bundle, measures, d) != 0 || find_shape(cells, d) != 0 || read_axes(bundle, cells, d) != 0 ||
                   read_cells(bundle, cells, d) != 0 || read_spans(bundle, d) != 0
               ? -1
               : 1;
}

void dashboard_free(struct dashboard *d)
{
    free(d->measures);
    free(d->programmes);
    free(d->periods);
    free(d->spans);
    free(d->cells);
    *d = (struct dashboard){0};
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

const struct dashboard_cell *dashboard_at(const struct dashboard *d, size_t measure, size_t p, size_t q)
{
    return &d->cells[(measure * (d->n_programmes + 1) + p) * (d->n_periods + 1) + q];
}

const char *dashboard_programme(const struct dashboard *d, size_t p)
{
    return p == 0 ? "All programmes" : d->programmes[p - 1];
}

/* Of people, or of the time under observation. */
static double over(const struct dashboard_cell *cell, double events)
{
    if (cell->withheld || cell->n == 0)
        return NAN;
    return events / (isnan(cell->person_time) ? (double)cell->n : cell->person_time);
}

double dashboard_value(const struct dashboard_cell *cell)
{
    return over(cell, (double)cell->n_event);
}

double dashboard_expected(const struct dashboard_cell *cell)
{
    return over(cell, cell->expected);
}

double dashboard_scale(const struct dashboard_question *measure)
{
    return measure->is_rate ? 1000 : 100;
}

const char *dashboard_words(struct pool *pool, const struct dashboard_question *measure, double value)
{
    if (measure->is_share && !measure->is_rate && !isnan(value))
        return pool_format(pool, "%s\u00a0%%", words_fixed(pool, 100 * value, 0));
    if (!measure->is_rate || isnan(value))
        return words_value(pool, SCALE_PERCENT, value, "");
    return words_fixed(pool, value * dashboard_scale(measure), 2);
}

const char *dashboard_per(struct pool *pool, const struct dashboard_question *measure)
{
    return measure->is_rate ? pool_format(pool, "per 1,000 person-%s", measure->time_units) : "";
}

static const char *chart_words(const struct dashboard_question *measure)
{
    static const struct {
        const char *name, *words;
    } charts[] = {{"p", "A p chart: limits are three standard deviations of chance from the centre, which is the share of the phase."},
                  {"laney_p", "Laney's p\xe2\x80\xb2 chart: the centre is the share of the phase; limits are three standard deviations from it, widened by "
                              "what varies from period to period beyond chance."},
                  {"u", "A u chart: limits are three standard deviations of chance from the centre, which is the rate of the phase."},
                  {"laney_u", "Laney's u\xe2\x80\xb2 chart: the centre is the rate of the phase; limits are three standard deviations from it, widened by "
                              "what varies from period to period beyond chance."},
                  {"run", "A run chart: the centre is the median of the phase; it has no limits."}};

    for (size_t i = 0; i < sizeof charts / sizeof charts[0]; i++)
        if (strcmp(charts[i].name, measure->chart) == 0)
            return charts[i].words;
    return "";
}

static bool has_rule(const struct dashboard_question *measure, const char *rule)
{
    return strstr(measure->rules, rule) != NULL;
}

const char *dashboard_rules(struct pool *pool, const struct dashboard_question *measure)
{
    const char *rules = "";

    if (measure->is_share)
        return pool_format(pool, "%s Told is: %s.", chart_words(measure),
                           has_rule(measure, "beyond") ? "a period beyond the limits, however its share was rounded" : "nothing");
    if (has_rule(measure, "beyond"))
        rules = "a period beyond the limits";
    if (has_rule(measure, "run"))
        rules = pool_format(pool, "%s%s%lld periods or more in a row on one side of the centre", rules, rules[0] != '\0' ? "; " : "",
                            (long long)measure->run);
    if (has_rule(measure, "trend"))
        rules = pool_format(pool, "%s%s%lld or more in a row that rise, or that fall", rules, rules[0] != '\0' ? "; " : "",
                            (long long)measure->trend);
    if (has_rule(measure, "near"))
        rules = pool_format(pool, "%s%s2 of 3 in a row more than two standard deviations from the centre on one side", rules, rules[0] != '\0' ? "; " : "");
    return pool_format(pool, "%s Told is: %s.", chart_words(measure), rules[0] != '\0' ? rules : "nothing");
}

double dashboard_dispersion(const struct dashboard_question *measure)
{
    return strcmp(measure->spread, "multiplicative") == 0 && measure->phi > 1 ? measure->phi : 1;
}

int dashboard_place(const struct dashboard_cell *cell)
{
    const int level = strstr(cell->signal, "99.8") != NULL ? 2 : strstr(cell->signal, "95") != NULL ? 1 : 0;

    return strncmp(cell->signal, "below", 5) == 0 ? -level : level;
}

const char *dashboard_flag(const struct dashboard_question *measure, int place)
{
    const bool good = (place > 0) == measure->higher_is_better;

    switch (place) {
    case 0:
        return "";
    case 1:
        return "To watch: somewhat higher";
    case -1:
        return "To watch: somewhat lower";
    default:
        if (good)
            return place > 0 ? "Better: higher than chance explains" : "Better: lower than chance explains";
        return place > 0 ? "Worse: higher than chance explains" : "Worse: lower than chance explains";
    }
}

const char *dashboard_period_flag(struct pool *pool, const struct dashboard_question *measure,
                                  const struct dashboard_cell *cell)
{
    const bool near = strstr(cell->signal, "near") != NULL, upper = strstr(cell->signal, "upper") != NULL;
    const bool above = strstr(cell->signal, "above") != NULL || upper,
               below = strstr(cell->signal, "below") != NULL || (near && !upper);
    const char *side = above ? "above" : "below";
    const char *verdict = !above && !below ? "Changing: " : above == measure->higher_is_better ? "Better: " : "Worse: ";
    const char *text = "";

    if (cell->signal[0] == '\0')
        return "";
    if (strstr(cell->signal, "limits") != NULL)
        text = pool_format(pool, "%s the control limits", side);
    if (strstr(cell->signal, "run") != NULL)
        text = pool_format(pool, "%s%s%lld or more in a row %s the centre", text, text[0] != '\0' ? "; " : "", (long long)measure->run,
                           side);
    if (strstr(cell->signal, "trend") != NULL)
        text = pool_format(pool, "%s%s%lld or more in a row rising or falling", text, text[0] != '\0' ? "; " : "",
                           (long long)measure->trend);
    if (near)
        text = pool_format(pool, "%s%s2 of 3 in a row near the %s limit", text, text[0] != '\0' ? "; " : "", upper ? "upper" : "lower");
    return pool_format(pool, "%s%s", verdict, text);
}
