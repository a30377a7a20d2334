/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

void dictionary_clear(struct dictionary *dictionary)
{
    for (size_t i = 0; i < dictionary->n; i++)
        free(dictionary->texts[i]);
    free(dictionary->texts);
    free(dictionary->slots);
    *dictionary = (struct dictionary){0};
}

/* FNV-1a, with the high bits folded in: the slot is taken from the low ones. */
static size_t hash(const char *text, size_t length)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
    return (size_t)(h ^ (h >> 32));
}

/* The slot that holds this text, or the empty one where it belongs. */
static size_t find_slot(const struct dictionary *dictionary, const char *text, size_t length)
{
    const size_t mask = dictionary->n_slots - 1;
    size_t slot = hash(text, length) & mask;
    for (;; slot = (slot + 1) & mask) {
        const int32_t code = dictionary->slots[slot];
        if (code < 0)
            return slot;
        const char *known = dictionary->texts[code];
        if (strncmp(known, text, length) == 0 && known[length] == '\0')
            return slot;
    }
}

/* At most half of the slots are taken. */
static int grow(struct dictionary *dictionary)
{
    const size_t capacity = dictionary->capacity == 0 ? 16 : 2 * dictionary->capacity;
    if (capacity > INT32_MAX / 2)
        return fail("a column has more than %zu different values", dictionary->n);
    char **texts = reallocate(dictionary->texts, capacity, sizeof *texts);
    if (texts == NULL)
        return -1;
    dictionary->texts = texts;
    int32_t *slots = reallocate(dictionary->slots, 2 * capacity, sizeof *slots);
    if (slots == NULL)
        return -1;
    dictionary->slots = slots;
    dictionary->capacity = capacity;
    dictionary->n_slots = 2 * capacity;
    for (size_t i = 0; i < dictionary->n_slots; i++)
        slots[i] = -1;
    for (size_t i = 0; i < dictionary->n; i++)
        slots[find_slot(dictionary, texts[i], strlen(texts[i]))] = (int32_t)i;
    return 0;
}

int32_t dictionary_code(struct dictionary *dictionary, const char *text, size_t length)
{
    if (dictionary->n == dictionary->capacity && grow(dictionary) != 0)
        return -1;
    const size_t slot = find_slot(dictionary, text, length);
    if (dictionary->slots[slot] >= 0)
        return dictionary->slots[slot];
    if ((dictionary->texts[dictionary->n] = copy_bytes(text, length)) == NULL)
        return -1;
    dictionary->slots[slot] = (int32_t)dictionary->n;
    return (int32_t)dictionary->n++;
}

static int compare_texts(const void *left, const void *right, void *texts)
{
    return strcmp(((char **)texts)[*(const int32_t *)left], ((char **)texts)[*(const int32_t *)right]);
}

int dictionary_add_category(const struct dictionary *dictionary, const int32_t *codes, struct table *table,
                            const char *name)
{
    const size_t n = dictionary->n;
    int result = -1;
    int32_t *order = allocate(n, sizeof *order);
    int32_t *rank_of = allocate(n, sizeof *rank_of);
    const char **labels = allocate(n, sizeof *labels);
    if (order == NULL || rank_of == NULL || labels == NULL)
        goto done;
    for (size_t i = 0; i < n; i++)
        order[i] = (int32_t)i;
    qsort_r(order, n, sizeof *order, compare_texts, dictionary->texts);
    for (size_t i = 0; i < n; i++) {
        rank_of[order[i]] = (int32_t)i;
        labels[i] = dictionary->texts[order[i]];
    }
    struct column *column = table_add_category(table, name, labels, n, "");
    if (column == NULL)
        goto done;
    for (size_t row = 0; row < table->n_rows; row++)
        column_set_code(column, row, codes[row] < 0 ? MISSING_CODE : rank_of[codes[row]]);
    result = 0;
done:
    free(labels);
    free(rank_of);
    free(order);
    return result;
}
