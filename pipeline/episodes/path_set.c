/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/path_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void path_set_free(struct path_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        free(set->items[i].levels);
    free(set->items);
    free(set->slots);
    *set = (struct path_set){0};
}

/* FNV-1a: paths are a few bytes. */
static uint64_t hash_levels(const uint8_t *levels, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ levels[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint32_t *find_slot(const struct path_set *set, const uint8_t *levels, size_t length)
{
    size_t at = (size_t)hash_levels(levels, length) & (set->n_slots - 1);

    for (;; at = (at + 1) & (set->n_slots - 1)) {
        const struct path_of_set *item = set->slots[at] == 0 ? NULL : &set->items[set->slots[at] - 1];
        if (item == NULL || (item->length == length && memcmp(item->levels, levels, length) == 0))
            return &set->slots[at];
    }
}

static int grow(struct path_set *set)
{
    const size_t n_slots = set->n_slots == 0 ? 64 : set->n_slots * 2;
    struct path_of_set *items = reallocate(set->items, n_slots / 2, sizeof *items);
    uint32_t *slots;

    if (items == NULL)
        return -1;
    set->items = items;
    set->capacity = n_slots / 2;
    if ((slots = allocate(n_slots, sizeof *slots)) == NULL)
        return -1;
    free(set->slots);
    set->slots = slots;
    set->n_slots = n_slots;
    for (size_t i = 0; i < set->n; i++)
        *find_slot(set, items[i].levels, items[i].length) = (uint32_t)i + 1;
    return 0;
}

size_t path_set_add(struct path_set *set, const uint8_t *levels, size_t length, int64_t n_episodes, int64_t n_open)
{
    uint32_t *slot;

    if (set->n == set->capacity && grow(set) != 0)
        return SIZE_MAX;
    slot = find_slot(set, levels, length);
    if (*slot == 0) {
        uint8_t *copy = allocate(length, 1);
        if (copy == NULL)
            return SIZE_MAX;
        memcpy(copy, levels, length);
        set->items[set->n] = (struct path_of_set){copy, length, 0, 0};
        *slot = (uint32_t)++set->n;
    }
    set->items[*slot - 1].n_episodes += n_episodes;
    set->items[*slot - 1].n_open += n_open;
    return *slot - 1;
}

static int compare_paths(const void *a, const void *b, void *context)
{
    const struct path_set *set = context;
    const struct path_of_set *x = &set->items[*(const uint32_t *)a], *y = &set->items[*(const uint32_t *)b];
    const int order = memcmp(x->levels, y->levels, x->length < y->length ? x->length : y->length);

    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

int path_set_sort(struct path_set *set, uint32_t *to_new)
{
    uint32_t *order = allocate(set->n, sizeof *order);
    struct path_of_set *items = allocate(set->n, sizeof *items);

    if (order == NULL || items == NULL) {
        free(order);
        free(items);
        return -1;
    }
    for (size_t i = 0; i < set->n; i++)
        order[i] = (uint32_t)i;
    if (set->n > 1)
        qsort_r(order, set->n, sizeof *order, compare_paths, set);
    for (size_t i = 0; i < set->n; i++) {
        items[i] = set->items[order[i]];
        to_new[order[i]] = (uint32_t)i;
    }
    free(order);
    free(set->items);
    free(set->slots); /* of the old numbers; nothing is added to a sorted set */
    set->items = items;
    set->slots = NULL;
    set->capacity = set->n;
    set->n_slots = 0;
    return 0;
}
