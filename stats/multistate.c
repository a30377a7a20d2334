/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/multistate.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/exact_sum.h"

struct multistate {
    const struct multistate_rows *rows;
    size_t n_state;
    size_t *order;      /* [n] rows by person, then by time */
    size_t n_time;
    double *time;       /* [n_time] of moves, ascending */
    int64_t *moves;     /* [n_time * n_state * n_state] h -> l */
    int64_t *at_risk;   /* [n_time * n_state] just before */
    double *p;          /* [(n_time + 1) * n_state] p(0), then after each time */
    size_t *first, *last; /* [n] how many times of moves are <= entry, <= time */
    bool *at_start;     /* [n] under observation before the first move, and so part of p(0) */
    double n_start;
    double last_time, start; /* last and first time of observation */
    int64_t n_person;
};

void multistate_free(struct multistate *m)
{
    if (m == NULL)
        return;
    free(m->order);
    free(m->time);
    free(m->moves);
    free(m->at_risk);
    free(m->p);
    free(m->first);
    free(m->last);
    free(m->at_start);
    free(m);
}

static double entry_of(const struct multistate_rows *rows, size_t i)
{
    return rows->entry != NULL ? rows->entry[i] : 0;
}

/* ---- checks -------------------------------------------------------------------------------------------------- */

static int by_person(const void *a, const void *b, void *context)
{
    const struct multistate_rows *rows = context;
    const size_t i = *(const size_t *)a, j = *(const size_t *)b;
    if (rows->id[i] != rows->id[j])
        return rows->id[i] < rows->id[j] ? -1 : 1;
    return (rows->time[i] > rows->time[j]) - (rows->time[i] < rows->time[j]);
}

static bool valid_row(const struct multistate_rows *rows, size_t i)
{
    const int32_t n_state = (int32_t)rows->n_state;
    return entry_of(rows, i) >= 0 && isfinite(rows->time[i]) && rows->time[i] > entry_of(rows, i) &&
           (size_t)rows->id[i] < rows->n_id && rows->from[i] >= 0 && rows->from[i] < n_state && rows->to[i] >= -1 &&
           rows->to[i] < n_state && rows->to[i] != rows->from[i];
}

static bool follows(const struct multistate_rows *rows, size_t before, size_t now)
{
    const int32_t state = rows->to[before] >= 0 ? rows->to[before] : rows->from[before];
    if (rows->id[before] != rows->id[now])
        return true;
    return entry_of(rows, now) > rows->time[before] ||
           (entry_of(rows, now) == rows->time[before] && rows->from[now] == state);
}

static bool sort_people(struct multistate *m)
{
    const struct multistate_rows *rows = m->rows;

    for (size_t i = 0; i < rows->n; i++) {
        if (!valid_row(rows, i))
            return false;
        m->order[i] = i;
    }
    qsort_r(m->order, rows->n, sizeof *m->order, by_person, (void *)rows);
    m->n_person = rows->n > 0;
    for (size_t k = 1; k < rows->n; k++) {
        if (!follows(rows, m->order[k - 1], m->order[k]))
            return false;
        m->n_person += rows->id[m->order[k]] != rows->id[m->order[k - 1]];
    }
    return true;
}

