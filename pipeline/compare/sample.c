/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/sample.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"

static bool counts(const struct comparison_input *input, size_t i)
{
    return column_integer(input->member, i) == 1 && !column_is_missing(input->cause, i);
}

static size_t row_of(const struct comparison_input *input, size_t r)
{
    return input->rows == NULL ? r : input->rows[r];
}

static bool is_late(const struct comparison_input *input, size_t i)
{
    return input->entry != NULL && column_real(input->entry, i) > 0;
}

static int sample_alloc(struct sample *sample, size_t n, const struct comparison_input *input)
{
    *sample = (struct sample){.n = n};
    if ((input->time != NULL && (sample->time = allocate(n, sizeof *sample->time)) == NULL) ||
        (input->entry != NULL && (sample->entry = allocate(n, sizeof *sample->entry)) == NULL) ||
        (input->value != NULL && (sample->value = allocate(n, sizeof *sample->value)) == NULL) ||
        (input->low != NULL && ((sample->low = allocate(n, sizeof *sample->low)) == NULL ||
                                (sample->high = allocate(n, sizeof *sample->high)) == NULL)) ||
        (sample->cause = allocate(n, sizeof *sample->cause)) == NULL ||
        (sample->arm = allocate(n, sizeof *sample->arm)) == NULL ||
        (sample->frequency = allocate(n, sizeof *sample->frequency)) == NULL ||
        (input->cluster != NULL && (sample->cluster = allocate(n, sizeof *sample->cluster)) == NULL) ||
        (sample->row = allocate(n, sizeof *sample->row)) == NULL) {
        sample_free(sample);
        return -1;
    }
    return 0;
}

int sample_take(const struct comparison_input *input, struct sample *sample)
{
    const size_t n_rows = input->n_rows;
    size_t n = 0, n_late = 0;

    for (size_t r = 0; r < n_rows; r++)
        if (counts(input, row_of(input, r))) {
            n++;
            n_late += is_late(input, row_of(input, r));
        }
    if (sample_alloc(sample, n, input) != 0)
        return -1;
    sample->n_late = n_late;
    for (size_t r = 0, late = 0, others = n_late; r < n_rows; r++) {
        const size_t i = row_of(input, r);
        if (!counts(input, i))
            continue;
        const size_t k = is_late(input, i) ? late++ : others++;
        if (sample->time != NULL)
            sample->time[k] = column_real(input->time, i);
        if (sample->entry != NULL)
            sample->entry[k] = column_real(input->entry, i);
        if (sample->value != NULL)
            sample->value[k] = column_real(input->value, i);
        if (sample->low != NULL) {
            sample->low[k] = column_real(input->low, i);
            sample->high[k] = column_is_missing(input->high, i) ? (double)INFINITY : column_real(input->high, i);
        }
        sample->cause[k] = (int32_t)column_integer(input->cause, i);
        sample->arm[k] = column_code(input->arm, i);
        sample->frequency[k] = column_integer(input->weight, i);
        if (sample->cluster != NULL)
            sample->cluster[k] = (int32_t)column_integer(input->cluster, i);
        sample->row[k] = i;
    }
    return sample->cluster == NULL ? 0 : sample_number_clusters(sample, input->reducer);
}

int sample_number_clusters(struct sample *sample, const struct reducer *reducer)
{
    const int code = clusters_find(sample->cluster, sample->n, reducer, sample->cluster, &sample->clusters, &sample->cluster_names);

    return code == GSL_SUCCESS ? 0 : fail_memory();
}

void sample_free(struct sample *sample)
{
    free(sample->time);
    free(sample->entry);
    free(sample->value);
    free(sample->low);
    free(sample->high);
    free(sample->cause);
    free(sample->arm);
    free(sample->frequency);
    free(sample->cluster);
    free(sample->cluster_names);
    free(sample->row);
    *sample = (struct sample){0};
}
