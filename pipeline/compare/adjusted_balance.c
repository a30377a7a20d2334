/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_balance.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/results.h"
#include "stats/balance.h"
#include "stats/cholesky.h"
#include "stats/weighted_balance.h"

struct balancing {
    const struct pair_weights *w;
    struct table *balance;
    double *x;              /* [n] workspace */
    int32_t *level;         /* [n] workspace */
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

static int add_number(struct balancing *b, const struct column *column)
{
    const struct pair_rows *rows = b->w->rows;
    struct weighted_moments before[2], after[2];
    struct balance_row row = {.smd = NAN, .variance_ratio = NAN, .ks = NAN};

    for (size_t i = 0; i < rows->n; i++)
        b->x[i] = column_real(column, rows->record[i]);
    for (uint8_t arm = 0; arm < 2; arm++) {
        if (weighted_moments_all(rows->n, b->x, rows->frequency, rows->frequency, rows->treated, arm, rows->c->reducer,
                                 &before[arm]) == GSL_ENOMEM ||
            weighted_moments_all(rows->n, b->x, b->w->weight, rows->frequency, rows->treated, arm, rows->c->reducer,
                                 &after[arm]) == GSL_ENOMEM)
            return fail_memory();
    }
    (void)smd_numeric(after[1].mean, before[1].variance, after[0].mean, before[0].variance, SMD_POOLED, &row.smd);
    row.variance_ratio = ratio_of(after[1].variance, after[0].variance);
    if (weighted_ks_all(rows->n, b->x, b->w->weight, rows->treated, rows->c->reducer, &row.ks) == GSL_ENOMEM)
        return fail_memory();
    return add_row(b, column->name, "", &row);
}

/* ---- categories -------------------------------------------------------------------------------------- */

/* Shares of the levels in both arms, before and after: of the reference before, of the arm before, then after.  *known: everywhere
 * somebody has a level. */
static int shares(const struct balancing *b, const struct column *column, double *share, bool *known)
{
    const struct pair_rows *rows = b->w->rows;
    const size_t n = column->n_labels;
    int64_t *const people = allocate(2 * (n + 1), sizeof *people); /* of both arms, behind the levels those who have none */

    if (people == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++) {
        const int32_t code = column_code(column, rows->record[i]);
        b->level[i] = code == MISSING_CODE ? -1 : code;
        people[(rows->treated[i] ? n + 1 : 0) + (code == MISSING_CODE ? n : (size_t)code)] += rows->count[i];
    }
    reducer_sum(rows->c->reducer, people, 2 * (n + 1));
    for (size_t k = 0; k < 2 * n; k++)
        share[k] = (double)people[k < n ? k : k + 1];
    free(people);
    if (weighted_levels_all(rows->n, b->level, n, b->w->weight, rows->treated, rows->c->reducer, share + 2 * n) != GSL_SUCCESS)
        return fail("balance of '%s': the weights cannot be added", column->name);
    *known = true;
    for (size_t k = 0; *known && k < 4; k++) {
        double total = 0;
        for (size_t l = 0; l < n; l++)
            total += share[k * n + l];
        *known = total > 0;
        for (size_t l = 0; *known && l < n; l++)
            share[k * n + l] /= total;
    }
    return 0;
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

static int add_category(struct balancing *b, const struct column *column)
{
    const size_t n = column->n_labels;
    double *share = allocate(4 * n + 1, sizeof *share), *matrix = allocate(n * n + 1, sizeof *matrix),
           *t = allocate(2 * n + 1, sizeof *t);
    bool *aliased = allocate(n + 1, sizeof *aliased);
    struct balance_row row = {.smd = NAN, .variance_ratio = NAN, .ks = NAN};
    int status = share == NULL || matrix == NULL || t == NULL || aliased == NULL ? -1 : 0;

    bool known = false;

    if (status == 0)
        status = shares(b, column, share, &known);
    if (status == 0 && known) {
        const double *const before = share, *const after = share + 2 * n;
        row.smd = distance(n, before + n, before, after + n, after, matrix, t, aliased);
        status = add_row(b, column->name, NULL, &row);
        for (size_t l = 0; status == 0 && l < n; l++) {
            row.smd = smd_of_level(before[n + l], before[l], after[n + l], after[l]);
            if (before[n + l] + before[l] > 0)
                status = add_row(b, column->name, column->labels[l], &row);
        }
    }
    free(aliased);
    free(t);
    free(matrix);
    free(share);
    return status;
}

int adjusted_balance_add(const struct pair_weights *w, struct table *balance, struct adjusted_gates *gates)
{
    const struct study_texts *covariates = &w->rows->c->study->cohort.covariates;
    struct balancing b = {.w = w, .balance = balance, .x = allocate(w->rows->n + 1, sizeof *b.x),
                           .level = allocate(w->rows->n + 1, sizeof *b.level)};
    int status = b.x == NULL || b.level == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < covariates->n; k++) {
        const struct column *column = table_column(w->rows->records, covariates->items[k].text);
        status = column->type == COLUMN_CATEGORY ? add_category(&b, column) : add_number(&b, column);
    }
    adjusted_gates_balance(gates, b.worst_name, b.worst);
    free(b.level);
    free(b.x);
    return status;
}
