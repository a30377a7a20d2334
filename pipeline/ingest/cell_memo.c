/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/cell_memo.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first bytes of a cell are the low ones of its key");

enum { APART_MAX = 96, CHANGES_MAX = 256 }; /* so many are kept apart, with so many attempts in all */

/* No cell: bytes of a cell are below 0x80. */
#define NO_KEY UINT64_MAX

/* Odd numbers from the splitmix64 sequence: Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195. */
static uint64_t multiplier_of(size_t i)
{
    uint64_t z = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) | 1;
}

void cell_memo_start(struct cell_memo *memo)
{
    memo->multiplier = multiplier_of(0);
    memo->n_used = memo->n_changes = 0;
    for (size_t i = 0; i < CELL_MEMO_SLOTS; i++) {
        memo->shorts[i].key = NO_KEY;
        memo->longs[i].key[0] = NO_KEY;
    }
}

/* Do these cells all get a slot of their own by this multiplier? */
static bool are_apart(const struct cell_memo_short *cells, size_t n, uint64_t multiplier)
{
    uint64_t taken[CELL_MEMO_SLOTS / 64] = {0};
    for (size_t i = 0; i < n; i++) {
        const size_t slot = cell_memo_slot(multiplier, cells[i].key);
        const uint64_t bit = UINT64_C(1) << slot % 64;
        if ((taken[slot / 64] & bit) != 0)
            return false;
        taken[slot / 64] |= bit;
    }
    return true;
}

/* Finds a multiplier that keeps one more cell apart from all the others; false when none was found. */
static bool keep_apart(struct cell_memo *memo, struct cell_memo_short added)
{
    struct cell_memo_short cells[APART_MAX + 1];
    size_t n = 0;
    if (memo->n_used >= APART_MAX)
        return false;
    for (size_t i = 0; i < CELL_MEMO_SLOTS; i++)
        if (memo->shorts[i].key != NO_KEY)
            cells[n++] = memo->shorts[i];
    cells[n++] = added;
    while (memo->n_changes < CHANGES_MAX) {
        const uint64_t multiplier = multiplier_of(++memo->n_changes);
        if (!are_apart(cells, n, multiplier))
            continue;
        memo->multiplier = multiplier;
        for (size_t i = 0; i < CELL_MEMO_SLOTS; i++)
            memo->shorts[i].key = NO_KEY;
        for (size_t i = 0; i < n; i++)
            memo->shorts[cell_memo_slot(multiplier, cells[i].key)] = cells[i];
        memo->n_used = n;
        return true;
    }
    return false;
}

static void keep_short(struct cell_memo *memo, uint64_t key, int64_t value)
{
    const struct cell_memo_short added = {key, value};
    struct cell_memo_short *const slot = &memo->shorts[cell_memo_slot(memo->multiplier, key)];
    if (slot->key != NO_KEY && slot->key != key && keep_apart(memo, added))
        return;
    memo->n_used += slot->key == NO_KEY;
    *slot = added;
}

static struct cell_memo_long long_key(const unsigned char *bytes, size_t length)
{
    return (struct cell_memo_long){
        .key = {cell_memo_key(bytes, 8), cell_memo_key(bytes + 8, length - 8)}};
}

static size_t long_slot(const struct cell_memo_long *cell)
{
    return cell_memo_slot(multiplier_of(0), cell->key[0] ^ cell->key[1] * multiplier_of(1));
}

void cell_memo_keep(struct cell_memo *memo, const unsigned char *bytes, size_t length, int64_t value)
{
    if (length <= CELL_MEMO_SHORT) {
        keep_short(memo, cell_memo_key(bytes, length), value);
        return;
    }
    struct cell_memo_long cell = long_key(bytes, length);
    cell.value = value;
    memo->longs[long_slot(&cell)] = cell;
}

bool cell_memo_find_long(const struct cell_memo *memo, const unsigned char *bytes, size_t length, int64_t *value)
{
    const struct cell_memo_long cell = long_key(bytes, length);
    const struct cell_memo_long *const found = &memo->longs[long_slot(&cell)];
    if (found->key[0] != cell.key[0] || found->key[1] != cell.key[1])
        return false;
    *value = found->value;
    return true;
}
