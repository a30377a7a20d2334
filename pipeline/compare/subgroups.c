/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/subgroups.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/adjusted.h"
#include "compare/resampled.h"
#include "compare/rows.h"
#include "compare/stratified.h"
#include "stats/holm.h"
#include "stats/meta.h"

/* One contrast of one pair, without or under one adjustment. */
struct question {
    const struct comparison *whole;
    const struct wanted *wanted;
    struct arm_pair pair;
    const struct study_adjustment *how; /* NULL: unadjusted */
    size_t adjustment;                  /* its place in the analysis */
};

/* The test of one column. */
struct interaction {
    size_t n_level, n_without;
    struct chi_square_test test;
    double p; /* as tested; NaN: no test */
};

static int test_column(const struct slices *slices, const struct question *q, struct interaction *result)
{
    struct effects effects = {0};
    struct meta_result pooled;
    int status = q->how == NULL ? effects_take(slices, q->wanted, q->pair, 2, &effects)
                                : effects_take_adjusted(slices, q->adjustment, q->wanted, q->pair, &effects);

    *result = (struct interaction){.n_level = effects.n, .n_without = effects.n_without, .p = NAN};
    if (status == 0 && effects.n > 1 &&
        meta_solve(effects.estimate, effects.std_error, effects.n, META_FIXED, CONF_LEVEL, &pooled) == GSL_SUCCESS) {
        result->test = pooled.heterogeneity;
        result->p = pooled.heterogeneity.p_value;
    }
    effects_free(&effects);
    return status;
}

static const char *method_of(const struct question *q, size_t n_columns)
{
    if (q->how == NULL)
        return n_columns > 1 ? "heterogeneity of the effect between levels; p adjusted after Holm"
                             : "heterogeneity of the effect between levels";
    return n_columns > 1 ? "heterogeneity of the effect between levels, adjusted anew in each; p adjusted after Holm"
                         : "heterogeneity of the effect between levels, adjusted anew in each";
}

static int add_test(const struct question *q, const char *column, const struct interaction *result, double adjusted,
                    size_t n_columns, struct table *estimates)
{
    const struct comparison *whole = q->whole;
    struct estimate row = rows_keys(whole, q->wanted);
    char note[160] = "", *term = format_text("%s%s", measure_name(q->wanted->measure),
                                             q->wanted->horizon.at_least ? ", at least" : "");
    int status;

    if (term == NULL)
        return -1;
    if (q->how != NULL) {
        row.adjustment = q->how->name.text;
        row.estimand = q->how->method == ADJUST_MANTEL_HAENSZEL ? NULL : adjustment_estimand_name(q->how->estimand);
    }
    row.measure = MEASURE_interaction_test;
    row.stratum = column;
    row.term = term;
    row.arm = comparison_arm(whole, q->pair.arm);
    row.reference = comparison_arm(whole, q->pair.reference);
    row.n = whole->n[q->pair.arm] + whole->n[q->pair.reference];
    row.method = method_of(q, n_columns);
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

/* One question over all columns. */
static int test_question(const struct question *q, const struct slices *slices, struct table *estimates)
{
    const struct study_texts *columns = &q->whole->analysis->subgroups;
    struct interaction *results = allocate(columns->n, sizeof *results);
    double *p = allocate(columns->n, sizeof *p);
    size_t *order = allocate(columns->n, sizeof *order);
    size_t n_tests = 0;
    int status = results == NULL || p == NULL || order == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < columns->n; k++) {
        status = test_column(&slices[k], q, &results[k]);
        p[k] = results[k].p;
        n_tests += isnan(p[k]) ? 0 : 1;
    }
    if (status == 0 && holm_adjust(columns->n, p, p, order) != GSL_SUCCESS)
        status = -1;
    for (size_t k = 0; status == 0 && k < columns->n; k++)
        status = add_test(q, columns->items[k].text, &results[k], p[k], n_tests, estimates);
    free(results);
    free(p);
    free(order);
    return status;
}

/* Has the adjustment this contrast in any part? */
static bool is_adjusted(const struct question *q, const struct slices *slices)
{
    struct number number;

    for (size_t k = 0; k < q->whole->analysis->subgroups.n; k++)
        for (size_t s = 0; s < slices[k].n; s++)
            if (adjusted_find(&slices[k].items[s].comparison, q->adjustment, q->wanted->measure, q->pair, q->wanted->horizon,
                              CONF_LEVEL, &number))
                return true;
    return false;
}

static int test_all(const struct comparison *whole, const struct slices *slices, const struct wanted_list *wanted,
                    struct table *estimates)
{
    const struct study_analysis *analysis = whole->analysis;
    struct arm_pairs pairs;
    int status = 0;

    arm_pairs_list(whole->study, analysis, &pairs);
    for (size_t i = 0; i < wanted->n; i++) {
        const enum measure measure = wanted->items[i].measure;
        if (!measure_is_contrast(measure) || wanted_is_test(measure) || contrast_part(measure) == MEASURE_quantile_time)
            continue;
        for (size_t k = 0; status == 0 && k < pairs.n; k++) {
            struct question q = {whole, &wanted->items[i], pairs.items[k], NULL, 0};
            status = test_question(&q, slices, estimates);
            for (q.adjustment = 0; status == 0 && q.adjustment < analysis->n_adjustments; q.adjustment++) {
                q.how = &analysis->adjustments[q.adjustment];
                if (is_adjusted(&q, slices))
                    status = test_question(&q, slices, estimates);
            }
        }
    }
    return status;
}

int subgroups_adjust_part(struct slice *part, const struct people *people, const struct wanted_list *wanted,
                         bool once, struct table *estimates)
{
    struct comparison_input input = *people->input;
    const struct people own = {&input, people->records, people->record};
    const struct adjusted_tables tables = {.estimates = estimates, .once = once};
    int status;

    input.rows = part->rows;
    input.n_rows = part->n_rows;
    const bool before = set_warned_already(true); /* what must be said stands with each number */
    status = adjusted_add(&part->comparison, wanted, &own, &tables) != 0
                 ? -1
                 : stratified_add(&part->comparison, &own, wanted, estimates, NULL);
    set_warned_already(before);
    return status;
}

static int adjust_parts(struct slices *slices, const struct people *people, const struct wanted_list *wanted,
                        struct table *estimates)
{
    int status = 0;

    for (size_t s = 0; status == 0 && s < slices->n; s++)
        status = subgroups_adjust_part(&slices->items[s], people, wanted, false, estimates);
    return status;
}

/* Limits by resampling within each part, where the analysis has them. */
static int resample_parts(const struct slices *slices, const struct wanted_list *wanted, struct table *estimates)
{
    int status = 0;

    set_warned_already(true);
    for (size_t s = 0; status == 0 && s < slices->n; s++)
        status = resampled_add(&slices->items[s].comparison, wanted, NULL, estimates);
    set_warned_already(false);
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
            status = resample_parts(&slices[k], wanted, estimates);
        if (status == 0 && whole->analysis->n_adjustments > 0)
            status = adjust_parts(&slices[k], people, wanted, estimates);
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
