/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * line_of.h - the line of a byte, for messages about places that were kept as bytes.
 */
#ifndef INGEST_LINE_OF_H
#define INGEST_LINE_OF_H

#include <stddef.h>

/** Physical line, from 1, of a byte of a file (unpacked, if it is a .gz), which is read up to there; 0: cannot be told. */
size_t line_of_byte(const char *path, size_t byte);

#endif
