/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Control charts: the share of each period with its centre and limits, all programmes together, a panel a measure; and
 * small multiples of the largest programmes on one scale.
 */
#include "report/figures.h"

#include <math.h>
#include <string.h>

#include "report/frame.h"
#include "report/programme_cells.h"
#include "report/programme_charts.h"
#include "report/text_width.h"
#include "report/words.h"

#define TITLE_LINE 3.6

enum { PANEL_HEIGHT = 60, MIDDLE_HEIGHT = 34, SMALL_HEIGHT = 20, N_KEYS = 3 };

static const struct frame_key *signal_keys(struct frame_key keys[N_KEYS])
{
    keys[0] = (struct frame_key){.text = "Value of the period", .shape = POINT_DOT, .colour = series_colour(0)};
    keys[1] = (struct frame_key){.text = "Run, trend, near a limit", .shape = POINT_SQUARE, .colour = series_colour(4)};
    keys[2] = (struct frame_key){.text = "Beyond the limits", .shape = POINT_DIAMOND, .colour = series_colour(1)};
    return keys;
}

static struct frame_axis y_axis(struct bundle *bundle, const struct charts *charts, size_t n_max)
{
    const size_t measure = charts->n > 0 ? charts->items[0].measure : 0;
    const double most = programme_is_rate(bundle, measure) ? INFINITY : 1;
    struct frame_axis axis = frame_axis(fmax(0, charts->lowest), fmin(most, charts->highest), n_max, programme_scale(bundle, measure));

    frame_round(&axis, n_max);
    axis.low = fmax(axis.low, 0);
    axis.high = fmin(axis.high, most);
    return axis;
}

/* ---- panels ---------------------------------------------------------------------------------------------------- */

/* Charts in a grid.  shared: on one scale, that of `all`; titles [n]. */
static void draw_grid(struct bundle *bundle, struct drawing *d, const struct figure *figure, const struct charts *charts, size_t n,
                      bool shared, const char *const *titles)
{
    const struct table *cells = bundle_table(bundle, "programmes");
    struct frame_key keys[N_KEYS];
    const size_t columns = n == 1 ? 1 : frame_is_narrow(d) && !shared ? 1 : frame_is_narrow(d) ? 2 : shared ? 3 : 2;
    const double above = frame_title_height(d, figure->title),
                 head = above + frame_keys_height(0.3, d->width, signal_keys(keys), N_KEYS) + 1;
    const double height = n == 1 ? PANEL_HEIGHT : shared ? SMALL_HEIGHT : MIDDLE_HEIGHT, gap = 3;
    double left = 0, width, room, lines = 1;

    for (size_t k = 0; k < n; k++) {
        const struct frame_axis y = y_axis(bundle, &charts[shared ? 0 : k], shared ? 3 : 5);
        left = fmax(left, 3 + frame_label_width(d, &y));
    }
    width = (d->width - 2 - (double)columns * left - (double)(columns - 1) * gap) / (double)columns;
    for (size_t k = 0; k < n && !shared; k++)
        if (face_width(FACE_SMALL, titles[k]) > width)
            lines = 2;
    room = height + 9 + (lines - 1) * TITLE_LINE;
    d->height = head + room * (double)((n + columns - 1) / columns);
    frame_title(d, figure->title);
    frame_keys(d, 0.3, d->width, d->height - above, keys, N_KEYS);
    for (size_t k = 0; k < n; k++) {
        const struct chart *chart = shared ? &charts->items[k] : &charts[k].items[0];
        const struct frame_axis y = y_axis(bundle, &charts[shared ? 0 : k], shared ? 3 : 5);
        const double x = left + (double)(k % columns) * (left + width + gap);
        const double top = d->height - head - room * (double)(k / columns) - 4 - (lines - 1) * TITLE_LINE;
        struct panel panel = {.left = x, .right = x + width, .bottom = top - height, .top = top, .x_max = (double)chart->n};

        frame_set_y(&panel, &y);
        if (lines > 1)
            frame_lines(d, x, top + 2 - TITLE_LINE / 2 + frame_lines(d, x, 0, width, FACE_SMALL, INK_BLACK, titles[k], 2, false), width,
                        FACE_SMALL, INK_BLACK, titles[k], 2, true);
        else
            drawing_text(d, x, top + 2, ALIGN_LEFT, FACE_SMALL, INK_BLACK, titles[k], width);
        frame_y(d, &panel, &y);
        chart_draw_periods(bundle, chart, d, &panel);
        chart_draw(cells, chart, d, &panel, n > 1);
    }
}

