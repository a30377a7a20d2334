/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/cell_buffer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { FIRST_FIELDS = 64, FIRST_BYTES = 4096 };

int cell_buffer_start(struct cell_buffer *buffer)
{
    *buffer = (struct cell_buffer){.capacity = FIRST_BYTES, .fields_capacity = FIRST_FIELDS};
    buffer->text = allocate(buffer->capacity, 1);
    buffer->starts = allocate(buffer->fields_capacity, sizeof *buffer->starts);
    buffer->fields = allocate(buffer->fields_capacity, sizeof *buffer->fields);
    return buffer->text != NULL && buffer->starts != NULL && buffer->fields != NULL ? 0 : -1;
}

void cell_buffer_free(struct cell_buffer *buffer)
{
    free(buffer->text);
    free(buffer->starts);
    free(buffer->fields);
    *buffer = (struct cell_buffer){0};
}

void cell_buffer_clear(struct cell_buffer *buffer)
{
    buffer->n = 0;
    buffer->length = 0;
}

static int grow_text(struct cell_buffer *buffer, size_t more)
{
    const size_t wanted = buffer->length + more;
    size_t capacity = buffer->capacity;
    if (wanted <= capacity)
        return 0;
    while (capacity < wanted)
        capacity *= 2;
    char *const text = reallocate(buffer->text, capacity, 1);
    if (text == NULL)
        return -1;
    buffer->text = text;
    buffer->capacity = capacity;
    return 0;
}

static int grow_fields(struct cell_buffer *buffer)
{
    if (buffer->n < buffer->fields_capacity)
        return 0;
    const size_t capacity = 2 * buffer->fields_capacity;
    size_t *const starts = reallocate(buffer->starts, capacity, sizeof *starts);
    if (starts == NULL)
        return -1;
    buffer->starts = starts;
    struct csv_field *const fields = reallocate(buffer->fields, capacity, sizeof *fields);
    if (fields == NULL)
        return -1;
    buffer->fields = fields;
    buffer->fields_capacity = capacity;
    return 0;
}

/* The first 256 code points are the bytes of ISO 8859-1. Returns the length written, at most twice as long. */
static size_t copy_latin1(char *to, const unsigned char *from, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        if (from[i] < 0x80) {
            to[n++] = (char)from[i];
        } else {
            to[n++] = (char)(0xc0 | from[i] >> 6);
            to[n++] = (char)(0x80 | (from[i] & 0x3f));
        }
    }
    return n;
}

int cell_buffer_add(struct cell_buffer *buffer, const unsigned char *bytes, size_t length, bool latin1, bool quoted)
{
    if (buffer->n >= CSV_COLUMNS_MAX) {
        buffer->n++;
        return 0;
    }
    if (grow_fields(buffer) != 0 || grow_text(buffer, 2 * length + 1) != 0)
        return -1;
    char *const to = buffer->text + buffer->length;
    size_t n = length;
    if (latin1)
        n = copy_latin1(to, bytes, length);
    else
        memcpy(to, bytes, length);
    to[n] = '\0';
    buffer->starts[buffer->n] = buffer->length;
    buffer->fields[buffer->n] = (struct csv_field){.length = n, .quoted = quoted};
    buffer->length += n + 1;
    buffer->n++;
    return 0;
}

size_t cell_buffer_finish(struct cell_buffer *buffer)
{
    const size_t n = buffer->n < CSV_COLUMNS_MAX ? buffer->n : CSV_COLUMNS_MAX;
    for (size_t i = 0; i < n; i++)
        buffer->fields[i].text = buffer->text + buffer->starts[i];
    return n;
}
