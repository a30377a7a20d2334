/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_bootstrap.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "compare/adjusted_poisson.h"
#include "compare/estimates.h"
#include "compare/pair_match.h"
#include "compare/resampled.h"
#include "compare/sample.h"
#include "stats/bootstrap.h"
#include "stats/exact_sum.h"
#include "stats/placed_random.h"
#include "stats/random_stream.h"
#include "stats/weighted_curve.h"
#include "stats/weighted_mean.h"

/* One contrast and its replicates. */
struct resampled {
    const struct wanted *wanted;
    struct number number;
    double acceleration;
    double *replicates;
};

struct resampling {
    struct adjusting *a;
    size_t n;                 /* replicates */
    size_t n_contrasts;
    struct resampled *contrasts;
    uint64_t *key;            /* [rows] of the person, or of its cluster */
    double *frequency;        /* [rows] of a replicate */
    double *phi;              /* [rows] linear parts that are not read */
    struct weighted_curve *curve[2];
    struct adjusted_poisson poisson; /* of modified_poisson; else empty */
};

static bool is_poisson(const struct resampling *r)
{
    return r->a->how->method == ADJUST_MODIFIED_POISSON;
}

static bool is_resampled(const struct resampling *r, enum measure measure)
{
    if (is_poisson(r))
        return measure == MEASURE_risk_ratio;
    switch (measure) {
    case MEASURE_survival_difference:
    case MEASURE_rmst_difference:
    case MEASURE_rmst_ratio:
    case MEASURE_risk_difference:
    case MEASURE_risk_ratio:
    case MEASURE_odds_ratio:
    case MEASURE_mean_difference: return true;
    default: return false;
    }
}

/* ---- draws ------------------------------------------------------------------------------------------- */

/* Poisson with mean 1 by inversion. */
static double poisson_one(double u)
{
    double p = exp(-1), k = 0;

    while (u > p && k < 40) {
        u -= p;
        k++;
        p /= k;
    }
    return k;
}

static double poisson_of(uint64_t seed, uint64_t key, double mean, size_t replicate)
{
    struct random_stream stream;
    struct random_stream_gsl gsl;

    if (mean == 1)
        return poisson_one(placed_random(seed, key, replicate));
    random_stream_start(&stream, hash_word(seed, key), 0, replicate);
    random_stream_gsl(&gsl, &stream);
    return (double)gsl_ran_poisson(&gsl.rng, mean);
}

static void draw(struct resampling *r, size_t replicate)
{
    const struct pair_rows *rows = &r->a->rows;
    const uint64_t seed = (uint64_t)rows->c->study->seed;

    for (size_t i = 0; i < rows->n; i++)
        r->frequency[i] = rows->cluster != NULL
                              ? rows->frequency[i] * poisson_of(seed, r->key[i], 1, replicate)
                              : poisson_of(seed, r->key[i], rows->frequency[i], replicate);
}

static int make_keys(struct resampling *r)
{
    const struct pair_rows *rows = &r->a->rows;

    if (rows->cluster == NULL)
        return pair_order_keys(rows, r->key);
    for (size_t i = 0; i < rows->n; i++)
        r->key[i] = hash_word(2, (uint64_t)(uint32_t)rows->c->people->cluster_names[rows->cluster[i]]);
    return 0;
}

/* ---- numbers of a replicate -------------------------------------------------------------------------- */

static double value_of(const struct resampling *r, const struct pair_weights *w, const struct part_of_arm *what, int treated)
{
    const struct pair_rows *rows = &r->a->rows;
    const size_t first = treated ? 0 : rows->n_treated, n = treated ? rows->n_treated : rows->n - rows->n_treated;
    const double day = what->horizon.at_least ? nextafter(what->horizon.time, -INFINITY) : what->horizon.time;
    const struct weighted_curve *curve = r->curve[treated];
    double value;

    if (curve == NULL)
        return weighted_mean(n, rows->y + first, w->weight + first, &value, NULL) == GSL_SUCCESS ? value : NAN;
    if (what->horizon.time > weighted_curve_max_tau(curve))
        return NAN;
    if (what->measure == MEASURE_rmst)
        return weighted_curve_rmst(curve, what->horizon.time, &value) == GSL_SUCCESS ? value : NAN;
    if (what->measure == MEASURE_survival)
        return weighted_curve_survival(curve, day);
    return curve->n_cause == 1 ? 1 - weighted_curve_survival(curve, day) : weighted_curve_risk(curve, 1, day);
}

