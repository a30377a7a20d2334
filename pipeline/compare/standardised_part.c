/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/standardised_part.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/augmented.h"
#include "compare/pair_losses.h"
#include "stats/exact_sum.h"
#include "stats/influence.h"

static size_t first_of(const struct pair_rows *rows, uint8_t treated)
{
    return treated ? 0 : rows->n_treated;
}

static size_t last_of(const struct pair_rows *rows, uint8_t treated)
{
    return treated ? rows->n_treated : rows->n;
}

/* ---- once an adjustment ------------------------------------------------------------------------------ */

static void name_level(struct standardising *s, const char *name)
{
    const size_t length = strlen(s->levels);

    if (length + strlen(name) + 3 < sizeof s->levels)
        snprintf(s->levels + length, sizeof s->levels - length, "%s%s", length > 0 ? ", " : "", name);
    else
        s->n_more_levels++;
}

/* Levels of a block that only one arm has. */
static int leave_out_block(struct standardising *s, const struct design_block *block)
{
    int64_t *const has = allocate(2 * block->n_level, sizeof *has); /* places that have somebody */

    if (has == NULL)
        return -1;
    for (size_t i = 0; i < s->rows->n; i++)
        if (s->rows->frequency[i] > 0)
            has[2 * block->code[i] + s->rows->treated[i]] = 1;
    reducer_sum(s->rows->c->reducer, has, 2 * block->n_level);
    for (size_t l = 0; l < block->n_level; l++)
        if ((has[2 * l] > 0) != (has[2 * l + 1] > 0) && block->column[l] != DESIGN_NONE)
            name_level(s, s->columns.names[block->column[l]]);
    for (size_t i = 0; i < s->rows->n; i++)
        s->left_out[i] |= (has[2 * block->code[i]] > 0) != (has[2 * block->code[i] + 1] > 0);
    free(has);
    return 0;
}

/* Who the number speaks of. */
static double meant(const struct standardising *s, size_t i)
{
    const enum adjust_estimand estimand = s->how->estimand;

    if (s->left_out[i] || (estimand == ESTIMAND_ATT && !s->rows->treated[i]) ||
        (estimand == ESTIMAND_ATC && s->rows->treated[i]) || (s->weights != NULL && s->weights->weight[i] == 0))
        return 0;
    return s->rows->frequency[i];
}

static int solve_censoring(struct standardising *s)
{
    const struct pair_rows *rows = s->rows;
    const size_t n_time = rows->c->table->n_time;

    for (uint8_t treated = 0; treated < 2; treated++) {
        const size_t first = first_of(rows, treated);
        s->arm[treated] = (struct ipcw_rows){last_of(rows, treated) - first, rows->place + first, rows->cause + first,
                                             s->frequency + first, rows->c->reducer};
        if ((s->ipcw[treated] = ipcw_alloc(n_time)) == NULL)
            return fail_memory();
        if (ipcw_solve(s->ipcw[treated], &s->arm[treated]) != GSL_SUCCESS)
            return fail("censoring weights");
    }
    return 0;
}

/* Room, and all that does not hang on the number that is read. */
static int prepare(struct standardising *s)
{
    const struct pair_rows *rows = s->rows;
    const size_t n = rows->n + 1;

    if ((s->left_out = allocate(n, sizeof *s->left_out)) == NULL || (s->target = allocate(8 * n, sizeof *s->target)) == NULL ||
        (s->n_before = allocate(n, sizeof *s->n_before)) == NULL)
        return -1;
    s->y = s->target + n;
    s->observed = s->y + n;
    s->seen = s->observed + n;
    s->residual = s->seen + n;
    s->slope = s->residual + n;
    s->share = s->slope + n;
    s->frequency = s->share + n;
    for (size_t b = 0; b < s->columns.design.n_block; b++)
        if (s->columns.block[b].code != NULL && leave_out_block(s, &s->columns.block[b]) != 0)
            return -1;
    for (size_t i = 0; i < rows->n; i++) {
        s->target[i] = meant(s, i);
        s->frequency[i] = s->left_out[i] ? 0 : rows->frequency[i];
        s->n_left_out += s->left_out[i] ? rows->count[i] : 0;
    }
    s->n_left_out = reducer_sum_one(rows->c->reducer, s->n_left_out);
    return rows->c->table != NULL ? solve_censoring(s) : 0;
}

int standardising_make(const struct pair_rows *rows, const struct study_adjustment *how, const struct pair_weights *weights,
                       struct standardising *s)
{
    const struct term_rows of = {rows->c->study, rows->records, rows->n, rows->record, rows->count, rows->c->reducer};

    *s = (struct standardising){.rows = rows, .how = how, .weights = weights};
    return term_columns_make(&how->terms, &of, &s->columns) != 0 ? -1 : prepare(s);
}

