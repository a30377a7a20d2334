/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/pair_match.h"
#include "compare/sample.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/hash.h"
#include "base/memory.h"
#include "stats/balance.h"
#include "stats/match.h"

/* ---- keys -------------------------------------------------------------------------------------------- */

static uint64_t hash_real(uint64_t hash, double x)
{
    uint64_t bits;

    if (x == 0)
        x = 0; /* -0 */
    memcpy(&bits, &x, sizeof bits);
    return hash_word(hash, bits);
}

static uint64_t hash_column(uint64_t hash, const struct pair_rows *rows, const char *name, size_t i)
{
    return hash_real(hash, column_real(table_column(rows->records, name), rows->record[i]));
}

/* All that is known of a row here. */
static uint64_t content(const struct pair_rows *rows, size_t i)
{
    const struct study_texts *covariates = &rows->c->study->cohort.covariates;
    uint64_t hash = hash_word(1, (uint64_t)rows->c->study->seed);

    hash = hash_word(hash, rows->treated[i]);
    hash = hash_word(hash, (uint64_t)(uint32_t)rows->cause[i]);
    hash = hash_real(hash, rows->time != NULL ? rows->time[i] : rows->y[i]);
    hash = hash_real(hash, rows->entry != NULL ? rows->entry[i] : 0);
    hash = hash_word(hash, rows->cluster != NULL ? (uint64_t)(uint32_t)rows->c->people->cluster_names[rows->cluster[i]] : 0);
    for (size_t k = 0; k < covariates->n; k++)
        hash = hash_column(hash, rows, covariates->items[k].text, i);
    return hash;
}

