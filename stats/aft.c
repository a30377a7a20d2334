/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/aft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/aft_density.h"
#include "stats/cholesky.h"
#include "stats/design_gram.h"
#include "stats/exact_sum.h"
#include "stats/square_sum.h"

/* Error of delta, in units in which |z| < 1, from which the likelihood is flat. */
static const double ENDLESS_ERROR = 1e4;
static const double GAIN_SMALL = 1e-18;

enum {
    ITERATIONS_MAX = 200,
    HALVINGS_MAX = 40,
    ROWS_PER_THREAD = 1 << 14, /* fewer are done sooner than a thread is woken */
};

struct aft *aft_alloc(size_t p)
{
    struct aft *fit = calloc(1, sizeof *fit);
    const size_t m = p + 2;

    if (fit == NULL || (fit->coef = calloc(2 * m + m * m, sizeof *fit->coef)) == NULL ||
        (fit->column = calloc(p + 1, sizeof *fit->column)) == NULL) {
        aft_free(fit);
        return NULL;
    }
    fit->p = p;
    fit->std_err = fit->coef + m;
    fit->covariance = fit->std_err + m;
    return fit;
}

void aft_free(struct aft *fit)
{
    if (fit == NULL)
        return;
    free(fit->coef);
    free(fit->column);
    free(fit);
}

/* A fit under way: parameters delta_0, delta (of the standardised columns), tau. */
struct newton {
    const struct aft_rows *rows;
    enum aft_distribution distribution;
    const struct reducer *reducer;
    size_t n, p, m, n_threads; /* n: rows of this place; m = p + 2 */
    size_t n_all;
    struct design_copy *copy;
    struct gram_layout *layout;
    struct gram *gram;
    double center, spread;     /* log times are taken as (y - center) / spread */
    double *y;                 /* [2 n] ends on that scale */
    unsigned char *kind;       /* [n] */
    double *count;             /* [n] frequency */
    double *eta;               /* [n] x'delta + offset tau / spread */
    double *a, *b, *c;         /* [n] weights of Gram sums */
    double *theta, *trial, *score, *step; /* [m] */
    double *info, *factor;     /* [m * m] */
    double *sum, *matrix;      /* [p], [p * p] */
    bool *left_out;            /* [m] */
    void *memory;
    double loglik;
};

/* ---- rows ---------------------------------------------------------------------------------------------------- */

static bool valid_row(const struct aft_rows *rows, size_t i)
{
    const double lower = rows->lower[i], upper = rows->upper[i];
    return lower >= 0 && isfinite(lower) && upper >= lower && upper > 0 && !(lower == 0 && isinf(upper)) &&
           (rows->frequency == NULL || rows->frequency[i] >= 0) && (rows->offset == NULL || isfinite(rows->offset[i]));
}

static enum aft_kind kind_of(double lower, double upper)
{
    if (lower == upper)
        return AFT_EVENT;
    if (isinf(upper))
        return AFT_RIGHT;
    return lower == 0 ? AFT_LEFT : AFT_BETWEEN;
}

/* The mean and the standard deviation of the logarithms of what is known of the times: where the fit starts. */
static int place_times(struct newton *newton)
{
    const struct aft_rows *rows = newton->rows;
    struct exact_sum sum, squares;
    double n = 0, mean, square;

    exact_sum_init(&sum);
    exact_sum_init(&squares);
    for (size_t i = 0; i < newton->n; i++) {
        const double end = rows->lower[i] > 0 ? rows->lower[i] : rows->upper[i];
        const int64_t count = rows->frequency != NULL ? rows->frequency[i] : 1;
        newton->a[i] = log(end);
        exact_sum_add_times(&sum, newton->a[i], count);
        n += (double)count;
    }
    reducer_sum_counts(newton->reducer, &n, 1);
    int status = reducer_exact_sum(newton->reducer, &sum);
    if (status == GSL_SUCCESS && (exact_sum_round(&sum, &mean) != GSL_SUCCESS || n == 0))
        status = GSL_EINVAL;
    if (status != GSL_SUCCESS)
        return status;
    mean /= n;
    for (size_t i = 0; i < newton->n; i++)
        exact_sum_add_times(&squares, (newton->a[i] - mean) * (newton->a[i] - mean),
                            rows->frequency != NULL ? rows->frequency[i] : 1);
    status = reducer_exact_sum(newton->reducer, &squares);
    exact_sum_round(&squares, &square);
    newton->center = mean;
    newton->spread = square > 0 ? sqrt(square / n) : 1;
    return status;
}

