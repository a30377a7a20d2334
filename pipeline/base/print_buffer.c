/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/print_buffer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"

void print_start(struct print_buffer *buffer, int file)
{
    buffer->file = file;
    buffer->error = 0;
    buffer->n = 0;
}

static void write_out(struct print_buffer *buffer)
{
    for (size_t done = 0; done < buffer->n && buffer->error == 0;) {
        const ssize_t n = write(buffer->file, buffer->bytes + done, buffer->n - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            buffer->error = fail_errno("cannot write to %s",
                                       buffer->file == STDOUT_FILENO ? "standard output" : "an open file");
    }
    buffer->n = 0;
}

void print_bytes(struct print_buffer *buffer, const char *bytes, size_t length)
{
    while (length > 0 && buffer->error == 0) {
        const size_t room = sizeof buffer->bytes - buffer->n;
        const size_t part = length < room ? length : room;
        memcpy(buffer->bytes + buffer->n, bytes, part);
        buffer->n += part;
        bytes += part;
        length -= part;
        if (buffer->n == sizeof buffer->bytes)
            write_out(buffer);
    }
}

void print_text(struct print_buffer *buffer, const char *text)
{
    print_bytes(buffer, text, strlen(text));
}

void print_repeated(struct print_buffer *buffer, char c, size_t times)
{
    while (times-- > 0)
        print_bytes(buffer, &c, 1);
}

int print_end(struct print_buffer *buffer)
{
    write_out(buffer);
    return buffer->error;
}