int pair_order_keys(const struct pair_rows *rows, uint64_t *keys)
{
    const size_t n = rows->n;
    struct hash_row *sorted = allocate(n + 1, sizeof *sorted);

    if (sorted == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        sorted[i] = (struct hash_row){content(rows, i), i};
    hash_rows_sort(sorted, n);
    for (size_t i = 0, copy = 0; i < n; i++) {
        copy = i > 0 && sorted[i].hash == sorted[i - 1].hash ? copy + 1 : 0;
        keys[sorted[i].row] = hash_word(sorted[i].hash, copy);
    }
    free(sorted);
    return 0;
}

/* ---- what matches must agree in ---------------------------------------------------------------------- */

/* Numbers of combinations of the exact columns, by value. */
static int number_exact(const struct pair_weights *w, int32_t *stratum)
{
    const struct pair_rows *rows = w->rows;
    struct hash_row *sorted = allocate(rows->n + 1, sizeof *sorted);

    if (sorted == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++) {
        uint64_t hash = 1;
        for (size_t k = 0; k < w->how->exact.n; k++)
            hash = hash_column(hash, rows, w->how->exact.items[k].text, i);
        sorted[i] = (struct hash_row){hash, i};
    }
    hash_rows_sort(sorted, rows->n);
    for (size_t i = 0, number = 0; i < rows->n; i++) {
        number += i > 0 && sorted[i].hash != sorted[i - 1].hash;
        stratum[sorted[i].row] = (int32_t)number;
    }
    free(sorted);
    return 0;
}

/* The square root of the mean of the arms' variances. */
static double spread(const struct pair_rows *rows, const double *eta, const double *weight)
{
    double sum = 0;

    for (int treated = 0; treated < 2; treated++) {
        struct moments moments;
        double mean, variance;
        moments_init(&moments);
        for (size_t i = 0; i < rows->n; i++)
            if (rows->treated[i] == treated && weight[i] > 0)
                (void)moments_add(&moments, eta[i], 1);
        (void)moments_solve(&moments, &mean, &variance);
        sum += variance;
    }
    return sqrt(sum / 2);
}

/* ---- matching ---------------------------------------------------------------------------------------- */

/* Those whom trimming and perfect prediction leave; rows[k] of the pair is candidate k. */
struct matchable {
    size_t n;
    size_t *row;
    double *score;
    uint8_t *treated;
    int32_t *stratum;
    uint64_t *order;
    size_t *match;
};

static void matchable_clear(struct matchable *c)
{
    free(c->row);
    free(c->score);
    free(c->treated);
    free(c->stratum);
    free(c->order);
    free(c->match);
}

static int matchable_take(const struct pair_weights *w, struct matchable *c)
{
    const size_t n = w->rows->n;
    uint64_t *keys = allocate(n + 1, sizeof *keys);
    int32_t *exact = w->how->exact.n > 0 ? allocate(n + 1, sizeof *exact) : NULL;
    int status = keys == NULL || (w->how->exact.n > 0 && exact == NULL) ||
                         (c->row = allocate(n + 1, sizeof *c->row)) == NULL ||
                         (c->score = allocate(n + 1, sizeof *c->score)) == NULL ||
                         (c->treated = allocate(n + 1, 1)) == NULL ||
                         (c->stratum = allocate(n + 1, sizeof *c->stratum)) == NULL ||
                         (c->order = allocate(n + 1, sizeof *c->order)) == NULL ||
                         (c->match = allocate(n * w->how->ratio + 1, sizeof *c->match)) == NULL
                     ? -1
                     : pair_order_keys(w->rows, keys);

    if (status == 0 && exact != NULL)
        status = number_exact(w, exact);
    for (size_t i = 0; status == 0 && i < n; i++) {
        if (w->weight[i] == 0)
            continue;
        c->row[c->n] = i;
        c->score[c->n] = w->score.fit->eta[i];
        c->treated[c->n] = w->rows->treated[i];
        c->stratum[c->n] = exact != NULL ? exact[i] : 0;
        c->order[c->n++] = keys[i];
    }
    free(exact);
    free(keys);
    return status;
}

/* Weights of the sets, and which row belongs to which. */
static int take_sets(struct pair_weights *w, const struct matchable *c)
{
    const size_t ratio = w->how->ratio;

    if ((w->set = allocate(w->rows->n + 1, sizeof *w->set)) == NULL ||
        (w->next = allocate(w->rows->n + 1, sizeof *w->next)) == NULL)
        return -1;
    for (size_t i = 0; i < w->rows->n; i++) {
        w->set[i] = -1;
        w->weight[i] = w->slope[i] = 0;
    }
    for (size_t k = 0; k < c->n; k++) {
        size_t n = 0;
        while (n < ratio && c->match[k * ratio + n] != MATCH_NONE)
            n++;
        if (n == 0)
            continue;
        w->set[c->row[k]] = (int32_t)w->n_set;
        w->weight[c->row[k]] = 1;
        for (size_t r = 0; r < n; r++) {
            const size_t control = c->row[c->match[k * ratio + r]];
            w->set[control] = (int32_t)w->n_set;
            w->weight[control] = 1 / (double)n;
        }
        w->n_set++;
    }
    return 0;
}

static void summarise(struct pair_weights *w)
{
    for (int treated = 0; treated < 2; treated++) {
        double sum = 0, square = 0;
        for (size_t m = 1; m <= w->how->ratio; m++) { /* counts, so that no order matters */
            size_t n = 0;
            for (size_t i = 0; i < w->rows->n; i++)
                n += w->rows->treated[i] == treated && w->weight[i] == 1 / (double)m;
            sum += (double)n / (double)m;
            square += (double)n / ((double)m * (double)m);
        }
        w->summary.effective[treated] = sum * sum / square;
        w->summary.largest_share = 1 / sum;
    }
}

int pair_match(struct pair_weights *w)
{
    const struct pair_rows *rows = w->rows;
    struct matchable c = {0};

    if (rows->counted)
        return study_fail(rows->c->study, w->how->place,
                          "adjust: matching needs a row for each person, and rows of this source stand for several; use "
                          "'overlap' or 'stratify'");
    int status = matchable_take(w, &c);
    if (status == 0) {
        const double caliper =
            isfinite(w->how->caliper) ? w->how->caliper * spread(rows, w->score.fit->eta, w->weight) : INFINITY;
        const struct match_request request = {c.n, c.score, c.treated, c.stratum, c.order, caliper, w->how->ratio};
        const int code = match_nearest(&request, c.match, &w->n_pairs);
        if (code != GSL_SUCCESS)
            status = fail("matching: %s", gsl_strerror(code));
    }
    if (status == 0 && w->n_pairs == 0) {
        w->withheld = true;
        snprintf(w->reason, sizeof w->reason, "no overlap: nobody in arm %.40s has a match; a wider caliper, or fewer exact columns",
                 comparison_arm(rows->c, rows->pair.arm));
    } else if (status == 0 && (status = take_sets(w, &c)) == 0)
        summarise(w);
    matchable_clear(&c);
    return status;
}
