/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * svg_squeeze.h - a figure as a page needs it: the same picture in about a quarter of the bytes.
 *
 * gnuplot opens a group for every pen, a line for every point and all its symbols in every file.  Here what a group says
 * goes to what it holds, and the group away; dots, squares and diamonds of one size and colour in a row become one path;
 * coordinates are written short (svg_path.h), colours as #rrggbb; blanks, symbols and ids that nothing refers to go.  What is
 * painted, its order and its texts stay.
 */
#ifndef REPORT_SVG_SQUEEZE_H
#define REPORT_SVG_SQUEEZE_H

#include <libxml/tree.h>

/** root: the element <svg> of a finished figure (svg.h).  What cannot be made shorter is left as it is. */
void svg_squeeze(xmlNodePtr root);

#endif
