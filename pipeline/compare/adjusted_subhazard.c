/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_subhazard.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/adjusted_hazard.h"
#include "compare/adjusted_losses.h"
#include "compare/numbers.h"
#include "stats/finegray.h"
#include "stats/weighted_subhazard.h"

/* People beyond which counted rows are not written out one by one. */
static const int64_t PEOPLE_MAX = INT64_C(100000000);

/* The people who are not left out, one row each; the terms and, last, the arm. */
struct subhazard_people {
    size_t n;
    size_t *record;
    double *time;
    int32_t *cause, *cluster; /* cluster NULL: none */
    int64_t *count;           /* 1 */
    uint16_t *treated;
    struct term_columns columns;
};

static void clear(struct subhazard_people *p)
{
    free(p->record);
    free(p->time);
    free(p->cause);
    free(p->cluster);
    free(p->count);
    free(p->treated);
    term_columns_free(&p->columns);
}

static int fill(const struct adjusting *a, struct subhazard_people *p)
{
    const struct pair_rows *rows = &a->rows;
    size_t n = 1;

    for (size_t i = 0; i < rows->n; i++)
        n += a->models.left_out[i] ? 0 : (size_t)rows->count[i];

    if ((p->record = allocate(n, sizeof *p->record)) == NULL || (p->time = allocate(n, sizeof *p->time)) == NULL ||
        (p->cause = allocate(n, sizeof *p->cause)) == NULL || (p->count = allocate(n, sizeof *p->count)) == NULL ||
        (rows->cluster != NULL && (p->cluster = allocate(n, sizeof *p->cluster)) == NULL) ||
        (p->treated = allocate(n, sizeof *p->treated)) == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++)
        for (int64_t copy = 0; !a->models.left_out[i] && copy < rows->count[i]; copy++) {
            const size_t k = p->n++;
            p->record[k] = rows->record[i];
            p->time[k] = rows->time[i];
            p->cause[k] = rows->cause[i];
            p->count[k] = 1;
            p->treated[k] = rows->treated[i];
            if (p->cluster != NULL)
                p->cluster[k] = rows->cluster[i];
        }
    const struct term_rows of = {rows->c->study, rows->records, p->n, p->record, p->count, rows->c->reducer};
    return term_columns_make(&a->how->terms, &of, &p->columns) != 0
               ? -1
               : term_columns_add_indicator(&p->columns, p->treated, "arm");
}

static int fit(const struct adjusting *a, const struct subhazard_people *p, struct finegray **result)
{
    const struct finegray_control control = FINEGRAY_CONTROL;
    const struct finegray_rows rows = {
        .n = p->n, .time = p->time, .cause = p->cause, .wanted = 1, .n_group = 1, .cluster = p->cluster,
        .n_cluster = a->rows.clusters.n, .n_shared = a->rows.clusters.n_shared, .design = &p->columns.design, .reducer = a->c->reducer,
    };

    *result = finegray_alloc(p->columns.design.p);
    return *result == NULL ? GSL_ENOMEM
                           : finegray_solve(&rows, &control, a->c->n_threads < 1 ? 1 : (size_t)a->c->n_threads, *result);
}

static void read_fit(struct adjusting *a, const struct finegray *fit, int code, enum measure measure, struct number *number)
{
    const size_t arm = fit->p - 1;

    if (code == GSL_EZERODIV)
        number_undefined(number, "no events in either arm");
    else if (code != GSL_SUCCESS)
        number_failed(number, code);
    else if (fit->column[arm] == FINEGRAY_INFINITE)
        number_undefined(number, "the estimate does not exist: no events in one of the arms");
    else if (fit->column[arm] == FINEGRAY_ALIASED)
        number_undefined(number, "the terms tell the arms apart at every event");
    else if (!fit->converged)
        number_undefined(number, "the regression did not converge");
    else {
        if (measure == MEASURE_subhazard_ratio)
            number_set_log(number, fit->coef[arm], fit->std_err[arm], CONF_LEVEL);
        else
            number_set_wald(number, fit->coef[arm], fit->std_err[arm], CONF_LEVEL);
        a->part_gates = a->gates;
        adjusted_gates_events(&a->part_gates, "Fine-Gray model", (double)number->n_event, fit->p);
        adjusted_gates_mark(&a->part_gates, number);
    }
}

