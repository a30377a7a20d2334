/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * text_width.h - how wide a text is in the font of the figures, so that nothing overlaps or is clipped.
 *
 * Advance widths of DejaVu Sans (version 2.37, units of 1/1000 em) for ASCII; every other character counts as a
 * wide letter, East Asian ones as a whole em, so an estimate errs on the wide side.
 */
#ifndef REPORT_TEXT_WIDTH_H
#define REPORT_TEXT_WIDTH_H

#include <stdbool.h>

#include "report/pool.h"

/** Millimetres of a UTF-8 text at `points` (1/72 inch). */
double text_width(const char *text, double points, bool bold);

/** The text, or its beginning with an ellipsis where it is wider than max millimetres. */
const char *text_shortened(struct pool *pool, const char *text, double points, bool bold, double max);

/**
 * Bytes of the longest beginning that ends at a blank (or, when the first word is too wide, at a character) and
 * fits into max millimetres; at least one character.  For breaking a text into lines.
 */
size_t text_line_length(const char *text, double points, bool bold, double max);

#endif
