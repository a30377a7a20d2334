/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"
#include "base/fail.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_bool was_short;

/* Once is enough: whoever runs out of memory does so in many places at once. */
int fail_memory(void)
{
    if (!atomic_exchange(&was_short, true))
        fail_at_once("out of memory");
    return -1;
}

bool memory_was_short(void)
{
    return atomic_load(&was_short);
}

void *allocate(size_t n, size_t size)
{
    /* calloc checks the product itself. */
    void *const memory = n > 0 && size > 0 ? calloc(n, size) : calloc(1, 1);
    if (memory == NULL)
        fail_memory();
    return memory;
}

void *reallocate(void *old, size_t n, size_t size)
{
    /* A size of 0 would free the old memory and return NULL, which reads as a failure. */
    void *const memory = n > 0 && size > 0 ? reallocarray(old, n, size) : realloc(old, 1);
    if (memory == NULL)
        fail_memory();
    return memory;
}

char *copy_text(const char *text)
{
    return text != NULL ? copy_bytes(text, strlen(text)) : NULL;
}

char *copy_bytes(const char *bytes, size_t length)
{
    if (length == SIZE_MAX) {
        fail_memory();
        return NULL;
    }
    char *const copy = allocate(length + 1, 1);
    if (copy != NULL && length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

char *format_text(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    const int n = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (n < 0) {
        fail_memory();
        return NULL;
    }
    return text;
}
