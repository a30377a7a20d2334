/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/balance_rows.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/estimates.h"
#include "fit/regressors.h"
#include "stats/balance.h"
#include "stats/weighted_balance.h"
#include "stats/weighted_ks.h"

/* One number, or one level of a factor, of every row. */
struct balanced {
    const struct balance_request *request;
    const char *name;
    double *x;              /* [n] */
    bool is_level;
    uint8_t *arm;           /* [n] */
    double *weight;         /* [n] with frequencies */
    double *plain;          /* [n] frequencies alone */
    int64_t n_arm[2];       /* people */
    struct table *estimates;
};

static struct estimate row_of(const struct balanced *b, enum measure measure, bool pair, size_t arm)
{
    const struct frame *frame = b->request->frame;
    struct estimate row = ESTIMATE_NONE;

    row.adjustment = b->request->adjustment;
    row.measure = measure;
    row.term = b->name;
    row.arm = frame->arms.labels[pair ? 1 : arm];
    row.reference = pair ? frame->arms.labels[0] : NULL;
    row.n = pair ? b->n_arm[0] + b->n_arm[1] : b->n_arm[arm];
    return row;
}

static int add_number(const struct balanced *b, struct estimate *row, double value, const char *method, const char *why)
{
    row->estimate = value;
    row->method = method;
    if (isnan(value)) {
        row->status = "undefined";
        row->note = why;
    }
    return estimates_add(b->estimates, row);
}

static double variance_of(const struct balanced *b, const struct weighted_moments *m)
{
    return b->is_level ? m->mean * (1 - m->mean) : m->variance;
}

static const char *denominator_name(enum smd_denominator sd)
{
    return sd == SMD_POOLED      ? "in units of the pooled standard deviation of the sample as it is"
           : sd == SMD_REFERENCE ? "in units of the reference's standard deviation in the sample as it is"
                                 : "in units of the arm's standard deviation in the sample as it is";
}

/* The means are those of the weighted sample, the denominator is that of the plain one. */
static double standardised(const struct balanced *b, const struct weighted_moments now[2], const struct weighted_moments plain[2])
{
    const double v0 = variance_of(b, &plain[0]), v1 = variance_of(b, &plain[1]);
    const enum smd_denominator sd = b->request->request->sd;
    const double unit = sqrt(sd == SMD_POOLED ? (v0 + v1) / 2 : sd == SMD_REFERENCE ? v0 : v1);

    return unit > 0 ? (now[1].mean - now[0].mean) / unit : NAN;
}

/* Frequencies are people: their variance has people less one below it. */
static int count_variance(const struct balanced *b, uint8_t arm, struct weighted_moments *moments)
{
    const struct frame *frame = b->request->frame;
    struct moments sums;
    int code = GSL_SUCCESS;

    moments_init(&sums);
    for (size_t i = 0; code == GSL_SUCCESS && i < frame->n; i++)
        if (b->arm[i] == arm)
            code = moments_add(&sums, b->x[i], frame->frequency[i]);
    if (code == GSL_SUCCESS)
        code = moments_solve(&sums, &moments->mean, &moments->variance);
    return code == GSL_SUCCESS || code == GSL_EDOM ? 0 : fail("column '%s': %s", b->name, gsl_strerror(code));
}

static int moments_of(const struct balanced *b, const double *weight, struct weighted_moments moments[2])
{
    for (uint8_t arm = 0; arm < 2; arm++) {
        const int code = weighted_moments(b->request->frame->n, b->x, weight, NULL, b->arm, arm, &moments[arm]);
        if (code != GSL_SUCCESS && code != GSL_EDOM)
            return fail("column '%s': %s", b->name, gsl_strerror(code));
        if (b->request->frame->frequency != NULL && count_variance(b, arm, &moments[arm]) != 0)
            return -1;
    }
    return 0;
}

static int add_column(const struct balanced *b)
{
    struct weighted_moments now[2], plain[2];
    struct estimate row;
    double ks = NAN;

    if (moments_of(b, b->weight, now) != 0 || moments_of(b, b->plain, plain) != 0)
        return -1;
    for (size_t arm = 2; arm-- > 0;) {
        row = row_of(b, MEASURE_mean, false, arm);
        if (add_number(b, &row, now[arm].mean, b->is_level ? "share" : "mean", "nobody is left in this arm") != 0)
            return -1;
    }
    row = row_of(b, MEASURE_smd, true, 0);
    if (add_number(b, &row, standardised(b, now, plain), denominator_name(b->request->request->sd),
                   "the standard deviation that it would be in units of is 0") != 0)
        return -1;
    row = row_of(b, MEASURE_variance_ratio, true, 0);
    if (!b->is_level && add_number(b, &row, now[0].variance > 0 ? now[1].variance / now[0].variance : NAN,
                                   "ratio of variances", "the reference has no variance") != 0)
        return -1;
    row = row_of(b, MEASURE_ks_statistic, true, 0);
    if (weighted_ks(b->request->frame->n, b->x, b->weight, b->arm, &ks) == GSL_ENOMEM)
        return fail_memory();
    return add_number(b, &row, ks, "largest distance of the distribution functions", "nobody is left in one of the arms");
}

