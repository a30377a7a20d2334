/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * csv_fault.h - what is wrong with the structure of a CSV text, to be told when it is known which line it is.
 */
#ifndef INGEST_CSV_FAULT_H
#define INGEST_CSV_FAULT_H

#include <stddef.h>

#include "ingest/csv_scan.h"

enum csv_fault_kind {
    CSV_FAULT_NONE,
    CSV_FAULT_STRAY_QUOTE,    /* `now`: a quote inside an unquoted cell */
    CSV_FAULT_TEXT_AFTER,     /* `now`: what follows the closing quote of the cell that opened at `quote` */
    CSV_FAULT_UNCLOSED,       /* `quote` is never closed */
    CSV_FAULT_UNCLOSED_LONG,  /* or its cell is too long */
    CSV_FAULT_DISAGREEMENT,   /* scanner and libcsv differ in the record at `now` */
};

struct csv_fault {
    enum csv_fault_kind kind;
    struct csv_place now, quote; /* lines count from the first one of the bytes that were read */
};

/** Tells a fault; n_lines_before: lines of the file before those bytes.  Returns -1. */
int csv_fault_tell(const struct csv_fault *fault, const char *path, size_t n_lines_before);

#endif
