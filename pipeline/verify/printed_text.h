/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * printed_text.h - numbers as journals print them: "1.36 (1.10-1.68)", "184/283 (65%)", "<0.001".
 *
 * Taken as they come out of a PDF: the minus sign U+2212 and the dashes U+2010 to U+2014, the raised point U+00B7, thin and
 * no-break spaces, thousands with commas or thin spaces ("1,234"), "%", "95% CI", "to", ";", ",", brackets.  Marks of footnotes
 * (* and daggers) say nothing; NA, NR, "." and a dash stand for no number.
 */
#ifndef VERIFY_PRINTED_TEXT_H
#define VERIFY_PRINTED_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct printed_number {
    bool given;
    double value;
    int digits;      /* after the point */
    char relation;   /* '=', '<' or '>' */
    bool percent;    /* a "%" stood behind it */
};

/** One number alone; an empty text is not given.  0, or -1 when it is something else (untold). */
int printed_number_read(const char *text, size_t length, struct printed_number *number);

/** What a rounded number may have been: value -+ half a unit of its last digit. */
struct span {
    double low, high;
};
struct span printed_number_span(const struct printed_number *number);

struct printed_text {
    struct printed_number estimate, low, high; /* "0.91 (0.45-1.85)" */
    struct printed_number events, n, percent;  /* "184/283 (65%)", "184 (65%)", "65%" */
};

/** A whole printed cell.  0, or -1 when it is none of the forms above (untold). */
int printed_text_read(const char *text, size_t length, struct printed_text *printed);

#endif
