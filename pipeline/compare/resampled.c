/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/resampled.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "compare/estimates.h"
#include "stats/bootstrap.h"

/* Cells times times beyond which leaving out each cell in turn would take too long. */
static const double ACCELERATION_WORK = 4e8;

/* One contrast of one pair, and its replicates. */
struct contrast {
    const struct wanted *wanted;
    struct arm_pair pair;
    struct number number;
    double *replicates;
};

struct resampling {
    const struct comparison *c;
    struct comparison drawn; /* curves of a replicate; what does not change is c's */
    size_t n;                /* replicates */
    size_t n_contrasts;
    struct contrast *contrasts;
    const struct contrast *now; /* of the statistic */
    const char *adjustment;
};

static bool is_resampled(enum measure measure)
{
    switch (measure) {
    case MEASURE_survival_difference:
    case MEASURE_rmst_difference:
    case MEASURE_rmst_ratio:
    case MEASURE_risk_difference:
    case MEASURE_risk_ratio:
    case MEASURE_odds_ratio: return true;
    default: return false;
    }
}

/* ---- curves of a replicate ----------------------------------------------------------------------------------- */

static int alloc_curves(struct resampling *r)
{
    const struct comparison *c = r->c;
    struct comparison *d = &r->drawn;

    *d = *c;
    d->event_free = allocate(c->n_arm, sizeof *d->event_free);
    d->cuminc = c->cuminc == NULL ? NULL : allocate(c->n_arm * c->n_cause, sizeof *d->cuminc);
    if (d->event_free == NULL || (c->cuminc != NULL && d->cuminc == NULL))
        return -1;
    for (size_t arm = 0; arm < c->n_arm; arm++)
        if ((d->event_free[arm] = km_curve_alloc(c->table->n_time)) == NULL)
            return fail_memory();
    for (size_t k = 0; c->cuminc != NULL && k < c->n_arm * c->n_cause; k++)
        if ((d->cuminc[k] = cuminc_curve_alloc(c->table->n_time)) == NULL)
            return fail_memory();
    return 0;
}

static void free_curves(struct resampling *r)
{
    struct comparison *d = &r->drawn;

    for (size_t arm = 0; d->event_free != NULL && arm < d->n_arm; arm++)
        km_curve_free(d->event_free[arm]);
    for (size_t k = 0; d->cuminc != NULL && k < d->n_arm * d->n_cause; k++)
        cuminc_curve_free(d->cuminc[k]);
    free(d->event_free);
    free(d->cuminc);
}

/* The estimates need no limits. */
static bool solve_curves(struct resampling *r, const struct risk_table *table)
{
    struct comparison *d = &r->drawn;
    struct survival_interval none;

    survival_interval_init(&none, SURVIVAL_CONF_NONE, CONF_LEVEL);
    for (size_t arm = 0; arm < d->n_arm; arm++) {
        if (d->n[arm] < 2)
            continue; /* of a part of the people: no contrast has it */
        if (km_solve(table, arm, RISK_TABLE_ALL, 0, &none, d->event_free[arm]) != GSL_SUCCESS)
            return false;
        for (size_t cause = 1; d->cuminc != NULL && cause <= d->n_cause; cause++)
            if (cuminc_solve(table, arm, RISK_TABLE_ALL, cause, CUMINC_AALEN, &none,
                             d->cuminc[arm * d->n_cause + cause - 1]) != GSL_SUCCESS)
                return false;
    }
    d->table = (struct risk_table *)table;
    return true;
}

static double value_of(const struct resampling *r, const struct contrast *contrast)
{
    struct number number;

    contrast_of_pair(&r->drawn, contrast->wanted->measure, contrast->pair, contrast->wanted->horizon, CONF_LEVEL, &number);
    return number.defined ? number.estimate : NAN;
}

static double statistic(const struct risk_table *table, void *context)
{
    struct resampling *r = context;
    return solve_curves(r, table) ? value_of(r, r->now) : NAN;
}

