/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * show.h - results on the terminal.
 */
#ifndef REPORT_SHOW_H
#define REPORT_SHOW_H

/** How a table is printed: as a table of data, or finished as the page has it. */
enum show_format { SHOW_TEXT, SHOW_CSV, SHOW_JSON, SHOW_WORDS, SHOW_MD, SHOW_TEX };

/** 0 and the format of "text", "csv", "json", "words", "md" or "tex"; -1 for another name, untold. */
int show_format_from_name(const char *name, enum show_format *format);

/** The released.h5 of a folder, of a run or a release; caller frees; NULL after telling. */
char *released_path(const char *folder);

/**
 * path: a run's folder (its released.h5 is shown) or one .h5 file of ours.  table NULL: the answer with verdicts and
 * comparisons, or for a file without estimates its list of tables; else that table.  Returns an exit status.
 */
int show(const char *path, const char *table, enum show_format format);

#endif
