/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/wanted.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

static bool same_time(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static int add(struct wanted_list *list, enum measure measure, struct horizon horizon)
{
    struct wanted *longer;

    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].measure == measure && same_time(list->items[i].horizon.time, horizon.time) &&
            list->items[i].horizon.at_least == horizon.at_least)
            return 0;
    if ((longer = reallocate(list->items, list->n + 1, sizeof *longer)) == NULL)
        return -1;
    list->items = longer;
    longer[list->n++] = (struct wanted){measure, horizon};
    return 0;
}

static int add_days(struct wanted_list *list, enum measure measure, const struct study_numbers *days, bool at_least)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < days->n; i++)
        status = add(list, measure, (struct horizon){days->values[i], at_least});
    return status;
}

/* One measure at every horizon that applies to it. */
static int add_measure(struct wanted_list *list, enum measure measure, const struct study_analysis *analysis, bool timed)
{
    const struct horizon none = {NAN, false};

    switch (measure) {
    case MEASURE_hazard_ratio:
    case MEASURE_log_hazard_ratio:
    case MEASURE_subhazard_ratio:
    case MEASURE_log_subhazard_ratio:
    case MEASURE_ph_test:
    case MEASURE_gray_test:
    case MEASURE_trend_test:
    case MEASURE_logrank_test: return add(list, measure, none);
    case MEASURE_quantile_time: return add_days(list, measure, &analysis->quantiles, false);
    case MEASURE_rmst:
    case MEASURE_rmst_difference:
    case MEASURE_rmst_ratio: return add(list, measure, (struct horizon){analysis->tau.value, false});
    default:
        if (!timed)
            return add(list, measure, none);
        return add_days(list, measure, &analysis->at, false) != 0 ? -1
                                                                  : add_days(list, measure, &analysis->at_least, true);
    }
}

struct horizon margin_horizon(const struct study_analysis *analysis, const struct study_margin *margin)
{
    if (contrast_part(margin->measure) == MEASURE_rmst)
        return (struct horizon){analysis->tau.value, false};
    if (margin->measure == MEASURE_hazard_ratio || margin->measure == MEASURE_log_hazard_ratio)
        return (struct horizon){NAN, false};
    return (struct horizon){margin->at.given ? margin->at.value : NAN, margin->at_least};
}

static int collect(const struct study *study, const struct study_analysis *analysis, size_t outcome, bool parts,
                   struct wanted_list *list)
{
    const bool timed = outcome_has_time(&study->outcomes[outcome]), is_value = outcome_has_value(&study->outcomes[outcome]);
    int status = 0;

    for (size_t i = 0; status == 0 && i < analysis->n_measures; i++) {
        const enum measure measure = analysis->measures[i];
        if (measure_reads_path(measure) || is_value != (contrast_part(measure) == MEASURE_mean))
            continue; /* of no outcome, or of another kind; study/ sees that each is read by some measure */
        status = add_measure(list, parts ? contrast_part(measure) : measure, analysis, timed);
    }
    for (size_t i = 0; status == 0 && i < analysis->n_margins; i++) {
        const struct study_margin *margin = &analysis->margins[i];
        if (margin->outcome == outcome)
            status = add(list, parts ? contrast_part(margin->measure) : margin->measure,
                         margin_horizon(analysis, margin));
    }
    return status;
}

bool wanted_is_test(enum measure measure)
{
    return measure == MEASURE_logrank_test || measure == MEASURE_gray_test || measure == MEASURE_trend_test ||
           measure == MEASURE_chi_square_test || measure == MEASURE_ph_test;
}

/* 0: of one arm, 1: contrast, 2: test. */
static int kind_of(enum measure measure)
{
    if (wanted_is_test(measure))
        return 2;
    return measure_is_contrast(measure);
}

static int compare_wanted(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;

    if (kind_of(x->measure) != kind_of(y->measure))
        return kind_of(x->measure) - kind_of(y->measure);
    if (x->measure != y->measure)
        return x->measure < y->measure ? -1 : 1;
    if (x->horizon.at_least != y->horizon.at_least)
        return x->horizon.at_least ? 1 : -1;
    return (x->horizon.time > y->horizon.time) - (x->horizon.time < y->horizon.time);
}

int wanted_collect(const struct study *study, const struct study_analysis *analysis, size_t outcome,
                   struct wanted_list *list)
{
    *list = (struct wanted_list){0};
    if (collect(study, analysis, outcome, true, list) != 0 || collect(study, analysis, outcome, false, list) != 0) {
        wanted_free(list);
        return -1;
    }
    qsort(list->items, list->n, sizeof *list->items, compare_wanted);
    return 0;
}

void wanted_free(struct wanted_list *list)
{
    free(list->items);
    *list = (struct wanted_list){0};
}
