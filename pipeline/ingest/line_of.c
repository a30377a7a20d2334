/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/line_of.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "ingest/byte_source.h"

enum { BLOCK = 1 << 16 };

size_t line_of_byte(const char *path, size_t byte)
{
    struct byte_source *const source = byte_source_open(path, false, NULL);
    unsigned char *const bytes = allocate(BLOCK, 1);
    size_t line = 1, at = 0;
    ptrdiff_t n = 1;
    bool after_cr = false;
    while (source != NULL && bytes != NULL && at < byte && (n = byte_source_read(source, bytes, BLOCK)) > 0)
        for (ptrdiff_t i = 0; i < n && at < byte; i++, at++) {
            line += bytes[i] == '\r' || (bytes[i] == '\n' && !after_cr);
            after_cr = bytes[i] == '\r';
        }
    const bool found = source != NULL && bytes != NULL && n > 0;
    free(bytes);
    byte_source_close(source);
    return found ? line : 0;
}