/* The largest programmes, one measure. */
static int multiples_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    const char *titles[CHARTS_MAX];
    struct charts charts;

    if (charts_read(bundle, figure->row, false, &charts) != 0)
        return -1;
    for (size_t k = 0; k < charts.n; k++)
        titles[k] = programme_label(bundle, charts.items[k].whole);
    draw_grid(bundle, d, figure, &charts, charts.n, true, titles);
    charts_free(&charts);
    return 0;
}

/* All programmes together, each measure that has a chart.  -1 after telling; free in any case. */
struct measures {
    size_t n;
    struct charts charts[CHARTS_MAX];
    const char *titles[CHARTS_MAX];
};

static int measures_read(struct bundle *bundle, struct measures *measures)
{
    measures->n = 0;
    for (size_t m = 0; m < cell_rows(bundle_table(bundle, "programme_measures")) && measures->n < CHARTS_MAX; m++) {
        struct charts *charts = &measures->charts[measures->n];

        if (charts_read(bundle, m, true, charts) != 0)
            return -1;
        if (charts->n > 0 && charts->items[0].n > 1)
            measures->titles[measures->n++] = pool_format(bundle->pool, "%s (%s)", programme_measure_label(bundle, m), programme_unit(bundle, m));
        else
            charts_free(charts);
    }
    return 0;
}

static void measures_free(struct measures *measures)
{
    for (size_t k = 0; k < measures->n; k++)
        charts_free(&measures->charts[k]);
}

