/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/score_form.h"

double score_form(double *v, size_t stride, double *u, size_t n, double tolerance, size_t *rank)
{
    double form = 0;

    *rank = 0;
    for (size_t i = 0; i < n; i++) {
        double *row = v + i * stride;
        const double variance = row[i];
        double pivot = variance;
        for (size_t j = 0; j < i; j++) {
            const double *above = v + j * stride;
            const double d = above[j]; /* D_j; 0 where there was no pivot */
            double sum = row[j];
            for (size_t k = 0; k < j; k++)
                sum -= row[k] * v[k * stride + k] * above[k];
            row[j] = d > 0 ? sum / d : 0;
            pivot -= row[j] * row[j] * d;
            u[i] -= row[j] * u[j];
        }
        row[i] = pivot > tolerance * variance ? pivot : 0;
        if (row[i] > 0) {
            form += u[i] * u[i] / row[i];
            ++*rank;
        }
    }
    return form;
}
