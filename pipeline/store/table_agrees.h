/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * table_agrees.h - do rows, and a final schema, fit what a table was begun with?
 */
#ifndef STORE_TABLE_AGREES_H
#define STORE_TABLE_AGREES_H

#include "base/table.h"

/**
 * The columns must agree in name, order and type; text may be narrower, and of two lists of labels the
 * shorter must be the beginning of the longer.  Codes must have labels.  -1 after telling.
 */
int table_agrees_rows(const struct table *schema, const struct table *rows);

/** As above, and a list of labels may not become shorter; rows are not looked at. */
int table_agrees_final(const struct table *schema, const struct table *final_schema);

#endif
