/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * show_finished.h - the tables of the page, printed.
 */
#ifndef REPORT_SHOW_FINISHED_H
#define REPORT_SHOW_FINISHED_H

#include "report/bundle.h"
#include "report/text_table_print.h"

/**
 * Prints what the page shows of a table: of `estimates` one an outcome, of `baseline` one a population; of a table that no
 * page finishes, its columns by their labels.  -1 after telling.
 */
int show_finished(struct bundle *bundle, const char *name, enum text_table_form form);

#endif
