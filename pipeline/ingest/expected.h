/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * expected.h - what should have stood in a row or cell, in words for a message.
 */
#ifndef INGEST_EXPECTED_H
#define INGEST_EXPECTED_H

#include "ingest/csv_record.h"
#include "ingest/header.h"
#include "ingest/plan.h"
#include "ingest/typing.h"

enum { EXPECTED_SIZE = 512 };

/**
 * "a whole number from 0 to 120 was expected", "11 cells were expected, 13 were found"; returns out.  n_fields: cells
 * of the record; field: the faulty one, or NULL when the row as a whole is at fault.
 */
const char *expected_text(const struct plan *plan, const struct header *header, size_t n_fields,
                          const struct csv_field *field, const struct verdict *verdict,
                          char out[static EXPECTED_SIZE]);

#endif
