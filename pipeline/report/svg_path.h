/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * svg_path.h - the coordinates of an SVG in as few characters as they need.
 *
 * gnuplot writes absolute coordinates to a hundredth of a unit; a page shows a unit as about a pixel.  Here they are
 * rounded to a tenth - 0.03 mm in print - and each corner is told from the one before it, as rounded, so that no
 * rounding adds up: h and v along the axes, merged where they go on in one direction, l elsewhere.
 *
 *     M10.00,20.00 L12.50,20.00 L12.50,20.00 L14.00,20.00 L14.00,18.25     M10 20h4v-1.7
 */
#ifndef REPORT_SVG_PATH_H
#define REPORT_SVG_PATH_H

/**
 * svg_path_short - the attribute d; only M, L and Z are known.
 *
 * Caller frees; NULL where there is anything else, and the text is to stay as it is.  A failed allocation is NULL too.
 */
char *svg_path_short(const char *path);

/** The corners of a polygon as a closed path; NULL as above. */
char *svg_polygon_short(const char *points);

/** A number to a tenth: "12.3", "-.5", "7"; room for 24 characters.  Returns out. */
char *svg_number(double value, char *out);

#endif
