/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_balance.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/column_codes.h"
#include "base/fail.h"
#include "base/memory.h"
#include "compare/results.h"
#include "stats/balance.h"
#include "stats/cholesky.h"
#include "stats/weighted_balance.h"
#include "stats/weighted_ks.h"

/* A covariate, and what is known of it in both arms. */
struct covariate {
    const struct column *column;
    double *x;                          /* [n] numbers; else NULL */
    int32_t *level;                     /* [n] categories; else NULL */
    struct weighted_moments moments[4]; /* of the reference before and after, then of the arm */
    double ks;
    int64_t *people;                    /* [2 (n_labels + 1)] of both arms, behind the levels those who have none */
    double *share;                      /* [4 n_labels] of the reference before, of the arm before, then after */
};

struct balancing {
    const struct pair_weights *w;
    struct table *balance;
    double worst;           /* largest |SMD| and of what */
    char worst_name[80];
};

static bool is_of_model(const struct balancing *b, const char *covariate)
{
    const struct study_terms *terms = &b->w->how->propensity;

    for (size_t t = 0; t < terms->n; t++)
        for (size_t k = 0; k < terms->items[t].n_parts; k++)
            if (strcmp(terms->items[t].parts[k].column.text, covariate) == 0)
                return true;
    return false;
}

static int add_row(struct balancing *b, const char *term, const char *level, const struct balance_row *numbers)
{
    const struct pair_rows *rows = b->w->rows;
    struct balance_row row = *numbers;

    row.analysis = rows->c->analysis->name.text;
    row.outcome = rows->c->outcome->name.text;
    row.population = rows->c->population->name.text;
    row.adjustment = b->w->how->name.text;
    row.term = term;
    row.level = level;
    row.arm = comparison_arm(rows->c, rows->pair.arm);
    row.reference = comparison_arm(rows->c, rows->pair.reference);
    /* Both levels of a factor of two are as far apart: which is named must not hang on the last digit. */
    if (is_of_model(b, term) && isfinite(row.smd) && level != NULL && fabs(row.smd) > fabs(b->worst) * (1 + 1e-9)) {
        b->worst = row.smd;
        snprintf(b->worst_name, sizeof b->worst_name, "%.39s%s%.39s", term, level[0] != '\0' ? "=" : "", level);
    }
    return b->balance == NULL ? 0 : balance_row_add(b->balance, &row);
}

/* ---- numbers ----------------------------------------------------------------------------------------- */

static double ratio_of(double arm, double reference)
{
    return reference > 0 ? arm / reference : NAN;
}

static int add_number(struct balancing *b, const struct covariate *of)
{
    const struct weighted_moments *const before = of->moments, *const after = of->moments + 2;
    struct balance_row row = {.smd = NAN, .ks = of->ks, .variance_ratio = ratio_of(after[1].variance, after[0].variance)};

    (void)smd_numeric(after[1].mean, before[1].variance, after[0].mean, before[0].variance, SMD_POOLED, &row.smd);
    return add_row(b, of->column->name, "", &row);
}

/* ---- categories -------------------------------------------------------------------------------------- */

/* From sums to shares; false: somewhere nobody has a level. */
static bool divide(double *share, size_t n)
{
    bool known = true;

    for (size_t k = 0; known && k < 4; k++) {
        double total = 0;
        for (size_t l = 0; l < n; l++)
            total += share[k * n + l];
        known = total > 0;
        for (size_t l = 0; known && l < n; l++)
            share[k * n + l] /= total;
    }
    return known;
}

