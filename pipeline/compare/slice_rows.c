/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/slice_rows.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "compare/adjusted.h"
#include "compare/curves.h"
#include "compare/numbers.h"
#include "compare/rows.h"
#include "stats/meta.h"

bool slice_shows_arms(enum measure measure)
{
    return measure == contrast_part(measure) && measure != MEASURE_quantile_time && measure != MEASURE_cumulative_incidence;
}

static int add_arms(const struct comparison *whole, const struct slice *slice, const struct wanted *wanted,
                    struct table *estimates)
{
    const struct comparison *c = &slice->comparison;
    int status = 0;

    if (!slice_shows_arms(wanted->measure))
        return 0;
    for (size_t arm = 0; status == 0 && arm < c->n_arm; arm++) {
        struct estimate row = rows_keys(whole, wanted);
        struct number number;
        if (c->n[arm] < 2)
            continue;
        contrast_of_arm(c, wanted->measure, arm, 1, wanted->horizon, CONF_LEVEL, &number);
        number_put(&number, &row);
        row.stratum = slice->name;
        row.arm = comparison_arm(c, arm);
        status = estimates_add(estimates, &row);
    }
    return status;
}

static int add_pairs(const struct comparison *whole, const struct slice *slice, const struct wanted *wanted,
                     struct table *estimates)
{
    struct arm_pairs pairs;
    int status = 0;

    arm_pairs_list(whole->study, whole->analysis, &pairs);
    for (size_t i = 0; status == 0 && i < pairs.n; i++) {
        struct estimate row = rows_keys(whole, wanted);
        struct number number;
        slice_contrast(slice, wanted->measure, pairs.items[i], wanted->horizon, CONF_LEVEL, &number);
        number_put(&number, &row);
        row.stratum = slice->name;
        row.arm = comparison_arm(whole, pairs.items[i].arm);
        row.reference = comparison_arm(whole, pairs.items[i].reference);
        status = estimates_add(estimates, &row);
    }
    return status;
}

int slice_rows_add(const struct comparison *whole, const struct slices *slices, const struct wanted_list *wanted,
                   struct table *estimates)
{
    int status = 0;

    for (size_t i = 0; i < wanted->n; i++)
        for (size_t s = 0; status == 0 && !wanted_is_test(wanted->items[i].measure) && s < slices->n; s++)
            status = measure_is_contrast(wanted->items[i].measure)
                         ? add_pairs(whole, &slices->items[s], &wanted->items[i], estimates)
                         : add_arms(whole, &slices->items[s], &wanted->items[i], estimates);
    return status;
}

int slice_risk_tables_add(const struct slices *slices, struct table *risk_tables)
{
    int status = 0;

    for (size_t s = 0; status == 0 && s < slices->n; s++)
        status = risk_tables_add(&slices->items[s].comparison, risk_tables);
    return status;
}

/* ---- effects ------------------------------------------------------------------------------------------------------- */

static bool is_of_counts(const struct slices *slices, const struct wanted *wanted)
{
    bool counted = contrast_part(wanted->measure) == MEASURE_risk;

    for (size_t s = 0; s < slices->n; s++)
        counted = counted && contrast_is_counted(&slices->items[s].comparison, wanted->horizon);
    return counted;
}

static enum meta_measure scale_of(enum measure measure)
{
    return measure == MEASURE_risk_difference ? META_RISK_DIFFERENCE
           : measure == MEASURE_risk_ratio    ? META_LOG_RISK_RATIO
                                              : META_LOG_ODDS_RATIO;
}

/* Two arms with a count each. */
static bool take_counts(const struct comparison *c, const struct wanted *wanted, struct arm_pair pair, int64_t least,
                        struct effects *e)
{
    struct number arm, reference;
    bool corrected = false;

    if (c->n[pair.arm] < least || c->n[pair.reference] < least)
        return false;
    contrast_of_arm(c, MEASURE_risk, pair.arm, 1, wanted->horizon, CONF_LEVEL, &arm);
    contrast_of_arm(c, MEASURE_risk, pair.reference, 1, wanted->horizon, CONF_LEVEL, &reference);
    e->table[e->n] = (struct two_by_two){arm.n_event, arm.n, reference.n_event, reference.n};
    if (meta_two_by_two(&e->table[e->n], scale_of(wanted->measure), &e->estimate[e->n], &e->std_error[e->n], &corrected) !=
        GSL_SUCCESS)
        return false;
    e->n_corrected += corrected;
    e->n_people += arm.n + reference.n;
    e->n_event += arm.n_event + reference.n_event;
    return true;
}

static bool take_number(const struct number *number, const struct wanted *wanted, struct effects *e)
{
    if (!number->defined || !(number->std_error > 0))
        return false;
    e->estimate[e->n] = measure_is_ratio(wanted->measure) ? log(number->estimate) : number->estimate;
    e->std_error[e->n] = number->std_error;
    e->n_people += number->n;
    e->n_event += number->n_event;
    return true;
}

static bool take_contrast(const struct slice *slice, const struct wanted *wanted, struct arm_pair pair, struct effects *e)
{
    struct number number;

    slice_contrast(slice, wanted->measure, pair, wanted->horizon, CONF_LEVEL, &number);
    return take_number(&number, wanted, e);
}

static int effects_alloc(const struct slices *slices, struct effects *e)
{
    return (e->estimate = allocate(slices->n + 1, sizeof *e->estimate)) == NULL ||
                   (e->std_error = allocate(slices->n + 1, sizeof *e->std_error)) == NULL ||
                   (e->table = allocate(slices->n + 1, sizeof *e->table)) == NULL
               ? -1
               : 0;
}

int effects_take(const struct slices *slices, const struct wanted *wanted, struct arm_pair pair, int64_t least,
                 struct effects *e)
{
    *e = (struct effects){.counted = is_of_counts(slices, wanted)};
    if (effects_alloc(slices, e) != 0)
        return -1;
    for (size_t s = 0; s < slices->n; s++) {
        const struct slice *slice = &slices->items[s];
        const bool taken = e->counted ? take_counts(&slice->comparison, wanted, pair, least, e)
                                      : take_contrast(slice, wanted, pair, e);
        e->n += taken;
        e->n_without += !taken;
    }
    return 0;
}

int effects_take_adjusted(const struct slices *slices, size_t adjustment, const struct wanted *wanted, struct arm_pair pair,
                          struct effects *e)
{
    *e = (struct effects){0};
    if (effects_alloc(slices, e) != 0)
        return -1;
    for (size_t s = 0; s < slices->n; s++) {
        struct number number;
        const bool taken = adjusted_find(&slices->items[s].comparison, adjustment, wanted->measure, pair, wanted->horizon, CONF_LEVEL,
                                         &number) &&
                           take_number(&number, wanted, e);
        e->n += taken;
        e->n_without += !taken;
    }
    return 0;
}

void effects_free(struct effects *e)
{
    free(e->estimate);
    free(e->std_error);
    free(e->table);
    *e = (struct effects){0};
}
