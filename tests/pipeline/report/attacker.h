/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * attacker.h - an attacker of released counts: equations between what is shown and what is not, and the simplex method.
 *
 * It shares nothing with the audit that it tests: a tableau of long doubles, Bland's rule, two phases.
 */
#ifndef TESTS_REPORT_ATTACKER_H
#define TESTS_REPORT_ATTACKER_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/near.h"

enum { ATTACKER_COUNTS = 4096, ATTACKER_TERMS = 32768, ATTACKER_RELATIONS = 4096 };

/** What the attacker sees of a count; the value of one that is not shown serves to judge the attack alone. */
struct seen_count {
    bool shown;
    int64_t value;
};

/** Relations: sum of the first counts of each = sum of the others (sign -1). */
struct seen {
    size_t n, n_relations, n_terms;
    struct seen_count counts[ATTACKER_COUNTS];
    size_t first[ATTACKER_RELATIONS + 1];
    struct {
        size_t count;
        int sign;
    } terms[ATTACKER_TERMS];
};

static inline size_t seen_add(struct seen *seen, bool shown, int64_t value)
{
    assert_true(seen->n < ATTACKER_COUNTS);
    seen->counts[seen->n] = (struct seen_count){shown, value};
    return seen->n++;
}

static inline void seen_term(struct seen *seen, size_t count, int sign)
{
    assert_true(seen->n_terms < ATTACKER_TERMS);
    seen->terms[seen->n_terms].count = count;
    seen->terms[seen->n_terms++].sign = sign;
}

/** Ends a relation; one that the true values do not satisfy was not meant, and is dropped. */
static inline bool seen_end(struct seen *seen)
{
    const size_t from = seen->first[seen->n_relations];
    int64_t sum = 0;

    for (size_t k = from; k < seen->n_terms; k++)
        sum += seen->terms[k].sign * seen->counts[seen->terms[k].count].value;
    if (sum != 0) {
        seen->n_terms = from;
        return false;
    }
    assert_true(seen->n_relations < ATTACKER_RELATIONS);
    seen->first[++seen->n_relations] = seen->n_terms;
    return true;
}

struct attacker {
    size_t n, m;          /* unknown counts, relations between them */
    size_t *unknown;      /* [n] */
    long double *tableau; /* [(m + 1) * (n + m + 1)] */
    size_t *basis;        /* [m] */
};

static inline long double *cell_of(const struct attacker *a, size_t i, size_t j)
{
    return &a->tableau[i * (a->n + a->m + 1) + j];
}

static inline void pivot(struct attacker *a, size_t row, size_t column)
{
    const size_t width = a->n + a->m + 1;
    const long double p = *cell_of(a, row, column);

    for (size_t j = 0; j < width; j++)
        *cell_of(a, row, j) /= p;
    for (size_t i = 0; i <= a->m; i++) {
        const long double q = *cell_of(a, i, column);

        if (i == row || q == 0)
            continue;
        for (size_t j = 0; j < width; j++)
            *cell_of(a, i, j) -= q * *cell_of(a, row, j);
        *cell_of(a, i, column) = 0;
    }
    a->basis[row] = column;
}

/* Minimises with the costs in the last row; false when there is no minimum. */
static inline bool minimise(struct attacker *a, size_t n_allowed)
{
    for (;;) {
        size_t enter = 0, leave = a->m;
        long double best = 0;

        while (enter < n_allowed && *cell_of(a, a->m, enter) >= -1e-9L)
            enter++;
        if (enter == n_allowed)
            return true;
        for (size_t i = 0; i < a->m; i++) {
            const long double p = *cell_of(a, i, enter);

            if (p <= 1e-9L)
                continue;
            const long double ratio = *cell_of(a, i, a->n + a->m) / p;
            if (leave == a->m || ratio < best - 1e-12L || (ratio <= best + 1e-12L && a->basis[i] < a->basis[leave])) {
                leave = i;
                best = ratio;
            }
        }
        if (leave == a->m)
            return false;
        pivot(a, leave, enter);
    }
}

