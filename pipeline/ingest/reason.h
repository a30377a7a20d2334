/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * reason.h - why a row is set aside: the one list.
 *
 * The texts stand in rejects.csv, in table `quality` and in reports.  A row has one reason: what is wrong with
 * the row as a whole, else that of its first faulty cell in the order of the file, else that of the first rule between
 * cells in the order of the codebook, else that of the rules between rows.
 */
#ifndef INGEST_REASON_H
#define INGEST_REASON_H

#include "ingest/csv_value.h"

enum reason {
    REASON_NONE,             /* the row is kept */
    /* the row as a whole */
    REASON_TOO_LONG,
    REASON_CELL_COUNT,
    REASON_REPEATED_HEADER,
    /* one cell, of any type */
    REASON_NUL,
    REASON_ENCODING,
    REASON_CONTROL,
    REASON_SPACE,
    REASON_CELL_TOO_LONG,
    REASON_NAMELESS,
    REASON_REQUIRED,
    /* one cell, by its type */
    REASON_NOT_INTEGER,
    REASON_NOT_REAL,
    REASON_NOT_DATE,
    REASON_NO_SUCH_DAY,
    REASON_TOO_LARGE,
    REASON_OUT_OF_RANGE,
    REASON_NOT_IN_CODES,
    REASON_SPREADSHEET,
    REASON_ID_MANGLED,
    REASON_ID_CHARACTER,
    /* cells of one row */
    REASON_BEFORE,
    REASON_AFTER_DATA,
    /* the frequency column */
    REASON_WEIGHT_MISSING,
    REASON_WEIGHT_NEGATIVE,
    REASON_WEIGHT_NOT_WHOLE,
    /* several rows */
    REASON_SAME_ROW,
    REASON_CONFLICT,
    N_REASONS,
};

/** "not in the codes"; "" for REASON_NONE. */
const char *reason_text(enum reason reason);

/** The reason that a fault of a cell's value is. */
enum reason reason_of_value(enum csv_value fault);

#endif
