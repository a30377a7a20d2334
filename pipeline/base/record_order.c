/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/record_order.h"

#include "base/threads.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Few records are inserted one by one, some are left to qsort: looking at all digits costs as much as a hundred comparisons. */
enum { FEW = 32, SOME = 256, DIGIT_BITS = 8, N_DIGIT = 1 << DIGIT_BITS, TOP_SHIFT = 64 - DIGIT_BITS };

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

static void insert_few(const struct ordering *o, char *records, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (char *at = records + i * o->size; at > records && o->compare(at, at - o->size) < 0; at -= o->size)
            swap(at, at - o->size, o->size);
}

static size_t digit_of(const char *record, int shift)
{
    uint64_t number;
    memcpy(&number, record, sizeof number);
    return (size_t)(number >> shift) & (N_DIGIT - 1);
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

/* All records to the parts of their digits; end: where the parts end. */
static void deal_all(const struct ordering *o, char *records, size_t n, int shift, size_t end[static N_DIGIT])
{
    size_t next[N_DIGIT];
    memset(end, 0, N_DIGIT * sizeof *end);
    for (size_t i = 0; i < n; i++)
        end[digit_of(records + i * o->size, shift)]++;
    for (size_t d = 0, before = 0; d < N_DIGIT; d++) {
        next[d] = before;
        before = end[d] += before;
    }
    deal(o, records, shift, next, end);
}

static void order_from(const struct ordering *o, char *records, size_t n, int shift)
{
    size_t end[N_DIGIT];
    if (n <= FEW) {
        insert_few(o, records, n);
        return;
    }
    if (n <= SOME || shift < 0) {
        qsort(records, n, o->size, o->compare);
        return;
    }
    deal_all(o, records, n, shift, end);
    for (size_t d = 0, first = 0; d < N_DIGIT; first = end[d++])
        order_from(o, records + first * o->size, end[d] - first, shift - DIGIT_BITS);
}

struct parts {
    const struct ordering *ordering;
    char *records;
    size_t end[N_DIGIT];
};

static int order_part(void *context, size_t d)
{
    const struct parts *const parts = context;
    const size_t first = d == 0 ? 0 : parts->end[d - 1];
    order_from(parts->ordering, parts->records + first * parts->ordering->size, parts->end[d] - first, TOP_SHIFT - DIGIT_BITS);
    return 0;
}

void record_order(void *records, size_t n, size_t size, int (*compare)(const void *, const void *), int n_threads)
{
    enum { MANY = 1 << 16 }; /* records, of which ordering some costs more than a thread */
    const struct ordering o = {size, compare};
    struct parts parts = {.ordering = &o, .records = records};
    if (n < MANY || n_threads < 2) {
        order_from(&o, records, n, TOP_SHIFT);
        return;
    }
    deal_all(&o, records, n, TOP_SHIFT, parts.end);
    threads_run(N_DIGIT, n_threads, order_part, &parts);
}
