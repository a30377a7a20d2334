/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * memory.h - allocation that tells when it fails, with the overflow check in one place.
 *
 * All return NULL after telling "out of memory"; a size of 0 gives a pointer that can be freed.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

void *allocate(size_t n, size_t size);                   /* zeroed */
void *reallocate(void *old, size_t n, size_t size);      /* old stays good on failure */
char *copy_text(const char *text);                       /* NULL gives NULL without a message */
char *copy_bytes(const char *bytes, size_t length);      /* NUL-terminated */
char *format_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Tells "out of memory", once in a process, and returns -1: for what others (kernels, libraries) could not allocate. */
int fail_memory(void);

/**
 * Has that been told?  Then something may be missing in what was made since, whoever did without it, and no file takes its name any
 * more (output_commit()).
 */
bool memory_was_short(void);

#endif
