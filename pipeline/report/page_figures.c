/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

/* Both sizes are in the page; the style shows the one that fits. */
static void write_svg(struct html *html, const struct figure *figure)
{
    static const char *const classes[] = {"wide", "narrow"};

    for (size_t s = 0; s < 2; s++) {
        if (figure->inlined[s] == NULL)
            continue;
        html_start(html, "div", "class", classes[s], NULL);
        html_raw(html, figure->inlined[s]);
        html_end(html);
    }
}

static void write_files(struct html *html, struct bundle *bundle, const struct figure *figure)
{
    static const struct {
        const char *suffix, *text;
    } files[] = {{".svg", "SVG"},
                 {".pdf", "PDF"},
                 {".png", "PNG"},
                 {"-narrow.svg", "SVG, one column"},
                 {"-narrow.pdf", "PDF, one column"},
                 {"-narrow.png", "PNG, one column"}};

    html_start(html, "p", "class", "files", NULL);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (i > 0)
            html_text(html, " \xc2\xb7 ");
        html_link(html, pool_format(bundle->pool, "figures/%s%s", figure->name, files[i].suffix), files[i].text);
    }
    html_end(html);
}

static void write_figure(struct html *html, struct bundle *bundle, const struct figure *figure, size_t number)
{
    html_start(html, "figure", "id", pool_format(bundle->pool, "figure-%s", figure->name), NULL);
    html_line(html, "h3", pool_format(bundle->pool, "Figure %zu. %s", number, figure->title));
    if (figure->failed || figure->inlined[0] == NULL)
        html_line_class(html, "p", "failed",
                        "This figure could not be drawn. Its numbers are not touched by that; they are "
                        "in the table below.");
    else
        write_svg(html, figure);
    html_start(html, "figcaption", NULL);
    html_line(html, "p", figure->caption);
    if (!figure->failed)
        write_files(html, bundle, figure);
    html_end(html);
    html_end(html);
    html_start(html, "details", NULL);
    html_line(html, "summary", "The numbers of this figure");
    page_table(html, &figure->alternative);
    html_end(html);
    html_raw(html, "\n");
}

void page_figures(struct html *html, struct bundle *bundle, const struct figures *figures)
{
    html_start(html, "section", "id", "figures", "aria-labelledby", "figures-heading", NULL);
    html_start(html, "h2", "id", "figures-heading", NULL);
    html_text(html, "Figures");
    html_end(html);
    if (figures->n == 0)
        html_line(html, "p", "There is nothing to draw.");
    for (size_t i = 0; i < figures->n; i++)
        write_figure(html, bundle, &figures->items[i], i + 1);
    html_end(html);
}
