/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/row_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void row_set_free(struct row_set *set)
{
    free(set->bits);
    free(set->before);
    *set = (struct row_set){0};
}

static int grow(struct row_set *set, size_t word)
{
    const size_t n = word + word / 2 + 1024;
    uint64_t *const bits = reallocate(set->bits, n, sizeof *bits);

    if (bits == NULL)
        return -1;
    memset(bits + set->n_words, 0, (n - set->n_words) * sizeof *bits);
    set->bits = bits;
    set->n_words = n;
    return 0;
}

int row_set_add(struct row_set *set, const struct column *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t row = (size_t)column_integer(rows, i), word = row / 64;

        if (word >= set->n_words && grow(set, word) != 0)
            return -1;
        set->bits[word] |= UINT64_C(1) << row % 64;
    }
    return 0;
}

int row_set_close(struct row_set *set)
{
    if ((set->before = allocate(set->n_words + 1, sizeof *set->before)) == NULL)
        return -1;
    for (size_t word = 0; word < set->n_words; word++)
        set->before[word + 1] = set->before[word] + (uint32_t)__builtin_popcountll(set->bits[word]);
    set->n = set->before[set->n_words];
    return 0;
}

size_t *row_set_list(const struct row_set *set)
{
    size_t *const rows = allocate(set->n + 1, sizeof *rows), n = 0;

    for (size_t word = 0; rows != NULL && word < set->n_words; word++)
        for (uint64_t left = set->bits[word]; left != 0; left &= left - 1)
            rows[n++] = 64 * word + (size_t)__builtin_ctzll(left);
    return rows;
}
