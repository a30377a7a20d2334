/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * csv_value.h - one cell as a value of its type, strictly: what is not written in full is refused.
 *
 *     integer    -?[0-9]+ that fits into int64; zeros in front do not change it ('034' is 34, never octal)
 *     real       -?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)? that is finite; the point is the decimal sign
 *     date       YYYY-MM-DD, a day that exists (base/days.h)
 *     text       UTF-8 without control characters, line ends, or characters that turn or hide text
 *
 * So '+34', '34.0' as an integer, '1,000', '0x10', '1e3' as an integer, 'nan', 'inf', '5.', '2/3/2021' and digits
 * of other scripts are refused.  Spaces around a value are refused with a fault of their own.  Nothing depends
 * on the locale.
 *
 * INT64_MIN is refused as well: it marks a missing integer (base/table.h).
 */
#ifndef INGEST_CSV_VALUE_H
#define INGEST_CSV_VALUE_H

#include <stddef.h>
#include <stdint.h>

enum csv_value {
    CSV_VALUE_GOOD,
    CSV_VALUE_NUL,         /* a NUL byte */
    CSV_VALUE_ENCODING,    /* not UTF-8 */
    CSV_VALUE_CONTROL,     /* a character that moves the cursor, turns the direction, or hides */
    CSV_VALUE_SPACE,       /* a space before or after */
    CSV_VALUE_NOT_INTEGER,
    CSV_VALUE_NOT_REAL,
    CSV_VALUE_NOT_DATE,
    CSV_VALUE_NO_SUCH_DAY, /* written as a date, but there is no such day */
    CSV_VALUE_TOO_LARGE,   /* a number beyond int64 or double */
};

/** Is it good text?  GOOD, NUL, ENCODING or CONTROL; spaces are not judged. */
enum csv_value csv_text_fault(const char *text, size_t length);

/** SPACE when the text starts or ends with a space (U+0020, U+00A0), else GOOD. */
enum csv_value csv_space_fault(const char *text, size_t length);

/* text[length] is a NUL, as in csv_reader.h, or a space that was cut off; on a fault the value is left alone. */
enum csv_value csv_integer(const char *text, size_t length, int64_t *value);
enum csv_value csv_real(const char *text, size_t length, double *value);
enum csv_value csv_date(const char *text, size_t length, int32_t *day);

#endif