int standardising_refit(const struct standardising *of, const double *frequency, const struct pair_weights *weights,
                        struct pair_rows *rows, struct standardising *refit)
{
    *rows = *of->rows; /* its arrays are borrowed */
    rows->frequency = (double *)frequency;
    rows->counted = true;
    *refit = (struct standardising){.is_refit = true, .rows = rows, .how = of->how, .weights = weights, .columns = of->columns};
    return prepare(refit);
}

void standardising_refit_free(struct standardising *refit)
{
    refit->columns = (struct term_columns){0};
    standardising_free(refit);
}

void standardising_free(struct standardising *s)
{
    term_columns_free(&s->columns);
    free(s->left_out);
    free(s->target);
    free(s->n_before);
    ipcw_free(s->ipcw[0]);
    ipcw_free(s->ipcw[1]);
    *s = (struct standardising){0};
}

/* ---- what is known of a person by a day -------------------------------------------------------------- */

/* Places of the axis before a time. */
static uint32_t places_before(const struct risk_table *table, double time)
{
    size_t low = 0, high = table->n_time;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (table->time[middle] < time)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

/* Does the time end the watching: an event by the day (before it, when it is read as P(T >= t))? */
static bool has_ended(const struct part_of_arm *what, double time)
{
    return time < what->horizon.time || (time == what->horizon.time && !what->horizon.at_least);
}

static double outcome_of(const struct part_of_arm *what, bool ended, int32_t cause, double time)
{
    switch (what->measure) {
    case MEASURE_rmst: return fmin(time, what->horizon.time);
    case MEASURE_survival: return !ended;
    default: return ended && cause == (int32_t)what->cause;
    }
}

/* y and who is seen, of one arm. */
static void look(struct standardising *s, const struct part_of_arm *what, uint8_t treated)
{
    const struct pair_rows *rows = s->rows;
    const double t = what->horizon.time;
    const uint32_t all = rows->time != NULL ? places_before(rows->c->table, t) : 0;

    for (size_t i = first_of(rows, treated); i < last_of(rows, treated); i++) {
        if (rows->time == NULL) {
            s->y[i] = rows->y[i];
            s->seen[i] = 1;
            continue;
        }
        const bool ended = rows->cause[i] > 0 && has_ended(what, rows->time[i]);
        s->seen[i] = 0;
        s->y[i] = 0;
        s->n_before[i] = ended && rows->place[i] < all ? rows->place[i] : all;
        if (!ended && rows->time[i] < t)
            continue; /* lost */
        s->y[i] = outcome_of(what, ended, rows->cause[i], rows->time[i]);
        s->seen[i] = rows->losses == NULL
                         ? 1 / s->ipcw[treated]->before[s->n_before[i]]
                         : loss_weight(rows->losses->arm[treated], i - first_of(rows, treated), s->n_before[i]);
    }
}

void standardising_look(struct standardising *s, const struct part_of_arm *what, int treated)
{
    const struct pair_rows *rows = s->rows;
    double people[2] = {0, 0}; /* without, and with */

    memset(s->seen, 0, rows->n * sizeof *s->seen);
    memset(s->y, 0, rows->n * sizeof *s->y);
    for (int arm = 0; arm < 2; arm++)
        if (treated < 0 || arm == treated)
            look(s, what, (uint8_t)arm);
    for (size_t i = 0; i < rows->n; i++) {
        const double seen = s->left_out[i] ? 0 : s->seen[i];
        s->observed[i] = s->frequency[i] * seen;
        s->residual[i] = s->weights != NULL ? s->weights->weight[i] * seen : 0;
        if (seen > 0)
            people[s->y[i] > 0] += rows->frequency[i];
    }
    reducer_sum_counts(rows->c->reducer, people, 2);
    s->events = what->measure == MEASURE_rmst || what->measure == MEASURE_mean ? people[0] + people[1] : fmin(people[0], people[1]);
}

static int64_t count_events(const struct standardising *s, const struct part_of_arm *what, uint8_t treated)
{
    const struct pair_rows *rows = s->rows;
    const bool any = what->measure == MEASURE_survival || what->measure == MEASURE_rmst;
    int64_t n = 0;

    for (size_t i = first_of(rows, treated); i < last_of(rows, treated); i++)
        if (!s->left_out[i] && (any ? rows->cause[i] > 0 : rows->cause[i] == (int32_t)what->cause) &&
            (rows->time == NULL || has_ended(what, rows->time[i])))
            n += rows->count[i];
    return reducer_sum_one(rows->c->reducer, n);
}

/* The last day on which the arm is seen, unless everybody had an event: beyond it nothing is known. */
double standardising_most(const struct standardising *s, uint8_t treated)
{
    const struct pair_rows *rows = s->rows;
    double last = 0;
    bool lost = false;

    if (rows->time == NULL)
        return INFINITY;
    for (size_t i = first_of(rows, treated); i < last_of(rows, treated); i++) {
        if (rows->frequency[i] == 0)
            continue;
        if (rows->time[i] > last)
            lost = false;
        last = fmax(last, rows->time[i]);
        lost |= rows->time[i] == last && rows->cause[i] == 0;
    }
    const double last_of_all = reducer_largest(rows->c->reducer, last);
    return reducer_sum_one(rows->c->reducer, lost && last == last_of_all) > 0 ? last_of_all : INFINITY;
}

/* ---- the number -------------------------------------------------------------------------------------- */

/* What a residual of g does to the number, for each person of the arm. */
static int weigh_residuals(const struct standardising *s, double *weight)
{
    struct exact_sum sum;
    double total = 0;
    int code = GSL_SUCCESS;

    exact_sum_init(&sum);
    for (size_t i = 0; code == GSL_SUCCESS && i < s->rows->n; i++)
        code = exact_sum_add(&sum, s->residual[i]);
    if (code == GSL_SUCCESS)
        code = exact_sum_round(&sum, &total);
    for (size_t i = 0; i < s->rows->n; i++)
        weight[i] = total > 0 ? s->residual[i] / total : 0;
    return code;
}

/* What estimating the chances of being seen by covariates adds: to shares that are proportional to 1 / G, and to g. */
static int add_losses(const struct standardising *s, uint8_t treated, const struct augmented *augmented, double *phi)
{
    const struct loss_weights *w = s->rows->losses->arm[treated];
    const size_t first = first_of(s->rows, treated), n = w->rows.n, n_time = w->rows.n_time;
    double *const by_row = calloc(n + n_time + 2 + s->rows->n, sizeof *by_row), *const by_level = by_row + n,
                 *const weight = by_level + n_time + 1;
    struct exact_sum *const sums = malloc((n_time + 1) * sizeof *sums);
    int code = by_row == NULL || sums == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t k = 0; code == GSL_SUCCESS && k <= n_time; k++)
        exact_sum_init(&sums[k]);
    for (size_t i = 0; code == GSL_SUCCESS && i < n; i++) {
        const double q = s->share[first + i] * w->r[i];
        const size_t k = s->n_before[first + i];
        if (q == 0)
            continue;
        by_row[i] = q * w->level[k];
        code = exact_sum_add(&sums[k], q);
    }
    if (code == GSL_SUCCESS && augmented != NULL)
        code = weigh_residuals(s, weight);
    if (code == GSL_SUCCESS && augmented != NULL)
        code = augmented_add(augmented, weight, by_row, sums);
    for (size_t k = 0; code == GSL_SUCCESS && k <= n_time; k++)
        code = exact_sum_round(&sums[k], &by_level[k]);
    if (code == GSL_SUCCESS)
        code = loss_influence(w, by_row, by_level, phi + first);
    free(sums);
    free(by_row);
    return code;
}

