/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * html.h - writing one page through libxml2, which escapes all text.
 *
 * The writer works in memory; what goes wrong is remembered and told once by html_close().
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stddef.h>

struct html;

struct html *html_open(void); /* NULL after telling */

/** Starts an element; attributes as pairs of name and value, ended by NULL. A NULL value leaves its attribute out. */
void html_start(struct html *html, const char *element, ...) __attribute__((sentinel));
void html_end(struct html *html); /* with an end tag even when empty */

/** An element that has no end tag: meta, br. */
void html_void(struct html *html, const char *element, ...) __attribute__((sentinel));

void html_text(struct html *html, const char *text);

/** An element that holds only text. */
void html_line(struct html *html, const char *element, const char *text);
void html_line_class(struct html *html, const char *element, const char *class_name, const char *text);

/** A link. */
void html_link(struct html *html, const char *href, const char *text);

/** Our own constant style, and finished SVG elements: the only things that are not escaped. */
void html_raw(struct html *html, const char *text);

/** The page, caller frees; NULL after telling.  Frees html. */
char *html_close(struct html *html, size_t *length);
void html_abandon(struct html *html); /* NULL is fine */

#endif