static int take_rows(struct newton *newton, struct aft *fit)
{
    const struct aft_rows *rows = newton->rows;

    int status = GSL_SUCCESS;

    for (size_t i = 0; i < newton->n; i++)
        if (!valid_row(rows, i))
            status = GSL_EDOM;
    if ((status = reducer_status(newton->reducer, status)) != GSL_SUCCESS || (status = place_times(newton)) != GSL_SUCCESS)
        return status;
    if (newton->distribution == AFT_EXPONENTIAL)
        newton->spread = 1; /* tau is 1 on the scale of the data */
    fit->n_person = fit->n_event = 0;
    for (size_t i = 0; i < newton->n; i++) {
        const int64_t count = rows->frequency != NULL ? rows->frequency[i] : 1;
        newton->kind[i] = (unsigned char)kind_of(rows->lower[i], rows->upper[i]);
        newton->count[i] = (double)count;
        newton->y[2 * i] = rows->lower[i] > 0 ? (log(rows->lower[i]) - newton->center) / newton->spread : 0;
        newton->y[2 * i + 1] = isfinite(rows->upper[i]) ? (log(rows->upper[i]) - newton->center) / newton->spread : 0;
        fit->n_person += count;
        fit->n_event += newton->kind[i] != AFT_RIGHT ? count : 0;
    }
    fit->n_person = reducer_sum_one(newton->reducer, fit->n_person);
    fit->n_event = reducer_sum_one(newton->reducer, fit->n_event);
    return fit->n_event > 0 ? GSL_SUCCESS : GSL_EZERODIV;
}

static int newton_alloc(struct newton *newton)
{
    const size_t n = newton->n, p = newton->p, m = newton->m;
    double *real = malloc((7 * n + 4 * m + 2 * m * m + p + p * p) * sizeof *real);

    newton->memory = real;
    newton->kind = malloc(n + 1);
    newton->left_out = calloc(m, sizeof *newton->left_out);
    newton->copy = design_copy_alloc_part(newton->rows->design, NULL, n, newton->n_threads, newton->reducer);
    newton->layout = newton->copy != NULL ? gram_layout_alloc(&newton->copy->matrix, newton->n_threads) : NULL;
    newton->gram = newton->layout != NULL ? gram_alloc(newton->layout) : NULL;
    if (real == NULL || newton->kind == NULL || newton->left_out == NULL || newton->gram == NULL)
        return GSL_ENOMEM;
    double **const by_row[] = {&newton->count, &newton->eta, &newton->a, &newton->b, &newton->c};
    newton->y = real;
    for (size_t k = 0; k < 5; k++)
        *by_row[k] = real + (2 + k) * n;
    real += 7 * n;
    double **const by_parameter[] = {&newton->theta, &newton->trial, &newton->score, &newton->step};
    for (size_t k = 0; k < 4; k++, real += m)
        *by_parameter[k] = real;
    newton->info = real;
    newton->factor = real + m * m;
    newton->sum = newton->factor + m * m;
    newton->matrix = newton->sum + p;
    return GSL_SUCCESS;
}

static void newton_clear(struct newton *newton)
{
    free(newton->memory);
    free(newton->kind);
    free(newton->left_out);
    gram_free(newton->gram);
    gram_layout_free(newton->layout);
    design_copy_free(newton->copy);
}

/* ---- the likelihood ------------------------------------------------------------------------------------------ */

/* A row at theta: its part of the log-likelihood, with log tau for an event. */
static double solve_row(const struct newton *newton, const double *theta, size_t i, struct aft_row *row)
{
    const double tau = theta[newton->m - 1];
    const enum aft_kind kind = (enum aft_kind)newton->kind[i];
    const double z[2] = {tau * newton->y[2 * i] - newton->eta[i], tau * newton->y[2 * i + 1] - newton->eta[i]};

    aft_row_solve(newton->distribution, kind, z, row);
    return row->loglik + (kind == AFT_EVENT ? log(tau) : 0);
}

