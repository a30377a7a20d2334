/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

#include <string.h>

#include "report/words.h"

enum { NOTES_MAX = 200 };

/* The notes of a table, in the order of their first row; a row carries the number of its note. */
struct notes {
    size_t n;
    const char *texts[NOTES_MAX];
};

static void write_head(struct html *html, const struct text_table *table)
{
    html_start(html, "thead", NULL);
    html_start(html, "tr", NULL);
    for (size_t j = 0; j < table->n_columns; j++) {
        html_start(html, "th", "scope", "col", "class", table->numeric[j] ? "n" : NULL, NULL);
        html_text(html, table->has_notes && j + 1 == table->n_columns ? "Note" : table->headers[j]);
        html_end(html);
    }
    html_end(html);
    html_end(html);
}

/* A heading spans all columns, and begins a group of rows of its own. */
static void write_heading(struct html *html, const struct text_table *table, const char *text)
{
    html_start(html, "tr", "class", "group", NULL);
    html_start(html, "th", "scope", "rowgroup", "colspan", pool_format(table->pool, "%zu", table->n_columns), NULL);
    html_text(html, text);
    html_end(html);
    html_end(html);
}

/* "" for no note; beyond NOTES_MAX the note itself. */
static const char *number_note(struct notes *notes, struct pool *pool, const char *text)
{
    size_t i = 0;

    if (text[0] == '\0')
        return text;
    while (i < notes->n && strcmp(notes->texts[i], text) != 0)
        i++;
    if (i == NOTES_MAX)
        return text;
    if (i == notes->n)
        notes->texts[notes->n++] = text;
    return pool_format(pool, "%zu", i + 1);
}

static void write_notes(struct html *html, const struct text_table *table, const struct notes *notes)
{
    if (notes->n == 0)
        return;
    html_start(html, "div", "class", "notes", NULL);
    html_line(html, "p", table->headers[table->n_columns - 1]);
    html_start(html, "ol", NULL);
    for (size_t i = 0; i < notes->n; i++)
        html_line(html, "li", notes->texts[i]);
    html_end(html);
    html_end(html);
}

static void write_row(struct html *html, const struct text_table *table, const char *const *cells,
                      struct notes *notes)
{
    html_start(html, "tr", NULL);
    for (size_t j = 0; j < table->n_columns; j++) {
        const char *class_name = table->numeric[j] ? "n" : NULL;

        if (j == 0)
            html_start(html, "th", "scope", "row", "class", class_name, NULL);
        else
            html_start(html, "td", "class", class_name, NULL);
        html_text(html, table->has_notes && j + 1 == table->n_columns ? number_note(notes, table->pool, cells[j])
                                                                      : cells[j]);
        html_end(html);
    }
    html_end(html);
    html_raw(html, "\n");
}

void page_table(struct html *html, const struct text_table *table)
{
    struct notes notes = {.n = 0};
    bool open = false;

    html_start(html, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", table->caption, NULL);
    html_start(html, "table", NULL);
    html_start(html, "caption", NULL);
    html_line(html, "span", table->caption);
    html_end(html);
    write_head(html, table);
    for (size_t i = 0; i < table->n_rows; i++) {
        const char *const *cells = table->cells + i * table->n_columns;

        if (!open || table->heading[i]) {
            if (open)
                html_end(html);
            html_start(html, "tbody", NULL);
            open = true;
        }
        if (table->heading[i])
            write_heading(html, table, cells[0]);
        else
            write_row(html, table, cells, &notes);
    }
    if (open)
        html_end(html);
    html_end(html);
    html_end(html);
    write_notes(html, table, &notes);
    if (table->name != NULL) {
        html_start(html, "p", "class", "files", NULL);
        html_link(html, pool_format(table->pool, "tables/%s.csv", table->name),
                  pool_format(table->pool, "%s.csv", table->name));
        html_end(html);
    }
    html_raw(html, "\n");
}
