/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * row_rules.h - what the cells of one row must be to each other: plausibility that the codebook declares.
 *
 *     not_before    a discharge before its admission, a follow-up that ends before the discharge
 *     as_of         a date after the day the data were drawn, unless its column lies `ahead`
 *
 * A cell that is missing breaks no rule.  Which of two cells is wrong nobody knows, so the row is set aside.
 */
#ifndef INGEST_ROW_RULES_H
#define INGEST_ROW_RULES_H

#include "ingest/plan.h"
#include "ingest/typing.h"

/** Is cell `column` of a typed row against a rule?  Its reason, and in *verdict the other cell, or REASON_NONE. */
enum reason row_rules_judge(const struct plan *plan, const struct typed_cell *cells, struct verdict *verdict);

#endif
