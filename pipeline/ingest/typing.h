/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * typing.h - a record becomes a row of values, or has a reason why not.
 *
 * The seam between reading and keeping: whoever splits records (csv_records.h) hands them here, whoever wants rows
 * (typist.h) takes them from here.  Typing has no memory of other rows, so rows may be typed in any order; and what a
 * cell becomes depends on its bytes and its column alone, so it may be remembered (cell_memo.h).
 *
 * A cell, in this order:
 *   1. bytes that no cell may have (NUL, not UTF-8, control characters) set the row aside;
 *   2. spaces around an unquoted cell are dropped and counted; around a quoted one they are meant, and refused;
 *   3. a cell that is a missing code, or a number equal to one ("-9.0" where "-9" is missing), is missing;
 *   4. it is a value of its type, within its range, one of its codes: else the row is set aside; an age over 89 is
 *      IDENTIFIER_TOP_AGE from here on, where ages are top-coded;
 *   5. a person key is made unreadable (person_key.h): a whole number as it is written without zeros in front,
 *      everything else byte by byte; a code of an interval becomes its two ends;
 *   6. the cells together keep the rules of row_rules.h.
 */
#ifndef INGEST_TYPING_H
#define INGEST_TYPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/csv_record.h"
#include "ingest/header.h"
#include "ingest/plan.h"
#include "ingest/reason.h"

enum { CELL_BYTES_MAX = 4096 }; /* of a text or an open category */

/** One cell: which member counts is said by the type of its column. */
struct typed_cell {
    bool missing;
    bool trimmed;        /* spaces were dropped */
    int64_t integer;     /* integer, date (day number), category with codes (position of the label) */
    double real;
    const char *text;    /* [length] text, open category; lives as long as the record */
    size_t length;
};

struct unique_fault;

struct verdict {
    enum reason reason;  /* REASON_NONE: the row is kept */
    size_t field;        /* the faulty cell, from 0, when the reason is one of a cell */
    ptrdiff_t column;    /* its position in the plan, or HEADER_NAMELESS; -3 (VERDICT_ROW): the row as a whole */
    ptrdiff_t other;     /* REASON_BEFORE: position in the plan of the cell it is before */
    int64_t distance;    /* REASON_BEFORE: by how much; 0 for reals */
    size_t line, byte;   /* where the record starts */
    const struct unique_fault *fault; /* REASON_SAME_ROW, REASON_CONFLICT: unique_rows.h */
    bool failed;         /* nothing can be said, and why was told: the run ends */
};

enum { VERDICT_ROW = -3 };

/** cells[plan->n_columns] is filled when the row is kept. */
struct verdict type_record(const struct plan *plan, const struct header *header, const struct csv_record *record,
                           struct typed_cell *cells);

/** Is the record the header once more?  Files put together have such rows. */
bool type_is_header(const struct header *header, const struct csv_record *record);

/** One cell of a kept column. */
enum reason type_cell(const struct plan_column *column, const struct csv_field *field, struct typed_cell *cell);

/** The same for a cell whose bytes are printable ASCII: step 1 is done. */
enum reason type_clean_cell(const struct plan_column *column, const struct csv_field *field, struct typed_cell *cell);

/** Does the cell of a column fill the one behind it as well: a person key, an interval? */
bool type_has_second(const struct plan_column *column);

/** Fills it, from a good cell, which changes too.  -1 after telling. */
int type_second(const struct plan *plan, const struct plan_column *column, struct typed_cell cells[static 2]);

/** The cells of a row are typed: do they keep the rules of row_rules.h?  Else *verdict says which does not. */
void type_judge_row(const struct plan *plan, const struct header *header, const struct typed_cell *cells,
                    struct verdict *verdict);

/** A cell of a column without a name: empty, or REASON_NAMELESS. */
enum reason type_nameless(const struct csv_field *field);

#endif
