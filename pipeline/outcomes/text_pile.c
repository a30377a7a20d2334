/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/text_pile.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static int grow(struct text_pile *pile, size_t length)
{
    if (pile->n == pile->capacity) {
        const size_t capacity = pile->capacity == 0 ? 1024 : 2 * pile->capacity;
        size_t *end = reallocate(pile->end, capacity, sizeof *end);
        if (end == NULL)
            return -1;
        pile->end = end;
        pile->capacity = capacity;
    }
    if (pile->bytes == NULL || pile->n_bytes + length > pile->bytes_capacity) { /* never a null pointer, even for "" */
        const size_t capacity = 2 * (pile->n_bytes + length) + 4096;
        char *bytes = reallocate(pile->bytes, capacity, 1);
        if (bytes == NULL)
            return -1;
        pile->bytes = bytes;
        pile->bytes_capacity = capacity;
    }
    return 0;
}

int text_pile_add(struct text_pile *pile, const char *text, size_t length)
{
    if (grow(pile, length) != 0)
        return -1;
    memcpy(pile->bytes + pile->n_bytes, text, length);
    pile->n_bytes += length;
    pile->end[pile->n++] = pile->n_bytes;
    pile->widest = length > pile->widest ? length : pile->widest;
    return 0;
}

const char *text_pile_get(const struct text_pile *pile, size_t i, size_t *length)
{
    const size_t start = i == 0 ? 0 : pile->end[i - 1];

    *length = pile->end[i] - start;
    return pile->bytes + start;
}

void text_pile_drop_last(struct text_pile *pile)
{
    pile->n--;
    pile->n_bytes = pile->n == 0 ? 0 : pile->end[pile->n - 1];
}

/* ---- which texts repeat ------------------------------------------------------------------------------------- */

/* FNV-1a with a final mix: the low bits choose the slot. */
static size_t hash_of(const char *text, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 29);
}

/* The slot of a text: the one that holds an equal text, or a free one. */
static size_t slot_of(const struct text_pile *pile, size_t i)
{
    size_t length, other_length;
    const char *text = text_pile_get(pile, i, &length);
    size_t slot = hash_of(text, length) & (pile->n_slots - 1);

    for (; pile->slots[slot] != 0; slot = (slot + 1) & (pile->n_slots - 1)) {
        const char *other = text_pile_get(pile, pile->slots[slot] - 1, &other_length);
        if (other_length == length && memcmp(other, text, length) == 0)
            break;
    }
    return slot;
}

static int grow_slots(struct text_pile *pile)
{
    const size_t n_old = pile->n_slots;
    size_t *old = pile->slots, *slots = allocate(n_old == 0 ? 1024 : 2 * n_old, sizeof *slots);

    if (slots == NULL)
        return -1;
    pile->slots = slots;
    pile->n_slots = n_old == 0 ? 1024 : 2 * n_old;
    for (size_t k = 0; k < n_old; k++)
        if (old[k] != 0)
            pile->slots[slot_of(pile, old[k] - 1)] = old[k];
    free(old);
    return 0;
}

int text_pile_index_last(struct text_pile *pile, size_t *first)
{
    if (2 * pile->n >= pile->n_slots && grow_slots(pile) != 0)
        return -1;
    size_t *slot = &pile->slots[slot_of(pile, pile->n - 1)];

    *first = *slot == 0 ? pile->n : *slot - 1;
    if (*slot == 0)
        *slot = pile->n;
    return 0;
}

/* ---- a column ------------------------------------------------------------------------------------------------- */

int text_pile_column(const struct text_pile *pile, struct table *table, const char *name, const char *label)
{
    struct column *column = table_add_column(table, name, COLUMN_TEXT, pile->widest == 0 ? 1 : pile->widest, label, "");

    for (size_t i = 0; column != NULL && i < pile->n; i++) {
        size_t length;
        const char *text = text_pile_get(pile, i, &length);
        column_set_text(column, i, text, length);
    }
    return column == NULL ? -1 : 0;
}

void text_pile_clear(struct text_pile *pile)
{
    free(pile->end);
    free(pile->bytes);
    free(pile->slots);
    *pile = (struct text_pile){0};
}
