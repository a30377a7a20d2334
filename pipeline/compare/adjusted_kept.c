/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusting.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "compare/numbers.h"
#include "compare/verdicts.h"

/* A number that verdicts may ask for. */
struct adjusted_number {
    size_t adjustment;
    struct arm_pair pair;
    enum measure measure;
    struct horizon horizon;
    struct number number;
};

struct adjusted_numbers {
    size_t n;
    struct adjusted_number *items;
};

int adjusted_keep(struct comparison *c, size_t adjustment, enum measure measure, struct arm_pair pair, struct horizon horizon,
                  const struct number *number)
{
    struct adjusted_numbers *kept = c->adjusted;
    struct adjusted_number *longer;

    if (kept == NULL && (kept = c->adjusted = allocate(1, sizeof *kept)) == NULL)
        return -1;
    if ((longer = reallocate(kept->items, kept->n + 1, sizeof *longer)) == NULL)
        return -1;
    kept->items = longer;
    longer[kept->n++] = (struct adjusted_number){adjustment, pair, measure, horizon, *number};
    return 0;
}

bool same_horizon(struct horizon a, struct horizon b)
{
    return a.at_least == b.at_least && (a.time == b.time || (isnan(a.time) && isnan(b.time)));
}

/* Limits at another level, from the standard error that the number has. */
static void set_level(struct number *number, enum measure measure, double level)
{
    const struct number before = *number;

    if (!before.defined)
        return;
    if (measure_is_ratio(measure))
        number_set_log(number, log(before.estimate), before.std_error, level);
    else
        number_set_wald(number, before.estimate, before.std_error, level);
    if (measure == MEASURE_risk_difference || measure == MEASURE_survival_difference)
        number_cut(number, -1, 1);
}

bool adjusted_find(const struct comparison *c, size_t adjustment, enum measure measure, struct arm_pair pair,
                   struct horizon horizon, double level, struct number *number)
{
    const struct adjusted_numbers *kept = c->adjusted;

    for (size_t i = 0; kept != NULL && i < kept->n; i++) {
        const struct adjusted_number *one = &kept->items[i];
        if (one->adjustment != adjustment || one->measure != measure || one->pair.arm != pair.arm ||
            one->pair.reference != pair.reference || !same_horizon(one->horizon, horizon))
            continue;
        *number = one->number;
        if (level != CONF_LEVEL)
            set_level(number, measure, level);
        return true;
    }
    return false;
}

void adjusted_free(struct comparison *c)
{
    if (c->adjusted != NULL)
        free(c->adjusted->items);
    free(c->adjusted);
    c->adjusted = NULL;
}

/* ---- verdicts ---------------------------------------------------------------------------------------- */

static int answer_margin(const struct comparison *c, const struct study_margin *margin, size_t adjustment,
                         struct table *verdicts, struct table *estimates)
{
    const struct study_adjustment *how = &c->analysis->adjustments[adjustment];
    const struct horizon horizon = margin_horizon(c->analysis, margin);
    struct arm_pairs pairs;
    int status = 0;

    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t i = 0; status == 0 && i < pairs.n; i++) {
        struct verdict_numbers numbers = {.adjustment = how->name.text, .estimand = adjustment_estimand_name(how->estimand)};
        if (adjusted_find(c, adjustment, margin->measure, pairs.items[i], horizon, CONF_LEVEL, &numbers.at_95) &&
            adjusted_find(c, adjustment, margin->measure, pairs.items[i], horizon, EQUIVALENCE_LEVEL, &numbers.at_90))
            status = verdicts_answer(c, margin, pairs.items[i], &numbers, verdicts, estimates);
    }
    return status;
}

int adjusted_verdicts(const struct comparison *c, struct table *verdicts, struct table *estimates)
{
    int status = 0;

    for (size_t m = 0; m < c->analysis->n_margins; m++)
        for (size_t k = 0; status == 0 && k < c->analysis->n_adjustments && verdicts_asks(c, &c->analysis->margins[m]); k++)
            if (!adjusts_by_strata(c->analysis->adjustments[k].method)) /* stratified.h */
                status = answer_margin(c, &c->analysis->margins[m], k, verdicts, estimates);
    return status;
}
