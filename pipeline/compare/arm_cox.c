/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/arm_cox.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/cox_zph.h"

int arm_cox_alloc(struct arm_cox *m, size_t n, bool has_entry)
{
    *m = (struct arm_cox){.row = allocate(n + 1, sizeof *m->row),
                          .entry = has_entry ? allocate(n + 1, sizeof *m->entry) : NULL,
                          .time = allocate(n + 1, sizeof *m->time),
                          .weight = allocate(n + 1, sizeof *m->weight),
                          .event = allocate(n + 1, sizeof *m->event),
                          .code = allocate(n + 1, sizeof *m->code),
                          .tied = allocate(n + 1, sizeof *m->tied)};
    return m->row == NULL || (has_entry && m->entry == NULL) || m->time == NULL || m->weight == NULL || m->event == NULL ||
                   m->code == NULL || m->tied == NULL
               ? -1
               : 0;
}

void arm_cox_free(struct arm_cox *m)
{
    free(m->row);
    free(m->entry);
    free(m->time);
    free(m->weight);
    free(m->event);
    free(m->code);
    free(m->tied);
    cox_fit_free(m->fit);
    cox_work_free(m->work);
    cox_data_free(m->data);
}

int arm_cox_fit(struct arm_cox *m, enum cox_ties ties, size_t n_threads, const struct reducer *reducer)
{
    const struct cox_control control = COX_CONTROL;

    m->column[0] = DESIGN_NONE;
    m->column[1] = 0;
    m->block = (struct design_block){.code = m->code, .n_level = 2, .column = m->column};
    m->design = (struct design_matrix){.n = m->rows.n, .p = 1, .n_block = 1, .block = &m->block};
    m->rows = (struct cox_rows){.n = m->rows.n, .entry = m->entry, .time = m->time, .event = m->event, .n_stratum = 1,
                                .weight = m->weight, .tied = m->tied, .design = &m->design, .reducer = reducer};
    if ((m->data = cox_data_alloc(&m->rows, n_threads)) == NULL || (m->fit = cox_fit_alloc(1)) == NULL ||
        (m->work = cox_work_alloc(m->data, ties, n_threads)) == NULL)
        return GSL_ENOMEM;
    return cox_fit_run(m->work, &control, m->fit);
}

double arm_cox_proportional(const struct arm_cox *m)
{
    const int32_t term = 0;
    struct cox_zph zph = {.test = allocate(2, sizeof *zph.test)};
    double *g = allocate(m->data->n_axis, sizeof *g), p_value = NAN;

    int code = g == NULL || zph.test == NULL ? GSL_ENOMEM : cox_zph_times(m->data, &m->rows, COX_ZPH_KM, g);
    if (code == GSL_SUCCESS)
        code = cox_zph_run(m->work, m->fit, g, &term, 1, &zph);
    if (code == GSL_ENOMEM)
        fail_memory();
    if (code == GSL_SUCCESS && zph.test[0].df > 0)
        p_value = zph.test[0].p_value;
    free(g);
    free(zph.test);
    return p_value;
}
