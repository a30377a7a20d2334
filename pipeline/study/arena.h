/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * arena.h - many small pieces of memory that are given back together.
 *
 * A study is a tree of some hundred texts that live and die as one; an arena frees them in one call,
 * from any half-built state.  A request is refused by NULL after "out of memory" was told.
 */
#ifndef STUDY_ARENA_H
#define STUDY_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_alloc(void);
void arena_free(struct arena *arena); /* NULL is fine */

void *arena_take(struct arena *arena, size_t n, size_t size);                 /* n * size bytes, zeroed */
char *arena_text(struct arena *arena, const char *bytes, size_t length);      /* a copy, NUL-terminated */
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vformat(struct arena *arena, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

#endif