static int control_draw(struct bundle *bundle, const struct figure *figure, struct drawing *d)
{
    struct measures measures;
    const int status = measures_read(bundle, &measures);

    if (status == 0)
        draw_grid(bundle, d, figure, measures.charts, measures.n, false, measures.titles);
    measures_free(&measures);
    return status;
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

static const char *limits_words(struct bundle *bundle, size_t measure, double low, double high)
{
    if (isnan(low) || isnan(high))
        return WORDS_NOTHING;
    return pool_format(bundle->pool, "%s to %s", programme_bare(bundle, measure, low), programme_bare(bundle, measure, high));
}

/* has_limits: centre, limits and signals are columns too (start_alternative). */
static int add_chart(struct bundle *bundle, struct text_table *table, const struct chart *chart, const char *heading, bool has_limits)
{
    const struct table *cells = bundle_table(bundle, "programmes");
    struct pool *pool = bundle->pool;

    if (text_table_heading(table, heading) != 0)
        return -1;
    for (size_t i = 0; i < chart->n; i++) {
        const size_t row = chart->rows[i];
        const char **out = text_table_row(table);

        if (out == NULL)
            return -1;
        out[0] = cell_text(pool, cells, "period", row);
        out[1] = words_count(pool, cell_integer(cells, "n", row));
        out[2] = programme_bare(bundle, chart->measure, chart_value(cells, row));
        if (!has_limits)
            continue;
        out[3] = programme_bare(bundle, chart->measure, cell_real(cells, "centre", row));
        out[4] = limits_words(bundle, chart->measure, cell_real(cells, "low", row), cell_real(cells, "high", row));
        out[5] = cell_text(pool, cells, "signal", row);
    }
    return 0;
}

/* unit: " (%)", or "" where headings say it. */
static int start_alternative(struct figure *figure, const char *unit, bool has_limits)
{
    struct text_table *table = &figure->alternative;

    table->caption = figure->title;
    if (text_table_column(table, "Period", false) != 0 || text_table_column(table, "People", true) != 0 ||
        text_table_column(table, pool_format(table->pool, "Value%s", unit), true) != 0)
        return -1;
    if (!has_limits)
        return 0;
    return text_table_column(table, pool_format(table->pool, "Centre%s", unit), true) != 0 ||
                   text_table_column(table, pool_format(table->pool, "Limits%s", unit), true) != 0 || text_table_column(table, "Signal", false) != 0
               ? -1
               : 0;
}

static const char caption[] = "Dashed grey: limits three standard deviations from the centre. Within them a process only varies; "
                              "beyond them, in a run on one side or in a trend, it has changed.";

/* The reasons of new phases, of all measures or of one (SIZE_MAX: all), each once. */
static const char *phase_words(struct bundle *bundle, size_t measure)
{
    const struct table *phases = bundle_table(bundle, "programme_phases"), *measures = bundle_table(bundle, "programme_measures");
    struct pool *pool = bundle->pool;
    const char *text = "";

    for (size_t i = 0; i < cell_rows(phases); i++) {
        const char *because = cell_text(pool, phases, "because", i), *programme = cell_text(pool, phases, "programme", i);
        const bool is_other = measure != SIZE_MAX && !cell_is(phases, "measure", i, cell_text(pool, measures, "measure", measure));

        if (because[0] == '\0' || cell_is(phases, "from", i, "") || is_other || strstr(text, because) != NULL)
            continue;
        text = pool_format(pool, "%s%s %s, %s%s%s", text, text[0] == '\0' ? " A dotted rule begins a new phase:" : ";",
                           cell_text(pool, phases, "from", i), programme, programme[0] == '\0' ? "" : ": ", because);
    }
    return text[0] == '\0' ? "" : pool_format(pool, "%s.", text);
}

static bool is_frozen(struct bundle *bundle)
{
    const struct table *phases = bundle_table(bundle, "programme_phases");

    for (size_t i = 0; i < cell_rows(phases); i++)
        if (!cell_is(phases, "freeze", i, ""))
            return true;
    return false;
}

static const char *caption_of(struct bundle *bundle, size_t measure)
{
    return pool_format(bundle->pool, "%s%s%s%s", caption,
                       is_frozen(bundle) ? " The centre is dashed where it, and the limits, are held from earlier periods." : "",
                       phase_words(bundle, measure), measure == SIZE_MAX ? "" : programme_share_words(bundle, measure));
}

/* Of fewer people a period, in every programme, a chart would show chance alone. */
enum { PEOPLE_LEAST = 5 };

static bool have_people(const struct charts *charts)
{
    for (size_t k = 0; k < charts->n; k++)
        if (charts->items[k].people >= PEOPLE_LEAST * (int64_t)charts->items[k].n)
            return true;
    return false;
}

/* Has any programme a centre? */
static bool have_limits(struct bundle *bundle, const struct charts *charts)
{
    const struct table *cells = bundle_table(bundle, "programmes");

    for (size_t k = 0; k < charts->n; k++)
        for (size_t i = 0; i < charts->items[k].n; i++)
            if (isfinite(cell_real(cells, "centre", charts->items[k].rows[i])))
                return true;
    return false;
}

static int plan_multiples(struct bundle *bundle, struct figures *figures, size_t measure)
{
    struct pool *pool = bundle->pool;
    const char *name = cell_text(pool, bundle_table(bundle, "programme_measures"), "measure", measure);
    size_t n_signals = 0;
    struct charts charts;
    struct figure *figure;
    bool limits;
    int status = 0;

    if (charts_read(bundle, measure, false, &charts) != 0)
        return -1;
    for (size_t k = 0; k < charts.n; k++)
        n_signals += charts.items[k].n_signals;
    limits = have_limits(bundle, &charts);
    if (charts.n > 1 && charts.items[0].n > 1 && have_people(&charts)) {
        figure = figures_add(figures, bundle, &figure_multiples, pool_format(pool, "programmes-%s", name));
        status = figure == NULL ? -1 : 0;
        if (status == 0) {
            figure->row = measure;
            figure->title = pool_format(pool, "%s by period and programme (%s)", programme_measure_label(bundle, measure),
                                        programme_unit(bundle, measure));
            const char *words = limits ? caption_of(bundle, measure)
                                       : "Too few people a period for a centre and limits of a single programme.";
            figure->caption = charts.n_left_out == 0
                                  ? words
                                  : pool_format(pool, "%s The %d largest programmes are drawn, %zu more are in the table of programmes.",
                                                words, CHARTS_MAX, charts.n_left_out);
            figure->description = pool_format(pool, "Small charts on one scale, a programme each, a point a period; %zu %s signalled.",
                                              n_signals, n_signals == 1 ? "point is" : "points are");
            status = start_alternative(figure, pool_format(pool, " (%s)", programme_unit(bundle, measure)), limits);
        }
        for (size_t k = 0; status == 0 && k < charts.n; k++)
            status = add_chart(bundle, &figure->alternative, &charts.items[k], programme_label(bundle, charts.items[k].whole), limits);
    }
    charts_free(&charts);
    return status;
}

/* Where single programmes have too few people for charts, that is said in the place of the charts. */
static const char *without_multiples(struct bundle *bundle)
{
    const char *names = "";
    struct charts charts;

    for (size_t m = 0; m < cell_rows(bundle_table(bundle, "programme_measures")) && m < PROGRAMME_FIGURES_MAX; m++) {
        if (charts_read(bundle, m, false, &charts) != 0)
            return names;
        if (charts.n > 1 && charts.items[0].n > 1 && !have_people(&charts))
            names = pool_format(bundle->pool, "%s%s%s", names, names[0] == '\0' ? "" : "; ", programme_measure_label(bundle, m));
        charts_free(&charts);
    }
    if (names[0] == '\0')
        return "";
    return pool_format(bundle->pool, " Single programmes have fewer than %d people a period, too few for charts of their own: %s.",
                       PEOPLE_LEAST, names);
}

static int control_plan(struct bundle *bundle, struct figures *figures)
{
    size_t n_signals = 0;
    struct measures measures;
    struct figure *figure;
    int status = measures_read(bundle, &measures);

    for (size_t k = 0; k < measures.n; k++)
        n_signals += measures.charts[k].items[0].n_signals;
    if (status == 0 && measures.n > 0) {
        figure = figures_add(figures, bundle, &figure_control, "control-charts");
        status = figure == NULL ? -1 : 0;
        if (status == 0) {
            figure->title = "All programmes by period";
            figure->caption = pool_format(bundle->pool, "%s%s%s", caption_of(bundle, SIZE_MAX), programme_left_out(bundle),
                                          without_multiples(bundle));
            figure->description = pool_format(bundle->pool, "A chart a measure, a point a period, with centre and limits; %zu %s signalled.",
                                              n_signals, n_signals == 1 ? "point is" : "points are");
            status = start_alternative(figure, "", true);
        }
        for (size_t k = 0; status == 0 && k < measures.n; k++)
            status = add_chart(bundle, &figure->alternative, &measures.charts[k].items[0], measures.titles[k], true);
    }
    measures_free(&measures);
    return status;
}

static int multiples_plan(struct bundle *bundle, struct figures *figures)
{
    for (size_t m = 0; m < cell_rows(bundle_table(bundle, "programme_measures")) && m < PROGRAMME_FIGURES_MAX; m++)
        if (plan_multiples(bundle, figures, m) != 0)
            return -1;
    return 0;
}

const struct figure_kind figure_control = {"control", control_plan, control_draw};
const struct figure_kind figure_multiples = {"multiples", multiples_plan, multiples_draw};
