/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * expected.h - what should have stood in a row or cell, in words for a message.
 */
#ifndef INGEST_EXPECTED_H
#define INGEST_EXPECTED_H

#include "ingest/csv_reader.h"
#include "ingest/plan.h"
#include "ingest/typing.h"

enum { EXPECTED_SIZE = 512 };

/** "a whole number from 0 to 120 was expected", "11 cells were expected, 13 were found"; returns out. */
const char *expected_text(const struct plan *plan, const struct csv_reader *reader, const struct csv_record *record,
                          const struct verdict *verdict, char out[static EXPECTED_SIZE]);

#endif