static double contrast_of(enum measure measure, double p1, double p0)
{
    switch (measure) {
    case MEASURE_rmst_ratio:
    case MEASURE_risk_ratio: return p1 > 0 && p0 > 0 ? p1 / p0 : NAN;
    case MEASURE_odds_ratio:
        return p1 > 0 && p0 > 0 && p1 < 1 && p0 < 1 ? p1 / (1 - p1) / (p0 / (1 - p0)) : NAN;
    default: return p1 - p0;
    }
}

static bool solve_curves(struct resampling *r, const struct pair_weights *w)
{
    const struct pair_rows *rows = &r->a->rows;

    for (int treated = 0; treated < 2 && r->curve[treated] != NULL; treated++) {
        const size_t first = treated ? 0 : rows->n_treated;
        const struct weighted_rows of = {treated ? rows->n_treated : rows->n - rows->n_treated, rows->place + first,
                                         rows->entry_place == NULL ? NULL : rows->entry_place + first, rows->cause + first,
                                         w->weight + first};
        if (weighted_curve_solve(r->curve[treated], &of) != GSL_SUCCESS)
            return false;
    }
    return true;
}

/* Weighted curves. */
static int replicate_weights(struct resampling *r, size_t b)
{
    struct pair_weights w;
    int status;

    status = pair_weights_refit(&r->a->weights, r->frequency, &w);
    const bool solved = status == 0 && !w.withheld && solve_curves(r, &w);
    for (size_t k = 0; k < r->n_contrasts; k++) {
        const struct wanted *wanted = r->contrasts[k].wanted;
        const struct part_of_arm what = {contrast_part(wanted->measure), 1, wanted->horizon};
        r->contrasts[k].replicates[b] =
            solved ? contrast_of(wanted->measure, value_of(r, &w, &what, 1), value_of(r, &w, &what, 0)) : NAN;
    }
    pair_weights_refit_free(&w);
    return status;
}

static bool both_arms_count(const struct resampling *r)
{
    const struct pair_rows *rows = &r->a->rows;
    bool counts[2] = {false, false};

    for (size_t i = 0; i < rows->n; i++)
        counts[rows->treated[i]] |= r->frequency[i] > 0;
    return counts[0] && counts[1];
}

static int read_poisson(struct resampling *r, size_t b, struct standardising *models)
{
    int status = 0;

    for (size_t k = 0; status == 0 && k < r->n_contrasts; k++)
        status = adjusted_poisson_refit(&r->poisson, models, r->contrasts[k].wanted->horizon, &r->contrasts[k].replicates[b]);
    return status;
}

static int read_models(struct resampling *r, size_t b, struct standardising *models)
{
    int status = 0;

    if (is_poisson(r))
        return read_poisson(r, b, models);

    for (size_t k = 0; status == 0 && k < r->n_contrasts; k++) {
        const struct wanted *wanted = r->contrasts[k].wanted;
        const struct part_of_arm what = {contrast_part(wanted->measure), 1, wanted->horizon};
        struct adjusted_part part[2] = {{.phi = r->phi}, {.phi = r->phi}};
        for (uint8_t treated = 0; status == 0 && treated < 2; treated++)
            status = standardised_part(models, &what, treated, &part[treated]);
        if (status == 0 && part[0].defined && part[1].defined)
            r->contrasts[k].replicates[b] = contrast_of(wanted->measure, part[1].value, part[0].value);
    }
    return status;
}

/* Regressions, censoring weights and, for doubly robust numbers, the propensity. */
static int replicate_models(struct resampling *r, size_t b)
{
    const bool robust = r->a->how->method == ADJUST_DOUBLY_ROBUST;
    struct pair_weights w = {0};
    struct pair_rows rows;
    struct standardising models = {0};
    int status = robust ? pair_weights_refit(&r->a->weights, r->frequency, &w) : 0;

    for (size_t k = 0; k < r->n_contrasts; k++)
        r->contrasts[k].replicates[b] = NAN;
    if (status == 0 && !w.withheld && both_arms_count(r))
        status = standardising_refit(&r->a->models, r->frequency, robust ? &w : NULL, &rows, &models) != 0
                     ? -1
                     : read_models(r, b, &models);
    standardising_refit_free(&models);
    if (robust)
        pair_weights_refit_free(&w);
    return status;
}

