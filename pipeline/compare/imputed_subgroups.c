/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/imputed_subgroups.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "compare/adjusted.h"
#include "compare/rows.h"
#include "compare/slice_rows.h"
#include "compare/subgroups.h"
#include "stats/holm.h"
#include "stats/meta.h"

/* ---- data sets ---------------------------------------------------------------------------------------------------- */

/* The level's contrast, begun when it is first met; NULL after telling. */
static struct pooled *level_of(struct imputed_subgroups *levels, const struct imputed_level *wanted, size_t adjustment,
                               struct arm_pair pair, const struct wanted *question, size_t m)
{
    for (size_t k = 0; k < levels->n; k++) {
        struct imputed_level *const item = &levels->items[k];
        if (item->column == wanted->column && item->question == wanted->question && item->pooled.adjustment == adjustment &&
            item->pooled.pair.arm == pair.arm && item->pooled.pair.reference == pair.reference &&
            strcmp(item->stratum, wanted->stratum) == 0)
            return &item->pooled;
    }
    struct imputed_level *const items = reallocate(levels->items, levels->n + 1, sizeof *items);

    if (items == NULL)
        return NULL;
    levels->items = items;
    struct imputed_level *const item = &items[levels->n++];
    *item = *wanted;
    item->pooled = (struct pooled){0};
    item->stratum = copy_text(wanted->stratum);
    return item->stratum == NULL || pooled_make(&item->pooled, adjustment, pair, question, m) != 0 ? NULL : &item->pooled;
}

static int take_level(struct imputed_subgroups *levels, size_t column, const struct slice *slice, const struct wanted_list *wanted,
                      size_t m)
{
    const struct comparison *c = &slice->comparison;
    struct arm_pairs pairs;

    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t a = 0; a < c->analysis->n_adjustments; a++)
        for (size_t w = 0; w < wanted->n && !adjusts_by_strata(c->analysis->adjustments[a].method); w++)
            for (size_t p = 0; p < pairs.n; p++) {
                const struct wanted *const question = &wanted->items[w];
                const struct imputed_level level = {.column = column, .question = w, .stratum = slice->name};
                struct number number;
                if (wanted_is_test(question->measure) || !measure_is_contrast(question->measure) ||
                    !adjusted_find(c, a, question->measure, pairs.items[p], question->horizon, CONF_LEVEL, &number))
                    continue;
                struct pooled *const pooled = level_of(levels, &level, a, pairs.items[p], question, m);
                if (pooled == NULL)
                    return -1;
                pooled_take(pooled, &number);
            }
    return 0;
}

int imputed_subgroups_take(struct imputed_subgroups *levels, const struct comparison *c, const struct people *people,
                           const struct wanted_list *wanted, size_t m)
{
    const struct study_texts *const columns = &c->analysis->subgroups;
    struct table *const unread = columns->n > 0 ? estimates_alloc() : NULL;
    int status = columns->n > 0 && unread == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < columns->n; k++) {
        const struct study_texts one = {.n = 1, .items = &columns->items[k]};
        struct slices slices = {0};
        status = slices_solve(c, people, &one, &slices);
        for (size_t s = 0; status == 0 && s < slices.n; s++)
            status = subgroups_adjust_part(&slices.items[s], people, wanted, true, unread) != 0
                         ? -1
                         : take_level(levels, k, &slices.items[s], wanted, m);
        slices_free(&slices);
    }
    table_free(unread);
    return status;
}

/* ---- rows --------------------------------------------------------------------------------------------------------- */

/* People that the degrees of freedom rest on: those of the level, in the last data set. */
static double people_of(const struct pooled *pooled)
{
    return (double)pooled->last.n;
}

static bool same_contrast(const struct pooled *a, const struct pooled *b, size_t question, size_t other)
{
    return question == other && a->adjustment == b->adjustment && a->pair.arm == b->pair.arm && a->pair.reference == b->pair.reference;
}

struct heterogeneity {
    size_t n_level, n_without;
    struct chi_square_test test;
    double p; /* NAN: no test */
};

/* Levels of one column that ask what `of` asks. */
static int test_column(const struct imputed_subgroups *levels, const struct imputed_level *of, size_t column, struct heterogeneity *h)
{
    double *const effect = allocate(2 * levels->n + 1, sizeof *effect), *const error = effect == NULL ? NULL : effect + levels->n;
    struct meta_result pooled;

    *h = (struct heterogeneity){.p = NAN};
    if (effect == NULL)
        return -1;
    for (size_t k = 0; k < levels->n; k++) {
        const struct imputed_level *const item = &levels->items[k];
        struct number number;
        double missing;
        if (item->column != column || !same_contrast(&item->pooled, &of->pooled, item->question, of->question))
            continue;
        pooled_number(&item->pooled, people_of(&item->pooled), CONF_LEVEL, &number, &missing);
        h->n_without += !number.defined;
        if (!number.defined)
            continue;
        effect[h->n_level] = measure_is_ratio(item->pooled.wanted.measure) ? log(number.estimate) : number.estimate;
        error[h->n_level++] = number.std_error;
    }
    if (h->n_level > 1 && meta_solve(effect, error, h->n_level, META_FIXED, CONF_LEVEL, &pooled) == GSL_SUCCESS) {
        h->test = pooled.heterogeneity;
        h->p = pooled.heterogeneity.p_value;
    }
    free(effect);
    return 0;
}

