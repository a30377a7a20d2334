/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dashboard.html: what stands out, filters, then a section a measure. */
#include <stdlib.h>
#include <string.h>

#include "report/dashboard.h"
#include "report/page.h"
#include "report/page_dashboard_parts.h"
#include "report/page_shell.h"
#include "report/words.h"

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
                                       "that no subtraction within a table gives them back. All measures count the same people; further ones are told as shares where "
                                       "their counts would be a subtraction away from few people.",
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
    write_dashboard_signals(html, d);
    write_links(html, d);
    write_filters(html);
    for (size_t m = 0; m < d->n_measures; m++)
        write_dashboard_measure(html, d, m);
    write_reading(html, d);
    html_start(html, "script", "type", "application/json", "id", "data", NULL);
    html_raw(html, data);
    html_end(html);
    free(data);
    return page_close(html, d->pool, &shell, page_footer(bundle), length);
}
