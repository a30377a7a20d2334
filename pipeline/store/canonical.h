/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * canonical.h - the bytes that stand for values, so that equal values are equal bytes.
 *
 * Little-endian integers and doubles; a missing double is the one NaN 0x7ff8000000000000 (processors
 * make others, too); text is padded with NULs and holds nothing after its first NUL; a code of a
 * category is the smallest of int8, int16, int32 that holds its labels, in the file and for the digest, and an int32
 * while it waits for labels that may yet be found.
 */
#ifndef STORE_CANONICAL_H
#define STORE_CANONICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

/** Bytes of one value of this column in the file and for the digest. */
size_t canonical_width(const struct column *column);

/** Is a value in memory already what stands for it, byte by byte? */
bool canonical_is_plain(const struct column *column);

/**
 * Writes rows first .. first + n - 1 of a column to out[n * width]; width is that of canonical_width(), of wider
 * text, or of other codes in which those of a category are known to fit.
 */
void canonical_copy(void *out, size_t width, const struct column *column, size_t first, size_t n);

/** Is every code of rows 0 .. n - 1 either -1 or that of a label? */
bool canonical_codes_fit(const struct column *codes, size_t n);

/** Codes as signed integers of `width` (1, 2 or 4) bytes, in which they are known to fit; and back. */
void canonical_narrow(void *out, size_t width, const int32_t *codes, size_t n);
void canonical_widen(int32_t *codes, const void *in, size_t width, size_t n);

/** The largest of n codes, -1 when there is none. */
int32_t canonical_largest(const int32_t *codes, size_t n);

#endif
