/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The section of a measure in a dashboard. */
#include "report/page_dashboard_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/dashboard_chart.h"
#include "report/page.h"
#include "report/page_shell.h"
#include "report/words.h"

static void cell_text_of(struct html *html, const char *element, const char *class_name, const char *text)
{
    html_start(html, element, "class", class_name, NULL);
    html_text(html, text);
    html_end(html);
}

static void write_table_head(struct html *html, const struct dashboard *d, size_t m, const char *caption, const char *first)
{
    const struct dashboard_question *measure = &d->measures[m];
    const bool rate = measure->is_rate, share = measure->is_share;
    const char *const headers[] = {
        first,
        pool_format(d->pool, share ? "%s%s, about" : "%s%s", rate ? "Person-" : "People", rate ? measure->time_units : ""),
        share ? (rate ? "Events, about" : "Of them, about") : rate ? "Events" : "Of them",
        rate ? pool_format(d->pool, "Rate %s", dashboard_per(d->pool, measure)) : "Share",
        rate ? "Expected rate" : "Expected share",
        "Observed / expected",
        "95 % interval",
        "What stands out",
    };
    const size_t n = sizeof headers / sizeof headers[0];

    html_start(html, "caption", NULL);
    html_line(html, "span", caption);
    html_end(html);
    html_start(html, "thead", NULL);
    html_start(html, "tr", NULL);
    for (size_t j = 0; j < n; j++) {
        html_start(html, "th", "scope", "col", "class", j > 0 && j + 1 < n ? "n" : NULL, NULL);
        html_text(html, headers[j]);
        html_end(html);
    }
    html_end(html);
    html_end(html);
}

static const char *flag_class(const char *flag)
{
    return flag[0] == 'B' ? "good" : flag[0] == 'W' ? "bad" : NULL;
}

/* People, or the time that they were under observation. */
static const char *size_words(const struct dashboard *d, size_t m, const struct dashboard_cell *cell)
{
    if (!d->measures[m].is_rate)
        return cell_count_words(d->pool, cell, cell->n);
    return cell_count_words(d->pool, cell, isfinite(cell->person_time) ? llround(cell->person_time) : 0);
}

static void write_cells(struct html *html, const struct dashboard *d, size_t m, const struct dashboard_cell *cell, const char *flag)
{
    cell_text_of(html, "td", "n", size_words(d, m, cell));
    cell_text_of(html, "td", "n", cell_count_words(d->pool, cell, cell->n_event));
    cell_text_of(html, "td", "n", cell_share_words(d, m, cell));
    cell_text_of(html, "td", "n", cell_expected_words(d, m, cell));
    cell_text_of(html, "td", "n", cell_ratio_words(d->pool, cell));
    cell_text_of(html, "td", "n", cell_interval_words(d->pool, cell));
    cell_text_of(html, "td", flag_class(flag), flag);
}