/* Level by level of one block of codes. */
static int add_levels(struct balanced *b, const struct design_block *block, size_t term)
{
    const struct regressors *r = b->request->frame->regressors;

    b->is_level = true;
    for (size_t level = 0; level < block->n_level; level++) {
        const int32_t column = block->column[level];
        b->name = column == DESIGN_NONE ? r->references[term] : r->names[column];
        for (size_t i = 0; i < b->request->frame->n; i++)
            b->x[i] = block->code[i] == level;
        if (b->name != NULL && add_column(b) != 0)
            return -1;
    }
    return 0;
}

/* The distance of a whole factor, of people as they are. */
static int add_factor(struct balanced *b, const struct design_block *block, size_t term)
{
    const struct frame *frame = b->request->frame;
    const size_t k = block->n_level;
    int64_t *count = allocate(2 * k, sizeof *count);
    double *work = allocate(k * (k + 1), sizeof *work), smd = NAN;
    struct estimate row;
    int status = -1;

    if (count != NULL && work != NULL) {
        for (size_t i = 0; i < frame->n; i++)
            count[(size_t)b->arm[i] * k + block->code[i]] += frame->frequency != NULL ? frame->frequency[i] : 1;
        if (smd_factor(count + k, count, k, work, &smd) != GSL_SUCCESS)
            smd = NAN;
        b->name = frame->regressors->term_names[term];
        row = row_of(b, MEASURE_smd, true, 0);
        status = add_number(b, &row, smd, "distance of the whole factor (Yang and Dalton)", "the arms share no level");
    }
    free(count);
    free(work);
    return status;
}

static size_t term_of(const struct regressors *r, const struct design_block *block)
{
    for (size_t level = 0; level < block->n_level; level++)
        if (block->column[level] != DESIGN_NONE)
            return (size_t)r->term[block->column[level]];
    return 0;
}

static int add_block(struct balanced *b, const struct design_block *block)
{
    const struct regressors *r = b->request->frame->regressors;
    const size_t term = term_of(r, block), n = b->request->frame->n;

    if (block->value == NULL && block->code != NULL) {
        if (b->request->weight == NULL && block->n_level > 2 && r->references[term] != NULL && add_factor(b, block, term) != 0)
            return -1;
        return add_levels(b, block, term);
    }
    b->is_level = false;
    for (size_t level = 0; level < block->n_level; level++) {
        if (block->column[level] == DESIGN_NONE)
            continue;
        b->name = r->names[block->column[level]];
        for (size_t i = 0; i < n; i++)
            b->x[i] = block->code == NULL || block->code[i] == level ? block->value[i] : 0;
        if (add_column(b) != 0)
            return -1;
    }
    return 0;
}

static int add_size(struct balanced *b)
{
    struct weighted_moments now[2];

    b->name = "";
    for (size_t i = 0; i < b->request->frame->n; i++)
        b->x[i] = 0;
    if (b->request->weight == NULL)
        return 0;
    if (moments_of(b, b->weight, now) != 0)
        return -1;
    for (size_t arm = 2; arm-- > 0;) {
        struct estimate row = row_of(b, MEASURE_effective_sample_size, false, arm);
        if (add_number(b, &row, now[arm].effective, "Kish", "nobody is left in this arm") != 0)
            return -1;
    }
    return 0;
}

int balance_rows_add(const struct balance_request *request, struct table *estimates)
{
    const struct frame *frame = request->frame;
    const struct design_matrix *design = &frame->regressors->matrix;
    struct balanced b = {.request = request, .estimates = estimates};
    int status = -1;

    if ((b.x = allocate(frame->n, sizeof *b.x)) == NULL || (b.arm = allocate(frame->n, sizeof *b.arm)) == NULL ||
        (b.weight = allocate(frame->n, sizeof *b.weight)) == NULL || (b.plain = allocate(frame->n, sizeof *b.plain)) == NULL)
        goto done;
    for (size_t i = 0; i < frame->n; i++) {
        const int64_t people = frame->frequency != NULL ? frame->frequency[i] : 1;
        b.arm[i] = (uint8_t)frame->arms.code[i];
        b.plain[i] = (double)people;
        b.weight[i] = request->weight != NULL ? request->weight[i] : (double)people;
        b.n_arm[b.arm[i]] += b.weight[i] > 0 ? people : 0;
    }
    status = 0;
    for (size_t k = 0; status == 0 && k < design->n_block; k++)
        status = add_block(&b, &design->block[k]);
    if (status == 0)
        status = add_size(&b);
done:
    free(b.x);
    free(b.arm);
    free(b.weight);
    free(b.plain);
    return status;
}