static int add_test(const struct comparison *c, const struct imputed_level *of, const char *column, const struct heterogeneity *h,
                    double adjusted, size_t n_tests, struct table *estimates)
{
    struct estimate row = rows_keys(c, &of->pooled.wanted);
    char note[160] = "", *const name = pooled_name(c, &of->pooled),
         *const term = format_text("%s%s", measure_name(of->pooled.wanted.measure), of->pooled.wanted.horizon.at_least ? ", at least" : "");
    int status = name == NULL || term == NULL ? -1 : 0;

    row.adjustment = name;
    row.estimand = adjustment_estimand_name(c->analysis->adjustments[of->pooled.adjustment].estimand);
    row.measure = MEASURE_interaction_test;
    row.stratum = column;
    row.term = term;
    row.arm = comparison_arm(c, of->pooled.pair.arm);
    row.reference = comparison_arm(c, of->pooled.pair.reference);
    row.n = c->n[of->pooled.pair.arm] + c->n[of->pooled.pair.reference];
    row.method = n_tests > 1 ? "heterogeneity of pooled effects between levels; p adjusted after Holm"
                             : "heterogeneity of pooled effects between levels";
    if (isnan(h->p)) {
        row.status = "undefined";
        snprintf(note, sizeof note, "the effect exists in %zu of %zu levels", h->n_level, h->n_level + h->n_without);
    } else {
        row.statistic = h->test.statistic;
        row.df = (double)h->test.df;
        row.p_value = adjusted;
        if (h->n_without > 0)
            snprintf(note, sizeof note, "levels without an effect are left out");
    }
    row.note = note;
    if (status == 0)
        status = estimates_add(estimates, &row);
    free(term);
    free(name);
    return status;
}

/* One question over all columns. */
static int test_question(const struct imputed_subgroups *levels, const struct comparison *c, const struct imputed_level *of,
                         struct table *estimates)
{
    const struct study_texts *const columns = &c->analysis->subgroups;
    struct heterogeneity *const results = allocate(columns->n, sizeof *results);
    double *const p = allocate(columns->n, sizeof *p);
    size_t *const order = allocate(columns->n, sizeof *order), n_tests = 0;
    int status = results == NULL || p == NULL || order == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < columns->n; k++) {
        status = test_column(levels, of, k, &results[k]);
        p[k] = results[k].p;
        n_tests += isnan(p[k]) ? 0 : 1;
    }
    if (status == 0 && holm_adjust(columns->n, p, p, order) != GSL_SUCCESS)
        status = -1;
    for (size_t k = 0; status == 0 && k < columns->n; k++)
        status = add_test(c, of, columns->items[k].text, &results[k], p[k], n_tests, estimates);
    free(results);
    free(p);
    free(order);
    return status;
}

static bool is_first(const struct imputed_subgroups *levels, size_t k)
{
    for (size_t j = 0; j < k; j++)
        if (same_contrast(&levels->items[j].pooled, &levels->items[k].pooled, levels->items[j].question, levels->items[k].question))
            return false;
    return true;
}

int imputed_subgroups_add(const struct imputed_subgroups *levels, const struct comparison *c, struct table *estimates)
{
    int status = 0;

    for (size_t k = 0; status == 0 && k < levels->n; k++)
        if (pooled_speaks(&levels->items[k].pooled))
            status = pooled_add_row(c, &levels->items[k].pooled, people_of(&levels->items[k].pooled), levels->items[k].stratum, estimates);
    for (size_t k = 0; status == 0 && k < levels->n; k++)
        if (is_first(levels, k) && contrast_part(levels->items[k].pooled.wanted.measure) != MEASURE_quantile_time)
            status = test_question(levels, c, &levels->items[k], estimates);
    return status;
}

void imputed_subgroups_free(struct imputed_subgroups *levels)
{
    for (size_t k = 0; k < levels->n; k++) {
        free(levels->items[k].stratum);
        pooled_clear(&levels->items[k].pooled);
    }
    free(levels->items);
    *levels = (struct imputed_subgroups){0};
}
