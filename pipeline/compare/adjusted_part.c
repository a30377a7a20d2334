/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_part.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/pair_losses.h"
#include "stats/influence.h"
#include "stats/weighted_curve.h"
#include "stats/weighted_mean.h"

/* ---- the rows of one arm ----------------------------------------------------------------------------- */

static size_t first_of(const struct pair_rows *rows, uint8_t treated)
{
    return treated ? 0 : rows->n_treated;
}

static size_t n_of(const struct pair_rows *rows, uint8_t treated)
{
    return treated ? rows->n_treated : rows->n - rows->n_treated;
}

static struct weighted_rows rows_of(const struct pair_weights *w, uint8_t treated)
{
    const struct pair_rows *rows = w->rows;
    const size_t first = first_of(rows, treated);

    return (struct weighted_rows){n_of(rows, treated), rows->place + first,
                                  rows->entry_place == NULL ? NULL : rows->entry_place + first, rows->cause + first,
                                  w->weight + first};
}

int weighted_curves_solve(const struct pair_weights *w, struct weighted_curves *curves)
{
    const struct comparison *c = w->rows->c;

    *curves = (struct weighted_curves){.weights = w};
    for (uint8_t treated = 0; c->table != NULL && treated < 2; treated++) {
        const struct weighted_rows rows = rows_of(w, treated);
        curves->curve[treated] = weighted_curve_alloc(c->table->time, c->table->n_time, c->n_cause);
        const int code = curves->curve[treated] == NULL ? GSL_ENOMEM
                         : w->rows->losses != NULL
                             ? loss_curve_solve(w->rows->losses->arm[treated], rows.weight, curves->curve[treated])
                             : weighted_curve_solve_all(curves->curve[treated], &rows, c->reducer);
        if (code != GSL_SUCCESS)
            return fail("weighted curves: %s", gsl_strerror(code));
    }
    return 0;
}

void weighted_curves_free(struct weighted_curves *curves)
{
    weighted_curve_free(curves->curve[0]);
    weighted_curve_free(curves->curve[1]);
    *curves = (struct weighted_curves){0};
}

/* ---- numbers of an arm ------------------------------------------------------------------------------- */

/* P(T >= t) is what is read just before t. */
static double reading_day(struct horizon horizon)
{
    return horizon.at_least ? nextafter(horizon.time, -INFINITY) : horizon.time;
}

/* Where an error of a number belongs; false: it is none of a step of a curve. */
static bool find_step(const struct weighted_curves *curves, const struct part_of_arm *what, uint8_t treated, struct known_error *step)
{
    const struct weighted_curve *curve = curves->curve[treated];
    const bool any = what->measure == MEASURE_survival;
    size_t n = 0;

    if (curve == NULL || (!any && what->measure != MEASURE_risk && what->measure != MEASURE_cumulative_incidence))
        return false;
    while (n < curve->n_time && curve->time[n] <= reading_day(what->horizon))
        n++;
    *step = (struct known_error){treated, curve->n_cause == 1 ? 1 : any ? 0 : what->cause, n - 1, NAN};
    return n > 0;
}

static bool same_step(const struct known_error *a, const struct known_error *b)
{
    return a->treated == b->treated && a->cause == b->cause && a->place == b->place;
}

void weighted_curves_know(struct weighted_curves *curves, const struct part_of_arm *what, uint8_t treated, double error)
{
    struct known_error step;

    if (curves->n_known == sizeof curves->known / sizeof curves->known[0] || !find_step(curves, what, treated, &step))
        return;
    step.error = error;
    curves->known[curves->n_known++] = step;
}

bool weighted_curves_knows(const struct weighted_curves *curves, const struct part_of_arm *what, uint8_t treated, double *error)
{
    struct known_error step;

    if (!find_step(curves, what, treated, &step))
        return false;
    for (size_t k = 0; k < curves->n_known; k++)
        if (same_step(&curves->known[k], &step)) {
            *error = curves->known[k].error;
            return true;
        }
    return false;
}