static int replicate(struct resampling *r, size_t b)
{
    draw(r, b);
    return adjusting_models(r->a) ? replicate_models(r, b) : replicate_weights(r, b);
}

/* ---- limits ------------------------------------------------------------------------------------------ */

static double power_sum(const double *x, size_t n, int power)
{
    struct exact_sum sum;
    double total = NAN;

    exact_sum_init(&sum);
    for (size_t i = 0; i < n; i++)
        exact_sum_add(&sum, power == 2 ? x[i] * x[i] : x[i] * x[i] * x[i]);
    (void)exact_sum_round(&sum, &total);
    return total;
}

/* Slopes of the contrast by the two arms' numbers, up to a factor. */
static void slopes(enum measure measure, double p1, double p0, double *g1, double *g0)
{
    *g1 = 1;
    *g0 = -1;
    if (measure == MEASURE_risk_ratio || measure == MEASURE_rmst_ratio) {
        *g1 = 1 / p1;
        *g0 = -1 / p0;
    } else if (measure == MEASURE_odds_ratio) {
        *g1 = 1 / (p1 * (1 - p1));
        *g0 = -1 / (p0 * (1 - p0));
    }
}

static int part_of(struct adjusting *a, const struct part_of_arm *what, uint8_t treated, struct adjusted_part *part)
{
    return adjusting_models(a) ? standardised_part(&a->models, what, treated, part) : weighted_part(&a->curves, what, treated, part);
}

static double acceleration(const double *phi, size_t n)
{
    return power_sum(phi, n, 3) / (6 * pow(power_sum(phi, n, 2), 1.5));
}

static int look_at_poisson(struct resampling *r, struct resampled *contrast)
{
    const int status = adjusted_poisson_solve(&r->poisson, contrast->wanted->horizon, &contrast->number);

    contrast->acceleration = status == 0 && contrast->number.defined ? acceleration(r->poisson.phi, r->a->rows.n) : (double)NAN;
    return status;
}

/* The number itself, with its flags, and the acceleration of its linear part. */
static int look(struct resampling *r, struct resampled *contrast, struct adjusted_part part[2])
{
    struct adjusting *a = r->a;
    const struct wanted *wanted = contrast->wanted;
    const struct part_of_arm what = {contrast_part(wanted->measure), 1, wanted->horizon};
    double g1, g0;

    if (part_of(a, &what, 1, &part[1]) != 0 || part_of(a, &what, 0, &part[0]) != 0)
        return -1;
    if (!adjusted_find(a->c, a->index, wanted->measure, a->rows.pair, wanted->horizon, CONF_LEVEL, &contrast->number) &&
        adjusting_contrast(a, wanted->measure, part, &contrast->number) != 0)
        return -1;
    slopes(wanted->measure, part[1].value, part[0].value, &g1, &g0);
    for (size_t i = 0; contrast->number.defined && i < a->rows.n; i++)
        a->work[i] = g1 * part[1].phi[i] + g0 * part[0].phi[i];
    contrast->acceleration = contrast->number.defined ? acceleration(a->work, a->rows.n) : (double)NAN;
    return 0;
}

static int add_row(struct resampling *r, const struct resampled *contrast, const char *kind, size_t n_kept, int code,
                   double low, double high)
{
    struct number number = contrast->number;
    char term[64], method[160];

    snprintf(term, sizeof term, "%sbootstrap %s", contrast->wanted->horizon.at_least ? "at least, " : "", kind);
    snprintf(method, sizeof method, "%zu replicates of %s, %s refitted; %s limits", r->n,
             r->a->rows.cluster != NULL ? "the clusters" : "the people",
             r->a->how->method == ADJUST_REGRESSION      ? "regressions"
             : is_poisson(r)                             ? "censoring weights and regression"
             : r->a->how->method == ADJUST_DOUBLY_ROBUST ? "propensity and regressions"
                                                         : "propensity",
             kind);
    if (code == GSL_ENOMEM)
        return fail_memory();
    number.std_error = number.conf_low = number.conf_high = number.statistic = number.p_value = NAN;
    if (number.defined && code == GSL_SUCCESS) {
        number.std_error = bootstrap_std_err(contrast->replicates, n_kept);
        number.conf_low = low;
        number.conf_high = high;
    }
    if (number.defined && n_kept < r->n)
        snprintf(number.note, sizeof number.note, "%zu of %zu replicates have no such number", r->n - n_kept, r->n);
    else if (number.defined && code != GSL_SUCCESS)
        snprintf(number.note, sizeof number.note, "no %s limits: all replicates lie on one side of the estimate, or are equal",
                 kind);
    return adjusting_add_resampled(r->a, contrast->wanted->measure, contrast->wanted->horizon, &number, term, method);
}

