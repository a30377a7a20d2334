/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/person_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

enum { NOBODY = 0, AT_ONCE = 32 /* keys that are looked up side by side */ };

struct slot {
    uint32_t entry; /* lowest entry of a key, + 1; NOBODY */
    uint32_t hash;  /* low half of that of the key, so that most unequal keys are never looked at */
};

struct person_index {
    struct person_keys keys;
    const size_t *rows; /* NULL: entry i is row i */
    size_t n;
    size_t mask;        /* slots - 1 */
    struct slot *slots; /* [mask + 1] */
    uint32_t *next;     /* [n] next entry of the same key, + 1; NOBODY */
};

/* A key as bytes that are the same in every table: numbers as int64, words as they are. */
struct key_bytes {
    int64_t numbers[2];
    const char *bytes;
    size_t length;
};

static bool is_number(const struct column *column)
{
    return column->type <= COLUMN_INT64;
}

bool person_key_is_missing(const struct person_keys *keys, size_t row)
{
    return column_is_missing(keys->columns[0], row);
}

static bool read_key(const struct person_keys *keys, size_t row, struct key_bytes *key)
{
    if (person_key_is_missing(keys, row))
        return false;
    if (!is_number(keys->columns[0])) {
        key->bytes = column_text(keys->columns[0], row, &key->length);
        return true;
    }
    for (size_t k = 0; k < keys->n; k++)
        key->numbers[k] = column_integer(keys->columns[k], row);
    key->bytes = (const char *)key->numbers;
    key->length = keys->n * sizeof key->numbers[0];
    return true;
}

/* FNV-1a over words of eight bytes and a last mixing step (Steele, Lea & Flood 2014). */
static uint64_t hash_key(const struct key_bytes *key)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ key->length;

    for (size_t i = 0; i < key->length; i += sizeof(uint64_t)) {
        uint64_t word = 0;
        const size_t left = key->length - i;
        memcpy(&word, key->bytes + i, left < sizeof word ? left : sizeof word);
        hash = (hash ^ word) * UINT64_C(0x100000001b3);
        hash ^= hash >> 32;
    }
    hash = (hash ^ (hash >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ (hash >> 27)) * UINT64_C(0x94d049bb133111eb);
    return hash ^ (hash >> 31);
}

size_t person_key_part(const struct person_keys *keys, size_t row, size_t n)
{
    struct key_bytes key = {0};

    return read_key(keys, row, &key) ? (size_t)(hash_key(&key) >> 32) % n : 0;
}

static size_t row_of(const struct person_index *index, size_t entry)
{
    return index->rows == NULL ? entry : index->rows[entry];
}

static bool is_same(const struct person_index *index, size_t entry, const struct key_bytes *key)
{
    struct key_bytes other = {0};

    return read_key(&index->keys, row_of(index, entry), &other) && other.length == key->length &&
           memcmp(other.bytes, key->bytes, key->length) == 0;
}

/* The slot of a key, or the empty one where it would go. */
static size_t find_slot(const struct person_index *index, const struct key_bytes *key, uint64_t hash)
{
    size_t slot = (size_t)(hash >> 32) & index->mask;

    while (index->slots[slot].entry != NOBODY &&
           !(index->slots[slot].hash == (uint32_t)hash && is_same(index, index->slots[slot].entry - 1, key)))
        slot = (slot + 1) & index->mask;
    return slot;
}

/* ---- many at once: each step asks the memory for what the next one reads ---------------------------------------------- */

struct wanted {
    bool has_key;
    struct key_bytes key;
    uint64_t hash;
};

static void read_wanted(const struct person_index *index, const struct person_keys *keys, size_t row, struct wanted *wanted)
{
    wanted->has_key = read_key(keys, row, &wanted->key);
    if (!wanted->has_key)
        return;
    wanted->hash = hash_key(&wanted->key);
    __builtin_prefetch(&index->slots[(size_t)(wanted->hash >> 32) & index->mask]);
}

/* The entry that stands where the key is sought first, if its hash says that it may be the one; else n. */
static size_t likely_entry(const struct person_index *index, const struct wanted *wanted)
{
    if (!wanted->has_key)
        return index->n;
    const struct slot *const slot = &index->slots[(size_t)(wanted->hash >> 32) & index->mask];

    return slot->entry != NOBODY && slot->hash == (uint32_t)wanted->hash ? slot->entry - 1 : index->n;
}

