/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * id_rules.h - what no text may be, and what no id may be.
 *
 * An id is the person column of a table or a column with `role: id`.  Spreadsheet programs turn ids into numbers
 * and dates and join different people into one doing so; what they leave behind is recognised and refused:
 *
 *     any text   #REF!, #N/A, #VALUE!, ... and a cell full of '#'
 *     an id      1.23457E+11, 4711.0, 2-Mar, Mar-02: a number or a date that an id was turned into
 *     an id      quotes, brackets, \, $, *, = and the like, '..', or a sign, point or slash in front
 *
 * A lost zero in front cannot be seen in one cell: 7 and 0007 stay two ids, and id_widths_tell() warns.
 */
#ifndef INGEST_ID_RULES_H
#define INGEST_ID_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Is it the trace of a formula that failed? */
bool id_is_spreadsheet_error(const char *text, size_t length);

/** Letters, digits, '_' and bytes beyond ASCII alone: neither mangled nor strange, as most ids are. */
bool id_is_plain(const char *text, size_t length);

/** Is it a number or a date that a spreadsheet program made of something else? */
bool id_is_mangled(const char *text, size_t length);

/** Does it hold a character that no id has?  Letters of any script, digits and _ - . : / # + and spaces are fine. */
bool id_has_strange_character(const char *text, size_t length);

/** Ids that are all digits, by their number of digits; counts add. */
enum { ID_DIGITS_MAX = 24 };
struct id_widths {
    struct id_width {
        int64_t n, n_padded;   /* ids; those that start with 0 */
        size_t file, place;    /* of the first one: place is its byte in the file + 1; 0: there is none */
    } of[ID_DIGITS_MAX + 1];
};

void id_widths_add(struct id_widths *widths, const char *text, size_t length, size_t file, size_t byte);
void id_widths_merge(struct id_widths *widths, const struct id_widths *other);

/** How many ids are shorter than the widest one with a zero in front, where there are any; *width is that width. */
int64_t id_widths_short(const struct id_widths *widths, size_t *width, const struct id_width **first);

#endif
