/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pixel_deflate.h - the rows of a PNG as a zlib stream (RFC 1950, 1951), looked for repeats pixel by pixel.
 *
 * Of a figure's pixels 19 in 20 are as the one to their left or the one above; whoever looks for repeats among bytes, and keeps
 * an index of all of them, spends most of the time on empty ground.  Here a row is compared with itself and with the row above,
 * and only where both fail with the last place where the same two pixels stood (signs come again along a line of text).
 * One deflate block with codes of its own; any inflate reads it.
 *
 * A row is sent as filter 0 (none) and three bytes a pixel, red first.
 */
#ifndef REPORT_PIXEL_DEFLATE_H
#define REPORT_PIXEL_DEFLATE_H

#include <stddef.h>

/**
 * Rows of 32-bit words 0xXXRRGGBB in the machine's order of bytes; the upper byte is not looked at.  before, after: bytes to be
 * left free around the stream.
 *
 * Returns room of before + *length + after bytes with the stream in it, which the caller frees; NULL without memory.
 * 1 <= width, height; width * height <= 2^26.
 */
unsigned char *pixel_deflate(const unsigned char *pixels, size_t width, size_t height, size_t stride, size_t before,
                             size_t after, size_t *length);

#endif
