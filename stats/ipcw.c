/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/ipcw.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#include "stats/exact_sum.h"

struct ipcw *ipcw_alloc(size_t n_time)
{
    struct ipcw *const ipcw = calloc(1, sizeof *ipcw);
    double *const block = calloc(3 * n_time + 1, sizeof *block);

    if (ipcw == NULL || block == NULL) {
        free(ipcw);
        free(block);
        return NULL;
    }
    *ipcw = (struct ipcw){n_time, block, block + n_time + 1, block + 2 * n_time + 1};
    return ipcw;
}

void ipcw_free(struct ipcw *ipcw)
{
    if (ipcw == NULL)
        return;
    free(ipcw->before);
    free(ipcw);
}

/* Counts are whole numbers: plain sums have no order. */
int ipcw_solve(struct ipcw *ipcw, const struct ipcw_rows *rows)
{
    double left = 0;
    int status = GSL_SUCCESS;

    memset(ipcw->lost, 0, 2 * ipcw->n_time * sizeof *ipcw->lost); /* at_risk follows: those who have an event, for now */
    for (size_t i = 0; i < rows->n && status == GSL_SUCCESS; i++) {
        if (rows->place[i] < ipcw->n_time)
            (rows->cause[i] == 0 ? ipcw->lost : ipcw->at_risk)[rows->place[i]] += rows->frequency[i];
        else
            status = GSL_EDOM;
    }
    if ((status = reducer_status(rows->reducer, status)) != GSL_SUCCESS)
        return status;
    reducer_sum_counts(rows->reducer, ipcw->lost, 2 * ipcw->n_time);
    for (size_t k = ipcw->n_time; k-- > 0;) {
        const double events = ipcw->at_risk[k];

        ipcw->at_risk[k] = left + ipcw->lost[k];
        left += ipcw->lost[k] + events;
    }
    ipcw->before[0] = 1;
    for (size_t k = 0; k < ipcw->n_time; k++)
        ipcw->before[k + 1] =
            ipcw->lost[k] > 0 ? ipcw->before[k] * ((ipcw->at_risk[k] - ipcw->lost[k]) / ipcw->at_risk[k]) : ipcw->before[k];
    return GSL_SUCCESS;
}

/* tail[s] = sum of e over rows with more than s places before v. */
static int add_tails(const struct ipcw *ipcw, const struct ipcw_rows *rows, const uint32_t *n_before, const double *e,
                     double *tail)
{
    struct exact_sum *const sums = malloc((ipcw->n_time + 1) * sizeof *sums), total;
    int status = sums == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t k = 0; status == GSL_SUCCESS && k <= ipcw->n_time; k++)
        exact_sum_init(&sums[k]);
    for (size_t i = 0; status == GSL_SUCCESS && i < rows->n; i++)
        if (e[i] != 0)
            status = exact_sum_add(&sums[n_before[i]], e[i]);
    if ((status = reducer_status(rows->reducer, status)) == GSL_SUCCESS)
        status = reducer_exact_sums(rows->reducer, sums, ipcw->n_time + 1);
    exact_sum_init(&total);
    for (size_t k = ipcw->n_time; status == GSL_SUCCESS && k-- > 0;) {
        status = exact_sum_merge(&total, &sums[k + 1]);
        if (status == GSL_SUCCESS)
            status = exact_sum_round(&total, &tail[k]);
    }
    free(sums);
    return status;
}

int ipcw_influence(const struct ipcw *ipcw, const struct ipcw_rows *rows, const uint32_t *n_before, const double *e, double *phi)
{
    double *const tail = calloc(2 * ipcw->n_time + 1, sizeof *tail), *const past = tail + ipcw->n_time;
    const int status = tail == NULL ? GSL_ENOMEM : add_tails(ipcw, rows, n_before, e, tail);

    for (size_t k = 0; status == GSL_SUCCESS && k < ipcw->n_time; k++) {
        const double y = ipcw->at_risk[k], c = ipcw->lost[k];

        past[k + 1] = past[k] + (c > 0 && y > c ? tail[k] * c / (y * (y - c)) : 0);
    }
    for (size_t i = 0; status == GSL_SUCCESS && i < rows->n; i++) {
        const size_t k = rows->place[i];
        const double lost = rows->cause[i] == 0 ? tail[k] / ipcw->at_risk[k] : 0;

        phi[i] += rows->frequency[i] * (lost - past[k]);
    }
    free(tail);
    return status;
}
