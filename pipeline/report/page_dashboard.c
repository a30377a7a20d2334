/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dashboard.html: what stands out, filters, then a section a measure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/dashboard.h"
#include "report/dashboard_chart.h"
#include "report/page.h"
#include "report/page_shell.h"
#include "report/words.h"

enum { TOLD_MAX = 30 };

static const char *share_words(const struct dashboard *d, size_t m, const struct dashboard_cell *cell)
{
    return cell->withheld ? "withheld" : dashboard_words(d->pool, &d->measures[m], dashboard_value(cell));
}

static const char *expected_words(const struct dashboard *d, size_t m, const struct dashboard_cell *cell)
{
    return cell->withheld ? "withheld" : dashboard_words(d->pool, &d->measures[m], dashboard_expected(cell));
}

/* "37.7 % of 120 people", "4.31 events per 1,000 person-days". */
static const char *value_words(const struct dashboard *d, size_t m, const struct dashboard_cell *cell)
{
    const struct dashboard_question *measure = &d->measures[m];

    if (measure->is_rate)
        return pool_format(d->pool, "%s events %s", share_words(d, m, cell), dashboard_per(d->pool, measure));
    return pool_format(d->pool, "%s of %s people", share_words(d, m, cell), cell->withheld ? "withheld" : words_count(d->pool, cell->n));
}

static const char *ratio_words(struct pool *pool, const struct dashboard_cell *cell)
{
    return cell->withheld ? "withheld" : words_fixed(pool, cell->ratio, 2);
}

static const char *interval_words(struct pool *pool, const struct dashboard_cell *cell)
{
    if (cell->withheld)
        return "withheld";
    return words_interval(pool, SCALE_RATIO, cell->conf_low, cell->conf_high);
}

static const char *count_words(struct pool *pool, const struct dashboard_cell *cell, int64_t n)
{
    return cell->withheld ? "withheld" : words_count(pool, n);
}

/* ---- what stands out --------------------------------------------------------------------------------------------- */

/* A programme and a measure outside of the 99.8 % limits. */
struct signal {
    size_t measure, programme;
    double z;
};

static int by_distance(const void *left, const void *right)
{
    const struct signal *a = left, *b = right;
    const double za = fabs(a->z), zb = fabs(b->z);

    if (za != zb)
        return za > zb ? -1 : 1;
    if (a->measure != b->measure)
        return a->measure < b->measure ? -1 : 1;
    return (a->programme > b->programme) - (a->programme < b->programme);
}

static size_t find_signals(const struct dashboard *d, struct signal *signals, size_t n_max)
{
    size_t n = 0;

    for (size_t m = 0; m < d->n_measures; m++)
        for (size_t p = 1; p <= d->n_programmes; p++) {
            const struct dashboard_cell *cell = dashboard_at(d, m, p, 0);
            if (abs(dashboard_place(cell)) == 2 && n < n_max)
                signals[n++] = (struct signal){m, p, cell->z};
        }
    qsort(signals, n, sizeof *signals, by_distance);
    return n;
}

static void tell_signal(struct html *html, const struct dashboard *d, const struct signal *signal)
{
    const struct dashboard_cell *cell = dashboard_at(d, signal->measure, signal->programme, 0);
    const char *flag = dashboard_flag(&d->measures[signal->measure], dashboard_place(cell));

    html_start(html, "li", NULL);
    html_line(html, "bdi", dashboard_programme(d, signal->programme));
    html_text(html, pool_format(d->pool, ", %s: %s, where %s were to be expected of such people. ",
                                words_lower(d->pool, d->measures[signal->measure].label), value_words(d, signal->measure, cell),
                                expected_words(d, signal->measure, cell)));
    html_line_class(html, "strong", flag[0] == 'B' ? "good" : "bad", flag);
    html_text(html, ".");
    html_end(html);
}

/* One past the last of the periods from q on that carry the same flag; periods without people lie between. */
static size_t end_of_stretch(const struct dashboard *d, size_t m, size_t q, const char *flag)
{
    size_t end = q + 1;

    for (size_t k = q + 1; k <= d->n_periods; k++) {
        const struct dashboard_cell *cell = dashboard_at(d, m, 0, k);
        if (!cell->withheld && cell->n == 0)
            continue;
        if (cell->withheld || strcmp(dashboard_period_flag(d->pool, &d->measures[m], cell), flag) != 0)
            break;
        end = k + 1;
    }
    return end;
}

/* "2019-03, label, all programmes: 20.1 % of 54 people." or "2019-03 to 2019-09, label, all programmes: 7 periods." */
static const char *stretch_words(const struct dashboard *d, size_t m, size_t q, size_t end, const char *flag)
{
    const char *label = words_lower(d->pool, d->measures[m].label);

    if (end == q + 1)
        return pool_format(d->pool, "%s, %s, all programmes: %s. %s.", d->periods[q - 1], label, value_words(d, m, dashboard_at(d, m, 0, q)),
                           flag);
    return pool_format(d->pool, "%s to %s, %s, all programmes: %s at first, %s at last. %s.", d->periods[q - 1], d->periods[end - 2], label,
                       share_words(d, m, dashboard_at(d, m, 0, q)), share_words(d, m, dashboard_at(d, m, 0, end - 1)), flag);
}

