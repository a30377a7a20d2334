/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * reject.h - a row that is set aside: where it stands, why, and the words for it.
 *
 * Its line counts from the first one of its slab, because slabs are read side by side; who puts them in order adds the
 * lines before (rejects.h).  Words are made for the first few of each reason only, and at once, because the bytes
 * of the row are gone afterwards.  They hold no value that may name a person: not that of a masked column, and
 * none in which an identifier is found (identifier_value.h).  Setting such a row aside is not enough: a file that holds
 * a social security number in a column of codes is not the file it is said to be, and the run ends (rejects.h).
 */
#ifndef INGEST_REJECT_H
#define INGEST_REJECT_H

#include <stddef.h>

#include "ingest/csv_record.h"
#include "ingest/header.h"
#include "ingest/identifier.h"
#include "ingest/plan.h"
#include "ingest/typing.h"

enum { REJECTS_TOLD = 5 }; /* messages a reason and table */

struct reject {
    struct verdict verdict;
    size_t line, byte;
    enum identifier_kind identifier; /* in the faulty cell for certain, and not allowed by the basis; else NONE */
    char *words;            /* "a whole number was expected; value 'x'"; NULL: not to be told */
};

struct reject_list {        /* start with {0} */
    size_t n, capacity;
    struct reject *items;   /* [n] in the order of the file */
    size_t n_words[N_REASONS];
};

void reject_list_free(struct reject_list *list);
void reject_list_clear(struct reject_list *list);

/** Adds a row behind all others.  field: the faulty cell, or NULL.  -1 after telling. */
int reject_list_add(struct reject_list *list, const struct plan *plan, const struct header *header,
                    const struct csv_record *record, const struct csv_field *field, const struct verdict *verdict);

#endif