static void fetch_rows(const struct person_index *index, const struct wanted *wanted, size_t n)
{
    for (size_t i = 0; index->rows != NULL && i < n; i++) {
        const size_t entry = likely_entry(index, &wanted[i]);
        if (entry < index->n)
            __builtin_prefetch(&index->rows[entry]);
    }
}

static void fetch_keys(const struct person_index *index, const struct wanted *wanted, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t entry = likely_entry(index, &wanted[i]);
        for (size_t k = 0; entry < index->n && k < index->keys.n; k++)
            __builtin_prefetch((const char *)index->keys.columns[k]->values + row_of(index, entry) * index->keys.columns[k]->width);
    }
}

/* From the last entry to the first, so that chains ascend. */
static void fill(struct person_index *index)
{
    struct wanted wanted[AT_ONCE];

    for (size_t end = index->n; end > 0;) {
        const size_t n = end < AT_ONCE ? end : AT_ONCE;
        for (size_t i = 0; i < n; i++)
            read_wanted(index, &index->keys, row_of(index, end - 1 - i), &wanted[i]);
        for (size_t i = 0; i < n; i++) {
            if (!wanted[i].has_key)
                continue;
            const size_t entry = end - 1 - i;
            struct slot *const slot = &index->slots[find_slot(index, &wanted[i].key, wanted[i].hash)];
            index->next[entry] = slot->entry;
            *slot = (struct slot){(uint32_t)entry + 1, (uint32_t)wanted[i].hash};
        }
        end -= n;
    }
}

struct person_index *person_index_make(const struct person_keys *keys, const size_t *rows, size_t n)
{
    struct person_index *index = allocate(1, sizeof *index);
    size_t n_slots = 16;

    if (index == NULL)
        return NULL;
    if (n >= UINT32_MAX) {
        fail("%zu rows of persons are more than can be joined", n);
        person_index_free(index);
        return NULL;
    }
    while (n_slots < 2 * n)
        n_slots *= 2;
    *index = (struct person_index){.keys = *keys, .rows = rows, .n = n, .mask = n_slots - 1};
    index->slots = allocate(n_slots, sizeof *index->slots);
    index->next = allocate(n, sizeof *index->next);
    if (index->slots == NULL || index->next == NULL) {
        person_index_free(index);
        return NULL;
    }
    fill(index);
    return index;
}

void person_index_free(struct person_index *index)
{
    if (index == NULL)
        return;
    free(index->slots);
    free(index->next);
    free(index);
}

void person_index_find(const struct person_index *index, const struct person_keys *keys, size_t first, size_t n,
                       size_t *entries)
{
    struct wanted wanted[AT_ONCE];

    for (size_t done = 0; done < n;) {
        const size_t some = n - done < AT_ONCE ? n - done : AT_ONCE;
        for (size_t i = 0; i < some; i++)
            read_wanted(index, keys, first + done + i, &wanted[i]);
        fetch_rows(index, wanted, some);
        fetch_keys(index, wanted, some);
        for (size_t i = 0; i < some; i++) {
            const uint32_t entry =
                wanted[i].has_key ? index->slots[find_slot(index, &wanted[i].key, wanted[i].hash)].entry : NOBODY;
            entries[done + i] = !wanted[i].has_key ? PERSON_MISSING : entry == NOBODY ? PERSON_UNKNOWN : entry - 1;
        }
        done += some;
    }
}

size_t person_index_first(const struct person_index *index, const struct person_keys *keys, size_t row)
{
    size_t entry;

    person_index_find(index, keys, row, 1, &entry);
    return entry;
}

size_t person_index_next(const struct person_index *index, size_t entry)
{
    return index->next[entry] == NOBODY ? PERSON_UNKNOWN : index->next[entry] - 1;
}

void person_index_leaders(const struct person_index *index, uint8_t *leads)
{
    for (size_t entry = 0; entry < index->n; entry++)
        leads[entry] = !person_key_is_missing(&index->keys, row_of(index, entry));
    for (size_t entry = 0; entry < index->n; entry++)
        if (index->next[entry] != NOBODY)
            leads[index->next[entry] - 1] = 0;
}