/* Periods of all programmes together that stand out, a line for those in a row that say the same. */
static size_t tell_periods(struct html *html, const struct dashboard *d, bool count_only)
{
    size_t n = 0;

    for (size_t m = 0; m < d->n_measures; m++)
        for (size_t q = 1, end; q <= d->n_periods; q = end) {
            const struct dashboard_cell *cell = dashboard_at(d, m, 0, q);
            const char *flag = dashboard_period_flag(d->pool, &d->measures[m], cell);

            end = q + 1;
            if (flag[0] == '\0' || cell->withheld || n >= TOLD_MAX)
                continue;
            n++;
            end = end_of_stretch(d, m, q, flag);
            if (!count_only)
                html_line(html, "li", stretch_words(d, m, q, end, flag));
        }
    return n;
}

static void write_signals(struct html *html, const struct dashboard *d)
{
    const size_t n_max = d->n_measures * d->n_programmes;
    struct signal *signals = calloc(n_max + 1, sizeof *signals);
    const size_t n = signals == NULL ? 0 : find_signals(d, signals, n_max), told = n < TOLD_MAX ? n : TOLD_MAX;

    page_section(html, d->pool, "signals", "What stands out");
    if (n == 0) {
        html_line_class(html, "p", "lead", "No programme is further from what was to be expected of its people than chance explains.");
    } else {
        html_line_class(html, "p", "lead",
                        pool_format(d->pool, "In %s of %s cases \xe2\x80\x93 a programme and a measure \xe2\x80\x93 the value is further from what was to be expected "
                                             "than chance explains.",
                                    words_count(d->pool, (int64_t)n), words_count(d->pool, (int64_t)n_max)));
        html_start(html, "ul", NULL);
        for (size_t i = 0; i < told; i++)
            tell_signal(html, d, &signals[i]);
        html_end(html);
        if (n > told)
            html_line(html, "p", pool_format(d->pool, "The other %zu are marked in the tables.", n - told));
    }
    if (tell_periods(html, d, true) > 0) {
        html_line(html, "h3", "Over time");
        html_start(html, "ul", NULL);
        (void)tell_periods(html, d, false);
        html_end(html);
    }
    html_line_class(html, "p", "quiet",
                    "A signal is a reason to look, not a verdict: numbers are adjusted only for what was recorded, and of a "
                    "thousand programmes that are all alike two lie outside the 99.8 % limits.");
    html_end(html);
    free(signals);
}

/* ---- filters -------------------------------------------------------------------------------------------------------- */

static void write_select(struct html *html, const char *id, const char *label)
{
    html_start(html, "p", NULL);
    html_start(html, "label", "for", id, NULL);
    html_text(html, label);
    html_end(html);
    html_start(html, "select", "id", id, NULL);
    html_end(html);
    html_end(html);
}

/* Hidden until the script fills it: without the script the page shows everything. */
static void write_filters(struct html *html)
{
    html_start(html, "form", "id", "filters", "hidden", "hidden", "aria-label", "Filters", NULL);
    write_select(html, "filter-measure", "Measure");
    write_select(html, "filter-programme", "Programme");
    write_select(html, "filter-from", "From");
    write_select(html, "filter-to", "To");
    html_start(html, "p", NULL);
    html_start(html, "button", "type", "reset", NULL);
    html_text(html, "Show everything");
    html_end(html);
    html_end(html);
    html_start(html, "p", "id", "filter-told", "role", "status", "class", "quiet", NULL);
    html_end(html);
    html_end(html);
}

/* ---- a measure --------------------------------------------------------------------------------------------------------- */

static void cell_text_of(struct html *html, const char *element, const char *class_name, const char *text)
{
    html_start(html, element, "class", class_name, NULL);
    html_text(html, text);
    html_end(html);
}

