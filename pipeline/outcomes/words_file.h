/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * words_file.h - weekly words from a file: .csv, .csv.gz, or file.h5:/table.
 */
#ifndef OUTCOMES_WORDS_FILE_H
#define OUTCOMES_WORDS_FILE_H

#include "base/table.h"

struct words_options {
    const char *id;   /* column of the person; NULL: `id`, `person_id`, `person`, else one before the word */
    const char *word; /* column of the word; NULL: `word` or `pattern`, or the only one beside the person */
};

/**
 * A table with the columns `id` (text; without a column of persons the number of the row, an integer) and `word`
 * (text), in the order of the file.  A row that stands twice is taken once, and that is told; a person with two
 * different words, and a cell that is no word, is refused with its line.  An empty word is no word: missing.
 * NULL after telling.
 */
struct table *words_read(const char *path, const struct words_options *options);

/** Are all values words?  -1 after telling: "WHERE: row N: ...". */
int words_check(const char *where, const struct column *words, size_t n);

#endif
