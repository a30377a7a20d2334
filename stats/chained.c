/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/chained.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stats/placed_random.h"
#include "stats/quantiles.h"

#define PRIOR 0.01         /* precision: standard deviation 10 */
#define RIDGE 1e-5         /* of the diagonal */
enum { NEWTON_MAX = 100, USES = 2 };

/* One pass over one variable. */
struct turn {
    const struct chained_data *data;
    size_t variable;
    uint64_t seed, use;    /* of random numbers; use + 1 is for parameters */
    size_t q;              /* columns */
    double *x;             /* [n * q] */
};

/* ---- columns ------------------------------------------------------------------------------------------------------- */

static size_t n_columns(const struct chained_data *data, size_t variable)
{
    size_t q = 1 + data->n_fixed;

    for (size_t v = 0; v < data->n_variable; v++)
        if (v != variable)
            q += data->variable[v].n_level == 0 ? 1 : data->variable[v].n_level - 1;
    return q;
}

/* Centred, with standard deviation 1; a constant becomes 0. */
static void put_standardised(const struct turn *t, size_t column, const double *value)
{
    const size_t n = t->data->n;
    double mean = 0, square = 0;

    for (size_t i = 0; i < n; i++)
        mean += value[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        square += (value[i] - mean) * (value[i] - mean) / (double)n;
    for (size_t i = 0; i < n; i++)
        t->x[i * t->q + column] = square > 0 ? (value[i] - mean) / sqrt(square) : 0;
}

static void fill_columns(const struct turn *t)
{
    const struct chained_data *data = t->data;
    size_t column = 1;

    for (size_t i = 0; i < data->n; i++)
        t->x[i * t->q] = 1;
    for (size_t k = 0; k < data->n_fixed; k++)
        put_standardised(t, column++, data->fixed[k]);
    for (size_t v = 0; v < data->n_variable; v++) {
        const struct chained_variable *other = &data->variable[v];
        if (v == t->variable)
            continue;
        if (other->n_level == 0)
            put_standardised(t, column++, other->value);
        for (size_t l = 1; l < other->n_level; l++, column++)
            for (size_t i = 0; i < data->n; i++)
                t->x[i * t->q + column] = (size_t)other->code[i] == l;
    }
}

static double row_weight(const struct chained_data *data, size_t i)
{
    return data->weight == NULL ? 1 : data->weight[i];
}

static double normal_at(const struct turn *t, uint64_t item)
{
    return gsl_cdf_ugaussian_Pinv(placed_random(t->seed, item, t->use + 1));
}

/* b += scale L'^-1 z: a draw from the normal distribution whose information is L L' / scale^2. */
static int shake(const struct turn *t, const double *factor, size_t p, double scale, double *b)
{
    gsl_matrix_const_view l = gsl_matrix_const_view_array(factor, p, p);
    gsl_vector_view to = gsl_vector_view_array(b, p);
    double *const z = malloc(p * sizeof *z);
    gsl_vector_view from = gsl_vector_view_array(z == NULL ? b : z, p);

    for (size_t j = 0; z != NULL && j < p; j++)
        z[j] = scale * normal_at(t, j);
    if (z != NULL) {
        gsl_blas_dtrsv(CblasLower, CblasTrans, CblasNonUnit, &l.matrix, &from.vector);
        gsl_vector_add(&to.vector, &from.vector);
    }
    free(z);
    return z == NULL ? GSL_ENOMEM : GSL_SUCCESS;
}

static double predict(const double *x, const double *b, size_t q)
{
    double sum = 0;

    for (size_t j = 0; j < q; j++)
        sum += x[j] * b[j];
    return sum;
}

/* ---- numbers --------------------------------------------------------------------------------------------------------- */

struct donor {
    double prediction, value;
    size_t row;
};

static int compare_donors(const void *left, const void *right)
{
    const struct donor *a = left, *b = right;

    if (a->prediction != b->prediction)
        return a->prediction < b->prediction ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* Least squares on the observed; factor: Cholesky factor of X'WX with its ridge. */
static int least_squares(const struct turn *t, double *b, double *factor, double *rss, double *n_used)
{
    const struct chained_data *data = t->data;
    const struct chained_variable *v = &data->variable[t->variable];
    gsl_matrix_view a = gsl_matrix_view_array(factor, t->q, t->q);
    gsl_vector_view to = gsl_vector_view_array(b, t->q);

    memset(factor, 0, t->q * t->q * sizeof *factor);
    memset(b, 0, t->q * sizeof *b);
    *n_used = *rss = 0;
    for (size_t i = 0; i < data->n; i++) {
        const double *x = t->x + i * t->q, w = row_weight(data, i);
        if (v->missing[i])
            continue;
        *n_used += w;
        for (size_t j = 0; j < t->q; j++) {
            b[j] += w * x[j] * v->value[i];
            for (size_t k = 0; k <= j; k++)
                factor[j * t->q + k] += w * x[j] * x[k];
        }
    }
    for (size_t j = 0; j < t->q; j++)
        factor[j * t->q + j] += RIDGE * factor[j * t->q + j] + (factor[j * t->q + j] > 0 ? 0 : 1);
    const bool solved = gsl_linalg_cholesky_decomp1(&a.matrix) == GSL_SUCCESS && gsl_linalg_cholesky_svx(&a.matrix, &to.vector) == GSL_SUCCESS;
    for (size_t i = 0; i < data->n; i++)
        if (!v->missing[i])
            *rss += row_weight(data, i) * pow(v->value[i] - predict(t->x + i * t->q, b, t->q), 2);
    return solved ? GSL_SUCCESS : GSL_EDOM;
}

/* Grows the window of nearest donors to its size, then takes one of them. */
static double pick_donor(const struct turn *t, const struct donor *donors, size_t n, double wanted, uint64_t key)
{
    size_t low = 0, high = n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (donors[middle].prediction < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    for (high = low; high - low < CHAINED_DONORS && (low > 0 || high < n);) {
        if (high == n || (low > 0 && wanted - donors[low - 1].prediction <= donors[high].prediction - wanted))
            low--;
        else
            high++;
    }
    return donors[low + (size_t)(placed_random(t->seed, key, t->use) * (double)(high - low))].value;
}

static int draw_numbers(const struct turn *t)
{
    const struct chained_data *data = t->data;
    const struct chained_variable *v = &data->variable[t->variable];
    double *b = calloc(2 * t->q, sizeof *b), *factor = calloc(t->q * t->q, sizeof *factor), rss, n_used;
    struct donor *donors = calloc(data->n, sizeof *donors);
    size_t n = 0;
    int code = b == NULL || factor == NULL || donors == NULL ? GSL_ENOMEM : least_squares(t, b, factor, &rss, &n_used);

    if (code == GSL_SUCCESS) {
        const double df = fmax(n_used - (double)t->q, 1);
        const double sigma = sqrt(rss / chi_square_lower_quantile(placed_random(t->seed, UINT64_MAX, t->use + 1), df));
        memcpy(b + t->q, b, t->q * sizeof *b);
        code = shake(t, factor, t->q, sigma, b + t->q);
        for (size_t i = 0; i < data->n; i++)
            if (!v->missing[i])
                donors[n++] = (struct donor){predict(t->x + i * t->q, b, t->q), v->value[i], i};
        qsort(donors, n, sizeof *donors, compare_donors);
        for (size_t i = 0; i < data->n; i++)
            if (v->missing[i])
                v->value[i] = pick_donor(t, donors, n, predict(t->x + i * t->q, b + t->q, t->q), data->key[i]);
    }
    free(b);
    free(factor);
    free(donors);
    return code;
}

/* ---- levels ---------------------------------------------------------------------------------------------------------- */

/* Probabilities of all levels at one row. */
static void probabilities(const double *x, const double *coef, size_t q, size_t n_level, double *p)
{
    double largest = 0, sum = 0;

    p[0] = 0;
    for (size_t l = 1; l < n_level; l++) {
        p[l] = predict(x, coef + (l - 1) * q, q);
        largest = fmax(largest, p[l]);
    }
    for (size_t l = 0; l < n_level; l++)
        sum += p[l] = exp(p[l] - largest);
    for (size_t l = 0; l < n_level; l++)
        p[l] /= sum;
}

struct multinomial {
    const double *x, *weight;
    const int32_t *code;
    size_t n, q, n_level;
    double prior;
};

static double penalty_of(const struct multinomial *m, const double *coef)
{
    double sum = 0;

    for (size_t k = 0; k < (m->n_level - 1) * m->q; k++)
        sum += k % m->q == 0 ? 0 : coef[k] * coef[k];
    return m->prior * sum / 2;
}

static double loglik(const struct multinomial *m, const double *coef, double *p)
{
    double sum = -penalty_of(m, coef);

    for (size_t i = 0; i < m->n; i++) {
        probabilities(m->x + i * m->q, coef, m->q, m->n_level, p);
        sum += (m->weight == NULL ? 1 : m->weight[i]) * log(fmax(p[m->code[i]], 1e-300));
    }
    return sum;
}

/* Score, and the lower triangle of the information. */
static void derivatives(const struct multinomial *m, const double *coef, double *p, double *score, double *information)
{
    const size_t q = m->q, size = (m->n_level - 1) * q;

    memset(score, 0, size * sizeof *score);
    memset(information, 0, size * size * sizeof *information);
    for (size_t i = 0; i < m->n; i++) {
        const double *x = m->x + i * q, w = m->weight == NULL ? 1 : m->weight[i];
        probabilities(x, coef, q, m->n_level, p);
        for (size_t a = 1; a < m->n_level; a++) {
            const double residual = w * (((size_t)m->code[i] == a) - p[a]);
            for (size_t j = 0; j < q; j++)
                score[(a - 1) * q + j] += residual * x[j];
            for (size_t b = 1; b <= a; b++) {
                const double v = w * p[a] * ((a == b) - p[b]);
                for (size_t j = 0; j < q; j++)
                    for (size_t k = 0; k < (a == b ? j + 1 : q); k++)
                        information[((a - 1) * q + j) * size + (b - 1) * q + k] += v * x[j] * x[k];
            }
        }
    }
    for (size_t k = 0; k < size; k++) {
        score[k] -= k % q == 0 ? 0 : m->prior * coef[k];
        information[k * size + k] += k % q == 0 ? 0 : m->prior;
    }
}

/* Newton's steps, halved while they lower the likelihood. */
static int climb(const struct multinomial *m, double *coef, double *p, double *step, double *trial, double *factor)
{
    const size_t size = (m->n_level - 1) * m->q;
    double now = loglik(m, coef, p);
    int status = GSL_EMAXITER;

    for (int iteration = 0; status == GSL_EMAXITER && iteration < NEWTON_MAX; iteration++) {
        gsl_matrix_view a = gsl_matrix_view_array(factor, size, size);
        gsl_vector_view s = gsl_vector_view_array(step, size);
        double shrink = 1, next, largest = 0;
        derivatives(m, coef, p, step, factor);
        const bool solved = gsl_linalg_cholesky_decomp1(&a.matrix) == GSL_SUCCESS && gsl_linalg_cholesky_svx(&a.matrix, &s.vector) == GSL_SUCCESS;
        for (int half = 0; half < 30; half++, shrink /= 2) {
            for (size_t k = 0; k < size; k++)
                trial[k] = coef[k] + shrink * step[k];
            if ((next = loglik(m, trial, p)) >= now - 1e-12 * fabs(now))
                break;
        }
        for (size_t k = 0; k < size; k++)
            largest = fmax(largest, fabs(trial[k] - coef[k]));
        memcpy(coef, trial, size * sizeof *coef);
        now = next;
        /* Done: the factor is that of the step before, which is this one's to 1e-9. */
        status = !solved ? GSL_EDOM : largest < 1e-9 ? GSL_SUCCESS : GSL_EMAXITER;
    }
    return status;
}

int multinomial_fit(const double *x, const int32_t *code, const double *weight, size_t n, size_t q, size_t n_level, double prior,
                    double *coef, double *factor)
{
    const struct multinomial m = {x, weight, code, n, q, n_level, prior};
    const size_t size = (n_level - 1) * q;
    double *p = calloc(n_level, sizeof *p), *step = calloc(size, sizeof *step), *trial = calloc(size, sizeof *trial);
    int status = GSL_ENOMEM;

    memset(coef, 0, size * sizeof *coef);
    if (p != NULL && step != NULL && trial != NULL)
        status = climb(&m, coef, p, step, trial, factor);
    free(p);
    free(step);
    free(trial);
    return status;
}

/* The observed rows alone, side by side. */
static size_t pack_observed(const struct turn *t, double *x, int32_t *code, double *weight)
{
    const struct chained_variable *v = &t->data->variable[t->variable];
    size_t n = 0;

    for (size_t i = 0; i < t->data->n; i++) {
        if (v->missing[i])
            continue;
        memcpy(x + n * t->q, t->x + i * t->q, t->q * sizeof *x);
        weight[n] = row_weight(t->data, i);
        code[n++] = v->code[i];
    }
    return n;
}

static void draw_codes(const struct turn *t, const double *coef, double *p)
{
    const struct chained_data *data = t->data;
    const struct chained_variable *v = &data->variable[t->variable];

    for (size_t i = 0; i < data->n; i++) {
        double u = placed_random(t->seed, data->key[i], t->use);
        size_t level = 0;
        if (!v->missing[i])
            continue;
        probabilities(t->x + i * t->q, coef, t->q, v->n_level, p);
        while (level + 1 < v->n_level && (u -= p[level]) >= 0)
            level++;
        v->code[i] = (int32_t)level;
    }
}

static int draw_levels(const struct turn *t)
{
    const struct chained_variable *v = &t->data->variable[t->variable];
    const size_t n = t->data->n, size = (v->n_level - 1) * t->q;
    double *x, *weight, *coef, *factor, *p;
    int32_t *code;
    int status = GSL_ENOMEM;

    if (size > CHAINED_PARAMETERS)
        return GSL_EDOM;
    x = calloc(n * t->q, sizeof *x);
    weight = calloc(n, sizeof *weight);
    code = calloc(n, sizeof *code);
    coef = calloc(size + 1, sizeof *coef);
    factor = calloc(size * size + 1, sizeof *factor);
    p = calloc(v->n_level, sizeof *p);
    if (x != NULL && weight != NULL && code != NULL && coef != NULL && factor != NULL && p != NULL) {
        const size_t n_observed = pack_observed(t, x, code, weight);
        status = multinomial_fit(x, code, weight, n_observed, t->q, v->n_level, PRIOR, coef, factor);
        if (status == GSL_SUCCESS)
            status = shake(t, factor, size, 1, coef);
        if (status == GSL_SUCCESS)
            draw_codes(t, coef, p);
    }
    free(x);
    free(weight);
    free(code);
    free(coef);
    free(factor);
    free(p);
    return status;
}

/* ---- the chain -------------------------------------------------------------------------------------------------------- */

static size_t n_missing(const struct chained_data *data, size_t variable)
{
    size_t n = 0;

    for (size_t i = 0; i < data->n; i++)
        n += data->variable[variable].missing[i];
    return n;
}

/* First values: those of somebody for whom it is known. */
static int fill_first(const struct chained_data *data, size_t variable, uint64_t seed, uint64_t use)
{
    const struct chained_variable *v = &data->variable[variable];
    size_t *known = calloc(data->n + 1, sizeof *known), n = 0;

    if (known == NULL)
        return GSL_ENOMEM;
    for (size_t i = 0; i < data->n; i++)
        if (!v->missing[i])
            known[n++] = i;
    for (size_t i = 0; n >= 2 && i < data->n; i++) {
        const size_t from = known[(size_t)(placed_random(seed, data->key[i], use) * (double)n)];
        if (v->missing[i] && v->n_level == 0)
            v->value[i] = v->value[from];
        else if (v->missing[i])
            v->code[i] = v->code[from];
    }
    free(known);
    return n >= 2 ? GSL_SUCCESS : GSL_EDOM;
}

static int take_turn(const struct chained_data *data, size_t variable, uint64_t seed, uint64_t use)
{
    struct turn turn = {data, variable, seed, use, n_columns(data, variable), NULL};
    int code;

    if ((turn.x = calloc(data->n * turn.q, sizeof *turn.x)) == NULL)
        return GSL_ENOMEM;
    fill_columns(&turn);
    code = data->variable[variable].n_level == 0 ? draw_numbers(&turn) : draw_levels(&turn);
    free(turn.x);
    return code;
}

/* Ascending in what is missing; of two alike the one that stands first. */
static size_t order_variables(const struct chained_data *data, size_t *order, size_t *missing)
{
    size_t n = 0;

    for (size_t v = 0; v < data->n_variable; v++) {
        size_t k = n;
        if ((missing[v] = n_missing(data, v)) == 0)
            continue;
        for (; k > 0 && missing[order[k - 1]] > missing[v]; k--)
            order[k] = order[k - 1];
        order[k] = v;
        n++;
    }
    return n;
}

int chained_impute(const struct chained_data *data, size_t n_iteration, uint64_t seed, uint64_t which)
{
    size_t *order = calloc(2 * data->n_variable + 1, sizeof *order);
    const size_t n = order == NULL ? 0 : order_variables(data, order, order + data->n_variable);
    const uint64_t uses = USES * (uint64_t)data->n_variable, first = which * (uint64_t)(n_iteration + 1) * uses;
    int code = order == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t k = 0; code == GSL_SUCCESS && k < n; k++)
        code = fill_first(data, order[k], seed, first + USES * (uint64_t)order[k]);
    for (size_t iteration = 1; code == GSL_SUCCESS && iteration <= n_iteration; iteration++)
        for (size_t k = 0; code == GSL_SUCCESS && k < n; k++)
            code = take_turn(data, order[k], seed, first + (uint64_t)iteration * uses + USES * (uint64_t)order[k]);
    free(order);
    return code;
}
