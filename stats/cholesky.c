/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cholesky.h"

#include <math.h>
#include <string.h>

size_t cholesky_decompose(double *matrix, size_t p, const double *size, double tolerance, bool *aliased)
{
    size_t rank = 0;

    for (size_t j = 0; j < p; j++) {
        double *row = matrix + j * p;
        const double whole = size != NULL ? size[j] : row[j];
        double rest = row[j];
        for (size_t k = 0; k < j; k++) {
            double value = row[k];
            for (size_t m = 0; m < k; m++)
                value -= row[m] * matrix[k * p + m]; /* row[m] still holds L[j][m] D[m] */
            row[k] = aliased[k] || aliased[j] ? 0 : value;
        }
        for (size_t k = 0; k < j; k++) {
            const double scaled = row[k];
            if (aliased[k] || aliased[j])
                continue;
            row[k] = scaled / matrix[k * p + k];
            rest -= scaled * row[k];
        }
        if (!aliased[j] && !(rest > tolerance * whole)) {
            aliased[j] = true;
            memset(row, 0, j * sizeof *row);
        }
        row[j] = rest;
        rank += !aliased[j];
    }
    return rank;
}

void cholesky_solve(const double *factor, size_t p, const bool *aliased, double *x)
{
    for (size_t j = 0; j < p; j++) {
        for (size_t k = 0; k < j; k++)
            x[j] -= factor[j * p + k] * x[k];
        if (aliased[j])
            x[j] = 0;
    }
    for (size_t j = 0; j < p; j++)
        x[j] = aliased[j] ? 0 : x[j] / factor[j * p + j];
    for (size_t j = p; j-- > 0;)
        for (size_t k = j + 1; k < p; k++)
            x[j] -= aliased[j] ? 0 : factor[k * p + j] * x[k];
}

void cholesky_partners(const double *matrix, const double *factor, size_t p, const bool *left_out, size_t lost, double *room,
                       bool *partner)
{
    double largest = 1;

    for (size_t j = 0; j < p; j++)
        room[j] = matrix[j * p + lost];
    cholesky_solve(factor, p, left_out, room);
    for (size_t j = 0; j < p; j++)
        largest = fmax(largest, fabs(room[j]));
    for (size_t j = 0; j < p; j++)
        partner[j] |= fabs(room[j]) > 1e-4 * largest;
}

void cholesky_without(const double *matrix, double *factor, size_t p, const double *least, bool *left_out)
{
    size_t j = 0;

    while (j < p) {
        memcpy(factor, matrix, p * p * sizeof *factor);
        cholesky_decompose(factor, p, NULL, 0, left_out);
        for (j = 0; j < p && (left_out[j] || !(factor[j * p + j] < least[j])); j++)
            ;
        if (j < p)
            left_out[j] = true;
    }
}

double cholesky_form(const double *factor, size_t p, const bool *aliased, const double *u, double *x)
{
    double form = 0;

    memcpy(x, u, p * sizeof *x);
    cholesky_solve(factor, p, aliased, x);
    for (size_t j = 0; j < p; j++)
        form += x[j] * u[j];
    return form;
}

void cholesky_invert(const double *factor, size_t p, const bool *aliased, double *inverse)
{
    memset(inverse, 0, p * p * sizeof *inverse);
    for (size_t j = 0; j < p; j++) {
        inverse[j * p + j] = !aliased[j];
        cholesky_solve(factor, p, aliased, inverse + j * p);
    }
    /* Row by row the solutions differ in their last bits: take the upper triangle for both. */
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k < j; k++)
            inverse[j * p + k] = inverse[k * p + j];
}

double quadratic_form(const double *matrix, size_t p, const bool *marked, const double *x)
{
    double total = 0;

    for (size_t j = 0; j < p; j++) {
        double row = 0;
        if (marked != NULL && marked[j])
            continue;
        for (size_t k = 0; k < p; k++)
            if (marked == NULL || !marked[k])
                row += matrix[j * p + k] * x[k];
        total += row * x[j];
    }
    return total;
}
