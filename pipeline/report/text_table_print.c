/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text_table_print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/safe_text.h"
#include "report/words.h"

enum { COLUMN_MAX = 44 };

/* ---- one cell ---------------------------------------------------------------------------------------------------- */

/* Signs that are written otherwise; the longest first where one begins another. */
struct sign {
    const char *sign, *written;
};

static const char *rewritten(struct pool *pool, const char *text, const struct sign *signs, size_t n)
{
    char *safe = safe_text(text);
    const char *out = "", *plain = safe;

    for (const char *c = safe; c != NULL && *c != '\0';) {
        size_t k = 0;
        while (k < n && strncmp(c, signs[k].sign, strlen(signs[k].sign)) != 0)
            k++;
        if (k == n) {
            c++;
            continue;
        }
        out = pool_format(pool, "%s%.*s%s", out, (int)(c - plain), plain, signs[k].written);
        c += strlen(signs[k].sign);
        plain = c;
    }
    out = safe == NULL ? "" : pool_format(pool, "%s%s", out, plain);
    free(safe);
    return out;
}

const char *text_as_md(struct pool *pool, const char *text)
{
    static const struct sign signs[] = {{"\\", "\\\\"}, {"|", "\\|"}, {"`", "\\`"},  {"<", "&lt;"}, {">", "&gt;"}, {"&", "&amp;"},
                                        {"*", "\\*"},   {"_", "\\_"}, {"[", "\\["}, {"]", "\\]"},  {"~", "\\~"},  {"$", "\\$"}};

    return rewritten(pool, text, signs, sizeof signs / sizeof signs[0]);
}

const char *text_as_tex(struct pool *pool, const char *text)
{
    static const struct sign signs[] = {{"\\", "\\textbackslash{}"},
                                        {"{", "\\{"},
                                        {"}", "\\}"},
                                        {"$", "\\$"},
                                        {"&", "\\&"},
                                        {"#", "\\#"},
                                        {"_", "\\_"},
                                        {"%", "\\%"},
                                        {"~", "\\textasciitilde{}"},
                                        {"^", "\\textasciicircum{}"},
                                        {"<", "\\textless{}"},
                                        {">", "\\textgreater{}"},
                                        {"\"", "\\textquotedbl{}"},
                                        {WORDS_MINUS, "$-$"},
                                        {WORDS_TIMES, "$\\times$"},
                                        {WORDS_NOTHING, "--"},
                                        {"\xe2\x80\xaf", "\\,"},
                                        {"\xc2\xa0", "~"}};

    return rewritten(pool, text, signs, sizeof signs / sizeof signs[0]);
}

/* ---- a table ---------------------------------------------------------------------------------------------------------- */

static const char *cell_of(const struct text_table *table, size_t row, size_t column)
{
    return table->cells[row * table->n_columns + column];
}

/* Characters, not bytes. */
static size_t width_of(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static void print_padded(const char *text, size_t width, bool right)
{
    const size_t length = width_of(text), blanks = length < width ? width - length : 0;

    if (right)
        printf("%*s%s", (int)blanks, "", text);
    else
        printf("%s%*s", text, (int)blanks, "");
}

static void print_words(const struct text_table *table)
{
    const size_t shown = table->n_columns - (table->has_notes ? 1 : 0);
    size_t widths[TEXT_COLUMNS_MAX];

    for (size_t j = 0; j < shown; j++) {
        widths[j] = width_of(words_ascii(table->pool, table->headers[j]));
        for (size_t i = 0; i < table->n_rows; i++) {
            const size_t width = table->heading[i] ? 0 : width_of(words_ascii(table->pool, cell_of(table, i, j)));
            widths[j] = width > widths[j] ? width : widths[j];
        }
        widths[j] = j + 1 < shown && !table->numeric[j] && widths[j] > COLUMN_MAX ? COLUMN_MAX : widths[j];
    }
    printf("%s\n", words_ascii(table->pool, table->caption == NULL ? "" : table->caption));
    for (size_t i = 0; i <= table->n_rows; i++) {
        if (i > 0 && table->heading[i - 1]) {
            printf("\n%s\n", words_ascii(table->pool, cell_of(table, i - 1, 0)));
            continue;
        }
        for (size_t j = 0; j < shown; j++) {
            const char *text = words_ascii(table->pool, i == 0 ? table->headers[j] : cell_of(table, i - 1, j));
            printf("%s", j > 0 ? "  " : "  ");
            print_padded(text, j + 1 == shown && !table->numeric[j] ? 0 : widths[j], table->numeric[j]);
        }
        printf("\n");
    }
}

static void print_md_row(const struct text_table *table, const char *const *cells)
{
    for (size_t j = 0; j < table->n_columns; j++)
        printf("%s%s", j > 0 ? " | " : "| ", text_as_md(table->pool, cells[j]));
    printf(" |\n");
}

static void print_md(const struct text_table *table)
{
    printf("**%s**\n\n", text_as_md(table->pool, table->caption == NULL ? "" : table->caption));
    print_md_row(table, table->headers);
    for (size_t j = 0; j < table->n_columns; j++)
        printf("%s", table->numeric[j] ? "|---:" : "|---");
    printf("|\n");
    for (size_t i = 0; i < table->n_rows; i++) {
        if (!table->heading[i]) {
            print_md_row(table, table->cells + i * table->n_columns);
            continue;
        }
        printf("| **%s**", text_as_md(table->pool, cell_of(table, i, 0)));
        for (size_t j = 1; j < table->n_columns; j++)
            printf(" |");
        printf(" |\n");
    }
}

static void print_tex_row(const struct text_table *table, const char *const *cells)
{
    for (size_t j = 0; j < table->n_columns; j++)
        printf("%s%s", j > 0 ? " & " : "  ", text_as_tex(table->pool, cells[j]));
    printf(" \\\\\n");
}

static void print_tex(const struct text_table *table)
{
    printf("\\begin{table}\n\\caption{%s}\n\\begin{tabular}{", text_as_tex(table->pool, table->caption == NULL ? "" : table->caption));
    for (size_t j = 0; j < table->n_columns; j++)
        printf("%s", table->numeric[j] ? "r" : "l");
    printf("}\n\\hline\n");
    print_tex_row(table, table->headers);
    printf("\\hline\n");
    for (size_t i = 0; i < table->n_rows; i++)
        if (table->heading[i])
            printf("  \\multicolumn{%zu}{l}{\\textbf{%s}} \\\\\n", table->n_columns, text_as_tex(table->pool, cell_of(table, i, 0)));
        else
            print_tex_row(table, table->cells + i * table->n_columns);
    printf("\\hline\n\\end{tabular}\n\\end{table}\n");
}

void text_table_print(const struct text_table *table, enum text_table_form form)
{
    switch (form) {
    case TEXT_TABLE_WORDS: print_words(table); break;
    case TEXT_TABLE_MD: print_md(table); break;
    case TEXT_TABLE_TEX: print_tex(table); break;
    }
}