/* What weights add: the propensity's by their slope, those of being seen by the sums that they stand in. */
static int add_weights(struct standardising *s, uint8_t treated, const struct augmented *augmented, struct standardised *result)
{
    const struct pair_rows *rows = s->rows;
    const struct pair_model *model = s->weights != NULL ? pair_weights_model(s->weights) : NULL;
    const size_t first = first_of(rows, treated);
    double *const work = s->y, *const phi = s->observed; /* no longer needed behind the losses */
    int code = GSL_SUCCESS;

    for (size_t i = 0; s->weights != NULL && augmented == NULL && i < rows->n; i++)
        s->share[i] += s->slope[i] * s->residual[i];
    if (rows->losses != NULL)
        code = add_losses(s, treated, augmented, result->phi);
    for (size_t i = 0; i < rows->n; i++) /* by the weight of the propensity */
        work[i] = s->left_out[i] ? 0 : s->slope[i] * (augmented != NULL ? 1 : s->seen[i]);
    if (code == GSL_SUCCESS && model != NULL) {
        const struct influence_model of = {model->fit, &model->data, s->weights->slope,
                                           pair_rows_threads(rows)};
        code = influence_linear(&of, rows->n, s->weights->weight, work, phi);
        for (size_t i = 0; code == GSL_SUCCESS && i < rows->n; i++)
            result->phi[i] += phi[i];
    }
    if (code == GSL_SUCCESS && rows->losses == NULL && s->ipcw[treated] != NULL)
        code = ipcw_influence(s->ipcw[treated], &s->arm[treated], s->n_before + first, s->share + first,
                              result->phi + first);
    return code;
}

