/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

static void write_contents(struct html *html)
{
    static const struct {
        const char *href, *text;
    } parts[] = {{"#verdicts", "Verdicts"},
                 {"#figures", "Figures"},
                 {"#tables", "Tables"},
                 {"#methods", "Methods"},
                 {"#trial", "Target trial"},
                 {"#checklists", "Checklists"},
                 {"#provenance", "Provenance"},
                 {"review.html", "Review of the numbers"}};

    html_start(html, "nav", "aria-label", "Contents", NULL);
    html_start(html, "ul", NULL);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        html_start(html, "li", NULL);
        html_link(html, parts[i].href, parts[i].text);
        html_end(html);
    }
    html_end(html);
    html_end(html);
}

const char *page_footer(struct bundle *bundle)
{
    return pool_format(bundle->pool,
                       "Written by stepdown %s from released tables alone. All of them are in the "
                       "folder tables, as CSV, and in released.h5.",
                       bundle_provenance_value(bundle, "version"));
}

const char *page_title(const struct bundle *bundle)
{
    const char *title = bundle_study_value(bundle, "title");

    return title[0] == '\0' ? bundle_study_value(bundle, "study") : title;
}

char *page_make(struct bundle *bundle, const struct figures *figures, const struct answer *answer, size_t *length)
{
    const struct page_shell shell = {
        .kicker = pool_format(bundle->pool, "Study %s", bundle_study_value(bundle, "study")),
        .title = page_title(bundle),
        .skip_to = "#answer",
        .skip = "Skip to the answer"};
    struct html *html = page_open(bundle->pool, &shell);

    if (html == NULL)
        return NULL;
    page_answer(html, bundle, answer);
    write_contents(html);
    page_verdicts(html, bundle);
    page_figures(html, bundle, figures);
    page_tables(html, bundle);
    page_methods(html, bundle);
    page_trial(html, bundle);
    page_strategies(html, bundle);
    page_checklists(html, bundle);
    page_provenance(html, bundle);
    return page_close(html, bundle->pool, &shell, page_footer(bundle), length);
}
