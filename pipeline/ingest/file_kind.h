/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * file_kind.h - what a file that is not text calls itself in its first bytes.
 */
#ifndef INGEST_FILE_KIND_H
#define INGEST_FILE_KIND_H

#include <stddef.h>

enum { FILE_KIND_BYTES = 64 }; /* more than the longest mark */

/** What the bytes are and what to do about it ("a gzip file; ..."), or NULL when they may be UTF-8 text. */
const char *file_kind_refusal(const unsigned char *bytes, size_t length);

/** Length of a UTF-8 byte order mark at the start: 3 or 0. */
size_t file_kind_utf8_mark(const unsigned char *bytes, size_t length);

#endif
