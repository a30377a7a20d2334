/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/radix_order.h"

#include <float.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

enum { DIGIT_BITS = 11, N_DIGIT = 6, DIGIT_SIZE = 1 << DIGIT_BITS };

/* ---- by digits ------------------------------------------------------------------------------------------------------ */

static size_t digit_of(uint64_t key, int digit)
{
    return (size_t)(key >> (digit * DIGIT_BITS)) & (DIGIT_SIZE - 1);
}

/* One stable pass. */
static void deal(const struct radix_item *from, struct radix_item *to, size_t n, int digit, uint32_t *place)
{
    memset(place, 0, DIGIT_SIZE * sizeof *place);
    for (size_t i = 0; i < n; i++)
        place[digit_of(from[i].key, digit)]++;
    for (size_t d = 0, first = 0; d < DIGIT_SIZE; d++) {
        const uint32_t here = place[d];
        place[d] = (uint32_t)first;
        first += here;
    }
    for (size_t i = 0; i < n; i++)
        to[place[digit_of(from[i].key, digit)]++] = from[i];
}

static struct radix_item *sort_by_digits(struct radix_item *items, struct radix_item *spare, size_t n)
{
    uint32_t place[DIGIT_SIZE];
    uint64_t differ = 0;

    for (size_t i = 1; i < n; i++)
        differ |= items[i].key ^ items[0].key;
    for (int d = 0; d < N_DIGIT; d++) {
        if (digit_of(differ, d) == 0)
            continue;
        deal(items, spare, n, d, place);
        struct radix_item *const sorted = spare;
        spare = items;
        items = sorted;
    }
    return items;
}

/* ---- by where they lie between the smallest and the largest ---------------------------------------------------------- */

/* Numbers a box, in the end; and steps a number that neighbours may need. */
enum { PER_BOX = 2, STEPS = 8 };

struct boxes {
    double first, scale;
    size_t n;
};

/* Of n numbers; n_box is at most DIGIT_SIZE. */
static struct boxes lay_boxes(const struct radix_item *items, size_t n, size_t n_box)
{
    uint64_t least = items[0].key, most = least;

    for (size_t i = 1; i < n; i++) {
        least = items[i].key < least ? items[i].key : least;
        most = items[i].key > most ? items[i].key : most;
    }
    /* Halves, for the difference of two numbers can be too large for one. */
    const double first = radix_value(least) / 2, span = radix_value(most) / 2 - first;
    const double scale = span > 0 ? (double)n_box / span : 0;
    return (struct boxes){first, scale <= DBL_MAX ? scale : 0, n_box};
}

/* Rounding is monotone: a larger number has no earlier box. */
static size_t box_of(const struct boxes *boxes, uint64_t key)
{
    const size_t box = (size_t)(int64_t)((radix_value(key) / 2 - boxes->first) * boxes->scale);

    return box < boxes->n ? box : boxes->n - 1;
}

/* One stable pass; place[b] becomes the end of box b. */
static void fill_boxes(const struct radix_item *from, struct radix_item *to, size_t n, const struct boxes *boxes, uint32_t *place)
{
    memset(place, 0, boxes->n * sizeof *place);
    for (size_t i = 0; i < n; i++)
        place[box_of(boxes, from[i].key)]++;
    for (size_t b = 0, first = 0; b < boxes->n; b++) {
        const uint32_t here = place[b];
        place[b] = (uint32_t)first;
        first += here;
    }
    for (size_t i = 0; i < n; i++)
        to[place[box_of(boxes, from[i].key)]++] = from[i];
}

/* False: it would take too many steps; what was done so far is stable. */
static bool sort_neighbours(struct radix_item *items, size_t n)
{
    size_t left = STEPS * n;

    for (size_t i = 1; i < n; i++) {
        const struct radix_item item = items[i];
        size_t at = i;
        for (; at > 0 && items[at - 1].key > item.key && left > 0; at--, left--)
            items[at] = items[at - 1];
        items[at] = item;
        if (left == 0)
            return false;
    }
    return true;
}

/* Stable, and nearly in order where numbers lie about evenly. */
static void spread(const struct radix_item *from, struct radix_item *to, size_t n)
{
    const size_t n_box = n / PER_BOX < DIGIT_SIZE ? n / PER_BOX : DIGIT_SIZE;
    uint32_t place[DIGIT_SIZE];

    if (n_box < 2) {
        memcpy(to, from, n * sizeof *to);
        return;
    }
    const struct boxes boxes = lay_boxes(from, n, n_box);
    fill_boxes(from, to, n, &boxes, place);
}

struct radix_item *radix_sort(struct radix_item *items, struct radix_item *spare, size_t n)
{
    uint32_t place[DIGIT_SIZE];

    if (n <= DIGIT_SIZE) {
        spread(items, spare, n);
        return sort_neighbours(spare, n) ? spare : sort_by_digits(spare, items, n);
    }
    const struct boxes boxes = lay_boxes(items, n, DIGIT_SIZE);
    fill_boxes(items, spare, n, &boxes, place);
    for (size_t b = 0, first = 0; b < boxes.n; first = place[b++])
        spread(spare + first, items + first, place[b] - first);
    return sort_neighbours(items, n) ? items : sort_by_digits(items, spare, n);
}

/* ---- groups -------------------------------------------------------------------------------------------------------- */

static void order_by_group(const struct radix_item *items, const int32_t *group, size_t n, uint32_t *place, uint32_t *order)
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
    struct radix_item *const items = malloc((n + 1) * sizeof *items), *const spare = malloc((n + 1) * sizeof *spare);
    uint32_t *const place = group != NULL ? calloc(n_group + 2, sizeof *place) : NULL;
    const bool good = items != NULL && spare != NULL && (group == NULL || place != NULL);

    if (good) {
        for (size_t i = 0; i < n; i++)
            items[i] = (struct radix_item){.key = radix_key(x[i]), .row = (uint32_t)i};
        const struct radix_item *const sorted = radix_sort(items, spare, n);
        if (group != NULL && n > 0)
            order_by_group(sorted, group, n, place, order);
        for (size_t i = 0; group == NULL && i < n; i++)
            order[i] = sorted[i].row;
    }
    free(place);
    free(spare);
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
