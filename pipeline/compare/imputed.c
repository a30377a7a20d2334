/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/imputed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/adjusted.h"
#include "compare/imputed_pool.h"
#include "compare/imputed_rows.h"
#include "compare/imputed_subgroups.h"
#include "compare/imputed_tables.h"
#include "compare/numbers.h"
#include "compare/results.h"
#include "compare/verdicts.h"

struct imputed {
    const struct comparison *c;
    const struct people *people;
    const struct wanted_list *wanted;
    size_t m;                     /* data sets */
    size_t n;
    struct pooled *items;
    struct table *estimates, *verdicts, *balance;
    struct imputed_tables tables; /* arms and balance */
    struct imputed_subgroups levels;
};

static void clear(struct imputed *im)
{
    for (size_t k = 0; im->items != NULL && k < im->n; k++)
        pooled_clear(&im->items[k]);
    free(im->items);
    imputed_subgroups_free(&im->levels);
    imputed_tables_free(&im->tables);
}

/* Every contrast that may be asked for. */
static int plan(struct imputed *im)
{
    const struct study_analysis *analysis = im->c->analysis;
    struct arm_pairs pairs;

    arm_pairs_list(im->c->study, analysis, &pairs);
    if ((im->items = allocate(analysis->n_adjustments * im->wanted->n * pairs.n + 1, sizeof *im->items)) == NULL)
        return -1;
    for (size_t a = 0; a < analysis->n_adjustments; a++)
        for (size_t w = 0; w < im->wanted->n && !adjusts_by_strata(analysis->adjustments[a].method); w++)
            for (size_t p = 0; p < pairs.n; p++) {
                const struct wanted *wanted = &im->wanted->items[w];
                if (wanted_is_test(wanted->measure) || !measure_is_contrast(wanted->measure))
                    continue;
                if (pooled_make(&im->items[im->n++], a, pairs.items[p], wanted, im->m) != 0)
                    return -1;
            }
    return 0;
}

/* What one completed data set says. */
static void take(struct imputed *im, const struct comparison *completed)
{
    for (size_t k = 0; k < im->n; k++) {
        struct pooled *item = &im->items[k];
        struct number number;
        if (adjusted_find(completed, item->adjustment, item->wanted.measure, item->pair, item->wanted.horizon, CONF_LEVEL, &number))
            pooled_take(item, &number);
    }
}

/* The whole adjusted analysis of one completed data set. */
static int analyse(struct imputed *im, const struct table *records, size_t which)
{
    struct comparison copy = *im->c;
    struct people people = *im->people;
    struct table *estimates = estimates_alloc(), *balance = balance_alloc();
    const struct adjusted_tables tables = {.estimates = estimates, .balance = balance, .once = true};
    int status = -1;

    copy.adjusted = NULL;
    people.records = records;
    if (estimates != NULL && balance != NULL) {
        set_warned_already(true);
        status = adjusted_add(&copy, im->wanted, &people, &tables);
        if (status == 0)
            status = imputed_subgroups_take(&im->levels, im->c, &people, im->wanted, im->m);
        set_warned_already(false);
    }
    if (status == 0) {
        take(im, &copy);
        status = imputed_tables_take(&im->tables, estimates, balance, which);
    } else {
        table_free(estimates);
        table_free(balance);
    }
    adjusted_free(&copy);
    return status;
}

/* ---- pooling ------------------------------------------------------------------------------------------------------- */

static double people_of(const struct imputed *im, const struct pooled *item)
{
    return (double)(im->c->n[item->pair.arm] + im->c->n[item->pair.reference]);
}

static bool same_question(const struct imputed *im, const struct pooled *item, const struct study_margin *margin)
{
    const struct horizon horizon = margin_horizon(im->c->analysis, margin);

    return margin->measure == item->wanted.measure && horizon.at_least == item->wanted.horizon.at_least &&
           (horizon.time == item->wanted.horizon.time || (isnan(horizon.time) && isnan(item->wanted.horizon.time)));
}

static int answer(const struct imputed *im, const struct pooled *item, const char *name)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < im->c->analysis->n_margins; i++) {
        const struct study_margin *margin = &im->c->analysis->margins[i];
        struct verdict_numbers numbers = {
            .adjustment = name,
            .estimand = adjustment_estimand_name(im->c->analysis->adjustments[item->adjustment].estimand)};
        double missing;
        if (!verdicts_asks(im->c, margin) || !same_question(im, item, margin))
            continue;
        pooled_number(item, people_of(im, item), CONF_LEVEL, &numbers.at_95, &missing);
        pooled_number(item, people_of(im, item), EQUIVALENCE_LEVEL, &numbers.at_90, &missing);
        status = verdicts_answer(im->c, margin, item->pair, &numbers, im->verdicts, im->estimates);
    }
    return status;
}

static int add_all(const struct imputed *im)
{
    int status = 0;

    for (size_t k = 0; status == 0 && k < im->n; k++) {
        const struct pooled *const item = &im->items[k];
        char *name = pooled_name(im->c, item);
        if (name == NULL)
            return -1;
        if (pooled_speaks(item))
            status = pooled_add_row(im->c, item, people_of(im, item), NULL, im->estimates) != 0 ? -1 : answer(im, item, name);
        free(name);
    }
    return status;
}

int imputed_add(const struct comparison *c, const struct people *people, const struct wanted_list *wanted,
                const struct imputed_results *into)
{
    const struct study_imputation *how = &c->analysis->imputation;
    struct imputed im = {.c = c, .people = people, .wanted = wanted, .m = how->n, .estimates = into->estimates, .verdicts = into->verdicts, .balance = into->balance};
    struct imputed_rows *rows = NULL;
    int status = 0;

    if (how->n == 0 || people->records == NULL)
        return 0;
    if ((rows = imputed_rows_alloc(c, people)) == NULL)
        return -1;
    if (imputed_rows_missing(rows) == 0) {
        note("analysis '%s', outcome '%s': no covariate is missing: nothing to impute", c->analysis->name.text, c->outcome->name.text);
        imputed_rows_free(rows);
        return 0;
    }
    imputed_tables_begin(&im.tables, im.m);
    status = plan(&im);
    for (size_t i = 0; status == 0 && i < im.m; i++) {
        const struct table *records = imputed_rows_draw(rows, i);
        status = records == NULL ? -1 : analyse(&im, records, i);
    }
    if (status == 0)
        status = imputed_tables_add(&im.tables, im.estimates, im.balance);
    if (status == 0)
        status = add_all(&im);
    if (status == 0)
        status = imputed_subgroups_add(&im.levels, c, im.estimates);
    clear(&im);
    imputed_rows_free(rows);
    return status;
}