static void predict(struct newton *newton, const double *theta)
{
    const double per_offset = theta[newton->m - 1] / newton->spread;

#pragma omp parallel for num_threads((int)newton->n_threads) schedule(static)
    for (size_t i = 0; i < newton->n; i++)
        newton->eta[i] = theta[0] + (newton->rows->offset != NULL ? per_offset * newton->rows->offset[i] : 0);
    design_predict(&newton->copy->matrix, theta + 1, 0, newton->n, newton->eta);
}

static int log_likelihood(struct newton *newton, const double *theta, double *loglik)
{
    struct exact_sum sum;

    if (!(theta[newton->m - 1] > 0))
        return GSL_EDOM;
    predict(newton, theta);
#pragma omp parallel for num_threads((int)newton->n_threads) schedule(static)
    for (size_t i = 0; i < newton->n; i++) {
        struct aft_row row;
        newton->a[i] = newton->count[i] > 0 ? newton->count[i] * solve_row(newton, theta, i, &row) : 0;
    }
    exact_sum_init(&sum);
    exact_sum_add_array(&sum, newton->a, newton->n);
    const int status = reducer_exact_sum(newton->reducer, &sum);
    return status != GSL_SUCCESS ? status : exact_sum_round(&sum, loglik) == GSL_SUCCESS ? GSL_SUCCESS : GSL_EDOM;
}

static int gram(struct newton *newton, const double *weight, double *total, double *sum, double *matrix)
{
    const double here = largest_magnitude(weight, newton->n);
    const double bound = reducer_largest(newton->reducer, isnan(here) ? (double)INFINITY : here);
    int status = isfinite(bound) && gram_init(newton->gram, bound, newton->n_all) == GSL_SUCCESS ? GSL_SUCCESS : GSL_EDOM;
    if (status == GSL_SUCCESS)
        status = gram_add_all(newton->gram, weight, newton->n_threads);
    if (status == GSL_SUCCESS)
        gram_read_all(newton->gram, newton->reducer, total, sum, matrix);
    return status;
}

static int exact_total(const struct newton *newton, const double *x, double *total)
{
    struct exact_sum sum;

    exact_sum_init(&sum);
    exact_sum_add_array(&sum, x, newton->n);
    const int status = reducer_exact_sum(newton->reducer, &sum);
    exact_sum_round(&sum, total);
    return status;
}

/*
 * Score and minus the second derivative at theta, whose eta is there.  An end z = tau y - x'delta (- tau offset) has the
 * derivatives -x and y, so with the row's slope s and curvature C over its ends
 *
 *     delta: -sum(s) x     tau: y's + [event] / tau      delta delta: 1'C 1 x x'     delta tau: -1'C y x     tau tau: y'C y - [event] / tau^2
 */
static int differentiate(struct newton *newton, const double *theta)
{
    const size_t n = newton->n, p = newton->p, m = newton->m, last = m - 1;
    const double tau = theta[last];
    double *tau_score = malloc((2 * n + 1) * sizeof *tau_score), *tau_curve, total;
    int status = GSL_ENOMEM;

    if (tau_score == NULL)
        return status;
    tau_curve = tau_score + n;
#pragma omp parallel for num_threads((int)newton->n_threads) schedule(static)
    for (size_t i = 0; i < n; i++) {
        struct aft_row row;
        const double count = newton->count[i], event = newton->kind[i] == AFT_EVENT;
        const double offset = newton->rows->offset != NULL ? newton->rows->offset[i] / newton->spread : 0;
        const double y[2] = {newton->y[2 * i] - offset, newton->y[2 * i + 1] - offset};
        solve_row(newton, theta, i, &row);
        const double across[2] = {row.curve[0][0] + row.curve[0][1], row.curve[1][0] + row.curve[1][1]};
        newton->a[i] = -count * (row.slope[0] + row.slope[1]);
        newton->b[i] = -count * (across[0] + across[1]);
        newton->c[i] = count * (across[0] * y[0] + across[1] * y[1]);
        tau_score[i] = count * (row.slope[0] * y[0] + row.slope[1] * y[1] + event / tau);
        tau_curve[i] = -count * (row.curve[0][0] * y[0] * y[0] + 2 * row.curve[0][1] * y[0] * y[1] +
                                 row.curve[1][1] * y[1] * y[1] - event / (tau * tau));
    }
    status = gram(newton, newton->a, &total, newton->sum, NULL);
    if (status == GSL_SUCCESS) {
        newton->score[0] = total;
        memcpy(newton->score + 1, newton->sum, p * sizeof *newton->sum);
        status = exact_total(newton, tau_score, &newton->score[last]);
    }
    if (status == GSL_SUCCESS)
        status = gram(newton, newton->b, &total, newton->sum, newton->matrix);
    if (status == GSL_SUCCESS) {
        newton->info[0] = total;
        for (size_t j = 0; j < p; j++) {
            newton->info[(j + 1) * m] = newton->info[j + 1] = newton->sum[j];
            for (size_t k = 0; k < p; k++)
                newton->info[(j + 1) * m + k + 1] = newton->matrix[j * p + k];
        }
        status = gram(newton, newton->c, &total, newton->sum, NULL);
    }
    if (status == GSL_SUCCESS) {
        newton->info[last] = newton->info[last * m] = total;
        for (size_t j = 0; j < p; j++)
            newton->info[(j + 1) * m + last] = newton->info[last * m + j + 1] = newton->sum[j];
        status = exact_total(newton, tau_curve, &newton->info[last * m + last]);
    }
    free(tau_score);
    return status;
}

