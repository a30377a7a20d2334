/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * svg.h - gnuplot's SVG made fit to stand alone, and to stand beside others in one page.
 *
 * All SVGs of gnuplot use the same ids; in one page they would take each other's symbols.  svg_finish() parses the
 * file (which proves that it is whole), prefixes every id and every reference, gives it a title and a description,
 * and names fonts to fall back to.  svg_inline() makes of that the element for a page: no fixed size, and black
 * drawn in the colour of the text, so that it can be read on dark ground.
 */
#ifndef REPORT_SVG_H
#define REPORT_SVG_H

#include <stddef.h>

/** Once, before several threads use the others. */
void svg_start(void);

/** *out: the finished document, caller frees.  -1 after telling, e.g. half a file. */
int svg_finish(const char *bytes, size_t length, const char *prefix, const char *title, const char *description,
               char **out, size_t *out_length);

/** The element <svg>, caller frees; NULL after telling. */
char *svg_inline(const char *bytes, size_t length);

#endif
