/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * tally.h - what the cells of the kept rows of a column are, counted.
 *
 * Sums, extremes and marks: neither the order of the rows nor the way they are dealt out shows in them.
 */
#ifndef INGEST_TALLY_H
#define INGEST_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"
#include "ingest/id_rules.h"
#include "ingest/plan.h"

struct tally {
    int64_t kept, missing;     /* with and without a value */
    int64_t trimmed;           /* cells with spaces that were dropped */
    int64_t top_coded;         /* ages that were made IDENTIFIER_TOP_AGE, or were it */
    bool is_real;              /* lowest and highest are */
    bool has_range;            /* any number or date was seen */
    union plan_number lowest, highest;
    size_t n_labels;           /* of a category with codes */
    unsigned char *seen;       /* [n_labels] 1: the label occurs */
    struct id_widths *widths;  /* of ids that are text; NULL: of another column */
};

/** For a column as it is stored.  -1 after telling; free in either case. */
int tally_start(struct tally *tally, const struct plan_column *column, const struct column *stored);
void tally_free(struct tally *tally);

/** Counts rows 0 .. n - 1 of a column of numbers, dates or codes; top_coded: plan_column.is_top_coded. */
void tally_values(struct tally *tally, const struct column *values, size_t n, bool top_coded);

void tally_merge(struct tally *tally, const struct tally *other);

/** How many labels occur. */
int64_t tally_n_distinct(const struct tally *tally);

#endif
