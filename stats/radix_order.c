/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/radix_order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

enum { DIGIT_BITS = 11, N_DIGIT = 6, DIGIT_SIZE = 1 << DIGIT_BITS };

struct item {
    uint64_t key;
    uint32_t row;
};

/* Ascending as unsigned numbers just where x ascends. */
static uint64_t key_of(double x)
{
    uint64_t bits;

    x += 0.0; /* no negative zero */
    memcpy(&bits, &x, sizeof bits);
    return bits ^ ((uint64_t)-(int64_t)(bits >> 63) | (UINT64_C(1) << 63));
}

static size_t digit_of(uint64_t key, int digit)
{
    return (size_t)(key >> (digit * DIGIT_BITS)) & (DIGIT_SIZE - 1);
}

/* One stable pass; count is turned into first places. */
static void deal(const struct item *from, struct item *to, size_t n, int digit, uint32_t *count)
{
    uint32_t place = 0;

    for (size_t d = 0; d < DIGIT_SIZE; d++) {
        const uint32_t here = count[d];
        count[d] = place;
        place += here;
    }
    for (size_t i = 0; i < n; i++)
        to[count[digit_of(from[i].key, digit)]++] = from[i];
}

static void order_by_group(struct item *items, const int32_t *group, size_t n, uint32_t *place, uint32_t *order)
{
    for (size_t i = 0; i < n; i++)
        place[group[i] + 1]++;
    for (size_t g = 1; place[g] < n; g++)
        place[g + 1] += place[g];
    for (size_t i = 0; i < n; i++)
        order[place[group[items[i].row]]++] = items[i].row;
}

/* ---- small whole numbers: days, ages, counts ----------------------------------------------------------------------- */

enum { SMALL = 1 << 16 };

/* Are all of them whole numbers of 0 .. SMALL - 1?  Then whole holds them. */
static bool are_small(const double *x, size_t n, uint16_t *whole)
{
    for (size_t i = 0; i < n; i++) {
        if (!(x[i] >= 0 && x[i] < SMALL))
            return false;
        whole[i] = (uint16_t)x[i];
        if (whole[i] != x[i])
            return false;
    }
    return true;
}

/* One pass: how many there are of each, then each to its place. */
static void order_small(const uint16_t *whole, size_t n, uint32_t *place, uint32_t *order)
{
    for (size_t i = 0; i < n; i++)
        place[whole[i] + 1]++;
    for (size_t v = 0; v < SMALL; v++)
        place[v + 1] += place[v];
    for (size_t i = 0; i < n; i++)
        order[place[whole[i]]++] = (uint32_t)i;
}

/* *done: they are small, and in order. */
static int try_small(const double *x, size_t n, uint32_t *order, bool *done)
{
    uint16_t *const whole = malloc((n + 1) * sizeof *whole);
    uint32_t *place = NULL;
    int status = whole == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    *done = false;
    if (status == GSL_SUCCESS && are_small(x, n, whole)) {
        if ((place = calloc(SMALL + 1, sizeof *place)) == NULL)
            status = GSL_ENOMEM;
        else {
            order_small(whole, n, place, order);
            *done = true;
        }
    }
    free(place);
    free(whole);
    return status;
}

/* ---- any numbers ------------------------------------------------------------------------------------------------------ */

static int order_any(const double *x, const int32_t *group, size_t n_group, size_t n, uint32_t *order)
{
    struct item *items = malloc((n + 1) * sizeof *items), *other = malloc((n + 1) * sizeof *other);
    uint32_t *count = calloc((size_t)N_DIGIT * DIGIT_SIZE, sizeof *count);
    uint32_t *place = group != NULL ? calloc(n_group + 2, sizeof *place) : NULL;
    const bool good = items != NULL && other != NULL && count != NULL && (group == NULL || place != NULL);

    for (size_t i = 0; good && i < n; i++) {
        items[i] = (struct item){key_of(x[i]), (uint32_t)i};
        for (int d = 0; d < N_DIGIT; d++)
            count[(size_t)d * DIGIT_SIZE + digit_of(items[i].key, d)]++;
    }
    for (int d = 0; good && n > 0 && d < N_DIGIT; d++) {
        uint32_t *const counts = count + (size_t)d * DIGIT_SIZE;
        if (counts[digit_of(items[0].key, d)] == n)
            continue;
        deal(items, other, n, d, counts);
        struct item *const sorted = other;
        other = items;
        items = sorted;
    }
    if (good && group != NULL && n > 0)
        order_by_group(items, group, n, place, order);
    for (size_t i = 0; good && group == NULL && i < n; i++)
        order[i] = items[i].row;
    free(place);
    free(count);
    free(other);
    free(items);
    return good ? GSL_SUCCESS : GSL_ENOMEM;
}

int radix_order(const double *x, const int32_t *group, size_t n_group, size_t n, uint32_t *order)
{
    bool done = false;

    if (group == NULL && n > SMALL) {
        const int status = try_small(x, n, order, &done);
        if (status != GSL_SUCCESS || done)
            return status;
    }
    return order_any(x, group, n_group, n, order);
}
