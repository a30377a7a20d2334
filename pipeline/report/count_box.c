/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/count_box.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct count_box *count_box_alloc(size_t height, size_t width)
{
    struct count_box *box = allocate(1, sizeof *box);

    if (box == NULL)
        return NULL;
    box->height = height;
    box->width = width;
    if ((box->first = allocate(1, sizeof *box->first)) != NULL)
        return box;
    free(box);
    return NULL;
}

void count_box_free(struct count_box *box)
{
    while (box != NULL) {
        struct count_box *const next = box->next;

        free(box->counts);
        free(box->first);
        free(box->slots);
        free(box);
        box = next;
    }
}

size_t *count_box_slot(struct count_box *box)
{
    const size_t n_cells = count_box_cells(box);

    if (box->n_slots == box->slots_capacity) {
        const size_t capacity = 2 * box->slots_capacity + 8;
        size_t *const grown = reallocate(box->counts, capacity * n_cells, sizeof *grown);

        if (grown == NULL)
            return NULL;
        box->counts = grown;
        box->slots_capacity = capacity;
    }
    size_t *const slot = box->counts + box->n_slots++ * n_cells;
    for (size_t cell = 0; cell < n_cells; cell++)
        slot[cell] = NOT_COUNTED;
    return slot;
}

static int by_number(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

int count_box_kind(struct count_box *box, const size_t *slots, size_t n)
{
    if (box->n_terms + n > box->terms_capacity) {
        const size_t capacity = 2 * (box->n_terms + n);
        size_t *const grown = reallocate(box->slots, capacity, sizeof *grown);

        if (grown == NULL)
            return -1;
        box->slots = grown;
        box->terms_capacity = capacity;
    }
    if (box->n_kinds == box->kinds_capacity) {
        const size_t capacity = 2 * box->kinds_capacity + 8;
        size_t *const grown = reallocate(box->first, capacity + 1, sizeof *grown);

        if (grown == NULL)
            return -1;
        box->first = grown;
        box->kinds_capacity = capacity;
    }
    memcpy(box->slots + box->n_terms, slots, n * sizeof *slots);
    qsort(box->slots + box->n_terms, n, sizeof *slots, by_number);
    box->n_terms += n;
    box->first[++box->n_kinds] = box->n_terms;
    return 0;
}
