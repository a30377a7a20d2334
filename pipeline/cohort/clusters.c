/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/clusters.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"

struct context {
    const struct column *column;
    const size_t *rows;
};

static int compare_values(const struct column *column, size_t a, size_t b)
{
    const bool no_a = column_is_missing(column, a), no_b = column_is_missing(column, b);

    if (no_a || no_b)
        return (int)no_a - (int)no_b;
    if (column->type == COLUMN_TEXT)
        return memcmp((const char *)column->values + a * column->width, (const char *)column->values + b * column->width,
                      column->width);
    const int64_t x = column_integer(column, a), y = column_integer(column, b);
    return (x > y) - (x < y);
}

static int compare(const void *a, const void *b, void *context)
{
    const struct context *c = context;
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    const int order = compare_values(c->column, c->rows[x], c->rows[y]);

    return order != 0 ? order : (x > y) - (x < y);
}

/* ---- values on their way: texts of one width, or whole numbers --------------------------------------------------------- */

struct values {
    bool are_text;
    size_t width, n;
    unsigned char *bytes; /* [n * width] ascending, distinct */
};

static int compare_bytes(const void *a, const void *b, void *context)
{
    const struct values *of = context;
    int64_t x, y;

    if (of->are_text)
        return memcmp(a, b, of->width);
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static const unsigned char *value_at(const struct values *of, size_t i)
{
    return of->bytes + i * of->width;
}

/* How many of them are less than a value. */
static size_t find_value(const struct values *of, const unsigned char *value)
{
    size_t low = 0, high = of->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_bytes(value_at(of, middle), value, (void *)of) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Sorts and keeps each value once. */
static void settle(struct values *of)
{
    size_t n = 0;

    if (of->n > 1)
        qsort_r(of->bytes, of->n, of->width, compare_bytes, of);
    for (size_t i = 0; i < of->n; i++)
        if (n == 0 || compare_bytes(value_at(of, n - 1), value_at(of, i), of) != 0)
            memmove(of->bytes + n++ * of->width, value_at(of, i), of->width);
    of->n = n;
}

/* The distinct values of the first n places of an order that ascends. */
static int take_values(const struct context *c, const size_t *order, size_t n, struct values *own)
{
    *own = (struct values){.are_text = c->column->type == COLUMN_TEXT};
    own->width = own->are_text ? c->column->width : sizeof(int64_t);
    if ((own->bytes = allocate(n + 1, own->width)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const size_t row = c->rows[order[i]];
        const int64_t whole = own->are_text ? 0 : column_integer(c->column, row);
        if (i > 0 && compare_values(c->column, c->rows[order[i - 1]], row) == 0)
            continue;
        memcpy(own->bytes + own->n++ * own->width,
               own->are_text ? (const void *)((const char *)c->column->values + row * own->width) : &whole, own->width);
    }
    return 0;
}

/* ---- ranges of values: one a rank ----------------------------------------------------------------------------------- */

/* Values of this rank at even steps; those of all ranks, put in order, divide what all have about evenly. */
static int sample(const struct values *own, struct values *samples)
{
    const size_t n_ranks = ranks_n(), n = own->n < 8 * n_ranks ? own->n : 8 * n_ranks;
    unsigned char *const bytes = allocate(n + 1, own->width);
    struct ranks_bytes all = {0};

    for (size_t i = 0; bytes != NULL && i < n; i++)
        memcpy(bytes + i * own->width, value_at(own, i * own->n / n), own->width);
    const int status = bytes == NULL ? -1 : ranks_collect(bytes, n * own->width, &all);
    free(bytes);
    if (status != 0)
        return -1;
    *samples = (struct values){own->are_text, own->width, all.first[n_ranks] / own->width, all.bytes};
    all.bytes = NULL;
    ranks_bytes_free(&all);
    settle(samples);
    return 0;
}

/* first [n ranks + 1]: which of the own values are in the range of which rank. */
static void divide(const struct values *own, const struct values *samples, size_t *first)
{
    const size_t n_ranks = ranks_n();

    for (size_t r = 1; r < n_ranks; r++)
        first[r] = samples->n == 0 ? own->n : find_value(own, value_at(samples, samples->n * r / n_ranks));
    first[n_ranks] = own->n;
}

/* Numbers of the values that came, each in the place of its value. */
static int number_range(const struct values *own, const struct ranks_bytes *came, uint64_t **numbers, int64_t *n_before,
                        int64_t *n_distinct)
{
    const size_t n = came->first[ranks_n()] / own->width;
    struct values range = {own->are_text, own->width, n, allocate(n + 1, own->width)};
    int status = range.bytes == NULL || (*numbers = allocate(n + 1, sizeof **numbers)) == NULL ? -1 : 0;

    if (status == 0 && n > 0)
        memcpy(range.bytes, came->bytes, n * own->width);
    if (status == 0)
        settle(&range);
    *n_distinct = (int64_t)range.n;
    *n_before = ranks_before((int64_t)range.n);
    for (size_t i = 0; status == 0 && i < n; i++)
        (*numbers)[i] = (uint64_t)*n_before + find_value(&range, came->bytes + i * own->width);
    free(range.bytes);
    return status;
}

/* The number of each own value; *n_all: how many there are anywhere. */
static int number_values(const struct values *own, struct ranks_bytes *numbers, int64_t *n_all)
{
    const size_t n_ranks = ranks_n();
    size_t *const first = allocate(n_ranks + 1, sizeof *first), *const bytes = allocate(n_ranks + 1, sizeof *bytes);
    struct values samples = {0};
    struct ranks_bytes came = {0};
    uint64_t *found = NULL;
    int64_t n_before;
    int status = first == NULL || bytes == NULL ? -1 : sample(own, &samples);

    if (status == 0) {
        divide(own, &samples, first);
        for (size_t r = 0; r <= n_ranks; r++)
            bytes[r] = first[r] * own->width;
        status = ranks_exchange(own->bytes, bytes, &came);
    }
    if (status == 0)
        status = number_range(own, &came, &found, &n_before, n_all);
    for (size_t r = 0; status == 0 && r <= n_ranks; r++)
        bytes[r] = came.first[r] / own->width * sizeof *found;
    if (status == 0)
        status = ranks_exchange((const unsigned char *)found, bytes, numbers);
    if (status == 0)
        ranks_sum(n_all, 1);
    free(found);
    ranks_bytes_free(&came);
    free(samples.bytes);
    free(bytes);
    free(first);
    return status;
}

/* order [n], in which the first n_known have a value. */
static int number_all(const struct context *c, const size_t *order, size_t n_known, size_t n, int32_t *number)
{
    struct values own = {0};
    struct ranks_bytes numbers = {0};
    int64_t n_all = 0, next = 0;
    int status = take_values(c, order, n_known, &own) != 0 ? -1 : number_values(&own, &numbers, &n_all);

    for (size_t i = 0, k = 0; status == 0 && i < n_known; i++) {
        uint64_t at;
        k += i > 0 && compare_values(c->column, c->rows[order[i - 1]], c->rows[order[i]]) != 0;
        memcpy(&at, numbers.bytes + k * sizeof at, sizeof at);
        number[order[i]] = (int32_t)at;
    }
    next = n_all + ranks_before((int64_t)(n - n_known));
    if (status == 0 && next + (int64_t)(n - n_known) > INT32_MAX)
        status = fail("there are more clusters than can be counted");
    for (size_t i = n_known; status == 0 && i < n; i++)
        number[order[i]] = (int32_t)next++;
    ranks_bytes_free(&numbers);
    free(own.bytes);
    return status;
}

int clusters_number(const struct column *column, const size_t *rows, size_t n, int32_t *number)
{
    struct context context = {column, rows};
    size_t *order = allocate(n, sizeof *order), n_known = n;

    if (order == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    if (n > 1)
        qsort_r(order, n, sizeof *order, compare, &context);
    while (n_known > 0 && column_is_missing(column, rows[order[n_known - 1]]))
        n_known--;
    const int status = number_all(&context, order, n_known, n, number);
    free(order);
    return status;
}
