/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * print_buffer.h - text on its way to standard output, or another open file.
 *
 * Files by name go through output.h; this is for descriptors that somebody else opened: a terminal, a pipe.
 * The first error is told and remembered; whatever is added afterwards is dropped.
 */
#ifndef BASE_PRINT_BUFFER_H
#define BASE_PRINT_BUFFER_H

#include <stddef.h>

enum { PRINT_BUFFER_BYTES = 1 << 14 };

struct print_buffer {
    int file;
    int error; /* 0, or -1 after telling */
    size_t n;
    char bytes[PRINT_BUFFER_BYTES];
};

void print_start(struct print_buffer *buffer, int file);
void print_bytes(struct print_buffer *buffer, const char *bytes, size_t length);
void print_text(struct print_buffer *buffer, const char *text);
void print_repeated(struct print_buffer *buffer, char c, size_t times);

/** Writes what is left: 0, or -1 after telling. */
int print_end(struct print_buffer *buffer);

#endif
