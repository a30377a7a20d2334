/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * text_table_print.h - a finished table for a terminal or a paper: the one that the page shows.
 *
 *     words   aligned under its headers, ASCII; the column of sentences is left out
 *     md      a pipe table of Markdown; | \ ` < > * _ [ ] in cells are escaped
 *     tex     a tabular of LaTeX; \ { } $ & # _ % ~ ^ are escaped, signs of typography become those of LaTeX
 */
#ifndef REPORT_TEXT_TABLE_PRINT_H
#define REPORT_TEXT_TABLE_PRINT_H

#include "report/text_table.h"

enum text_table_form { TEXT_TABLE_WORDS, TEXT_TABLE_MD, TEXT_TABLE_TEX };

/** Prints to standard output, with the caption. */
void text_table_print(const struct text_table *table, enum text_table_form form);

/** A cell as Markdown, as LaTeX; in the pool. */
const char *text_as_md(struct pool *pool, const char *text);
const char *text_as_tex(struct pool *pool, const char *text);

#endif
