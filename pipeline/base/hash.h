/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * hash.h - hashes of rows and keys inside of one run: fast, without a secret, never stored.
 *
 *     hash = hash_word(hash_bytes(1, text, length), number);     begin with another number for another hash
 *
 * A step multiplies to 128 bits and folds the halves, so every bit of either word changes about half of the result.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    const unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_word(uint64_t hash, uint64_t word)
{
    return hash_mix(hash ^ word ^ UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xbf58476d1ce4e5b9) ^ (hash << 1));
}

/* The length is hashed too: "ab", "c" is not "a", "bc". */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    hash = hash_word(hash, length);
    for (size_t i = 0; i < length; i += 8) {
        uint64_t word = 0;
        memcpy(&word, (const char *)bytes + i, length - i < 8 ? length - i : 8);
        hash = hash_word(hash, word);
    }
    return hash;
}

/* A row, by what it holds. */
struct hash_row {
    uint64_t hash;
    size_t row;
};

static inline int hash_row_compare(const void *left, const void *right)
{
    const struct hash_row *a = left, *b = right;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* An order that says nothing of where rows stand, but for those that hold the same. */
static inline void hash_rows_sort(struct hash_row *rows, size_t n)
{
    qsort(rows, n, sizeof *rows, hash_row_compare);
}

#endif
