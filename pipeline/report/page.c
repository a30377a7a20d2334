/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

static void write_head(struct html *html, const char *title)
{
    html_start(html, "head", NULL);
    html_void(html, "meta", "charset", "utf-8", NULL);
    html_void(html, "meta", "name", "viewport", "content", "width=device-width, initial-scale=1", NULL);
    html_void(html, "meta", "name", "color-scheme", "content", "light dark", NULL);
    html_void(html, "meta", "name", "generator", "content", "stepdown", NULL);
    html_line(html, "title", title);
    html_start(html, "style", NULL);
    html_raw(html, page_style);
    html_end(html);
    html_end(html);
    html_raw(html, "\n");
}

static void write_contents(struct html *html)
{
    static const struct {
        const char *href, *text;
    } parts[] = {{"#verdicts", "Verdicts"},
                 {"#figures", "Figures"},
                 {"#tables", "Tables"},
                 {"#methods", "Methods"},
                 {"#provenance", "Provenance"}};

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

static void write_footer(struct html *html, struct bundle *bundle)
{
    html_start(html, "footer", NULL);
    html_line(html, "p",
              pool_format(bundle->pool,
                          "Written by stepdown %s from released tables alone. All of them are in the "
                          "folder tables, as CSV, and in released.h5.",
                          bundle_provenance_value(bundle, "version")));
    html_end(html);
}

char *page_make(struct bundle *bundle, const struct figures *figures, const struct answer *answer, size_t *length)
{
    struct html *html = html_open();
    const char *title = bundle_study_value(bundle, "title"), *name = bundle_study_value(bundle, "study");

    if (html == NULL)
        return NULL;
    if (title[0] == '\0')
        title = name;
    html_start(html, "html", "lang", "en", NULL);
    write_head(html, title);
    html_start(html, "body", NULL);
    html_start(html, "a", "class", "skip", "href", "#answer", NULL);
    html_text(html, "Skip to the answer");
    html_end(html);
    html_start(html, "header", NULL);
    html_line_class(html, "p", "kicker", pool_format(bundle->pool, "Study %s", name));
    html_line(html, "h1", title);
    html_end(html);
    html_raw(html, "\n");
    html_start(html, "main", NULL);
    page_answer(html, bundle, answer);
    write_contents(html);
    page_verdicts(html, bundle);
    page_figures(html, bundle, figures);
    page_tables(html, bundle);
    page_methods(html, bundle);
    page_provenance(html, bundle);
    html_end(html);
    write_footer(html, bundle);
    html_end(html);
    html_end(html);
    html_raw(html, "\n");
    if (pool_failed(bundle->pool)) {
        html_abandon(html);
        return NULL;
    }
    return html_close(html, length);
}
