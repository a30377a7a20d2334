/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * word_table.h - definitions of the library for many words: one column a value.
 */
#ifndef OUTCOMES_WORD_TABLE_H
#define OUTCOMES_WORD_TABLE_H

#include "base/table.h"
#include "outcomes/definition.h"

/**
 * Adds the columns of the definitions to a table that has as many rows as there are words: whole numbers as int8
 * (yes or no, events) or int16 (weeks, counts), everything else as float64; units "weeks" for times.  A value that
 * a definition cannot give, because the word is too short or there is no word, is missing; n_judged[i] counts the
 * words of which definition i gives one.
 *
 * words      a text column whose values word_parse() takes (words_check)
 * n_judged   [n] output
 *
 * Chunks of words run on n_threads; the values do not depend on them.  -1 after telling.
 */
int word_table_add(struct table *table, const struct column *words, const struct definition *const *definitions,
                   size_t n, int n_threads, size_t *n_judged);

#endif
