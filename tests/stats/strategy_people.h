/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strategy_people.h - the people of tests/reference/strategies_people.csv, with the covariates age, sex and site. */
#ifndef TESTS_STATS_STRATEGY_PEOPLE_H
#define TESTS_STATS_STRATEGY_PEOPLE_H

#include <math.h>
#include <stdlib.h>

#include "stats/loss_weights.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { N_MAX = 200, N_AXIS = 61, END = 60 };

struct people {
    size_t n;
    double time[N_MAX], act[N_MAX], age[N_MAX], sex[N_MAX], frequency[N_MAX];
    double a[N_MAX]; /* weights by age */
    uint32_t place[N_MAX];
    int32_t cause[N_MAX];
    uint16_t site[N_MAX];
    double axis[N_AXIS];
    struct design_block block[3];
    struct design_matrix design, none;
    struct loss_rows rows;
    struct loss_weights *weights; /* where a test solves them, and what it reads from them */
    double slope[N_MAX], phi[N_MAX];
};

/* After n and the columns have changed; covariates: losses depend on them. */
static inline void people_connect(struct people *p, bool covariates)
{
    static const int32_t first_column[] = {0}, second_column[] = {1}, site_columns[] = {DESIGN_NONE, 2, 3};

    p->block[0] = (struct design_block){p->age, NULL, 1, first_column};
    p->block[1] = (struct design_block){p->sex, NULL, 1, second_column};
    p->block[2] = (struct design_block){NULL, p->site, 3, site_columns};
    p->design = (struct design_matrix){p->n, 4, 3, p->block};
    p->none = (struct design_matrix){.n = p->n};
    p->rows = (struct loss_rows){p->n, p->place, p->cause, p->frequency, covariates ? &p->design : &p->none, N_AXIS, END, NULL};
    for (size_t k = 0; k < N_AXIS; k++)
        p->axis[k] = (double)k;
}

/* Caller frees. */
static inline struct people *people_of(int64_t set, bool covariates)
{
    struct reference *table = reference_read("tests/reference/strategies_people.csv");
    struct people *p = calloc(1, sizeof *p);

    assert_true(table != NULL && p != NULL);
    for (size_t i = 0; i < table->n_rows; i++) {
        if (reference_count(table, i, "set") != set)
            continue;
        const double act = reference_value(table, i, "act");
        p->time[p->n] = reference_value(table, i, "time");
        p->place[p->n] = (uint32_t)p->time[p->n];
        p->cause[p->n] = (int32_t)reference_count(table, i, "cause");
        p->act[p->n] = isnan(act) ? INFINITY : act;
        p->age[p->n] = reference_value(table, i, "age");
        p->sex[p->n] = reference_value(table, i, "sex");
        p->a[p->n] = 0.5 + (p->age[p->n] - 18) / 52;
        p->frequency[p->n] = 1;
        p->site[p->n++] = (uint16_t)reference_count(table, i, "site");
    }
    reference_free(table);
    people_connect(p, covariates);
    return p;
}

#endif