/* sqrt(t' S^-1 t), S the mean of the two covariances without weights; the last level that occurs is left out. */
static double distance(size_t n, const double *before1, const double *before0, const double *after1, const double *after0,
                       double *matrix, double *t, bool *aliased)
{
    size_t kept = 0, *level = allocate(n + 1, sizeof *level);
    double square = 0;

    if (level == NULL)
        return NAN;
    for (size_t l = 0; l < n; l++)
        if (before1[l] + before0[l] > 0)
            level[kept++] = l;
    const size_t p = kept > 0 ? kept - 1 : 0;
    for (size_t j = 0; j < p; j++) {
        aliased[j] = false;
        t[j] = after1[level[j]] - after0[level[j]];
        for (size_t k = 0; k < p; k++) {
            const size_t a = level[j], b = level[k];
            matrix[j * p + k] = ((a == b ? before1[a] + before0[a] : 0) - before1[a] * before1[b] - before0[a] * before0[b]) / 2;
        }
    }
    const size_t rank = cholesky_decompose(matrix, p, NULL, CHOLESKY_TOLERANCE, aliased);
    double *const solved = t + n;
    for (size_t j = 0; j < p; j++)
        solved[j] = t[j];
    cholesky_solve(matrix, p, aliased, solved);
    for (size_t j = 0; j < p; j++)
        square += t[j] * solved[j];
    free(level);
    return rank == p ? sqrt(fmax(square, 0)) : NAN;
}

static double smd_of_level(double before1, double before0, double after1, double after0)
{
    const double variance = (before1 * (1 - before1) + before0 * (1 - before0)) / 2;

    return variance > 0 ? (after1 - after0) / sqrt(variance) : NAN;
}

static int add_category(struct balancing *b, const struct covariate *of)
{
    const struct column *const column = of->column;
    const size_t n = column->n_labels;
    const double *const before = of->share, *const after = of->share + 2 * n;
    struct balance_row row = {.smd = NAN, .variance_ratio = NAN, .ks = NAN};

    if (!divide(of->share, n))
        return 0;
    double *const matrix = allocate(n * n + 1, sizeof *matrix), *const t = allocate(2 * n + 1, sizeof *t);
    bool *const aliased = allocate(n + 1, sizeof *aliased);
    int status = matrix == NULL || t == NULL || aliased == NULL ? -1 : 0;

    if (status == 0) {
        row.smd = distance(n, before + n, before, after + n, after, matrix, t, aliased);
        status = add_row(b, column->name, NULL, &row);
    }
    for (size_t l = 0; status == 0 && l < n; l++) {
        row.smd = smd_of_level(before[n + l], before[l], after[n + l], after[l]);
        if (before[n + l] + before[l] > 0)
            status = add_row(b, column->name, column->labels[l], &row);
    }
    free(aliased);
    free(t);
    free(matrix);
    return status;
}

/* ---- several covariates at once ------------------------------------------------------------------------ */

/* What is sent between ranks goes for so many covariates together. */
enum { TOGETHER = 16, TOGETHER_CELLS = 1 << 20 };

/* Of a large comparison one after the other: then numbers take longer than their way, and memory counts. */
static size_t n_together(const struct pair_rows *rows)
{
    const size_t n_all = (size_t)(rows->n_of[0] + rows->n_of[1]), fit = TOGETHER_CELLS / (n_all + 1);

    return rows->c->reducer == NULL || fit < 1 ? 1 : fit < TOGETHER ? fit : TOGETHER;
}

static int take_number(const struct pair_rows *rows, struct covariate *of)
{
    if ((of->x = allocate(rows->n + 1, sizeof *of->x)) == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++)
        of->x[i] = column_real(of->column, rows->record[i]);
    return 0;
}

static int take_category(const struct pair_rows *rows, struct covariate *of)
{
    const size_t n = of->column->n_labels;

    if ((of->level = allocate(rows->n + 1, sizeof *of->level)) == NULL ||
        (of->people = allocate(2 * (n + 1), sizeof *of->people)) == NULL ||
        (of->share = allocate(4 * n + 1, sizeof *of->share)) == NULL)
        return -1;
    column_codes_read(of->column, rows->record, rows->n, of->level);
    for (size_t i = 0; i < rows->n; i++) {
        const int32_t level = of->level[i];
        of->people[(rows->treated[i] ? n + 1 : 0) + (level < 0 ? n : (size_t)level)] += rows->count[i];
    }
    return 0;
}

