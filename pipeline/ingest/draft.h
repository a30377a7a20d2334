/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * draft.h - a codebook drafted from a file, for a person to edit.
 *
 * Every cell is looked at once; what is remembered of a column is bounded.  The draft is a valid codebook that keeps
 * every row of the file it was made from, and says in comments what was seen and what is to be decided:
 *
 *     a column whose name or cells are identifiers     role: drop, with the kind; its values are nowhere
 *     what seems to tell persons apart                 role: id
 *     days                                             date, with the years as its range
 *     whole numbers of few different values            category, with the codes
 *     other numbers                                    integer or real, the range widened to whole powers of ten
 *     words of few different values                    category, with the codes
 *     other words                                      role: drop: free text may hold anything
 *
 * Words that usually mean missing, negative numbers such as -9 beside others that are not negative, and the missing codes
 * of SAS, Stata and SPSS become `missing:`.  A value is printed only as a code: one of at most DRAFT_CODES_MAX different
 * ones, each of which stands in several rows, in a column in which no cell looks like an identifier.
 */
#ifndef INGEST_DRAFT_H
#define INGEST_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/csv_reader.h"
#include "ingest/identifier_evidence.h"
#include "ingest/stat_head.h"
#include "ingest/text_index.h"

enum { DRAFT_CODES_MAX = 40, DRAFT_CELLS_A_CODE = 3, DRAFT_WORDS = 16, DRAFT_SENTINELS = 8 };

/** What was seen of one column. */
struct draft_column {
    const char *name;            /* as in the file; borrowed */
    const struct stat_column *stat; /* what a SAS, Stata or SPSS file says of it; NULL: nothing */
    unsigned hints;              /* of identifier_name.h */
    size_t n;                    /* cells with a value: not empty, no word that means missing */
    size_t n_empty;
    size_t n_unreadable, n_foreign; /* cells with control characters; cells that are not UTF-8 */
    size_t n_word[DRAFT_WORDS];  /* of the words that usually mean missing */
    size_t n_sentinel[DRAFT_SENTINELS]; /* of the numbers that may mean missing; not among n */
    struct text_index missing;   /* cells that a SAS, Stata or SPSS file declares missing; not among n */
    size_t n_whole, n_real, n_day; /* cells that are one; a whole number is a real one as well */
    size_t n_padded;             /* whole numbers with zeros in front: ids or codes, not numbers */
    double low, high;            /* of numbers */
    int32_t first_day, last_day;
    struct text_index values;    /* different cells, with how often; at most DRAFT_CODES_MAX + 1 */
    struct identifier_evidence evidence;
};

struct draft {
    size_t n_rows;
    size_t n_uneven, n_too_long; /* rows that were not looked at: of another number of cells, too long to be read */
    size_t n_columns;
    struct draft_column *columns;
};

/** Begins with nothing seen.  heads may be NULL.  -1 after telling; free in either case. */
int draft_start(struct draft *draft, const struct csv_reader *reader, const struct stat_head *head);
void draft_free(struct draft *draft);

int draft_add(struct draft *draft, const struct csv_record *record);

/** Does the file say that this cell is missing: .a to .z, ._ or one of its declared values? */
bool draft_means_missing(const struct draft_column *column, const char *text, size_t length);

/** The words and numbers of n_word and n_sentinel. */
extern const char *const draft_words[DRAFT_WORDS];
extern const int draft_sentinels[DRAFT_SENTINELS];

#endif
