/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * safe_text.h - labels of a study made fit to be shown: in a page, a figure, a terminal.
 *
 * Control characters become blanks, so that none can steer a terminal or break XML; marks that turn the direction of
 * text are dropped, so that no label can make the text after it read as something else; bytes that are not UTF-8
 * become '?'.
 */
#ifndef REPORT_SAFE_TEXT_H
#define REPORT_SAFE_TEXT_H

/** A copy, never longer than text; caller frees; NULL after telling. */
char *safe_text(const char *text);

#endif
