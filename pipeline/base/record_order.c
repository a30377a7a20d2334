/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/record_order.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Few records are inserted one by one, some are left to qsort: looking at all digits costs as much as a hundred comparisons. */
enum { FEW = 64, SOME = 256, DIGIT_BITS = 8, N_DIGIT = 1 << DIGIT_BITS, TOP_SHIFT = 64 - DIGIT_BITS };

struct ordering {
    size_t size;
    int (*compare)(const void *, const void *);
};

static void swap(char *a, char *b, size_t size)
{
    uint64_t x, y;
    size_t i = 0;
    for (; i + sizeof x <= size; i += sizeof x) {
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        memcpy(a + i, &y, sizeof y);
        memcpy(b + i, &x, sizeof x);
    }
    for (; i < size; i++) {
        const char c = a[i];
        a[i] = b[i];
        b[i] = c;
    }
}

static uint64_t number_of(const char *record)
{
    uint64_t number;
    memcpy(&number, record, sizeof number);
    return number;
}

static bool comes_before(const struct ordering *o, const char *a, const char *b)
{
    const uint64_t x = number_of(a), y = number_of(b);
    return x != y ? x < y : o->compare(a, b) < 0;
}

static void insert_few(const struct ordering *o, char *records, size_t n)
{
    const size_t size = o->size;
    char taken[RECORD_SIZE_MAX];
    for (size_t i = 1; i < n; i++) {
        char *const from = records + i * size, *to = from;
        while (to > records && comes_before(o, from, to - size))
            to -= size;
        if (to == from)
            continue;
        memcpy(taken, from, size);
        memmove(to + size, to, (size_t)(from - to));
        memcpy(to, taken, size);
    }
}

static size_t digit_of(const char *record, int shift)
{
    return (size_t)(number_of(record) >> shift) & (N_DIGIT - 1);
}

static void deal(const struct ordering *o, char *records, int shift, size_t *next, const size_t *end)
{
    for (size_t d = 0; d < N_DIGIT; d++)
        while (next[d] < end[d]) {
            char *const at = records + next[d] * o->size;
            const size_t to = digit_of(at, shift);
            if (to != d)
                swap(at, records + next[to] * o->size, o->size);
            next[to]++;
        }
}

/* All records to the parts of their digits; end: where the parts end.  False when all have the same digit. */
static bool deal_all(const struct ordering *o, char *records, size_t n, int shift, size_t end[static N_DIGIT])
{
    size_t next[N_DIGIT];
    memset(end, 0, N_DIGIT * sizeof *end);
    for (size_t i = 0; i < n; i++)
        end[digit_of(records + i * o->size, shift)]++;
    if (end[digit_of(records, shift)] == n)
        return false;
    for (size_t d = 0, before = 0; d < N_DIGIT; d++) {
        next[d] = before;
        before = end[d] += before;
    }
    deal(o, records, shift, next, end);
    return true;
}

static void order_from(const struct ordering *o, char *records, size_t n, int shift)
{
    size_t end[N_DIGIT];
    if (n <= FEW) {
        insert_few(o, records, n);
    } else if (n <= SOME || shift < 0) {
        qsort(records, n, o->size, o->compare);
    } else if (!deal_all(o, records, n, shift, end)) {
        order_from(o, records, n, shift - DIGIT_BITS);
    } else {
        for (size_t d = 0, first = 0; d < N_DIGIT; first = end[d++])
            order_from(o, records + first * o->size, end[d] - first, shift - DIGIT_BITS);
    }
}

void record_order(void *records, size_t n, size_t size, int (*compare)(const void *, const void *))
{
    const struct ordering o = {size, compare};
    order_from(&o, records, n, TOP_SHIFT);
}
