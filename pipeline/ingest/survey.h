/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * survey.h - what must be known of all rows before the first can be stored: how wide a text is, which labels a
 * category without codes has.
 *
 * Labels are sorted by their bytes, so neither the order of rows nor that of files shows in the codes.
 */
#ifndef INGEST_SURVEY_H
#define INGEST_SURVEY_H

#include "base/table.h"
#include "ingest/plan.h"

enum { SURVEY_LABELS_MAX = 32767 }; /* more is no category */

struct survey {
    const struct plan *plan;
    size_t *widths;             /* [plan->n_columns] longest text, at least 1 */
    struct text_index *labels;  /* [plan->n_columns] of open categories */
};

int survey_start(struct survey *survey, const struct plan *plan); /* free in either case */
void survey_free(struct survey *survey);

/** Sees one cell of a kept row, of a text or an open category.  -1 after telling: too many labels. */
int survey_add(struct survey *survey, size_t column, const char *text, size_t length);

/** Adds what another survey saw. */
int survey_merge(struct survey *survey, const struct survey *other);

/** Numbers the labels and makes the schema of the table as it is stored; NULL after telling. */
struct table *survey_schema(struct survey *survey);

/** Code of a label of open category i; the label was seen. */
int32_t survey_code(const struct survey *survey, size_t i, const char *text, size_t length);

#endif
