/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/reason.h"

const char *reason_text(enum reason reason)
{
    static const char *const texts[N_REASONS] = {
        [REASON_NONE] = "",
        [REASON_TOO_LONG] = "row too long",
        [REASON_CELL_COUNT] = "wrong number of cells",
        [REASON_REPEATED_HEADER] = "repeated header",
        [REASON_NUL] = "NUL byte",
        [REASON_ENCODING] = "not UTF-8",
        [REASON_CONTROL] = "control character",
        [REASON_SPACE] = "space around the value",
        [REASON_CELL_TOO_LONG] = "cell too long",
        [REASON_NAMELESS] = "value in a column without a name",
        [REASON_REQUIRED] = "required but missing",
        [REASON_NOT_INTEGER] = "not a whole number",
        [REASON_NOT_REAL] = "not a number",
        [REASON_NOT_DATE] = "not a date",
        [REASON_NO_SUCH_DAY] = "no such day",
        [REASON_TOO_LARGE] = "number too large",
        [REASON_OUT_OF_RANGE] = "out of range",
        [REASON_NOT_IN_CODES] = "not in the codes",
        [REASON_SPREADSHEET] = "error of a spreadsheet",
        [REASON_ID_MANGLED] = "id mangled by a spreadsheet",
        [REASON_ID_CHARACTER] = "strange character in an id",
        [REASON_BEFORE] = "before what it follows",
        [REASON_AFTER_DATA] = "after the day of the data",
        [REASON_WEIGHT_MISSING] = "frequency missing",
        [REASON_WEIGHT_NEGATIVE] = "frequency negative",
        [REASON_WEIGHT_NOT_WHOLE] = "frequency not whole",
        [REASON_SAME_ROW] = "the same row again",
        [REASON_CONFLICT] = "rows that contradict each other",
    };
    return texts[reason];
}

enum reason reason_of_value(enum csv_value fault)
{
    static const enum reason reasons[] = {
        [CSV_VALUE_GOOD] = REASON_NONE,
        [CSV_VALUE_NUL] = REASON_NUL,
        [CSV_VALUE_ENCODING] = REASON_ENCODING,
        [CSV_VALUE_CONTROL] = REASON_CONTROL,
        [CSV_VALUE_SPACE] = REASON_SPACE,
        [CSV_VALUE_NOT_INTEGER] = REASON_NOT_INTEGER,
        [CSV_VALUE_NOT_REAL] = REASON_NOT_REAL,
        [CSV_VALUE_NOT_DATE] = REASON_NOT_DATE,
        [CSV_VALUE_NO_SUCH_DAY] = REASON_NO_SUCH_DAY,
        [CSV_VALUE_TOO_LARGE] = REASON_TOO_LARGE,
    };
    return reasons[fault];
}