/* Of one connected part: the counts marked in `part`. */
static inline void attacker_start(struct attacker *a, const struct seen *seen, const bool *part)
{
    size_t *place = calloc(seen->n + 1, sizeof *place), m = 0;
    bool *used = calloc(seen->n_relations + 1, sizeof *used);

    *a = (struct attacker){.unknown = calloc(seen->n + 1, sizeof *a->unknown)};
    for (size_t i = 0; i < seen->n; i++)
        if (part[i]) {
            a->unknown[a->n++] = i;
            place[i] = a->n;
        }
    for (size_t r = 0; r < seen->n_relations; r++) {
        for (size_t k = seen->first[r]; k < seen->first[r + 1]; k++)
            used[r] = used[r] || place[seen->terms[k].count] > 0;
        a->m += used[r];
    }
    a->tableau = calloc((a->m + 1) * (a->n + a->m + 1), sizeof *a->tableau);
    a->basis = calloc(a->m + 1, sizeof *a->basis);
    for (size_t r = 0; r < seen->n_relations; r++) {
        long double known = 0;

        if (!used[r])
            continue;
        for (size_t k = seen->first[r]; k < seen->first[r + 1]; k++) {
            const size_t count = seen->terms[k].count;

            if (place[count] > 0)
                *cell_of(a, m, place[count] - 1) += seen->terms[k].sign;
            else
                known += (long double)seen->terms[k].sign * (long double)seen->counts[count].value;
        }
        *cell_of(a, m, a->n + a->m) = -known;
        if (known > 0)
            for (size_t j = 0; j <= a->n + a->m; j++)
                *cell_of(a, m, j) = -*cell_of(a, m, j);
        *cell_of(a, m, a->n + m) = 1;
        a->basis[m] = a->n + m;
        m++;
    }
    /* Phase one: the artificial variables go to zero. */
    for (size_t r = 0; r < a->m; r++)
        for (size_t j = 0; j <= a->n + a->m; j++)
            if (j < a->n || j == a->n + a->m)
                *cell_of(a, a->m, j) -= *cell_of(a, r, j);
    assert_true(minimise(a, a->n));
    assert_true(fabsl(*cell_of(a, a->m, a->n + a->m)) < 1e-6L); /* the truth fits */
    for (size_t r = 0; r < a->m; r++)
        for (size_t j = 0; a->basis[r] >= a->n && j < a->n; j++)
            if (fabsl(*cell_of(a, r, j)) > 1e-9L)
                pivot(a, r, j);
    free(place);
    free(used);
}

static inline void attacker_end(struct attacker *a)
{
    free(a->unknown);
    free(a->tableau);
    free(a->basis);
}

/* The largest (sign -1) or smallest (sign 1) value of unknown k; INFINITY when there is no largest. */
static inline double extreme(struct attacker *a, size_t k, int sign)
{
    for (size_t j = 0; j <= a->n + a->m; j++)
        *cell_of(a, a->m, j) = j == k ? sign : 0;
    for (size_t r = 0; r < a->m; r++)
        if (a->basis[r] == k)
            for (size_t j = 0; j <= a->n + a->m; j++)
                *cell_of(a, a->m, j) -= sign * *cell_of(a, r, j);
    if (!minimise(a, a->n))
        return INFINITY;
    return (double)(-sign * *cell_of(a, a->m, a->n + a->m));
}

/** What an attack came to: of the small counts that are not shown, how many were found, or proved to be small. */
struct broken {
    size_t n_small, n_exact, n_proved;
};

/** Marks the counts that are not shown and hang together with `count`. */
static inline void find_part(const struct seen *seen, size_t count, bool *part, bool *done)
{
    bool again = true;

    memset(part, 0, seen->n * sizeof *part);
    part[count] = done[count] = true;
    while (again) {
        again = false;
        for (size_t r = 0; r < seen->n_relations; r++) {
            bool touches = false;

            for (size_t k = seen->first[r]; k < seen->first[r + 1]; k++)
                touches = touches || part[seen->terms[k].count];
            for (size_t k = seen->first[r]; touches && k < seen->first[r + 1]; k++) {
                const size_t other = seen->terms[k].count;

                if (seen->counts[other].shown || part[other])
                    continue;
                part[other] = done[other] = again = true;
            }
        }
    }
}

static inline struct broken attack_part(const struct seen *seen, const bool *part, int64_t threshold)
{
    struct broken broken = {0, 0, 0};
    struct attacker a;

    attacker_start(&a, seen, part);
    for (size_t k = 0; k < a.n; k++) {
        const int64_t value = seen->counts[a.unknown[k]].value;

        if (value <= 0 || value >= threshold)
            continue;
        const double low = extreme(&a, k, 1), high = extreme(&a, k, -1);
        assert_true(low <= (double)value + 1e-6 && high >= (double)value - 1e-6);
        broken.n_small++;
        broken.n_exact += high - low < 0.5;
        broken.n_proved += high < (double)threshold - 1e-6;
    }
    attacker_end(&a);
    return broken;
}

static inline struct broken attack(const struct seen *seen, int64_t threshold)
{
    struct broken all = {0, 0, 0};
    bool *part = calloc(seen->n + 1, sizeof *part), *done = calloc(seen->n + 1, sizeof *done);

    for (size_t i = 0; i < seen->n; i++) {
        const int64_t value = seen->counts[i].value;

        if (seen->counts[i].shown || done[i] || value <= 0 || value >= threshold)
            continue;
        find_part(seen, i, part, done);
        const struct broken broken = attack_part(seen, part, threshold);
        all.n_small += broken.n_small;
        all.n_exact += broken.n_exact;
        all.n_proved += broken.n_proved;
    }
    free(part);
    free(done);
    return all;
}

#endif