static int64_t count_events(const struct pair_weights *w, const struct part_of_arm *what, uint8_t treated)
{
    const struct pair_rows *rows = w->rows;
    const size_t first = first_of(rows, treated), last = first + n_of(rows, treated);
    const bool any = what->measure == MEASURE_survival || what->measure == MEASURE_rmst;
    int64_t n = 0;

    for (size_t i = first; i < last; i++)
        if (w->weight[i] > 0 && (any ? rows->cause[i] > 0 : rows->cause[i] == (int32_t)what->cause) &&
            (rows->time == NULL || rows->time[i] <= reading_day(what->horizon)))
            n += rows->count[i];
    return reducer_sum_one(rows->c->reducer, n);
}

static void read_curve(const struct weighted_curve *curve, const struct weighted_rows *rows, const struct part_of_arm *what,
                       struct adjusted_part *part, double *d)
{
    const double day = reading_day(what->horizon);

    if (what->measure == MEASURE_rmst) {
        (void)weighted_curve_rmst(curve, what->horizon.time, &part->value);
        weighted_curve_rmst_influence(curve, rows, what->horizon.time, d);
    } else if (what->measure == MEASURE_survival || curve->n_cause == 1) {
        const bool risk = what->measure != MEASURE_survival;
        part->value = weighted_curve_survival(curve, day);
        weighted_curve_survival_influence(curve, rows, day, d);
        part->value = risk ? 1 - part->value : part->value;
        for (size_t i = 0; risk && i < rows->n; i++)
            d[i] = -d[i];
    } else {
        part->value = weighted_curve_risk(curve, what->cause, day);
        weighted_curve_risk_influence(curve, rows, what->cause, day, d);
    }
}

/* The same where who is seen depends on covariates; lost [n of the arm]: what estimating that adds. */
static int read_seen(const struct weighted_curve *curve, const struct loss_weights *losses, const double *weight,
                     const struct part_of_arm *what, struct adjusted_part *part, double *d, double *lost)
{
    const bool survival = what->measure == MEASURE_survival, rmst = what->measure == MEASURE_rmst,
               risk = !survival && !rmst && curve->n_cause == 1;
    const double day = rmst ? what->horizon.time : reading_day(what->horizon);
    const int code = loss_curve_influence(losses, weight, curve, rmst ? LOSS_RMST : survival || risk ? LOSS_SURVIVAL : LOSS_RISK,
                                          what->cause, day, d, lost);

    if (rmst)
        (void)weighted_curve_rmst(curve, day, &part->value);
    else
        part->value = survival || risk ? weighted_curve_survival(curve, day) : weighted_curve_risk(curve, what->cause, day);
    part->value = risk ? 1 - part->value : part->value;
    for (size_t i = 0; risk && i < losses->rows.n; i++) {
        d[i] = -d[i];
        lost[i] = -lost[i];
    }
    return code == GSL_SUCCESS ? 0 : fail("a curve with weights of being seen: %s", gsl_strerror(code));
}

int weighted_part(const struct weighted_curves *curves, const struct part_of_arm *what, uint8_t treated,
                  struct adjusted_part *part)
{
    const struct pair_weights *w = curves->weights;
    const struct pair_rows *rows = w->rows;
    const size_t first = first_of(rows, treated), n = n_of(rows, treated);
    const struct weighted_curve *curve = curves->curve[treated];
    const struct pair_model *model = pair_weights_model(w);
    const struct influence_model of = {model == NULL ? NULL : model->fit, model == NULL ? NULL : &model->data, w->slope,
                                       pair_rows_threads(rows)};
    double *lost = NULL;

