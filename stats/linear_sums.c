/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/linear_sums.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

struct exact_sum *linear_product(const struct linear_sums *sums, size_t a, size_t b)
{
    return a <= b ? &sums->product[b * (b + 1) / 2 + a] : &sums->product[a * (a + 1) / 2 + b];
}

struct linear_sums *linear_alloc(size_t p)
{
    struct linear_sums *const sums = calloc(1, sizeof *sums);
    const size_t n_product = (p + 1) * (p + 2) / 2;

    if (sums == NULL)
        return NULL;
    sums->p = p;
    sums->entry = calloc(p + 1, sizeof *sums->entry);
    sums->sum = calloc(p + 1, sizeof *sums->sum);
    sums->product = calloc(n_product, sizeof *sums->product);
    if (sums->entry == NULL || sums->sum == NULL || sums->product == NULL) {
        linear_free(sums);
        return NULL;
    }
    for (size_t a = 0; a <= p; a++)
        exact_sum_init(&sums->sum[a]);
    for (size_t k = 0; k < n_product; k++)
        exact_sum_init(&sums->product[k]);
    return sums;
}

void linear_free(struct linear_sums *sums)
{
    if (sums == NULL)
        return;
    free(sums->entry);
    free(sums->sum);
    free(sums->product);
    free(sums);
}

/* The numbers of the row that are not 0; false: one is not finite. */
static bool take_row(struct linear_sums *sums, const double *x, const double *x_low, double y, size_t *n)
{
    *n = 0;
    for (size_t j = 0; j <= sums->p; j++) {
        const double high = j < sums->p ? x[j] : y, low = j < sums->p && x_low != NULL ? x_low[j] : 0;

        if (!isfinite(high) || !isfinite(low))
            return false;
        if (high != 0 || low != 0)
            sums->entry[(*n)++] = (struct linear_entry){j, {high, low}};
    }
    return true;
}

int linear_add(struct linear_sums *sums, const double *x, const double *x_low, double y, int64_t frequency)
{
    size_t n;
    int status = GSL_SUCCESS;

    if (frequency < 0 || !take_row(sums, x, x_low, y, &n))
        return GSL_EINVAL;
    if (__builtin_add_overflow(sums->n, frequency, &sums->n)) {
        sums->spoiled = true;
        return GSL_EOVRFLW;
    }
    for (size_t k = 0; k < n; k++) {
        const struct linear_entry *const a = &sums->entry[k];

        for (int i = 0; i < 2; i++)
            exact_sum_add_times(&sums->sum[a->at], a->part[i], frequency);
        for (size_t l = 0; l <= k; l++) {
            const struct linear_entry *const b = &sums->entry[l];
            struct exact_sum *const product = linear_product(sums, b->at, a->at);

            for (int i = 0; i < 2; i++)
                for (int j = 0; j < 2; j++)
                    if (a->part[i] != 0 && b->part[j] != 0 &&
                        exact_sum_add_product(product, a->part[i], b->part[j], frequency) != GSL_SUCCESS)
                        status = GSL_EOVRFLW;
        }
    }
    sums->spoiled |= status != GSL_SUCCESS;
    return status;
}

int linear_merge(struct linear_sums *into, const struct linear_sums *from)
{
    if (into->p != from->p)
        return GSL_EBADLEN;
    into->spoiled |= from->spoiled || __builtin_add_overflow(into->n, from->n, &into->n);
    for (size_t a = 0; a <= into->p; a++)
        exact_sum_merge(&into->sum[a], &from->sum[a]);
    for (size_t k = 0; k < (into->p + 1) * (into->p + 2) / 2; k++)
        exact_sum_merge(&into->product[k], &from->product[k]);
    return into->spoiled ? GSL_EOVRFLW : GSL_SUCCESS;
}