/* ---- rows ---------------------------------------------------------------------------------------------------- */

static int list_contrasts(struct resampling *r, const struct wanted_list *wanted)
{
    struct arm_pairs pairs;

    arm_pairs_list(r->c->study, r->c->analysis, &pairs);
    if ((r->contrasts = allocate(wanted->n * pairs.n, sizeof *r->contrasts)) == NULL)
        return -1;
    for (size_t i = 0; i < wanted->n; i++)
        for (size_t k = 0; is_resampled(wanted->items[i].measure) && k < pairs.n; k++) {
            if (r->c->n[pairs.items[k].arm] < 2 || r->c->n[pairs.items[k].reference] < 2)
                continue;
            struct contrast *contrast = &r->contrasts[r->n_contrasts++];
            *contrast = (struct contrast){.wanted = &wanted->items[i], .pair = pairs.items[k]};
            contrast_of_pair(r->c, contrast->wanted->measure, contrast->pair, contrast->wanted->horizon, CONF_LEVEL,
                             &contrast->number);
            if ((contrast->replicates = allocate(r->n, sizeof *contrast->replicates)) == NULL)
                return -1;
        }
    return 0;
}

int resampled_share(double *replicates, size_t n)
{
    const size_t n_ranks = ranks_n();
    struct ranks_bytes all = {0};
    size_t n_own = 0;

    if (n_ranks == 1)
        return 0;
    double *const own = allocate(n / n_ranks + 1, sizeof *own);
    for (size_t b = ranks_rank(); own != NULL && b < n; b += n_ranks)
        own[n_own++] = replicates[b];
    const int status = own == NULL ? -1 : ranks_collect(own, n_own * sizeof *own, &all);
    for (size_t b = 0; status == 0 && b < n; b++)
        memcpy(&replicates[b], all.bytes + all.first[b % n_ranks] + b / n_ranks * sizeof *own, sizeof *own);
    ranks_bytes_free(&all);
    free(own);
    return status;
}

/* Every contrast of every replicate; a table is drawn once for all of them. */
static int run(struct resampling *r)
{
    const struct risk_table *table = r->c->table;
    struct risk_table *drawn =
        risk_table_alloc(table->n_arm, table->n_stratum, table->n_cause, table->time, table->n_time);
    int code = drawn != NULL ? GSL_SUCCESS : GSL_ENOMEM;

    for (size_t b = ranks_rank(); b < r->n && code == GSL_SUCCESS; b += ranks_n()) {
        code = bootstrap_draw(table, BOOTSTRAP_MULTINOMIAL, (uint64_t)r->c->study->seed, b, drawn);
        const bool solved = code == GSL_SUCCESS && solve_curves(r, drawn);
        for (size_t k = 0; k < r->n_contrasts; k++)
            r->contrasts[k].replicates[b] = solved ? value_of(r, &r->contrasts[k]) : NAN;
    }
    risk_table_free(drawn);
    int status = code == GSL_SUCCESS ? 0 : fail("bootstrap: %s", gsl_strerror(code));
    for (size_t k = 0; status == 0 && k < r->n_contrasts; k++)
        status = resampled_share(r->contrasts[k].replicates, r->n);
    return status;
}

static double work_of_acceleration(const struct risk_table *table)
{
    double cells = 0;
    for (size_t c = 0; c < table->n_cell; c++)
        cells += table->exits[c] > 0;
    return cells * (double)table->n_time * (double)table->n_arm;
}

static struct estimate row_of(const struct resampling *r, const struct contrast *contrast)
{
    const struct comparison *c = r->c;
    struct estimate row = ESTIMATE_NONE;

