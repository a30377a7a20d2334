/* SPDX-License-Identifier: GPL-3.0-or-later */
/** text.h - text that grows, for rows of a CSV: fields are plain words without commas or quotes. */
#ifndef SIMULATE_TEXT_H
#define SIMULATE_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
    char *bytes;
    size_t n, capacity;
};

/** Room for so many more bytes; -1 after telling. */
int text_reserve(struct text *text, size_t more);
void text_free(struct text *text);

/* These trust that there is room. */
void text_words(struct text *text, const char *words);
void text_number(struct text *text, int64_t number);
void text_padded(struct text *text, uint64_t number, int width); /* leading zeros */
void text_char(struct text *text, char c);

#endif
