/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/subgroups.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/holm.h"
#include "stats/meta.h"

/* The test of one column. */
struct interaction {
    size_t n_level, n_without;
    struct chi_square_test test;
    double p; /* as tested; NaN: no test */
};

static int test_column(const struct slices *slices, const struct wanted *wanted, struct arm_pair pair,
                       struct interaction *result)
{
    struct effects effects = {0};
    struct meta_result pooled;
    int status = effects_take(slices, wanted, pair, 2, &effects);

    *result = (struct interaction){.n_level = effects.n, .n_without = effects.n_without, .p = NAN};
    if (status == 0 && effects.n > 1 &&
        meta_solve(effects.estimate, effects.std_error, effects.n, META_FIXED, CONF_LEVEL, &pooled) == GSL_SUCCESS) {
        result->test = pooled.heterogeneity;
        result->p = pooled.heterogeneity.p_value;
    }
    effects_free(&effects);
    return status;
}

static int add_test(const struct comparison *whole, const struct wanted *wanted, struct arm_pair pair, const char *column,
                    const struct interaction *result, double adjusted, size_t n_columns, struct table *estimates)
{
    struct estimate row = slice_row(whole, wanted);
    char note[160] = "", *term = format_text("%s%s", measure_name(wanted->measure),
                                             wanted->horizon.at_least ? ", at least" : "");
    int status;

    if (term == NULL)
        return -1;
    row.measure = MEASURE_interaction_test;
    row.stratum = column;
    row.term = term;
    row.arm = comparison_arm(whole, pair.arm);
    row.reference = comparison_arm(whole, pair.reference);
    row.n = whole->n[pair.arm] + whole->n[pair.reference];
    row.method = n_columns > 1 ? "heterogeneity of the effect between levels; p adjusted after Holm"
                               : "heterogeneity of the effect between levels";
    if (isnan(result->p)) {
        row.status = "undefined";
        snprintf(note, sizeof note, "the effect exists in %zu of %zu levels", result->n_level,
                 result->n_level + result->n_without);
    } else {
        row.statistic = result->test.statistic;
        row.df = (double)result->test.df;
        row.p_value = adjusted;
        if (n_columns > 1)
            snprintf(note, sizeof note, "p = %.3g before adjustment for %zu tests%s", result->p, n_columns,
                     result->n_without > 0 ? "; levels without an effect are left out" : "");
        else if (result->n_without > 0)
            snprintf(note, sizeof note, "levels without an effect are left out");
    }
    row.note = note;
    status = estimates_add(estimates, &row);
    free(term);
    return status;
}

/* One contrast of one pair over all columns. */
static int test_pair(const struct comparison *whole, const struct slices *slices, const struct wanted *wanted,
                     struct arm_pair pair, struct table *estimates)
{
    const struct study_texts *columns = &whole->analysis->subgroups;
    struct interaction *results = allocate(columns->n, sizeof *results);
    double *p = allocate(columns->n, sizeof *p);
    size_t *order = allocate(columns->n, sizeof *order);
    size_t n_tests = 0;
    int status = results == NULL || p == NULL || order == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < columns->n; k++) {
        status = test_column(&slices[k], wanted, pair, &results[k]);
        p[k] = results[k].p;
        n_tests += isnan(p[k]) ? 0 : 1;
    }
    if (status == 0 && holm_adjust(columns->n, p, p, order) != GSL_SUCCESS)
        status = -1;
    for (size_t k = 0; status == 0 && k < columns->n; k++)
        status = add_test(whole, wanted, pair, columns->items[k].text, &results[k], p[k], n_tests, estimates);
    free(results);
    free(p);
    free(order);
    return status;
}

static int test_all(const struct comparison *whole, const struct slices *slices, const struct wanted_list *wanted,
                    struct table *estimates)
{
    struct arm_pairs pairs;
    int status = 0;

    arm_pairs_list(whole->study, whole->analysis, &pairs);
    for (size_t i = 0; i < wanted->n; i++) {
        const enum measure measure = wanted->items[i].measure;
        if (!measure_is_contrast(measure) || wanted_is_test(measure) || contrast_part(measure) == MEASURE_quantile_time)
            continue;
        for (size_t k = 0; status == 0 && k < pairs.n; k++)
            status = test_pair(whole, slices, &wanted->items[i], pairs.items[k], estimates);
    }
    return status;
}

int subgroups_add(const struct comparison *whole, const struct people *people, const struct wanted_list *wanted,
                  struct table *estimates, struct table *risk_tables)
{
    const struct study_texts *columns = &whole->analysis->subgroups;
    struct slices *slices = allocate(columns->n + 1, sizeof *slices);
    int status = slices == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < columns->n; k++) {
        const struct study_texts one = {.n = 1, .items = &columns->items[k]};
        status = slices_solve(whole, people, &one, &slices[k]);
        if (status == 0)
            status = slice_rows_add(whole, &slices[k], wanted, estimates);
        if (status == 0)
            status = slice_risk_tables_add(&slices[k], risk_tables);
    }
    if (status == 0 && columns->n > 0)
        status = test_all(whole, slices, wanted, estimates);
    for (size_t k = 0; slices != NULL && k < columns->n; k++)
        slices_free(&slices[k]);
    free(slices);
    return status;
}