    row.analysis = c->analysis->name.text;
    row.outcome = c->outcome->name.text;
    row.population = c->population->name.text;
    row.adjustment = r->adjustment != NULL ? r->adjustment : "unadjusted";
    row.stratum = c->stratum;
    row.measure = contrast->wanted->measure;
    row.time = contrast->wanted->horizon.time;
    row.arm = comparison_arm(c, contrast->pair.arm);
    row.reference = comparison_arm(c, contrast->pair.reference);
    row.n = contrast->number.n;
    row.n_event = contrast->number.n_event;
    return row;
}

static int add_row(const struct resampling *r, const struct contrast *contrast, const char *kind, size_t n_kept, int code,
                   double low, double high, struct table *estimates)
{
    struct estimate row = row_of(r, contrast);
    char term[64], method[96], note[NOTE_SIZE] = "";

    snprintf(term, sizeof term, "%sbootstrap %s", contrast->wanted->horizon.at_least ? "at least, " : "", kind);
    snprintf(method, sizeof method, "%zu replicates of the arms' cells; %s limits", r->n, kind);
    row.term = term;
    row.method = method;
    row.note = note;
    row.estimate = contrast->number.estimate;
    if (!contrast->number.defined) {
        row.status = "undefined";
        row.estimate = NAN;
        snprintf(note, sizeof note, "%s", contrast->number.note);
        return estimates_add(estimates, &row);
    }
    if (n_kept < r->n)
        snprintf(note, sizeof note, "%zu of %zu replicates have no such number", r->n - n_kept, r->n);
    if (code == GSL_ENOMEM)
        return fail_memory();
    if (code != GSL_SUCCESS) {
        snprintf(note, sizeof note, "no %s limits: %s", kind,
                 code == GSL_ETABLE ? "too many different times to leave out each in turn"
                                    : "all replicates lie on one side of the estimate, or are equal");
        return estimates_add(estimates, &row);
    }
    row.std_error = bootstrap_std_err(contrast->replicates, n_kept);
    row.conf_low = low;
    row.conf_high = high;
    row.conf_level = CONF_LEVEL;
    return estimates_add(estimates, &row);
}

static int add_contrast(struct resampling *r, struct contrast *contrast, struct table *estimates)
{
    const size_t n = contrast->number.defined ? bootstrap_sort(contrast->replicates, r->n) : 0;
    double low = NAN, high = NAN, acceleration;
    int code = bootstrap_percentile(contrast->replicates, n, CONF_LEVEL, &low, &high);

    if (add_row(r, contrast, "percentile", n, code, low, high, estimates) != 0)
        return -1;
    r->now = contrast;
    if (code == GSL_SUCCESS)
        code = work_of_acceleration(r->c->table) > ACCELERATION_WORK
                   ? GSL_ETABLE
                   : bootstrap_acceleration(r->c->table, statistic, r, &acceleration);
    if (code == GSL_SUCCESS)
        code = bootstrap_bca(contrast->replicates, n, contrast->number.estimate, acceleration, CONF_LEVEL, &low, &high);
    return add_row(r, contrast, "BCa", n, code, low, high, estimates);
}

int resampled_add(const struct comparison *c, const struct wanted_list *wanted, const char *adjustment, struct table *estimates)
{
    struct resampling r = {.c = c, .n = (size_t)c->analysis->bootstrap_n, .adjustment = adjustment};
    int status = 0;

    if (r.n == 0 || c->table == NULL)
        return 0;
    if (c->delayed_entry) {
        warn("outcome '%s': no bootstrap: some are observed only from a later day on", c->outcome->name.text);
        return 0;
    }
    status = list_contrasts(&r, wanted);
    if (status == 0 && r.n_contrasts > 0)
        status = alloc_curves(&r) != 0 ? -1 : run(&r);
    for (size_t k = 0; k < r.n_contrasts && status == 0; k++)
        status = add_contrast(&r, &r.contrasts[k], estimates);
    for (size_t k = 0; k < r.n_contrasts; k++)
        free(r.contrasts[k].replicates);
    free(r.contrasts);
    free_curves(&r);
    return status;
}
