/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * library_list.h - definitions chosen by name, and the list of them as a table.
 */
#ifndef OUTCOMES_LIBRARY_LIST_H
#define OUTCOMES_LIBRARY_LIST_H

#include "base/table.h"
#include "study/library.h"

/**
 * The definitions that "all" or "NAME,NAME,.." means, each once, in the order of the names; *n of them; caller frees.
 * NULL after telling a name that leads nowhere.
 */
const struct definition **library_choose(const struct library *library, const char *names, size_t *n);

/**
 * A row a definition: definition library kind columns weeks_needed missing mixed source doi rule.
 * NULL after telling.
 */
struct table *library_list(const struct definition *const *definitions, size_t n);

#endif