/* ---- Newton's steps ------------------------------------------------------------------------------------------ */

/* Columns left out at the start stay out; one whose information runs out later joins them. */
static double solve_step(struct newton *newton, double tolerance)
{
    const size_t m = newton->m;

    memcpy(newton->factor, newton->info, m * m * sizeof *newton->factor);
    cholesky_decompose(newton->factor, m, NULL, tolerance, newton->left_out);
    return cholesky_form(newton->factor, m, newton->left_out, newton->score, newton->step);
}

static bool move(struct newton *newton)
{
    double share = 1;

    for (int halving = 0; halving < HALVINGS_MAX; halving++, share /= 2) {
        double loglik;
        for (size_t j = 0; j < newton->m; j++)
            newton->trial[j] = newton->theta[j] + share * newton->step[j];
        if (log_likelihood(newton, newton->trial, &loglik) == GSL_SUCCESS &&
            loglik >= newton->loglik - 1e-13 * fabs(newton->loglik)) {
            memcpy(newton->theta, newton->trial, newton->m * sizeof *newton->theta);
            newton->loglik = loglik;
            return true;
        }
    }
    predict(newton, newton->theta);
    return false;
}

/* The maximum over the parameters that are not left out; new dependencies are looked for in the first step when asked. */
static int maximise(struct newton *newton, double alias_tolerance, bool *converged, int *n_iteration, bool *aliased)
{
    int status = log_likelihood(newton, newton->theta, &newton->loglik);
    bool moved = true, close = false;

    *converged = false;
    for (int k = 0; status == GSL_SUCCESS && k < ITERATIONS_MAX; k++, ++*n_iteration) {
        if ((status = differentiate(newton, newton->theta)) != GSL_SUCCESS)
            break;
        const double gain = solve_step(newton, k == 0 ? alias_tolerance : 0);
        if (k == 0 && aliased != NULL)
            memcpy(aliased, newton->left_out, newton->m * sizeof *aliased);
        /* One more step from where it has converged: its error is the square of what is left. */
        *converged = gain < GAIN_SMALL * (1 + fabs(newton->loglik));
        if (close || !moved)
            break;
        close = *converged;
        moved = move(newton);
    }
    return status;
}

/* ---- results ------------------------------------------------------------------------------------------------- */

/* sum over events of log time: the log-likelihood of T is that of the standardised log time less this and n log spread. */
static int jacobian(const struct newton *newton, double *correction)
{
    struct exact_sum sum;
    double total, n = 0;

    exact_sum_init(&sum);
    for (size_t i = 0; i < newton->n; i++)
        if (newton->kind[i] == AFT_EVENT) {
            exact_sum_add_times(&sum, log(newton->rows->lower[i]), (int64_t)newton->count[i]);
            n += newton->count[i];
        }
    reducer_sum_counts(newton->reducer, &n, 1);
    const int status = reducer_exact_sum(newton->reducer, &sum);
    exact_sum_round(&sum, &total);
    *correction = total + n * log(newton->spread);
    return status;
}