    part->defined = true;
    part->note[0] = '\0';
    part->n_event = count_events(w, what, treated);
    memset(part->phi, 0, rows->n * sizeof *part->phi);
    if (curve == NULL) {
        if (weighted_mean_all(n, rows->y + first, w->weight + first, rows->c->reducer, &part->value, part->phi + first) != GSL_SUCCESS)
            return fail("weighted mean");
    } else {
        const struct weighted_rows of_arm = rows_of(w, treated);
        const double most = weighted_curve_max_tau(curve);
        if (what->horizon.time > most) {
            part->defined = false;
            part->value = NAN;
            snprintf(part->note, sizeof part->note, "day %g lies after the last day observed in arm %.100s (%g)",
                     what->horizon.time, comparison_arm(rows->c, treated ? rows->pair.arm : rows->pair.reference), most);
            return 0;
        }
        if (rows->losses == NULL)
            read_curve(curve, &of_arm, what, part, part->phi + first);
        else if ((lost = allocate(n + 1, sizeof *lost)) == NULL ||
                 read_seen(curve, rows->losses->arm[treated], w->weight + first, what, part, part->phi + first, lost) != 0) {
            free(lost);
            return -1;
        }
    }
    const int code = influence_linear(model == NULL ? NULL : &of, rows->n, w->weight, part->phi, part->phi);
    for (size_t i = 0; lost != NULL && i < n; i++)
        part->phi[first + i] += lost[i];
    free(lost);
    return code == GSL_SUCCESS ? 0 : fail("variance of a weighted number: %s", gsl_strerror(code));
}

/* ---- variances --------------------------------------------------------------------------------------- */

/* Matched sets as clusters of their own; who has none adds nothing. */
static int by_set(const struct pair_weights *w, const double *phi, double *variance)
{
    const size_t n = w->rows->n;
    int32_t *set = allocate(n + 1, sizeof *set);

    if (set == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        set[i] = w->set[i] < 0 ? (int32_t)w->n_set : w->set[i];
    const int code = influence_variance(n, phi, NULL, set, w->n_set + 1, variance);
    free(set);
    return code == GSL_ENOMEM ? fail_memory() : 0;
}

/* Members of one set in one cluster: what both ways of adding count. */
static int by_both(const struct pair_weights *w, const double *phi, double *variance)
{
    const struct pair_rows *rows = w->rows;
    int32_t *both = allocate(rows->n + 1, sizeof *both), *head = allocate(w->n_set + 1, sizeof *head);
    int status = both == NULL || head == NULL ? -1 : 0;

    /* A set's first member names it; another of the same cluster joins, one of another cluster stands alone or joins later. */
    for (size_t s = 0; status == 0 && s <= w->n_set; s++)
        head[s] = -1;
    for (size_t i = 0; status == 0 && i < rows->n; i++) {
        both[i] = (int32_t)i;
        if (w->set[i] < 0)
            continue;
        int32_t j = head[w->set[i]];
        while (j >= 0 && rows->cluster[j] != rows->cluster[i])
            j = w->next[j];
        if (j >= 0)
            both[i] = both[j];
        w->next[i] = head[w->set[i]];
        head[w->set[i]] = (int32_t)i;
    }
    if (status == 0 && influence_variance(rows->n, phi, NULL, both, rows->n, variance) == GSL_ENOMEM)
        status = fail_memory();
    free(head);
    free(both);
    return status;
}

int adjusted_variance(const struct pair_rows *rows, const struct pair_weights *w, double a, const double *phi1, double b,
                      const double *phi0, double *work, double *variance)
{
    double set = NAN, both = NAN;

    for (size_t i = 0; i < rows->n; i++)
        work[i] = a * phi1[i] + (phi0 != NULL ? b * phi0[i] : 0);
    *variance = NAN;
    if (w == NULL || w->set == NULL) {
        const int code = influence_variance_all(rows->n, work, rows->counted ? rows->frequency : NULL,
                                                rows->cluster != NULL ? &rows->clusters : NULL, rows->c->reducer, variance);
        return code == GSL_ENOMEM ? fail_memory() : 0;
    }
    if (rows->cluster == NULL)
        return by_set(w, work, variance);
    if (by_set(w, work, &set) != 0 || by_both(w, work, &both) != 0)
        return -1;
    if (influence_variance(rows->n, work, NULL, rows->cluster, rows->clusters.n, variance) == GSL_ENOMEM)
        return fail_memory();
    /* Cameron, Gelbach & Miller 2011, doi:10.1198/jbes.2010.07136: clusters of two kinds that cross. */
    *variance = fmax(*variance + set - both, fmax(*variance, set));
    return 0;
}
