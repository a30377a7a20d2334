/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/subhazards.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "compare/numbers.h"
#include "compare/sample.h"
#include "stats/finegray.h"

/* People beyond which counted rows are not written out one by one. */
static const int64_t PEOPLE_MAX = INT64_C(100000000);

/* The people of two arms, one row each, with a column for the arm. */
struct subhazard_rows {
    size_t n;
    double *time;
    int32_t *cause, *cluster; /* cluster NULL: none */
    uint16_t *code;
};

static void clear(struct subhazard_rows *rows)
{
    free(rows->time);
    free(rows->cause);
    free(rows->cluster);
    free(rows->code);
}

static bool in_pair(const struct sample *s, size_t i, struct arm_pair pair)
{
    return (size_t)s->arm[i] == pair.arm || (size_t)s->arm[i] == pair.reference;
}

static int fill(const struct sample *s, struct arm_pair pair, struct subhazard_rows *rows)
{
    size_t n = 1;

    for (size_t i = 0; i < s->n; i++)
        n += in_pair(s, i, pair) ? (size_t)s->frequency[i] : 0;
    if ((rows->time = allocate(n, sizeof *rows->time)) == NULL ||
        (rows->cause = allocate(n, sizeof *rows->cause)) == NULL ||
        (rows->code = allocate(n, sizeof *rows->code)) == NULL ||
        (s->cluster != NULL && (rows->cluster = allocate(n, sizeof *rows->cluster)) == NULL))
        return -1;
    for (size_t i = 0; i < s->n; i++)
        for (int64_t copy = 0; in_pair(s, i, pair) && copy < s->frequency[i]; copy++) {
            const size_t k = rows->n++;
            rows->time[k] = s->time[i];
            rows->cause[k] = s->cause[i];
            rows->code[k] = (size_t)s->arm[i] == pair.arm;
            if (s->cluster != NULL)
                rows->cluster[k] = s->cluster[i];
        }
    return 0;
}

static int solve(const struct comparison *c, const struct subhazard_rows *rows, struct finegray *fit)
{
    static const int32_t column[] = {DESIGN_NONE, 0};
    const struct design_block block = {.code = rows->code, .n_level = 2, .column = column};
    const struct design_matrix design = {.n = rows->n, .p = 1, .n_block = 1, .block = &block};
    const struct finegray_control control = FINEGRAY_CONTROL;
    const struct finegray_rows given = {
        .n = rows->n, .time = rows->time, .cause = rows->cause, .wanted = 1, .n_group = 1, .cluster = rows->cluster,
        .n_cluster = c->people->clusters.n, .n_shared = c->people->clusters.n_shared, .design = &design, .reducer = c->reducer,
    };
    return finegray_solve(&given, &control, c->n_threads < 1 ? 1 : (size_t)c->n_threads, fit);
}

static void take_fit(const struct finegray *fit, enum measure measure, double level, struct number *number)
{
    if (fit->column[0] == FINEGRAY_INFINITE)
        number_undefined(number, "the estimate does not exist: no events in one of the arms");
    else if (fit->column[0] == FINEGRAY_ALIASED)
        number_undefined(number, "at no event were people of both arms at risk");
    else if (!fit->converged)
        number_undefined(number, "the regression did not converge");
    else if (measure == MEASURE_subhazard_ratio)
        number_set_log(number, fit->coef[0], fit->std_err[0], level);
    else
        number_set_wald(number, fit->coef[0], fit->std_err[0], level);
}

void subhazard_of_pair(const struct comparison *c, enum measure measure, struct arm_pair pair, double level,
                       struct number *number)
{
    const struct sample *s = c->people;
    struct subhazard_rows rows = {0};
    struct finegray *fit = NULL;

    *number = number_none();
    number->method = s != NULL && s->cluster != NULL ? "Fine-Gray; robust by cluster" : "Fine-Gray; robust errors";
    if (c->table == NULL) {
        number_undefined(number, "the outcome has no time");
        return;
    }
    number->n = c->n[pair.arm] + c->n[pair.reference];
    number->n_event = c->n_event[pair.arm] + c->n_event[pair.reference];
    if (c->delayed_entry || number->n > PEOPLE_MAX) {
        number_undefined(number, c->delayed_entry ? "Fine-Gray takes no delayed entry"
                                                  : "too many people for a regression by person");
        return;
    }
    int code = GSL_ENOMEM;
    if (fill(s, pair, &rows) == 0 && (fit = finegray_alloc(1)) != NULL)
        code = solve(c, &rows, fit);
    if (code == GSL_EZERODIV)
        number_undefined(number, "no events in either arm");
    else if (code != GSL_SUCCESS)
        number_failed(number, code);
    else
        take_fit(fit, measure, level, number);
    finegray_free(fit);
    clear(&rows);
}