/*
 * b_j = spread scale_j delta_j / tau,  b_0 = center + spread delta_0 / tau - sum center_j b_j,  log scale = log spread - log tau.
 * jacobi [m * m]: derivatives of those by delta_0, delta, tau.
 */
static void carry_back(const struct newton *newton, struct aft *fit, double *jacobi)
{
    const size_t p = newton->p, m = newton->m, last = m - 1;
    const double tau = newton->theta[last], unit = newton->spread / tau;

    memset(jacobi, 0, m * m * sizeof *jacobi);
    fit->coef[0] = newton->center + unit * newton->theta[0];
    jacobi[0] = unit;
    jacobi[last] = -unit * newton->theta[0] / tau;
    for (size_t j = 0; j < p; j++) {
        const double scale = newton->copy->scale[j], center = newton->copy->center[j];
        const double b = unit * scale * newton->theta[j + 1];
        fit->coef[j + 1] = b;
        jacobi[(j + 1) * m + j + 1] = unit * scale;
        jacobi[(j + 1) * m + last] = -b / tau;
        if (fit->column[j] != AFT_FITTED)
            continue;
        fit->coef[0] -= center * b;
        jacobi[j + 1] -= center * unit * scale;
        jacobi[last] += center * b / tau;
    }
    fit->coef[last] = log(newton->spread) - log(tau);
    jacobi[last * m + last] = -1 / tau;
}

static int set_covariance(const struct newton *newton, struct aft *fit)
{
    const size_t m = newton->m;
    double *jacobi = malloc(3 * m * m * sizeof *jacobi);

    if (jacobi == NULL)
        return GSL_ENOMEM;
    double *inverse = jacobi + m * m, *half = inverse + m * m;
    carry_back(newton, fit, jacobi);
    cholesky_invert(newton->factor, m, newton->left_out, inverse);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            half[i * m + j] = 0;
            for (size_t k = 0; k < m; k++)
                half[i * m + j] += jacobi[i * m + k] * inverse[k * m + j];
        }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            double sum = 0;
            for (size_t k = 0; k < m; k++)
                sum += half[i * m + k] * jacobi[j * m + k];
            fit->covariance[i * m + j] = sum;
        }
    for (size_t j = 0; j < m; j++)
        fit->std_err[j] = sqrt(fmax(fit->covariance[j * m + j], 0));
    free(jacobi);
    return GSL_SUCCESS;
}

/*
 * Which columns have no coefficient: those whose information has run out, what goes with them, and those whose error is without
 * bound.  The same for the intercept, which goes with a level that everybody else is compared with.
 */
static void find_endless(const struct newton *newton, const bool *aliased, const double *inverse, bool *endless)
{
    const size_t m = newton->m;

    memset(endless, 0, m * sizeof *endless);
    for (size_t j = 0; j < m - 1; j++)
        if (newton->left_out[j] && !aliased[j])
            cholesky_partners(newton->info, newton->factor, m, newton->left_out, j, newton->step, endless);
    for (size_t j = 0; j < m - 1; j++)
        endless[j] = !aliased[j] && (endless[j] || newton->left_out[j] || !(sqrt(inverse[j * (m + 1)]) < ENDLESS_ERROR));
    endless[m - 1] = false;
}

/* Of endless columns those stay in the information that still tell rows apart. */
static void leave_out(struct newton *newton, const bool *aliased, const bool *endless)
{
    for (size_t j = 0; j < newton->m; j++) {
        newton->left_out[j] = aliased[j];
        newton->step[j] = endless[j] ? 1 / (ENDLESS_ERROR * ENDLESS_ERROR) : 0;
    }
    cholesky_without(newton->info, newton->factor, newton->m, newton->step, newton->left_out);
}