static void open_table(struct html *html, const char *label)
{
    html_start(html, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", label, NULL);
    html_start(html, "table", NULL);
}

static void write_programmes(struct html *html, const struct dashboard *d, size_t m)
{
    const char *caption = pool_format(d->pool, "By programme: %s", d->measures[m].label);

    open_table(html, caption);
    write_table_head(html, d, m, caption, "Programme");
    html_start(html, "tbody", "id", pool_format(d->pool, "programmes-%zu", m), NULL);
    for (size_t p = 0; p <= d->n_programmes; p++) {
        const struct dashboard_cell *cell = dashboard_at(d, m, p, 0);
        html_start(html, "tr", "class", p == 0 ? "all" : NULL, NULL);
        html_start(html, "th", "scope", "row", "dir", "auto", NULL);
        html_text(html, dashboard_programme(d, p));
        html_end(html);
        write_cells(html, d, m, cell, dashboard_flag(&d->measures[m], p == 0 ? 0 : dashboard_place(cell)));
        html_end(html);
        html_raw(html, "\n");
    }
    html_end(html);
    html_end(html);
    html_end(html);
}

static void write_periods(struct html *html, const struct dashboard *d, size_t m)
{
    const char *caption = pool_format(d->pool, "By period, all programmes: %s", d->measures[m].label);

    open_table(html, caption);
    write_table_head(html, d, m, caption, "Period");
    html_start(html, "tbody", "id", pool_format(d->pool, "periods-%zu", m), NULL);
    for (size_t q = 1; q <= d->n_periods; q++) {
        const struct dashboard_cell *cell = dashboard_at(d, m, 0, q);
        html_start(html, "tr", NULL);
        html_start(html, "th", "scope", "row", NULL);
        html_text(html, d->periods[q - 1]);
        html_end(html);
        write_cells(html, d, m, cell, cell->withheld ? "" : dashboard_period_flag(d->pool, &d->measures[m], cell));
        html_end(html);
    }
    html_end(html);
    html_end(html);
    html_end(html);
}

/* What the numbers rest on, in sentences. */
static void write_ground(struct html *html, const struct dashboard *d, size_t m)
{
    const struct dashboard_question *measure = &d->measures[m];
    const struct dashboard_cell *all = dashboard_at(d, m, 0, 0);
    const char *text = pool_format(d->pool, "%s. %s is better.", cell_value_words(d, m, all), measure->higher_is_better ? "Higher" : "Lower");

    if (measure->n_unknown > 0 && measure->n_unknown != MISSING_INTEGER)
        text = pool_format(d->pool, "%s Not counted: %s lost from sight before the day.", text, words_count(d->pool, measure->n_unknown));
    if (measure->n_not_due > 0 && measure->n_not_due != MISSING_INTEGER)
        text = pool_format(d->pool, "%s %s entered too late for the day to be seen.", text, words_count(d->pool, measure->n_not_due));
    if (measure->n_missing > 0 && measure->n_missing != MISSING_INTEGER)
        text = pool_format(d->pool, "%s %s have no such outcome.", text, words_count(d->pool, measure->n_missing));
    html_line(html, "p", text);
    if (measure->is_share)
        html_line_class(html, "p", "quiet",
                        pool_format(d->pool, "Told as a share: its counts are withheld, because beside those of \u201c%s\u201d a subtraction would give "
                                             "1 to %lld people. The numbers below are the shares, in whole per cent, of the people of that measure, and "
                                             "what follows from them.",
                                    d->measures[0].label, (long long)d->threshold - 1));
    if (strcmp(measure->spread, "none") != 0)
        html_line_class(html, "p", "quiet",
                        pool_format(d->pool, "Programmes differ by more than chance (dispersion %s); the limits are widened by it.",
                                    words_fixed(d->pool, measure->phi, 1)));
    if (measure->note[0] != '\0')
        html_line_class(html, "p", "quiet", pool_format(d->pool, "%s.", words_capital(d->pool, measure->note)));
}

static const char *sentence(struct pool *pool, const char *text)
{
    const size_t length = strlen(text);

    return length > 0 && strchr(".!?", text[length - 1]) != NULL ? text : pool_format(pool, "%s.", text);
}

/* "From 2020-04 a new phase: ...": where charts of all programmes, and of single ones, begin anew. */
static void write_spans(struct html *html, const struct dashboard *d, size_t m)
{
    bool open = false;

    for (size_t i = 0; i < d->n_spans; i++) {
        const struct dashboard_span *span = &d->spans[i];
        const bool is_first = span->because[0] == '\0', not_begun = span->phase == MISSING_INTEGER;
        const char *text = "";

        if (strcmp(span->measure, d->measures[m].id) != 0 || (is_first && (span->freeze[0] == '\0' || span->programme[0] != '\0')))
            continue;
        if (!open)
            html_start(html, "ul", "class", "quiet", NULL);
        open = true;
        html_start(html, "li", NULL);
        if (span->programme[0] != '\0') {
            html_line(html, "bdi", span->programme);
            html_text(html, ": ");
        }
        if (not_begun)
            text = pool_format(d->pool, "A phase that has not begun: %s", sentence(d->pool, span->because));
        else if (is_first)
            text = pool_format(d->pool, "Centre and limits are taken from %s to %s and held from there on.", span->from, span->freeze);
        else
            text = pool_format(d->pool, "From %s a new phase: %s%s", span->from, sentence(d->pool, span->because),
                               span->freeze[0] == '\0' ? "" : pool_format(d->pool, " Its centre and limits are taken from its periods up to %s "
                                                                                   "and held from there on.", span->freeze));
        html_text(html, text);
        html_end(html);
    }
    if (open)
        html_end(html);
}

/* Where the last phase has no limits yet, that is said. */
static bool lacks_limits(const struct dashboard *d, size_t m)
{
    const struct dashboard_cell *last = dashboard_at(d, m, 0, d->n_periods);

    for (size_t q = d->n_periods; q >= 1 && dashboard_at(d, m, 0, q)->phase == last->phase; q--)
        if (isfinite(dashboard_at(d, m, 0, q)->centre))
            return false;
    return true;
}

void write_dashboard_measure(struct html *html, const struct dashboard *d, size_t m)
{
    page_section(html, d->pool, pool_format(d->pool, "measure-%zu", m), d->measures[m].label);
    write_ground(html, d, m);
    html_start(html, "div", "class", "pair", NULL);
    html_start(html, "figure", NULL);
    html_line(html, "h3", "Between programmes");
    if (dashboard_funnel(html, d, m))
        html_line(html, "figcaption", "Each point is a programme. Dashed: 95 % limits; full lines: 99.8 % limits. Triangles lie outside of these.");
    html_end(html);
    html_start(html, "figure", NULL);
    html_start(html, "h3", NULL);
    html_text(html, "Over time: ");
    html_start(html, "span", "id", pool_format(d->pool, "who-%zu", m), NULL);
    html_text(html, "all programmes");
    html_end(html);
    html_end(html);
    if (dashboard_control(html, d, m))
        html_line(html, "figcaption",
                  "Each point is a period. Middle line: the centre, dashed where it is held; outer lines: the limits. A dotted rule "
                  "begins a new phase. Triangles stand out.");
    html_end(html);
    html_end(html);
    html_line_class(html, "p", "quiet",
                    pool_format(d->pool, "%s%s", dashboard_rules(d->pool, &d->measures[m]),
                                lacks_limits(d, m) ? " The last phase has too few periods or people for a centre of its own, or it is withheld." : ""));
    write_spans(html, d, m);
    write_programmes(html, d, m);
    html_start(html, "details", NULL);
    html_line(html, "summary", "The numbers over time");
    write_periods(html, d, m);
    html_end(html);
    html_end(html);
    html_raw(html, "\n");
}
