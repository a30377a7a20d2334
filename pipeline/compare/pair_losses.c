/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/pair_losses.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "base/fail.h"

static size_t first_of(const struct pair_rows *rows, int treated)
{
    return treated ? 0 : rows->n_treated;
}

static size_t n_of(const struct pair_rows *rows, int treated)
{
    return treated ? rows->n_treated : rows->n - rows->n_treated;
}

static const char *name_of(const struct pair_rows *rows, int treated)
{
    return comparison_arm(rows->c, treated ? rows->pair.arm : rows->pair.reference);
}

/* The first place at which who is still there was seen to the end. */
static size_t horizon_of(const struct pair_rows *rows, int treated)
{
    const struct study_number *days = &rows->c->study->cohort.follow_up_days;
    const struct risk_table *table = rows->c->table;
    double end = days->given ? days->value : INFINITY, last = 0;
    size_t k = 0;

    for (size_t i = first_of(rows, treated); i < first_of(rows, treated) + n_of(rows, treated); i++)
        last = fmax(last, rows->time[i]);
    end = fmin(end, reducer_largest(rows->c->reducer, last));
    while (k < table->n_time && table->time[k] < end)
        k++;
    return k;
}

static int make_arm(const struct pair_rows *rows, const struct study_adjustment *how, int treated, struct pair_losses *l)
{
    const size_t first = first_of(rows, treated), n = n_of(rows, treated);
    const struct term_rows of = {rows->c->study, rows->records, n, rows->record + first, rows->count + first, rows->c->reducer};

    if (term_columns_make(&how->censoring, &of, &l->columns[treated]) != 0)
        return -1;
    const struct loss_rows arm = {n, rows->place + first, rows->cause + first, rows->frequency + first, &l->columns[treated].design,
                                  rows->c->table->n_time, horizon_of(rows, treated), rows->c->reducer};
    const int code = loss_weights_alloc(&arm, rows->c->n_threads < 1 ? 1 : (size_t)rows->c->n_threads, &l->arm[treated]);
    if (code != GSL_SUCCESS)
        return fail("losses of arm '%s': %s", name_of(rows, treated), gsl_strerror(code));
    if (!l->arm[treated]->exists)
        snprintf(l->reason, sizeof l->reason, "the regression of losses in arm %.40s does not exist; take fewer terms of 'censoring'",
                 name_of(rows, treated));
    return 0;
}

int pair_losses_make(const struct pair_rows *rows, const struct study_adjustment *how, struct pair_losses *l)
{
    int status = 0;

    *l = (struct pair_losses){.reason = ""};
    if (rows->entry != NULL) {
        snprintf(l->reason, sizeof l->reason, "some are seen only from a later day on, which 'censoring' does not allow");
        return 0;
    }
    for (int treated = 1; status == 0 && treated >= 0; treated--)
        status = make_arm(rows, how, treated, l);
    return status;
}

void pair_losses_free(struct pair_losses *l)
{
    for (int treated = 0; treated < 2; treated++) {
        loss_weights_free(l->arm[treated]);
        term_columns_free(&l->columns[treated]);
    }
}

void pair_losses_judge(const struct pair_rows *rows, const struct study_adjustment *how, const struct pair_losses *l,
                       struct adjusted_gates *gates)
{
    for (int treated = 1; treated >= 0; treated--) {
        const struct loss_weights *w = l->arm[treated];
        char name[80];
        snprintf(name, sizeof name, "losses of arm %.40s", name_of(rows, treated));
        if (w->n_lost > 0 && adjusted_gates_events(gates, name, (double)w->n_lost, w->p))
            warn("%s:%zu:%zu: adjust '%s': arm '%s': %zu people are lost, for %zu columns of 'censoring', fewer than %d each; take fewer "
                 "terms", rows->c->study->path, how->place.line, how->place.column, how->name.text, name_of(rows, treated), w->n_lost,
                 w->p, GATE_EVENTS);
    }
}