static int finish(struct newton *newton, const bool *aliased, struct aft *fit)
{
    const size_t p = newton->p, m = newton->m;
    double *inverse = malloc(m * m * sizeof *inverse);
    bool *endless = malloc(m * sizeof *endless);
    size_t df = 0;

    if (inverse == NULL || endless == NULL) {
        free(inverse);
        free(endless);
        return GSL_ENOMEM;
    }
    cholesky_invert(newton->factor, m, newton->left_out, inverse);
    find_endless(newton, aliased, inverse, endless);
    for (size_t j = 0; j < p; j++) {
        fit->column[j] = aliased[j + 1] ? AFT_ALIASED : endless[j + 1] ? AFT_INFINITE : AFT_FITTED;
        df += fit->column[j] != AFT_ALIASED;
    }
    /* A scale that runs towards 0 fits every interval perfectly: there is no maximum. */
    const double tau_error = sqrt(inverse[(m - 1) * (m + 1)]);
    if (newton->distribution != AFT_EXPONENTIAL && !(tau_error < 100 * newton->theta[m - 1] && tau_error > 0))
        fit->converged = false;
    free(inverse);
    leave_out(newton, aliased, endless);
    const bool no_intercept = endless[0];
    free(endless);
    const int status = set_covariance(newton, fit);
    for (size_t j = 0; j < p; j++)
        if (fit->column[j] != AFT_FITTED)
            fit->coef[j + 1] = fit->std_err[j + 1] = NAN;
    if (no_intercept)
        fit->coef[0] = fit->std_err[0] = NAN;
    if (newton->distribution == AFT_EXPONENTIAL)
        fit->coef[m - 1] = fit->std_err[m - 1] = 0;
    if (df > 0)
        chi_square_test_set(&fit->lr_test, fmax(2 * (fit->loglik - fit->loglik_null), 0), df);
    return status;
}

static int fit_both(struct newton *newton, struct aft *fit)
{
    const size_t m = newton->m;
    const bool fixed = newton->distribution == AFT_EXPONENTIAL;
    bool *aliased = calloc(m, sizeof *aliased);
    int status = aliased != NULL ? GSL_SUCCESS : GSL_ENOMEM;

    memset(newton->theta, 0, m * sizeof *newton->theta);
    newton->theta[m - 1] = 1;
    for (size_t j = 0; j < m; j++)
        newton->left_out[j] = (j > 0 && j < m - 1) || (j == m - 1 && fixed);
    if (status == GSL_SUCCESS)
        status = maximise(newton, 0, &fit->converged, &fit->n_iteration, NULL);
    double correction = 0;
    if (status == GSL_SUCCESS)
        status = jacobian(newton, &correction);
    fit->loglik_null = newton->loglik - correction;
    bool null_converged = fit->converged;
    for (size_t j = 1; j + 1 < m; j++)
        newton->left_out[j] = false;
    fit->n_iteration = 0;
    if (status == GSL_SUCCESS)
        status = maximise(newton, CHOLESKY_TOLERANCE, &fit->converged, &fit->n_iteration, aliased);
    fit->converged &= null_converged;
    fit->loglik = newton->loglik - correction;
    if (status == GSL_SUCCESS)
        status = finish(newton, aliased, fit);
    free(aliased);
    return status;
}

int aft_solve(const struct aft_rows *rows, enum aft_distribution distribution, size_t n_threads, struct aft *fit)
{
    struct newton newton = {.rows = rows, .distribution = distribution, .n = rows->n, .p = fit->p, .m = fit->p + 2,
                            .n_threads = n_threads, .reducer = rows->reducer};
    int status = n_threads == 0 || rows->design->n != rows->n || rows->design->p != fit->p ? GSL_EINVAL
                 : design_matrix_check(rows->design) != GSL_SUCCESS                        ? GSL_EDOM
                                                                                            : GSL_SUCCESS;

    fit->lr_test = (struct chi_square_test){.statistic = NAN, .p_value = NAN, .log_p = NAN};
    fit->converged = false;
    fit->n_iteration = 0;
    newton.n_all = (size_t)reducer_sum_one(rows->reducer, (int64_t)rows->n);
    if ((status = reducer_status(rows->reducer, status)) != GSL_SUCCESS)
        return status;
    if (newton.n_all == 0)
        return GSL_EINVAL;
    if (n_threads > 1 + rows->n / ROWS_PER_THREAD)
        newton.n_threads = 1 + rows->n / ROWS_PER_THREAD;
    if ((status = newton_alloc(&newton)) == GSL_SUCCESS && (status = take_rows(&newton, fit)) == GSL_SUCCESS)
        status = fit_both(&newton, fit);
    newton_clear(&newton);
    return status;
}
