/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_cox.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/cox_model.h"
#include "compare/sample.h"

/* The people who are not left out. */
struct cox_people {
    size_t n;
    size_t *record;
    double *entry, *time;
    int32_t *event, *cluster, *term;
    int64_t *count;
    uint16_t *treated;
    struct term_columns columns;
};

static void clear(struct cox_people *p)
{
    free(p->record);
    free(p->entry);
    free(p->time);
    free(p->event);
    free(p->cluster);
    free(p->term);
    free(p->count);
    free(p->treated);
    term_columns_free(&p->columns);
}

static int fill(const struct standardising *of, struct cox_people *p)
{
    const struct pair_rows *rows = of->rows;
    const size_t n = rows->n + 1;

    if ((p->record = allocate(n, sizeof *p->record)) == NULL ||
        (rows->entry != NULL && (p->entry = allocate(n, sizeof *p->entry)) == NULL) ||
        (p->time = allocate(n, sizeof *p->time)) == NULL || (p->event = allocate(n, sizeof *p->event)) == NULL ||
        (rows->cluster != NULL && (p->cluster = allocate(n, sizeof *p->cluster)) == NULL) ||
        (p->count = allocate(n, sizeof *p->count)) == NULL || (p->treated = allocate(n, sizeof *p->treated)) == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++) {
        if (of->left_out[i])
            continue;
        const size_t k = p->n++;
        p->record[k] = rows->record[i];
        if (p->entry != NULL)
            p->entry[k] = rows->entry[i];
        p->time[k] = rows->time[i];
        p->event[k] = rows->cause[i] == 1;
        if (p->cluster != NULL)
            p->cluster[k] = rows->cluster[i];
        p->count[k] = rows->count[i];
        p->treated[k] = rows->treated[i];
    }
    const struct term_rows rows_of = {rows->c->study, rows->records, p->n, p->record, p->count, rows->c->reducer};
    if (term_columns_make(&of->how->terms, &rows_of, &p->columns) != 0 ||
        term_columns_add_indicator(&p->columns, p->treated, "arm") != 0 ||
        (p->term = allocate(p->columns.design.p, sizeof *p->term)) == NULL)
        return -1;
    for (size_t j = 0; j + 1 < p->columns.design.p; j++)
        p->term[j] = (int32_t)p->columns.term[j];
    p->term[p->columns.design.p - 1] = (int32_t)of->how->terms.n; /* the arm */
    return 0;
}

static double proportional(const struct cox_model *model, const struct cox_request *request)
{
    struct cox_zph zph = {.test = allocate(request->n_term + 1, sizeof *zph.test)};
    double *g = allocate(model->data->n_axis, sizeof *g), p_value = NAN;
    const size_t arm = request->n_term - 1;

    if (g != NULL && zph.test != NULL && cox_zph_times(model->data, &request->rows, COX_ZPH_KM, g) == GSL_SUCCESS &&
        cox_zph_run(model->work, model->fit, g, request->term, request->n_term, &zph) == GSL_SUCCESS &&
        zph.test[arm].df > 0)
        p_value = zph.test[arm].p_value;
    free(g);
    free(zph.test);
    return p_value;
}

static void read_model(const struct standardising *of, struct cox_model *model, const struct cox_request *request,
                       struct adjusted_cox *cox)
{
    const size_t arm = request->rows.design->p - 1;

    cox->n = model->data->n_person;
    cox->n_event = model->data->n_event;
    cox->p = request->rows.design->p;
    if (model->undefined != NULL)
        snprintf(cox->note, sizeof cox->note, "%s", model->undefined);
    else if (model->fit->column[arm] == COX_INFINITE)
        snprintf(cox->note, sizeof cox->note, "the estimate does not exist: no events in arm %.100s",
                 comparison_arm(of->rows->c, model->fit->sign[arm] > 0 ? of->rows->pair.reference : of->rows->pair.arm));
    else if (model->fit->column[arm] == COX_ALIASED)
        snprintf(cox->note, sizeof cox->note, "the terms tell the arms apart at every event");
    else if (!model->fit->converged)
        snprintf(cox->note, sizeof cox->note, "the regression did not converge");
    else {
        cox->defined = true;
        cox->log_ratio = model->fit->coef[arm];
        cox->std_error = sqrt(model->covariance[arm * cox->p + arm]);
        cox->ph_p_value = proportional(model, request);
    }
}

int adjusted_cox_solve(const struct standardising *of, struct adjusted_cox *cox)
{
    const struct pair_rows *rows = of->rows;
    struct cox_people p = {0};
    int status = fill(of, &p);

    *cox = (struct adjusted_cox){.log_ratio = NAN, .std_error = NAN, .ph_p_value = NAN};
    if (status == 0) {
        const struct clusters clusters = sample_clusters(rows->c->people, p.cluster);
        const struct cox_request request = {
            .rows = {.n = p.n, .entry = p.entry, .time = p.time, .event = p.event, .n_stratum = 1, .frequency = p.count,
                     .design = &p.columns.design, .reducer = rows->c->reducer},
            .ties = COX_EFRON,
            .clusters = p.cluster != NULL ? &clusters : NULL,
            .names = p.columns.names,
            .term = p.term,
            .n_term = of->how->terms.n + 1,
            .level = CONF_LEVEL,
            .n_threads = rows->c->n_threads < 1 ? 1 : rows->c->n_threads,
        };
        struct cox_model *model = cox_model_fit(&request);
        if (model == NULL)
            status = -1;
        else
            read_model(of, model, &request, cox);
        cox_model_free(model);
    }
    clear(&p);
    return status;
}
