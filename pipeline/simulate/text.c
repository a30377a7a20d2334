/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

int text_reserve(struct text *text, size_t more)
{
    size_t capacity = text->capacity == 0 ? 4096 : text->capacity;
    char *bytes;

    if (text->n + more <= text->capacity)
        return 0;
    while (capacity < text->n + more)
        capacity *= 2;
    if ((bytes = reallocate(text->bytes, capacity, 1)) == NULL)
        return -1;
    text->bytes = bytes;
    text->capacity = capacity;
    return 0;
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = (struct text){.bytes = NULL};
}

void text_words(struct text *text, const char *words)
{
    const size_t n = strlen(words);

    memcpy(text->bytes + text->n, words, n);
    text->n += n;
}

void text_char(struct text *text, char c)
{
    text->bytes[text->n++] = c;
}

void text_padded(struct text *text, uint64_t number, int width)
{
    for (int i = width; i-- > 0; number /= 10)
        text->bytes[text->n + (size_t)i] = (char)('0' + number % 10);
    text->n += (size_t)width;
}

void text_number(struct text *text, int64_t number)
{
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    int width = 1;

    if (number < 0)
        text_char(text, '-');
    for (uint64_t rest = size; rest >= 10; rest /= 10)
        width++;
    text_padded(text, size, width);
}
