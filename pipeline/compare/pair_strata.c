/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/pair_strata.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/people_quantile.h"
#include "stats/radix_order.h"

enum { STRATA_MAX = 100 };

static double count_of(const struct pair_weights *w, size_t i)
{
    return w->counts != NULL ? w->counts[i] : w->rows->frequency[i];
}

/* Does the row count for the limits? */
static bool is_meant(const struct pair_weights *w, size_t i)
{
    if (w->weight[i] == 0)
        return false;
    return w->how->estimand == ESTIMAND_ATT ? w->rows->treated[i] == 1
           : w->how->estimand == ESTIMAND_ATC ? w->rows->treated[i] == 0 : true;
}

/* Upper limits of all strata but the last; returns how many, as equal limits fall together.  order: of eta; values: workspace. */
static size_t find_limits(const struct pair_weights *w, size_t n_strata, const double *eta, const uint32_t *order,
                          struct people_value *values, double *limit)
{
    const struct pair_rows *rows = w->rows;
    const struct reducer *const reducer = rows->c->reducer;
    double here = 0, goal[STRATA_MAX], value[STRATA_MAX]; /* of whole numbers */
    size_t n_meant = 0, n = 0;

    for (size_t k = 0; k < rows->n; k++)
        if (is_meant(w, order[k])) {
            here += count_of(w, order[k]);
            values[n_meant++] = (struct people_value){eta[order[k]], here};
        }
    const double total = (double)reducer_sum_one(reducer, (int64_t)here);
    for (size_t next = 1; next < n_strata; next++)
        goal[next - 1] = total * (double)next / (double)n_strata;
    people_ranks(values, n_meant, goal, total > 0 ? n_strata - 1 : 0, reducer, value);
    for (size_t k = 0; total > 0 && k + 1 < n_strata; k++)
        if (n == 0 || value[k] > limit[n - 1])
            limit[n++] = value[k];
    return n;
}

static uint16_t stratum_of(const double *limit, size_t n, double eta)
{
    size_t s = 0;

    while (s < n && eta > limit[s])
        s++;
    return (uint16_t)s;
}

/* Who was left out stands in no stratum of his own: the first, with frequency 0. */
static bool all_have_both(struct pair_weights *w, const uint16_t *code, size_t n_strata)
{
    double n[STRATA_MAX + 1][2] = {{0}};

    for (size_t i = 0; i < w->rows->n; i++)
        if (w->weight[i] > 0)
            n[code[i]][w->rows->treated[i]] += count_of(w, i);
    reducer_sum_counts(w->rows->c->reducer, n[0], 2 * n_strata);
    for (size_t s = 0; s < n_strata; s++)
        if (n[s][0] == 0 || n[s][1] == 0) {
            const struct pair_rows *rows = w->rows;
            w->withheld = true;
            snprintf(w->reason, sizeof w->reason,
                     "no overlap: stratum %zu of %zu of the score has nobody of arm %.40s; take fewer strata, or common_support",
                     s + 1, n_strata, comparison_arm(rows->c, n[s][1] == 0 ? rows->pair.arm : rows->pair.reference));
            return false;
        }
    return true;
}

static int add_strata(struct term_columns *columns, const uint16_t *code, size_t n, size_t n_strata)
{
    columns->design.n = n;
    for (size_t s = 1; s < n_strata; s++) {
        char name[32];
        uint16_t *is = allocate(n + 1, sizeof *is);
        int status = is == NULL ? -1 : 0;
        for (size_t i = 0; status == 0 && i < n; i++)
            is[i] = code[i] == s;
        snprintf(name, sizeof name, "stratum=%zu", s + 1);
        if (status == 0)
            status = term_columns_add_indicator(columns, is, name);
        free(is);
        if (status != 0)
            return -1;
    }
    return 0;
}

/* The model leaves out whom the weights leave out. */
static int fit_strata(struct pair_weights *w, const uint16_t *code, size_t n_strata)
{
    const struct pair_rows *rows = w->rows;
    struct pair_rows used = *rows;

    if (add_strata(&w->strata.columns, code, rows->n, n_strata) != 0 ||
        (w->used = allocate(rows->n + 1, sizeof *w->used)) == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++)
        w->used[i] = w->weight[i] > 0 ? count_of(w, i) : 0;
    used.frequency = w->used;
    used.counted = true;
    return pair_model_fit(&used, &w->strata);
}

int pair_strata_divide(const struct pair_weights *w, size_t n_strata, uint16_t *code, double *limit, size_t *n)
{
    const struct pair_rows *rows = w->rows;
    double *eta = allocate(rows->n + 1, sizeof *eta);
    uint32_t *order = allocate(rows->n + 1, sizeof *order);
    struct people_value *const values = allocate(rows->n + 1, sizeof *values);
    int status = eta == NULL || order == NULL || values == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < rows->n; i++)
        eta[i] = isfinite(w->score.fit->eta[i]) ? w->score.fit->eta[i] : 0;
    if (status == 0)
        status = radix_order(eta, NULL, 1, rows->n, order) == 0 ? 0 : fail_memory();
    if (status == 0) {
        const size_t n_limit = find_limits(w, n_strata, eta, order, values, limit);
        for (size_t i = 0; i < rows->n; i++)
            code[i] = w->weight[i] > 0 ? stratum_of(limit, n_limit, eta[i]) : 0;
        *n = n_limit + 1;
    }
    free(values);
    free(order);
    free(eta);
    return status;
}

const double *pair_stratify(struct pair_weights *w)
{
    double limit[STRATA_MAX];
    size_t n = 0;
    uint16_t *code = allocate(w->rows->n + 1, sizeof *code);
    int status = code == NULL ? -1 : pair_strata_divide(w, w->how->n_strata, code, limit, &n);

    if (status == 0)
        status = all_have_both(w, code, n) ? fit_strata(w, code, n) : -1;
    free(code);
    return status == 0 ? w->strata.fit->eta : NULL;
}