/* ---- counts -------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How many times of moves are <= t. */
static size_t times_up_to(const struct multistate *m, double t)
{
    size_t low = 0, high = m->n_time;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (m->time[middle] <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int list_times(struct multistate *m)
{
    const struct multistate_rows *rows = m->rows;
    double ends[2] = {0, -INFINITY}, *const last = &ends[0], *const start = &ends[1]; /* less the first */
    size_t n = 0;

    for (size_t i = 0; i < rows->n; i++) {
        *last = fmax(*last, rows->time[i]);
        *start = fmax(*start, -entry_of(rows, i));
        if (rows->to[i] >= 0)
            m->time[n++] = rows->time[i];
    }
    qsort(m->time, n, sizeof *m->time, ascending);
    for (size_t i = 0; i < n; i++)
        if (m->n_time == 0 || m->time[i] != m->time[m->n_time - 1])
            m->time[m->n_time++] = m->time[i];
    reducer_sum_and_largest(rows->reducer, &m->n_person, 1, ends, 2);
    m->last_time = *last;
    m->start = -*start;
    return reducer_distinct(rows->reducer, &m->time, &m->n_time);
}

static int count(struct multistate *m)
{
    const struct multistate_rows *rows = m->rows;
    const size_t n_state = m->n_state;

    m->moves = calloc(m->n_time + 1, n_state * n_state * sizeof *m->moves);
    m->at_risk = calloc(m->n_time + 2, n_state * sizeof *m->at_risk);
    m->p = calloc(m->n_time + 1, n_state * sizeof *m->p);
    const int status = reducer_status(rows->reducer, m->moves == NULL || m->at_risk == NULL || m->p == NULL ? GSL_ENOMEM : GSL_SUCCESS);
    if (status != GSL_SUCCESS)
        return status;
    for (size_t i = 0; i < rows->n; i++) {
        const size_t h = (size_t)rows->from[i];
        m->first[i] = times_up_to(m, entry_of(rows, i));
        m->last[i] = times_up_to(m, rows->time[i]);
        /* At risk at the times first .. last - 1: differences now, sums below. */
        m->at_risk[m->first[i] * n_state + h]++;
        m->at_risk[m->last[i] * n_state + h]--;
        if (rows->to[i] >= 0)
            m->moves[((m->last[i] - 1) * n_state + h) * n_state + (size_t)rows->to[i]]++;
    }
    const struct reducer_piece pieces[] = {{m->moves, m->n_time * n_state * n_state}, {m->at_risk, m->n_time * n_state}};
    reducer_sum_pieces(rows->reducer, pieces, 2);
    for (size_t k = 1; k < m->n_time; k++)
        for (size_t h = 0; h < n_state; h++)
            m->at_risk[k * n_state + h] += m->at_risk[(k - 1) * n_state + h];
    return GSL_SUCCESS;
}

/* ---- p ------------------------------------------------------------------------------------------------------- */

/* Row h of dA at a time. */
static void hazard_row(const struct multistate *m, size_t k, size_t h, double *row)
{
    const size_t n_state = m->n_state;
    const int64_t *moves = m->moves + (k * n_state + h) * n_state;
    const double y = (double)m->at_risk[k * n_state + h];
    int64_t out = 0;

    for (size_t l = 0; l < n_state; l++) {
        row[l] = moves[l] > 0 ? (double)moves[l] / y : 0;
        out += moves[l];
    }
    row[h] = -((double)out / y); /* -1 exactly where all leave */
}

/* p(0): the states of those under observation up to the first move, or at the start when there is none. */
static void start_states(struct multistate *m)
{
    const struct multistate_rows *rows = m->rows;

    for (size_t i = 0; i < rows->n; i++) {
        m->at_start[i] = m->n_time > 0 ? m->first[i] == 0 && rows->time[i] >= m->time[0] : entry_of(rows, i) == m->start;
        if (!m->at_start[i])
            continue;
        m->p[rows->from[i]]++;
    }
    reducer_sum_counts(rows->reducer, m->p, m->n_state);
    for (size_t h = 0; h < m->n_state; h++)
        m->n_start += m->p[h];
    for (size_t h = 0; h < m->n_state; h++)
        m->p[h] /= m->n_start;
}

static void walk(struct multistate *m)
{
    const size_t n_state = m->n_state;
    double row[MULTISTATE_STATES_MAX];

    for (size_t k = 0; k < m->n_time; k++) {
        const double *before = m->p + k * n_state;
        double *after = m->p + (k + 1) * n_state;
        memcpy(after, before, n_state * sizeof *after);
        for (size_t h = 0; h < n_state; h++) {
            if (m->at_risk[k * n_state + h] == 0)
                continue;
            hazard_row(m, k, h, row);
            for (size_t l = 0; l < n_state; l++)
                after[l] += before[h] * row[l];
        }
    }
}

/* Room for the rows here, in their order. */
static int take_rows(struct multistate *m)
{
    const size_t n = m->rows->n + 1;

    m->n_state = m->rows->n_state;
    m->order = malloc(n * sizeof *m->order);
    m->time = malloc(n * sizeof *m->time);
    m->first = malloc(n * sizeof *m->first);
    m->last = malloc(n * sizeof *m->last);
    m->at_start = calloc(n, sizeof *m->at_start);
    if (m->order == NULL || m->time == NULL || m->first == NULL || m->last == NULL || m->at_start == NULL)
        return GSL_ENOMEM;
    return sort_people(m) ? GSL_SUCCESS : GSL_EDOM;
}

struct multistate *multistate_alloc(const struct multistate_rows *rows, int *status)
{
    struct multistate *const m = calloc(1, sizeof *m);

    *status = GSL_EINVAL;
    if (rows->n_state > 0 && rows->n_state <= MULTISTATE_STATES_MAX && reducer_sum_one(rows->reducer, (int64_t)rows->n) > 0) {
        if (m != NULL)
            m->rows = rows;
        *status = reducer_status(rows->reducer, m == NULL ? GSL_ENOMEM : take_rows(m));
    }
    if (*status == GSL_SUCCESS)
        *status = list_times(m);
    if (*status == GSL_SUCCESS)
        *status = count(m);
    if (*status != GSL_SUCCESS) {
        multistate_free(m);
        return NULL;
    }
    start_states(m);
    walk(m);
    return m;
}

double multistate_last_time(const struct multistate *m)
{
    return m->last_time;
}

int64_t multistate_n_person(const struct multistate *m)
{
    return m->n_person;
}

int64_t multistate_n_risk(const struct multistate *m, size_t state, double t)
{
    const struct multistate_rows *rows = m->rows;
    int64_t n = 0;
    for (size_t i = 0; i < rows->n; i++)
        n += (size_t)rows->from[i] == state && rows->time[i] >= t && (entry_of(rows, i) < t || t == 0);
    return reducer_sum_one(rows->reducer, n);
}

int64_t multistate_n_entered(const struct multistate *m, size_t state, double t)
{
    const size_t n_state = m->n_state, n_time = times_up_to(m, t);
    int64_t n = 0;
    for (size_t k = 0; k < n_time; k++)
        for (size_t h = 0; h < n_state; h++)
            n += m->moves[(k * n_state + h) * n_state + state];
    return n;
}

/* ---- errors -------------------------------------------------------------------------------------------------- */

/* Matrices [n_state * n_state] for each of n_time + 1 places: B after that many moves, and running sums of rows of it. */
struct carriers {
    double *b;
    double *sum; /* sum over the times before the place of p_h / Y_h dA_h. B */
};

/* B at the last place is `end` times I; going back a time, B := width I + (I + dA) B. */
static void fill_carriers(const struct multistate *m, size_t n_time, double end, const double *width,
                          const struct carriers *c)
{
    const size_t s = m->n_state;
    double row[MULTISTATE_STATES_MAX];

    memset(c->b + n_time * s * s, 0, s * s * sizeof *c->b);
    for (size_t h = 0; h < s; h++)
        c->b[(n_time * s + h) * s + h] = end;
    for (size_t k = n_time; k-- > 0;) {
        const double *after = c->b + (k + 1) * s * s;
        double *before = c->b + k * s * s;
        memcpy(before, after, s * s * sizeof *before);
        for (size_t h = 0; h < s; h++) {
            if (m->at_risk[k * s + h] > 0) {
                hazard_row(m, k, h, row);
                for (size_t l = 0; l < s; l++)
                    for (size_t j = 0; j < s && row[l] != 0; j++)
                        before[h * s + j] += row[l] * after[l * s + j];
            }
            before[h * s + h] += width != NULL ? width[k] : 0;
        }
    }
    memset(c->sum, 0, s * s * sizeof *c->sum);
    for (size_t k = 0; k < n_time; k++) {
        const double *b = c->b + (k + 1) * s * s;
        double *sum = c->sum + (k + 1) * s * s;
        memcpy(sum, sum - s * s, s * s * sizeof *sum);
        for (size_t h = 0; h < s; h++) {
            if (m->at_risk[k * s + h] == 0)
                continue;
            const double share = m->p[k * s + h] / (double)m->at_risk[k * s + h];
            hazard_row(m, k, h, row);
            for (size_t l = 0; l < s; l++)
                for (size_t j = 0; j < s && row[l] != 0; j++)
                    sum[h * s + j] += share * row[l] * b[l * s + j];
        }
    }
}

/* The derivative of the numbers by the weight of a row, added to u [n_state]. */
static void add_row(const struct multistate *m, size_t n_time, const struct carriers *c, size_t i, double *u)
{
    const size_t s = m->n_state, h = (size_t)m->rows->from[i];
    const size_t first = m->first[i] < n_time ? m->first[i] : n_time, last = m->last[i] < n_time ? m->last[i] : n_time;

    for (size_t j = 0; j < s; j++)
        u[j] -= c->sum[(last * s + h) * s + j] - c->sum[(first * s + h) * s + j];
    if (m->rows->to[i] >= 0 && m->last[i] <= n_time) {
        const size_t k = m->last[i] - 1, l = (size_t)m->rows->to[i];
        const double share = m->p[k * s + h] / (double)m->at_risk[k * s + h];
        for (size_t j = 0; j < s; j++)
            u[j] += share * (c->b[(last * s + l) * s + j] - c->b[(last * s + h) * s + j]);
    }
    if (m->at_start[i])
        for (size_t j = 0; j < s; j++) {
            double mean = 0;
            for (size_t g = 0; g < s; g++)
                mean += m->p[g] * c->b[g * s + j];
            u[j] += (c->b[h * s + j] - mean) / m->n_start;
        }
}

/* squares [n_state]: room. */
static int set_errors(const struct multistate *m, size_t n_time, const struct carriers *c, struct exact_sum *squares, double *std_err)
{
    const size_t s = m->n_state;
    double u[MULTISTATE_STATES_MAX] = {0};

    for (size_t j = 0; j < s; j++)
        exact_sum_init(&squares[j]);
    for (size_t k = 0; k < m->rows->n; k++) {
        add_row(m, n_time, c, m->order[k], u);
        const bool ends = k + 1 == m->rows->n || m->rows->id[m->order[k + 1]] != m->rows->id[m->order[k]];
        for (size_t j = 0; ends && j < s; j++) {
            exact_sum_add(&squares[j], u[j] * u[j]);
            u[j] = 0;
        }
    }
    const int status = reducer_exact_sums(m->rows->reducer, squares, s);
    for (size_t j = 0; status == GSL_SUCCESS && j < s; j++) {
        double total;
        exact_sum_round(&squares[j], &total);
        std_err[j] = sqrt(fmax(total, 0));
    }
    return status;
}

static int solve(const struct multistate *m, size_t n_time, double end, const double *width, double *estimate,
                 double *std_err)
{
    const size_t s = m->n_state, size = (n_time + 1) * s * s;
    double *const room = malloc(2 * size * sizeof *room);
    struct exact_sum *const squares = malloc(s * sizeof *squares);
    int status = reducer_status(m->rows->reducer, room == NULL || squares == NULL ? GSL_ENOMEM : GSL_SUCCESS);

    if (status != GSL_SUCCESS) {
        free(squares);
        free(room);
        return status;
    }
    const struct carriers carriers = {room, room + size};
    fill_carriers(m, n_time, end, width, &carriers);
    for (size_t j = 0; j < s; j++) {
        estimate[j] = 0;
        for (size_t h = 0; h < s; h++)
            estimate[j] += m->p[h] * carriers.b[h * s + j];
    }
    status = set_errors(m, n_time, &carriers, squares, std_err);
    free(squares);
    free(room);
    return status;
}

int multistate_occupation(const struct multistate *m, double t, double *estimate, double *std_err)
{
    const size_t n_time = t >= 0 ? times_up_to(m, t) : 0;

    if (!(t >= 0))
        return GSL_EDOM;
    const int status = solve(m, n_time, 1, NULL, estimate, std_err);
    memcpy(estimate, m->p + n_time * m->n_state, m->n_state * sizeof *estimate); /* the product as it was walked */
    return status;
}

int multistate_expected(const struct multistate *m, double tau, double *estimate, double *std_err)
{
    const size_t n_time = tau > 0 ? times_up_to(m, tau) : 0;

    if (!(tau > 0 && isfinite(tau)))
        return GSL_EDOM;
    double *const width = malloc((n_time + 1) * sizeof *width);
    int status = reducer_status(m->rows->reducer, width == NULL ? GSL_ENOMEM : GSL_SUCCESS);
    if (status != GSL_SUCCESS) {
        free(width);
        return status;
    }
    for (size_t k = 0; k < n_time; k++)
        width[k] = m->time[k] - (k > 0 ? m->time[k - 1] : 0);
    status = solve(m, n_time, tau - (n_time > 0 ? m->time[n_time - 1] : 0), width, estimate, std_err);
    free(width);
    return status;
}
