/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * names.h - a growing list of different names, such as the columns that a stage wants to read.
 */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

/** Adds a name to a NULL-terminated list unless it is there; NULL adds nothing; *names may be NULL.  -1 after telling. */
int names_add(char ***names, const char *name);
void names_free(char **names); /* NULL is fine */

#endif