static int measure_numbers(const struct pair_weights *w, struct covariate *covariates, size_t n)
{
    const struct pair_rows *const rows = w->rows;
    struct weighted_description moments[4 * TOGETHER];
    struct weighted_distance distances[TOGETHER];
    size_t n_number = 0;

    for (size_t k = 0; k < n; k++) {
        const double *const x = covariates[k].x;
        if (x == NULL)
            continue;
        for (size_t m = 0; m < 4; m++)
            moments[4 * n_number + m] =
                (struct weighted_description){.x = x, .weight = m < 2 ? rows->frequency : w->weight, .arm = m % 2};
        distances[n_number++] = (struct weighted_distance){.x = x};
    }
    weighted_describe(rows->n, rows->frequency, rows->treated, moments, 4 * n_number, rows->c->reducer);
    weighted_ks_each(rows->n, w->weight, rows->treated, distances, n_number, rows->c->reducer);
    for (size_t k = n; k-- > 0;)
        if (covariates[k].x != NULL) {
            n_number--;
            for (size_t m = 0; m < 4; m++)
                covariates[k].moments[m] = moments[4 * n_number + m].moments;
            covariates[k].ks = distances[n_number].statistic;
            if (distances[n_number].status == GSL_ENOMEM)
                return fail_memory();
        }
    return 0;
}

static int measure_categories(const struct pair_weights *w, struct covariate *covariates, size_t n)
{
    const struct pair_rows *const rows = w->rows;
    struct weighted_levels levels[TOGETHER];
    struct reducer_piece people[TOGETHER];
    size_t n_category = 0;

    for (size_t k = 0; k < n; k++)
        if (covariates[k].level != NULL) {
            const size_t n_label = covariates[k].column->n_labels;
            levels[n_category] = (struct weighted_levels){covariates[k].level, n_label, covariates[k].share + 2 * n_label};
            people[n_category++] = (struct reducer_piece){covariates[k].people, 2 * (n_label + 1)};
        }
    if (n_category == 0)
        return 0;
    reducer_sum_pieces(rows->c->reducer, people, n_category);
    for (size_t k = 0; k < n; k++)
        for (size_t l = 0, n_label = covariates[k].column->n_labels; covariates[k].level != NULL && l < 2 * n_label; l++)
            covariates[k].share[l] = (double)covariates[k].people[l < n_label ? l : l + 1];
    return weighted_levels_each(rows->n, w->weight, rows->treated, levels, n_category, rows->c->reducer) == GSL_SUCCESS
               ? 0
               : fail("balance: the weights cannot be added");
}

static int add_together(struct balancing *b, struct covariate *covariates, size_t n)
{
    int status = 0;

    for (size_t k = 0; status == 0 && k < n; k++)
        status = covariates[k].column->type == COLUMN_CATEGORY ? take_category(b->w->rows, &covariates[k])
                                                               : take_number(b->w->rows, &covariates[k]);
    if (status == 0)
        status = measure_categories(b->w, covariates, n) != 0 ? -1 : measure_numbers(b->w, covariates, n);
    for (size_t k = 0; status == 0 && k < n; k++)
        status = covariates[k].level != NULL ? add_category(b, &covariates[k]) : add_number(b, &covariates[k]);
    return status;
}

int adjusted_balance_add(const struct pair_weights *w, struct table *balance, struct adjusted_gates *gates)
{
    const struct study_texts *names = &w->rows->c->study->cohort.covariates;
    const size_t together = n_together(w->rows);
    struct balancing b = {.w = w, .balance = balance};
    int status = 0;

    for (size_t first = 0; status == 0 && first < names->n; first += together) {
        struct covariate covariates[TOGETHER] = {{0}};
        const size_t n = names->n - first < together ? names->n - first : together;

        for (size_t k = 0; k < n; k++)
            covariates[k].column = table_column(w->rows->records, names->items[first + k].text);
        status = add_together(&b, covariates, n);
        for (size_t k = 0; k < n; k++) {
            free(covariates[k].x);
            free(covariates[k].level);
            free(covariates[k].people);
            free(covariates[k].share);
        }
    }
    adjusted_gates_balance(gates, b.worst_name, b.worst);
    return status;
}