/* Everybody of the arm has an outcome for the residuals, whether he was seen or not. */
static int augment(struct standardising *s, uint8_t treated, struct standardise_rows *of, struct augmented *augmented)
{
    if (augmented_make(s, of, treated, augmented) != 0)
        return -1;
    for (size_t i = 0; i < s->rows->n; i++)
        s->residual[i] = s->rows->treated[i] == treated && !s->left_out[i] ? s->weights->weight[i] : 0;
    of->residual_y = augmented->g;
    return 0;
}

/* A level that people who are meant have, and nobody who is seen: what a regression says of it hangs on which level comes first. */
static int find_unseen_level(const struct standardising *s, const char **name)
{
    const struct design_matrix *design = &s->columns.design;
    const struct reducer *const reducer = s->rows->c->reducer;
    bool any = false;

    *name = NULL;
    for (size_t i = 0; i < s->rows->n; i++)
        any |= s->observed[i] > 0;
    any = reducer_sum_one(reducer, any) > 0;
    for (size_t b = 0; any && *name == NULL && b < design->n_block; b++) {
        const struct design_block *block = &design->block[b];
        int64_t *const has = block->code == NULL ? NULL : allocate(2 * block->n_level, sizeof *has);
        if (block->code == NULL)
            continue;
        if (has == NULL)
            return -1;
        for (size_t i = 0; i < s->rows->n; i++) {
            has[2 * block->code[i]] |= s->target[i] > 0;
            has[2 * block->code[i] + 1] |= s->observed[i] > 0;
        }
        reducer_sum(reducer, has, 2 * block->n_level);
        for (size_t l = 0; *name == NULL && l < block->n_level; l++)
            if (has[2 * l] > 0 && has[2 * l + 1] == 0)
                *name = block->column[l] != DESIGN_NONE ? s->columns.names[block->column[l]] : "the first level of a covariate";
        free(has);
    }
    return 0;
}

int standardised_part(struct standardising *s, const struct part_of_arm *what, uint8_t treated, struct adjusted_part *part)
{
    const struct pair_rows *rows = s->rows;
    const bool linear = what->measure == MEASURE_rmst || what->measure == MEASURE_mean;
    const char *arm = comparison_arm(rows->c, treated ? rows->pair.arm : rows->pair.reference);
    struct standardised result = {.phi = part->phi, .slope = s->slope, .share = s->share};
    int code;

    part->defined = true;
    part->note[0] = '\0';
    part->n_event = count_events(s, what, treated);
    if (what->horizon.time > standardising_most(s, treated)) {
        part->defined = false;
        part->value = NAN;
        snprintf(part->note, sizeof part->note, "day %g lies after the last day observed in arm %.100s (%g)",
                 what->horizon.time, arm, standardising_most(s, treated));
        return 0;
    }
    standardising_look(s, what, treated);
    const char *unseen = NULL;
    if (!s->is_refit && find_unseen_level(s, &unseen) != 0)
        return -1;
    if (unseen != NULL) {
        part->defined = false;
        part->value = NAN;
        snprintf(part->note, sizeof part->note, "nobody with %.60s in arm %.60s is seen to this day", unseen, arm);
        return 0;
    }
    struct standardise_rows of = {.design = &s->columns.design,
                                        .y = s->y,
                                        .observed = s->observed,
                                        .target = s->target,
                                        .residual = s->weights != NULL ? s->residual : NULL,
                                        .link = linear ? STANDARDISE_IDENTITY : STANDARDISE_LOGISTIC,
                                        .n_threads = pair_rows_threads(rows),
                                        .reducer = rows->c->reducer};
    struct augmented augmented = {.g = NULL};
    const bool augments = rows->losses != NULL && s->weights != NULL;
    if (augments && augment(s, treated, &of, &augmented) != 0) {
        augmented_free(&augmented);
        return -1;
    }
    code = standardise_arm(&of, &result);
    if (code == GSL_SUCCESS)
        code = add_weights(s, treated, augments ? &augmented : NULL, &result);
    augmented_free(&augmented);
    if (code != GSL_SUCCESS && code != GSL_EDOM)
        return fail("standardised number: %s", gsl_strerror(code));
    part->value = result.value;
    part->defined = code == GSL_SUCCESS;
    if (code == GSL_EDOM)
        snprintf(part->note, sizeof part->note, "nobody in arm %.100s is seen to this day", arm);
    else if (result.constant && what->measure != MEASURE_survival)
        snprintf(part->note, sizeof part->note, part->n_event == 0 ? "no events in arm %.100s" : "everybody in arm %.100s has the event",
                 arm);
    s->penalised = result.penalised;
    s->p = result.constant ? 0 : result.rank;
    return 0;
}
