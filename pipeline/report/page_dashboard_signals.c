/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands out of a dashboard. */
#include "report/page_dashboard_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/page.h"
#include "report/words.h"

enum { TOLD_MAX = 30 };

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
                                words_lower(d->pool, d->measures[signal->measure].label), cell_value_words(d, signal->measure, cell),
                                cell_expected_words(d, signal->measure, cell)));
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
        return pool_format(d->pool, "%s, %s, all programmes: %s. %s.", d->periods[q - 1], label, cell_value_words(d, m, dashboard_at(d, m, 0, q)),
                           flag);
    return pool_format(d->pool, "%s to %s, %s, all programmes: %s at first, %s at last. %s.", d->periods[q - 1], d->periods[end - 2], label,
                       cell_share_words(d, m, dashboard_at(d, m, 0, q)), cell_share_words(d, m, dashboard_at(d, m, 0, end - 1)), flag);
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

void write_dashboard_signals(struct html *html, const struct dashboard *d)
{
    const size_t n_max = d->n_measures * d->n_programmes;
    struct signal *signals = allocate(n_max + 1, sizeof *signals);
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
