/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/text_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static int compare(const struct text_entry *entry, const char *text, size_t length)
{
    const size_t shorter = entry->length < length ? entry->length : length;
    const int by_bytes = memcmp(entry->text, text, shorter);
    return by_bytes != 0 ? by_bytes : (entry->length > length) - (entry->length < length);
}

/* Where the text stands, or would stand. */
static size_t position(const struct text_index *index, const char *text, size_t length)
{
    size_t low = 0, high = index->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare(&index->entries[middle], text, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct text_entry *text_index_find(const struct text_index *index, const char *text, size_t length)
{
    const size_t i = position(index, text, length);
    return i < index->n && compare(&index->entries[i], text, length) == 0 ? &index->entries[i] : NULL;
}

static int make_room(struct text_index *index)
{
    if (index->n < index->capacity)
        return 0;
    const size_t capacity = index->capacity == 0 ? 16 : 2 * index->capacity;
    struct text_entry *const entries = reallocate(index->entries, capacity, sizeof *entries);
    if (entries == NULL)
        return -1;
    index->entries = entries;
    index->capacity = capacity;
    return 0;
}

int text_index_add(struct text_index *index, const char *text, size_t length, int32_t number)
{
    const size_t i = position(index, text, length);
    if (i < index->n && compare(&index->entries[i], text, length) == 0)
        return 0;
    char *const copy = copy_bytes(text, length);
    if (copy == NULL || make_room(index) != 0) {
        free(copy);
        return -1;
    }
    memmove(index->entries + i + 1, index->entries + i, (index->n - i) * sizeof *index->entries);
    index->entries[i] = (struct text_entry){copy, length, number};
    index->n++;
    return 0;
}

void text_index_number(struct text_index *index)
{
    for (size_t i = 0; i < index->n; i++)
        index->entries[i].number = (int32_t)i;
}

void text_index_free(struct text_index *index)
{
    for (size_t i = 0; i < index->n; i++)
        free(index->entries[i].text);
    free(index->entries);
    *index = (struct text_index){0};
}
