/* SPDX-License-Identifier: GPL-3.0-or-later */
/* review.html: for whoever checks the numbers of others. */
#include "report/page.h"

#include <math.h>

#include "report/reading.h"

static const char *headline(struct bundle *bundle)
{
    const struct published_counts counts = published_count(bundle);

    if (counts.n == 0)
        return bundle->threshold > 0 ? "Published numbers stay inside: with a threshold they would tell what is hidden."
                                     : "The study names no published numbers.";
    return pool_format(bundle->pool, "Of %zu published numbers %zu match ours, %zu differ, and %zu cannot be computed from these data.",
                       counts.n, counts.matches, counts.differs, counts.n - counts.matches - counts.differs);
}

static int estimates_by_key(struct bundle *bundle, struct text_table *table)
{
    const struct table *estimates = bundle->estimates;

    *table = (struct text_table){.pool = bundle->pool, .name = "estimates", .caption = "Every number by the key of its row"};
    if (text_table_column(table, "Key of its row", false) != 0 || text_table_column(table, "Value", true) != 0 ||
        text_table_column(table, "95 % interval", true) != 0 || text_table_column(table, "p", true) != 0 ||
        text_table_column(table, "n", true) != 0 || text_table_column(table, "Events", true) != 0)
        return -1;
    for (size_t i = 0; i < cell_rows(estimates); i++) {
        const char **cells = text_table_row(table);

        if (cells == NULL)
            return -1;
        cells[0] = row_key(bundle, estimates, i);
        cells[1] = reading_value(bundle, estimates, i);
        cells[2] = reading_interval(bundle, estimates, i);
        cells[3] = words_p(bundle->pool, cell_real(estimates, "p_value", i));
        cells[4] = words_count(bundle->pool, cell_integer(estimates, "n", i));
        cells[5] = words_count(bundle->pool, cell_integer(estimates, "n_event", i));
    }
    return 0;
}

static void write_links(struct html *html)
{
    static const char *const links[][2] = {{"#published", "Published and recomputed"},
                                           {"#keys", "Every number by its key"},
                                           {"#provenance", "Provenance"},
                                           {"report.html", "The research report"}};

    html_start(html, "nav", "aria-label", "Contents", NULL);
    html_start(html, "ul", NULL);
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        html_start(html, "li", NULL);
        html_link(html, links[i][0], links[i][1]);
        html_end(html);
    }
    html_end(html);
    html_end(html);
}

char *page_review(struct bundle *bundle, size_t *length)
{
    const struct page_shell shell = {
        .kicker = pool_format(bundle->pool, "Review, study %s", bundle_study_value(bundle, "study")),
        .title = page_title(bundle),
        .skip_to = "#published",
        .skip = "Skip to the numbers"};
    struct html *html = page_open(bundle->pool, &shell);
    struct text_table table;

    if (html == NULL)
        return NULL;
    html_line_class(html, "p", "lead", headline(bundle));
    write_links(html);
    page_section(html, bundle->pool, "published", "Published and recomputed");
    html_line(html, "p",
              "A number matches when ours, rounded once to the digits printed, is the printed one; its limits and p-value, where printed, "
              "must match as well. The difference is ours less printed.");
    if (published_count(bundle).n > 0) {
        if (review_table(bundle, &table) == 0)
            page_table(html, &table);
        text_table_free(&table);
    } else {
        html_line(html, "p", headline(bundle));
    }
    html_end(html);
    page_section(html, bundle->pool, "keys", "Every number by its key");
    html_line(html, "p", "A key finds its row in estimates.csv and in released.h5; what a key leaves out has only one value there.");
    if (estimates_by_key(bundle, &table) == 0)
        page_table(html, &table);
    text_table_free(&table);
    html_end(html);
    page_provenance(html, bundle);
    return page_close(html, bundle->pool, &shell, page_footer(bundle), length);
}
