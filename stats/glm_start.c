/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/glm_start.h"

#include <gsl/gsl_errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Fewer rows are fitted as fast at once; a start needs several rows a column.  Rows of few kinds are chosen kind by kind, perhaps
 * many of them, and all of those that were chosen are chosen again: more than an eighth is no short way.
 */
enum { ROWS_MIN = 32768, SHARE_BITS = 4, LEAST_SAVED = 8, ROWS_PER_COLUMN = 40, CHUNK = 4096 };

/* ---- which rows --------------------------------------------------------------------------------------------------- */

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 29);
}

/* Units of the layout stand for all columns, several factors in one. */
static void hash_rows(const struct glm_work *work, size_t first, size_t last, uint64_t *hash)
{
    for (size_t i = first; i < last; i++)
        hash[i - first] = bits_of(work->data->y[i]);
    for (size_t u = 1; u < work->layout->n_unit; u++) {
        const struct gram_unit *const unit = &work->layout->unit[u];
        for (size_t i = first; i < last && unit->value != NULL; i++)
            hash[i - first] = mix(hash[i - first], bits_of(unit->value[i]));
        for (size_t i = first; i < last && unit->code != NULL; i++)
            hash[i - first] = mix(hash[i - first], unit->code[i]);
    }
    for (size_t i = first; i < last && work->data->offset != NULL; i++)
        hash[i - first] = mix(hash[i - first], bits_of(work->data->offset[i]));
}

/* row [n]; returns how many. */
static size_t choose_rows(const struct glm_work *work, uint32_t *row)
{
    size_t n = 0;

#pragma omp parallel for num_threads((int)work->options.n_threads) schedule(static)
    for (size_t first = 0; first < work->n; first += CHUNK) {
        const size_t last = first + CHUNK < work->n ? first + CHUNK : work->n;
        uint64_t hash[CHUNK];

        hash_rows(work, first, last, hash);
        for (size_t i = first; i < last; i++)
            row[i] = work->weight[i] > 0 && mix(hash[i - first], 0) >> (64 - SHARE_BITS) == 0;
    }
    for (size_t i = 0; i < work->n; i++)
        if (row[i] != 0)
            row[n++] = (uint32_t)i; /* n <= i: what is overwritten has been read */
    return n;
}

/* ---- the rows as a regression of their own ------------------------------------------------------------------------- */

struct chosen {
    size_t n;
    uint32_t *row;
    struct design_block *block;
    double *real;   /* y, weight, offset, values */
    uint16_t *code;
    struct design_matrix design;
    struct glm_data data;
};

static void take_reals(const struct chosen *c, const double *from, double *to)
{
    for (size_t k = 0; k < c->n; k++)
        to[k] = from[c->row[k]];
}

static bool gather(const struct glm_work *work, struct chosen *c)
{
    const size_t n_block = work->design->n_block;

    c->block = malloc((n_block + 1) * sizeof *c->block);
    c->real = malloc((c->n + 1) * (n_block + 3) * sizeof *c->real);
    c->code = malloc((c->n + 1) * (n_block + 1) * sizeof *c->code);
    if (c->block == NULL || c->real == NULL || c->code == NULL)
        return false;
    double *real = c->real, *const y = real, *const weight = y + c->n, *const offset = weight + c->n;
    uint16_t *code = c->code;

    take_reals(c, work->data->y, y);
    take_reals(c, work->weight, weight);
    if (work->data->offset != NULL)
        take_reals(c, work->data->offset, offset);
    real = offset + c->n;
    for (size_t b = 0; b < n_block; b++) {
        c->block[b] = work->design->block[b];
        if (c->block[b].value != NULL) {
            take_reals(c, c->block[b].value, real);
            c->block[b].value = real;
            real += c->n;
        }
        if (c->block[b].code != NULL) {
            for (size_t k = 0; k < c->n; k++)
                code[k] = c->block[b].code[c->row[k]];
            c->block[b].code = code;
            code += c->n;
        }
    }
    c->design = (struct design_matrix){c->n, work->design->p, n_block, c->block};
    c->data = (struct glm_data){&c->design, y, work->data->offset != NULL ? offset : NULL, weight};
    return true;
}

static void chosen_clear(struct chosen *c)
{
    free(c->row);
    free(c->block);
    free(c->real);
    free(c->code);
}

/* Does the fit have a maximum in the same columns? */
static bool is_alike(const struct glm_work *work, const struct glm_fit *fit)
{
    bool alike = fit->converged;

    for (size_t j = 0; j < work->p; j++)
        alike = alike && !fit->separated[j] && fit->aliased[j] == work->aliased[j];
    return alike;
}

static double total_weight(const struct glm_work *work)
{
    return glm_total(work->options.reducer, work->weight, work->n);
}

static int fit_chosen(const struct glm_work *work, const struct chosen *c, struct glm_start *start)
{
    struct glm_fit *fit;
    const int status = glm_fit_alloc(&c->data, &work->options, &fit);

    if (status != GSL_SUCCESS)
        return status == GSL_ENOMEM ? status : GSL_SUCCESS;
    start->found = is_alike(work, fit);
    if (start->found) {
        const double share = fit->total_weight / total_weight(work);
        memcpy(start->coef, fit->coef, work->p * sizeof *start->coef);
        for (size_t k = 0; k < work->p * work->p; k++)
            start->inverse[k] = fit->covariance[k] * share;
    }
    glm_fit_free(fit);
    return GSL_SUCCESS;
}

/* ---- the whole ------------------------------------------------------------------------------------------------------ */

int glm_start_find(const struct glm_work *work, struct glm_start *start)
{
    struct chosen c = {0};
    int status = GSL_SUCCESS;

    *start = (struct glm_start){0};
    if (work->n_all < ROWS_MIN || work->n_all > UINT32_MAX || work->options.firth || work->options.family == GLM_NEGBIN)
        return GSL_SUCCESS;
    start->coef = calloc(work->p + work->p * work->p, sizeof *start->coef);
    c.row = malloc((work->n + 1) * sizeof *c.row);
    if (start->coef == NULL || c.row == NULL)
        status = GSL_ENOMEM;
    if (status == GSL_SUCCESS) {
        start->inverse = start->coef + work->p;
        c.n = choose_rows(work, c.row);
        const size_t n_chosen = (size_t)reducer_sum_one(work->options.reducer, (int64_t)c.n);
        if (n_chosen >= ROWS_PER_COLUMN * work->p && n_chosen <= work->n_all / LEAST_SAVED)
            status = gather(work, &c) ? fit_chosen(work, &c, start) : GSL_ENOMEM;
    }
    chosen_clear(&c);
    if (status != GSL_SUCCESS)
        glm_start_clear(start);
    return status;
}

void glm_start_clear(struct glm_start *start)
{
    free(start->coef);
    *start = (struct glm_start){0};
}
