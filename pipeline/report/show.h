/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * show.h - results on the terminal.
 */
#ifndef REPORT_SHOW_H
#define REPORT_SHOW_H

#include "base/table_print.h"

/**
 * path: a run's folder (its released.h5 is shown) or one .h5 file of ours.  table NULL: the answer with verdicts and
 * comparisons, or for a file without estimates its list of tables; else that table.  Returns an exit status.
 */
int show(const char *path, const char *table, enum table_format format);

#endif
