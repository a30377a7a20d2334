/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/file_kind.h"

#include <string.h>

struct mark {
    const char *bytes;
    size_t length;
    const char *refusal;
};

#define MARK(bytes, refusal) {bytes, sizeof bytes - 1, refusal}

/* UTF-32 stands before UTF-16: the little-endian mark of the one begins with that of the other. */
static const struct mark marks[] = {
    MARK("\xff\xfe\0\0", "UTF-32 text (byte order mark); save it as UTF-8"),
    MARK("\0\0\xfe\xff", "UTF-32 text (byte order mark); save it as UTF-8"),
    MARK("\xff\xfe", "UTF-16 text (byte order mark); save it as UTF-8"),
    MARK("\xfe\xff", "UTF-16 text (byte order mark); save it as UTF-8"),
    MARK("\x1f\x8b", "a gzip file without the ending .gz; rename it or unpack it"),
    MARK("PK\x03\x04", "a zip archive or a spreadsheet (xlsx, ods); export the table as CSV"),
    MARK("PK\x05\x06", "an empty zip archive"),
    MARK("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (xls); export the table as CSV"),
    MARK("%PDF", "a PDF document"),
    MARK("SQLite format 3\0", "an SQLite database; export the table as CSV"),
    MARK("PAR1", "a Parquet file; export the table as CSV"),
    MARK("ARROW1", "an Arrow file; export the table as CSV"),
    MARK("\x89HDF\r\n\x1a\n", "an HDF5 file"),
    MARK("\x89PNG", "a picture"),
    MARK("\xfd" "7zXZ\0", "an xz file; unpack it or use gzip"),
    MARK("BZh", "a bzip2 file; unpack it or use gzip"),
    MARK("\x28\xb5\x2f\xfd", "a zstd file; unpack it or use gzip"),
    MARK("7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it"),
    MARK("Rar!\x1a\x07", "a RAR archive; unpack it"),
    MARK("<stata_dta>", "a Stata file; export the table as CSV"),
    MARK("$FL2", "an SPSS file; export the table as CSV"),
    MARK("HEADER RECORD*******", "a SAS transport file; export the table as CSV"),
    MARK("{\\rtf", "an RTF document; export the table as CSV"),
    MARK("<!DOCTYPE", "a web page; export the table as CSV"),
    MARK("<html", "a web page; export the table as CSV"),
    MARK("<?xml", "an XML document; export the table as CSV"),
};

const char *file_kind_refusal(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (length >= marks[i].length && memcmp(bytes, marks[i].bytes, marks[i].length) == 0)
            return marks[i].refusal;
    return NULL;
}

size_t file_kind_utf8_mark(const unsigned char *bytes, size_t length)
{
    return length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}