static int add_contrast(struct resampling *r, struct resampled *contrast)
{
    const size_t n = contrast->number.defined ? bootstrap_sort(contrast->replicates, r->n) : 0;
    double low = NAN, high = NAN;
    int code = bootstrap_percentile(contrast->replicates, n, CONF_LEVEL, &low, &high);

    if (add_row(r, contrast, "percentile", n, code, low, high) != 0)
        return -1;
    if (code == GSL_SUCCESS)
        code = bootstrap_bca(contrast->replicates, n, contrast->number.estimate, contrast->acceleration, CONF_LEVEL, &low, &high);
    return add_row(r, contrast, "BCa", n, code, low, high);
}

/* ---- the whole --------------------------------------------------------------------------------------- */

static int list_contrasts(struct resampling *r)
{
    const struct wanted_list *wanted = r->a->wanted;
    struct adjusted_part part[2] = {{.phi = NULL}, {.phi = NULL}};
    int status = (r->contrasts = allocate(wanted->n, sizeof *r->contrasts)) == NULL ||
                         (part[0].phi = allocate(r->a->rows.n + 1, sizeof *part[0].phi)) == NULL ||
                         (part[1].phi = allocate(r->a->rows.n + 1, sizeof *part[1].phi)) == NULL
                     ? -1
                     : 0;

    for (size_t i = 0; status == 0 && i < wanted->n; i++) {
        if (!is_resampled(r, wanted->items[i].measure))
            continue;
        struct resampled *contrast = &r->contrasts[r->n_contrasts++];
        contrast->wanted = &wanted->items[i];
        if ((contrast->replicates = allocate(r->n, sizeof *contrast->replicates)) == NULL)
            status = -1;
        else
            status = is_poisson(r) ? look_at_poisson(r, contrast) : look(r, contrast, part);
    }
    free(part[0].phi);
    free(part[1].phi);
    return status;
}

static int prepare(struct resampling *r)
{
    const struct pair_rows *rows = &r->a->rows;
    const struct risk_table *table = rows->c->table;

    if ((r->key = allocate(rows->n + 1, sizeof *r->key)) == NULL ||
        (r->frequency = allocate(rows->n + 1, sizeof *r->frequency)) == NULL ||
        (r->phi = allocate(rows->n + 1, sizeof *r->phi)) == NULL || make_keys(r) != 0 ||
        (is_poisson(r) && adjusted_poisson_make(r->a, &r->poisson) != 0) || list_contrasts(r) != 0)
        return -1;
    for (int treated = 0; table != NULL && treated < 2; treated++)
        if ((r->curve[treated] = weighted_curve_alloc(table->time, table->n_time, rows->c->n_cause)) == NULL)
            return fail_memory();
    return 0;
}

int adjusted_bootstrap_add(struct adjusting *a)
{
    struct resampling r = {.a = a, .n = (size_t)a->c->analysis->bootstrap_n};
    int status = 0;

    if (r.n == 0 || a->how->method == ADJUST_MATCH)
        return 0;
    a->part_gates = a->gates;
    status = prepare(&r);
    for (size_t b = ranks_rank(); status == 0 && r.n_contrasts > 0 && b < r.n; b += ranks_n())
        status = replicate(&r, b);
    for (size_t k = 0; status == 0 && k < r.n_contrasts; k++)
        status = resampled_share(r.contrasts[k].replicates, r.n);
    for (size_t k = 0; status == 0 && k < r.n_contrasts; k++)
        status = add_contrast(&r, &r.contrasts[k]);
    for (size_t k = 0; k < r.n_contrasts; k++)
        free(r.contrasts[k].replicates);
    adjusted_poisson_clear(&r.poisson);
    free(r.contrasts);
    free(r.key);
    free(r.frequency);
    free(r.phi);
    weighted_curve_free(r.curve[0]);
    weighted_curve_free(r.curve[1]);
    return status;
}