static void write_table_head(struct html *html, const struct dashboard *d, size_t m, const char *caption, const char *first)
{
    const struct dashboard_question *measure = &d->measures[m];
    const bool rate = measure->is_rate;
    const char *const headers[] = {
        first,
        rate ? pool_format(d->pool, "Person-%s", measure->time_units) : "People",
        rate ? "Events" : "Of them",
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
        return count_words(d->pool, cell, cell->n);
    return count_words(d->pool, cell, isfinite(cell->person_time) ? llround(cell->person_time) : 0);
}

static void write_cells(struct html *html, const struct dashboard *d, size_t m, const struct dashboard_cell *cell, const char *flag)
{
    cell_text_of(html, "td", "n", size_words(d, m, cell));
    cell_text_of(html, "td", "n", count_words(d->pool, cell, cell->n_event));
    cell_text_of(html, "td", "n", share_words(d, m, cell));
    cell_text_of(html, "td", "n", expected_words(d, m, cell));
    cell_text_of(html, "td", "n", ratio_words(d->pool, cell));
    cell_text_of(html, "td", "n", interval_words(d->pool, cell));
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
    const char *text = pool_format(d->pool, "%s. %s is better.", value_words(d, m, all), measure->higher_is_better ? "Higher" : "Lower");

    if (measure->n_unknown > 0 && measure->n_unknown != MISSING_INTEGER)
        text = pool_format(d->pool, "%s Not counted: %s lost from sight before the day.", text, words_count(d->pool, measure->n_unknown));
    if (measure->n_not_due > 0 && measure->n_not_due != MISSING_INTEGER)
        text = pool_format(d->pool, "%s %s entered too late for the day to be seen.", text, words_count(d->pool, measure->n_not_due));
    if (measure->n_missing > 0 && measure->n_missing != MISSING_INTEGER)
        text = pool_format(d->pool, "%s %s have no such outcome.", text, words_count(d->pool, measure->n_missing));
    html_line(html, "p", text);
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

static void write_measure(struct html *html, const struct dashboard *d, size_t m)
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

/* ---- the rest ------------------------------------------------------------------------------------------------------------ */

static void write_reading(struct html *html, const struct dashboard *d)
{
    const char *adjusted = d->n_measures > 0 ? d->measures[0].adjusted : "";

    page_section(html, d->pool, "reading", "How to read it");
    html_start(html, "dl", NULL);
    html_line(html, "dt", "Expected share");
    html_line(html, "dd",
              adjusted[0] != '\0'
                  ? pool_format(d->pool, "What was to be expected of such people, wherever they are treated: a logistic regression over all "
                                         "programmes on %s. What is not recorded is not adjusted for.",
                                words_spoken(d->pool, adjusted))
                  : "The share over all programmes: nothing is adjusted for.");
    html_line(html, "dt", "Observed / expected");
    html_line(html, "dd", "1 is as expected; its interval is exact for a Poisson count. In a chosen stretch of time it is Byar's approximation.");
    html_line(html, "dt", "Between programmes");
    html_line(html, "dd",
              "Chance alone puts 95 of 100 programmes within the 95 % limits and 998 of 1000 within the 99.8 % limits (Spiegelhalter 2005). "
              "Outside of the inner ones is a reason to watch, outside of the outer ones a reason to look.");
    html_line(html, "dt", "Over time");
    html_line(html, "dd",
              "A process that does not change stays within its limits, and on both sides of its centre. What is told of a measure is "
              "written below its chart. A phase begins where a process was changed on purpose, and has a centre and limits of its "
              "own; where these are held, later periods are judged by how it was before. Centre and limits are given where "
              "they can be taken from 8 periods or more with, on average, 10 people in each.");
    html_line(html, "dt", "Who is counted");
    html_line(html, "dd", "People of whom the day was due and whose state on it is known. Who was lost from sight before the day is in no share.");
    if (d->threshold > 0) {
        html_line(html, "dt", "Withheld");
        html_line(html, "dd",
                  pool_format(d->pool, "Counts of 1 to %lld people, and all that is made of them; and as many other cells as are needed so "
                                       "that no subtraction within a table gives them back.",
                              (long long)d->threshold - 1));
    }
    html_end(html);
    html_end(html);
}

static void write_links(struct html *html, const struct dashboard *d)
{
    html_start(html, "nav", "aria-label", "Contents", NULL);
    html_start(html, "ul", NULL);
    for (size_t m = 0; m < d->n_measures; m++) {
        html_start(html, "li", NULL);
        html_link(html, pool_format(d->pool, "#measure-%zu", m), d->measures[m].label);
        html_end(html);
    }
    html_start(html, "li", NULL);
    html_link(html, "#reading", "How to read it");
    html_end(html);
    html_start(html, "li", NULL);
    html_link(html, "report.html", "The research report");
    html_end(html);
    html_end(html);
    html_end(html);
}

static const char *span_of(const struct dashboard *d)
{
    if (d->n_periods == 0)
        return "";
    return pool_format(d->pool, ", %s to %s", d->periods[0], d->periods[d->n_periods - 1]);
}

char *page_dashboard(struct bundle *bundle, const struct dashboard *d, size_t *length)
{
    const struct page_shell shell = {
        .kicker = pool_format(d->pool, "Quality dashboard, study %s: %zu programmes%s", bundle_study_value(bundle, "study"),
                              d->n_programmes, span_of(d)),
        .title = page_title(bundle),
        .skip_to = "#signals",
        .skip = "Skip to what stands out",
        .script = dashboard_script};
    struct html *html = page_open(d->pool, &shell);
    char *data = html == NULL ? NULL : dashboard_json(d);

    if (data == NULL) {
        html_abandon(html);
        return NULL;
    }
    write_signals(html, d);
    write_links(html, d);
    write_filters(html);
    for (size_t m = 0; m < d->n_measures; m++)
        write_measure(html, d, m);
    write_reading(html, d);
    html_start(html, "script", "type", "application/json", "id", "data", NULL);
    html_raw(html, data);
    html_end(html);
    free(data);
    return page_close(html, d->pool, &shell, page_footer(bundle), length);
}