static int solve(struct adjusting *a, enum measure measure, struct number *number)
{
    struct subhazard_people people = {0};
    struct finegray *model = NULL;
    int status;

    if (number->n > PEOPLE_MAX) {
        number_undefined(number, "too many people for a regression by person");
        return 0;
    }
    status = fill(a, &people);
    if (status == 0) {
        const int code = fit(a, &people, &model);
        if (code == GSL_ENOMEM)
            status = fail_memory();
        else
            read_fit(a, model, code, measure, number);
    }
    finegray_free(model);
    clear(&people);
    return status;
}

static const char *why_not_weighted(const struct adjusting *a)
{
    if (a->how->method == ADJUST_DOUBLY_ROBUST)
        return "doubly robust numbers have no ratio of subdistribution hazards; weights, matches and 'regression' have one";
    if (a->clones != NULL)
        return "weights that change with time have no ratio of subdistribution hazards; risks by day are made with them";
    if (a->rows.entry != NULL)
        return "some are seen only from a later day on, which Fine and Gray's regression does not allow";
    return NULL;
}

/* The log ratio and its slopes, under whatever weights the method has. */
static int solve_ratio(struct adjusting *a, struct arm_ratio *ratio, double *phi, int *code)
{
    const struct risk_table *table = a->c->table;
    const struct subhazard_rows rows = {.n = a->rows.n, .place = a->rows.place, .cause = a->rows.cause, .treated = a->rows.treated,
                                        .weight = a->weights.weight, .n_time = table->n_time, .from_zero = table->time[0] == 0,
                                        .reducer = a->c->reducer};

    if (a->rows.losses != NULL)
        return adjusted_loss_ratio(a, LOSS_SUBHAZARD, ratio, phi, code);
    *code = subhazard_solve(&rows, ratio, phi);
    if (*code == GSL_ENOMEM)
        return fail_memory();
    return *code == GSL_SUCCESS ? adjusted_hazard_linear(&a->weights, phi) : 0;
}

/* The arm alone, under the weights. */
static int solve_weighted(struct adjusting *a, enum measure measure, struct number *number)
{
    double *const phi = allocate(a->rows.n + 1, sizeof *phi), error = NAN;
    char note[NOTE_SIZE];
    struct arm_ratio ratio;
    int code = GSL_ENOMEM, status = phi == NULL ? -1 : solve_ratio(a, &ratio, phi, &code);

    if (status == 0 && code != GSL_SUCCESS) {
        adjusted_ratio_explain(a, &ratio, code, note);
        number_undefined(number, "%s", note);
    } else if (status == 0 && (status = adjusting_error(a, 1, phi, 0, NULL, &error)) == 0) {
        if (measure == MEASURE_subhazard_ratio)
            number_set_log(number, ratio.log_ratio, error, CONF_LEVEL);
        else
            number_set_wald(number, ratio.log_ratio, error, CONF_LEVEL);
        adjusted_gates_mark(&a->gates, number);
    }
    free(phi);
    return status;
}

int adjusted_subhazards_add(struct adjusting *a)
{
    const char *const why_not = why_not_weighted(a);
    int status = 0;

    for (size_t i = 0; status == 0 && i < a->wanted->n; i++) {
        const enum measure measure = a->wanted->items[i].measure;
        struct number number = number_none();
        if ((measure != MEASURE_subhazard_ratio && measure != MEASURE_log_subhazard_ratio) || a->c->table == NULL)
            continue;
        number.n = adjusting_people(a, -1);
        number.n_event = adjusting_events(a);
        if (a->how->method == ADJUST_REGRESSION)
            status = solve(a, measure, &number);
        else if (why_not != NULL)
            number_undefined(&number, "%s", why_not);
        else
            status = solve_weighted(a, measure, &number);
        if (status == 0)
            status = adjusting_add_pair(a, measure, (struct horizon){NAN, false}, &number);
    }
    return status;
}
