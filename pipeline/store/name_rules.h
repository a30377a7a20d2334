/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * name_rules.h - which names and texts may stand in a file.
 *
 * The writer refuses what the reader would refuse.  Each function returns NULL, or what is wrong, to go
 * on after the quoted text: "is empty".
 *
 *     table    parts of [a-z0-9_-] joined by single '/', at most STORE_NAME_MAX bytes and 8 parts
 *     column   1 .. STORE_NAME_MAX bytes of UTF-8 without control characters and '/', not starting with '.'
 *     text     labels and units: UTF-8 of at most STORE_TEXT_MAX bytes, for an HDF5 attribute ends at 64 kB
 *     value    labels of categories: UTF-8 of any length
 */
#ifndef STORE_NAME_RULES_H
#define STORE_NAME_RULES_H

#include "base/table.h"

enum { STORE_NAME_MAX = 255, STORE_TEXT_MAX = 60000 };

const char *name_rules_table(const char *name);
const char *name_rules_column(const char *name);
const char *name_rules_text(const char *text);
const char *name_rules_value(const char *text);

/** Every name, label and unit of a table, and that the labels of a category differ.  -1 after telling. */
int name_rules_check(const struct table *table);

#endif
