/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

/* A piece is an allocation of its own: study files are small, and memory checkers see every overrun. */
struct piece {
    struct piece *next;
    max_align_t bytes[];
};

struct arena {
    struct piece *pieces;
};

struct arena *arena_alloc(void)
{
    return allocate(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct piece *piece = arena->pieces; piece != NULL;) {
        struct piece *next = piece->next;
        free(piece);
        piece = next;
    }
    free(arena);
}

void *arena_take(struct arena *arena, size_t n, size_t size)
{
    struct piece *piece;
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - sizeof *piece) {
        (void)fail_memory();
        return NULL;
    }
    if ((piece = allocate(1, sizeof *piece + bytes)) == NULL)
        return NULL;
    piece->next = arena->pieces;
    arena->pieces = piece;
    return piece->bytes;
}

char *arena_text(struct arena *arena, const char *bytes, size_t length)
{
    char *text = length == SIZE_MAX ? NULL : arena_take(arena, length + 1, 1);

    if (text != NULL && length > 0)
        memcpy(text, bytes, length);
    return text;
}

char *arena_vformat(struct arena *arena, const char *format, va_list arguments)
{
    va_list again;
    char *text;
    int length;

    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0 || (text = arena_take(arena, (size_t)length + 1, 1)) == NULL)
        return NULL;
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = arena_vformat(arena, format, arguments);
    va_end(arguments);
    return text;
}
