/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv_fault.h"

#include "base/fail.h"

static int tell_text_after(const struct csv_fault *fault, const char *path, size_t n_before)
{
    const struct csv_place now = fault->now, quote = fault->quote;
    if (quote.line != now.line)
        return fail_at(path, n_before + now.line, now.column,
                       "text follows a closing quote (byte %zu); the quote that opens at line %zu, byte %zu is "
                       "perhaps never closed",
                       now.byte, n_before + quote.line, quote.byte);
    return fail_at(path, n_before + now.line, now.column,
                   "text follows a closing quote (byte %zu); a quote inside a cell is written twice", now.byte);
}

int csv_fault_tell(const struct csv_fault *fault, const char *path, size_t n_lines_before)
{
    const struct csv_place now = fault->now, quote = fault->quote;
    switch (fault->kind) {
    case CSV_FAULT_NONE:
        break;
    case CSV_FAULT_STRAY_QUOTE:
        return fail_at(path, n_lines_before + now.line, now.column,
                       "a quote inside a cell that does not start with one (byte %zu); put the whole cell in "
                       "quotes and write the quote twice",
                       now.byte);
    case CSV_FAULT_TEXT_AFTER:
        return tell_text_after(fault, path, n_lines_before);
    case CSV_FAULT_UNCLOSED:
    case CSV_FAULT_UNCLOSED_LONG:
        return fail_at(path, n_lines_before + quote.line, quote.column,
                       "the quote that opens here is never closed (byte %zu)%s", quote.byte,
                       fault->kind == CSV_FAULT_UNCLOSED_LONG ? ", or its cell is longer than 1 MiB" : "");
    case CSV_FAULT_DISAGREEMENT: /* they follow the same rules; were they ever to differ, no record could be trusted */
        return fail_at(path, n_lines_before + now.line, 0,
                       "internal error: the CSV scanner and libcsv disagree about this record (byte %zu)", now.byte);
    }
    return fail("internal error: a fault of no kind in '%s'", path);
}
