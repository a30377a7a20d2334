/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/fit_coarsen.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stats/leaving.h"

/* A way to tell people apart: a term's labels, or how they leave (code NULL). */
struct factor {
    int32_t *code;
    size_t n;
    int32_t mode; /* -1: never changed */
};

struct coarsening {
    struct fit_rows *rows;
    int64_t threshold;
    size_t n_factor;
    struct factor *factors;
    int64_t *cell; /* [most labels squared] */
};

static bool is_small(const struct coarsening *c, int64_t n)
{
    return n > 0 && n < c->threshold;
}

static size_t code_of(const struct coarsening *c, const struct factor *factor, size_t i)
{
    return factor->code == NULL ? c->rows->kind[i] : (size_t)factor->code[i];
}

static void count(const struct coarsening *c, const struct factor *a, const struct factor *b)
{
    memset(c->cell, 0, a->n * b->n * sizeof *c->cell);
    for (size_t i = 0; i < c->rows->n; i++)
        c->cell[code_of(c, a, i) * b->n + code_of(c, b, i)] += c->rows->frequency[i];
}

/* ---- arms ----------------------------------------------------------------------------------------------------------- */

/* Arms with too few people go; where few of an arm leave in some way they count as leaving in its most frequent way. */
static void settle_arms(struct coarsening *c, const struct factor *arm)
{
    const struct factor kinds = {NULL, LEAVING_KINDS, -1};
    struct fit_rows *const rows = c->rows;
    size_t n = 0;

    count(c, arm, &kinds);
    for (size_t a = 0; a < arm->n; a++) {
        int64_t *const cell = c->cell + a * LEAVING_KINDS, all = 0;
        size_t most = 0;
        for (size_t k = 0; k < LEAVING_KINDS; k++) {
            all += cell[k];
            most = cell[k] > cell[most] ? k : most;
        }
        rows->n_left_out += is_small(c, all);
        for (size_t k = 0; k < LEAVING_KINDS; k++) { /* the count becomes the kind that is counted; -1: left out */
            const bool joins = is_small(c, cell[k]);
            rows->n_changed += joins && !is_small(c, all);
            cell[k] = is_small(c, all) ? -1 : (int64_t)(joins ? most : k);
        }
    }
    for (size_t i = 0; i < rows->n; i++) {
        const int64_t kind = c->cell[(size_t)arm->code[i] * LEAVING_KINDS + rows->kind[i]];
        if (kind < 0)
            continue;
        fit_rows_keep(rows, n, i);
        rows->kind[n++] = (uint8_t)kind;
    }
    rows->n = n;
}

/* ---- pairs ------------------------------------------------------------------------------------------------------------ */

static int32_t most_frequent(const struct coarsening *c, const struct factor *factor)
{
    const struct factor all = {NULL, LEAVING_KINDS, -1};
    int32_t mode = 0;
    int64_t most = -1;

    count(c, factor, &all);
    for (size_t l = 0; l < factor->n; l++) {
        int64_t n = 0;
        for (size_t k = 0; k < LEAVING_KINDS; k++)
            n += c->cell[l * LEAVING_KINDS + k];
        if (n > most) {
            most = n;
            mode = (int32_t)l;
        }
    }
    return mode;
}

/* Everybody with these two labels gets the most frequent one of a factor that may change; false when none may. */
static bool join_cell(struct coarsening *c, struct factor *a, size_t la, struct factor *b, size_t lb)
{
    struct factor *const changed = b->mode >= 0 && (size_t)b->mode != lb   ? b
                                   : a->mode >= 0 && (size_t)a->mode != la ? a
                                                                           : NULL;
    if (changed == NULL)
        return false;
    for (size_t i = 0; i < c->rows->n; i++)
        if (code_of(c, a, i) == la && code_of(c, b, i) == lb)
            changed->code[i] = changed->mode;
    c->rows->n_changed++;
    return true;
}

/* One pair of factors; *again: something was changed. */
static bool join_pair(struct coarsening *c, struct factor *a, struct factor *b, bool *again)
{
    count(c, a, b);
    for (size_t la = 0; la < a->n; la++)
        for (size_t lb = 0; lb < b->n; lb++)
            if (is_small(c, c->cell[la * b->n + lb])) {
                if (!join_cell(c, a, la, b, lb))
                    return false;
                *again = true;
                count(c, a, b);
            }
    return true;
}

static bool join_pairs(struct coarsening *c)
{
    bool again = true;

    while (again) {
        again = false;
        for (size_t x = 0; x < c->n_factor; x++)
            for (size_t y = x + 1; y < c->n_factor; y++)
                if (!join_pair(c, &c->factors[x], &c->factors[y], &again))
                    return false;
    }
    return true;
}

/* ---- all -------------------------------------------------------------------------------------------------------------- */

static size_t find_factors(struct coarsening *c)
{
    size_t most = LEAVING_KINDS;

    c->factors[c->n_factor++] = (struct factor){NULL, LEAVING_KINDS, -1};
    for (size_t t = 0; t < c->rows->n_term; t++) {
        const struct fit_term *const term = &c->rows->terms[t];
        if (term->code == NULL)
            continue;
        c->factors[c->n_factor++] = (struct factor){term->code, term->n_label, -1};
        most = term->n_label > most ? term->n_label : most;
    }
    return most;
}

/* Which of the factors the arms are; 0, which are the kinds: none. */
static size_t find_arm(const struct coarsening *c)
{
    for (size_t t = 0, f = 1; t < c->rows->n_term; t++) {
        if (c->rows->terms[t].code == NULL)
            continue;
        if (c->rows->terms[t].labels == NULL)
            return f;
        f++;
    }
    return 0;
}

int fit_coarsen(struct fit_rows *rows, int64_t threshold)
{
    struct coarsening c = {.rows = rows, .threshold = threshold};

    if (threshold <= 1)
        return 0;
    if (rows->entry != NULL) {
        rows->refused = "people come under observation late, which a threshold does not let be told";
        return 0;
    }
    if ((c.factors = allocate(rows->n_term + 1, sizeof *c.factors)) == NULL)
        return -1;
    const size_t most = find_factors(&c);
    const size_t arm = find_arm(&c);
    const int status = (c.cell = allocate(most * most, sizeof *c.cell)) == NULL ? -1 : 0;
    if (status == 0) {
        if (arm > 0)
            settle_arms(&c, &c.factors[arm]);
        for (size_t f = 1; f < c.n_factor; f++)
            if (f != arm)
                c.factors[f].mode = most_frequent(&c, &c.factors[f]);
        if (rows->n == 0)
            rows->refused = "no arm has enough people";
        else if (!join_pairs(&c))
            rows->refused = "too few people with the same labels";
    }
    free(c.factors);
    free(c.cell);
    return status;
}
